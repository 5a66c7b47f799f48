#!/bin/bash
# nginx, or PostgreSQL as its public image starts: a role and a database from the environment, on first start.
set -e
[ -n "${PGDATA:-}" ] || exec nginx -g "daemon off;"
bin=$(ls -d /usr/lib/postgresql/*/bin)
mkdir -p "$PGDATA"; chown -R postgres "$(dirname "$PGDATA")"
as() { runuser -u postgres -- "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  as $bin/initdb -D "$PGDATA" --encoding=UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256 >/dev/null
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  as $bin/pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=" start >/dev/null
  as psql -c "create role $POSTGRES_USER login superuser password '$POSTGRES_PASSWORD'" -c "create database $POSTGRES_DB owner $POSTGRES_USER"
  as $bin/pg_ctl -D "$PGDATA" -w stop >/dev/null
fi
exec runuser -u postgres -- $bin/postgres -D "$PGDATA" -c listen_addresses='*'
