#!/bin/sh
# Builds the program and opens the desk on the sample mission, served to this machine alone.
#   scripts/demo.sh [FLAGS OF truce demo]     such as --listen 127.0.0.1:8080, or --quiet to open no browser
set -eu
cd "$(dirname "$0")/.."

command -v go >/dev/null || { echo "demo.sh: Go is missing; see https://go.dev/dl" >&2; exit 1; }
echo "1 of 3: maps and charts for the pages (the first time fetches what they are built from)"
scripts/ui.sh || echo "demo.sh: going on without them; maps and charts stay drawings" >&2
echo "2 of 3: the program (the first time fetches its modules and takes some minutes)"
mkdir -p dist
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o dist/truce ./cmd/truce
echo "3 of 3: the desk on missions/syria-2016; interrupt to end"
exec dist/truce demo "$@"
