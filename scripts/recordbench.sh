#!/bin/sh
# Measures the record (ledger and store) on this machine and writes what was measured into a page.
#   scripts/recordbench.sh PAGE
set -eu
cd "$(dirname "$0")/.."
page=${1:?a page to write into}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
export CGO_ENABLED=0
go test -run '^$' -bench . -benchtime "${BENCHTIME:-1s}" ./ledger ./store -timeout 60m 2>/dev/null | grep -E '^(Benchmark|pkg:)' >"$out" ||
	{ echo "recordbench.sh: nothing was measured" >&2; exit 1; }
{
	sed '/^<!-- measured/,$d' "$page"
	echo "<!-- measured: written by scripts/recordbench.sh -->"
	echo
	echo "Measured $(date -u +%Y-%m-%d) with $(go env GOVERSION) on $(nproc) cores, load over the last 5 minutes $(cut -d' ' -f2 /proc/loadavg), this run's own included."
	echo
	echo '```'
	cat "$out"
	echo '```'
} >"$out.page"
mv "$out.page" "$page"
