#!/bin/sh
# Debian's PostgreSQL, for the tests of the counts; they start a server of their own. It is installed when run as root,
# without a server that runs by itself, else one line names it.
set -eu
command -v initdb >/dev/null 2>&1 && exit 0
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/familienbot.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null && exit 0
fi
echo "Für die Tests der Zählungen fehlt PostgreSQL: als root „apt-get install postgresql“." >&2
exit 1
