#!/usr/bin/env bash
# Starts a throw-away PostgreSQL with PostGIS on a loopback port of its own, and removes it again.
#
#   scripts/postgres.sh COMMAND [ARG...]   runs COMMAND with TRUCE_POSTGRES set to the
#                                          connection string; exits with its status
#   scripts/postgres.sh                    prints the connection string and keeps the server
#                                          until standard input ends
#   scripts/postgres.sh --install          installs the packages if they are missing (as root)
#
# The server keeps nothing: it does not sync, and its folder is deleted at the end.
# Exit status 69 means that PostgreSQL with PostGIS cannot be had here.
set -euo pipefail

unavailable() { echo "postgres.sh: $*" >&2; exit 69; }

newest() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1; }

postgis() {
  local bin; bin=$(newest)
  [ -n "$bin" ] && [ -e "$("$bin/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$(basename "$(dirname "$bin")")")/extension/postgis.control" ]
}

install() {
  [ "$(id -u)" = 0 ] || unavailable "PostgreSQL 15 with PostGIS 3 is missing, and only root can install it"
  command -v apt-get >/dev/null || unavailable "PostgreSQL with PostGIS is missing, and there is no apt-get"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    postgresql-15 postgresql-15-postgis-3 postgresql-15-postgis-3-scripts; } >&2 ||
    unavailable "apt-get could not install postgresql-15 and postgresql-15-postgis-3"
}

postgis || install
[ "${1:-}" = --install ] && exit 0
bin=$(newest)

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  as=(runuser -u "$user" --)
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/truce-postgres.XXXXXX")
finish() {
  "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
[ ${#as[@]} = 0 ] || chown "$user" "$dir"
cd "$dir"

"${as[@]}" "$bin/initdb" -D "$dir/data" -U truce -A trust -E UTF8 --locale=C -N >"$dir/initdb.log" 2>&1 ||
  { cat "$dir/initdb.log" >&2; unavailable "initdb failed"; }

settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c fsync=off -c synchronous_commit=off
 -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB -c autovacuum=off -c jit=off
 -c shared_buffers=1GB -c work_mem=256MB -c maintenance_work_mem=512MB -c max_parallel_workers_per_gather=2
 -c max_parallel_workers=2 -c min_parallel_table_scan_size=1MB -c random_page_cost=1.1 -c timezone=UTC"

# A free port is found by trying: another process may take it between looking and binding.
started=
for _ in 1 2 3 4 5 6 7 8; do
  port=$((20000 + RANDOM % 20000))
  if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -o "$(echo $settings) -p $port" -l "$dir/server.log" -w -t 60 start >/dev/null 2>&1; then
    started=yes
    break
  fi
done
[ -n "$started" ] || { cat "$dir/server.log" >&2; unavailable "the server did not start"; }

"$bin/psql" -q -h 127.0.0.1 -p "$port" -U truce -d postgres -c 'CREATE DATABASE truce' -c '\c truce' -c 'CREATE EXTENSION postgis' >/dev/null ||
  unavailable "the extension postgis could not be created"

TRUCE_POSTGRES="postgres://truce@127.0.0.1:$port/truce?sslmode=disable"
export TRUCE_POSTGRES
if [ $# -gt 0 ]; then
  cd "$OLDPWD"
  "$@"
else
  echo "$TRUCE_POSTGRES"
  cat >/dev/null
fi
