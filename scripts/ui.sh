#!/bin/sh
# Builds the islands of the pages (map, timeline, live updates) and the fonts into screen/dist.
# Quick and silent when nothing has changed. Where Node or the npm registry cannot be had it says
# so and ends with 0: the program builds and its pages work without them.
#   scripts/ui.sh            build if needed
#   scripts/ui.sh --check    check the types, too
set -eu
cd "$(dirname "$0")/.."

without() { echo "ui.sh: $*; going on without the islands: maps and charts stay drawings" >&2; exit 0; }

built=screen/dist/manifest.json
got=ui/node_modules/.package-lock.json
if [ "${1:-}" != --check ] && [ -e "$built" ] && [ -e "$got" ] && [ -z "$(find ui/src ui/main.go ui/package-lock.json ui/tsconfig.json -newer "$built" 2>/dev/null | head -n 1)" ]; then
	exit 0
fi

# fetch WHAT: "" for all, --omit=dev for what the bundle is built from
fetch() {
	command -v npm >/dev/null || without "npm is missing; install Node 20 or later"
	echo "Fetching what the islands are built from." >&2
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if ! (cd ui && npm ci --no-progress $1) >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		without "npm ci failed in ui (see above)"
	fi
	touch "$got"
}

if [ ! -e "$got" ] || [ ui/package-lock.json -nt "$got" ]; then
	fetch --omit=dev
fi
if [ "${1:-}" = --check ]; then
	[ -x ui/node_modules/.bin/tsc ] || fetch ""
	ui/node_modules/.bin/tsc --noEmit -p ui
fi
echo "Building the islands." >&2
go run ./ui
