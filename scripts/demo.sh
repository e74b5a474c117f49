#!/bin/sh
# Builds the program, judges the sample mission and shows the page.
#   scripts/demo.sh [PAGE]    PAGE is demo.html if not given
set -eu
cd "$(dirname "$0")/.."
page=${1:-demo.html}

command -v go >/dev/null || { echo "demo.sh: Go is missing; see https://go.dev/dl" >&2; exit 1; }
echo "Building truce; the first time fetches its modules and takes a minute or two."
scripts/ui.sh >/dev/null || echo "demo.sh: going on without the islands; maps and charts stay drawings" >&2
mkdir -p dist
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o dist/truce ./cmd/truce

echo "Judging missions/syria-2016: dist/truce check missions/syria-2016 --html $page"
echo
code=0
dist/truce check missions/syria-2016 --set-aside dist/set-aside.csv --html "$page" || code=$?
[ "$code" -le 1 ] || { echo "demo.sh: truce ended with $code" >&2; exit "$code"; } # 1 says that something was found

case $page in /*) whole=$page ;; *) whole=$PWD/$page ;; esac
echo
if [ "$(uname)" = Darwin ] && open "$whole"; then
	echo "The page opens in your browser: $whole"
elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null && xdg-open "$whole" >/dev/null 2>&1; then
	echo "The page opens in your browser: $whole"
else
	echo "Open this page in any browser: file://$whole"
fi
echo "One happening in full:         dist/truce explain C143 --mission missions/syria-2016"
