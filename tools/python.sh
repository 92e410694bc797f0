#!/bin/sh
# Makes .venv with Python 3.11. A missing Debian package is installed when run as root, else one line names it.
set -eu
python=$1
package=""
if ! command -v "$python" >/dev/null 2>&1; then
    package="python3.11"
elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package="python3.11-venv"
fi
if [ -n "$package" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3.11 python3.11-venv >/dev/null
    else
        echo "Es fehlt das Debian-Paket $package: als root „apt-get install python3.11 python3.11-venv“." >&2
        exit 1
    fi
fi
"$python" -m venv .venv
mkdir -p build
