#!/bin/sh
# Debian's chromium, for the tests of the widget. It is installed when run as root, else one line names it.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Für die Tests des Widgets fehlt Chromium: als root „apt-get install chromium“." >&2
exit 1
