#!/bin/sh
# Prints the path of a Chromium for the page tests, and nothing else on standard output.
# Looks at $CHROMIUM, then at the usual names; where it may (root, apt-get), it installs Debian's.
#   scripts/chromium.sh            find, or install
#   scripts/chromium.sh --find     find only
# Exit: 0 found, 1 none and what to do about it on standard error.
set -eu

find_it() {
	if [ -n "${CHROMIUM:-}" ]; then
		command -v "$CHROMIUM" && return 0
		echo "chromium.sh: CHROMIUM names \"$CHROMIUM\", which is not a program" >&2
		exit 1
	fi
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return 0
	done
	return 1
}

find_it && exit 0
if [ "${1:-}" = --find ]; then
	echo "chromium.sh: no Chromium found; run scripts/chromium.sh as root, or set CHROMIUM to a program" >&2
	exit 1
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "chromium.sh: no Chromium found; install the package \"chromium\", or set CHROMIUM to a program" >&2
	exit 1
fi
echo "chromium.sh: installing Debian's chromium" >&2
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2; then
	echo "chromium.sh: apt-get could not install chromium (see above); set CHROMIUM to a program" >&2
	exit 1
fi
find_it
