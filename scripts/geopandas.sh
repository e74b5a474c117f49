#!/usr/bin/env bash
# Prints the Python interpreter that has GeoPandas. Installs Debian's python3-geopandas if
# it is missing and that is possible. Exit status 69 means that it cannot be had here.
set -euo pipefail

unavailable() { echo "geopandas.sh: $*" >&2; exit 69; }
has() { "$1" -c 'import geopandas, rtree, pyproj' >/dev/null 2>&1; }

for python in /usr/bin/python3 "$(command -v python3 || true)"; do
  if [ -n "$python" ] && has "$python"; then
    echo "$python"
    exit 0
  fi
done
[ "$(id -u)" = 0 ] || unavailable "python3-geopandas is missing, and only root can install it"
command -v apt-get >/dev/null || unavailable "GeoPandas is missing, and there is no apt-get"
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  python3-geopandas python3-rtree; } >&2 || unavailable "apt-get could not install python3-geopandas"
has /usr/bin/python3 || unavailable "python3-geopandas is installed, but /usr/bin/python3 cannot import it"
echo /usr/bin/python3
