#!/bin/sh
# Gets ready what the tests need beyond Go: the modules, the islands, and Chromium for the page tests. Installs
# system packages only where it may (root, apt-get); whatever cannot be had is named here, and the
# tests that need it are skipped by name. The benchmark gets its own peers, see scripts/postgres.sh.
set -eu
cd "$(dirname "$0")/.."

command -v go >/dev/null || { echo "setup.sh: Go is missing; see https://go.dev/dl" >&2; exit 1; }
need=$(sed -n 's/^go //p' go.mod)
have=$(go env GOVERSION) || { echo "setup.sh: Go $need or later is needed" >&2; exit 1; }
echo "$have; go.mod asks for $need"
command -v node >/dev/null || echo "setup.sh: Node is missing; the accessibility tests and those of the islands are skipped" >&2

mkdir -p .cache
go mod download || { echo "setup.sh: the modules of go.mod could not be fetched; GOPROXY is $(go env GOPROXY)" >&2; exit 1; }
scripts/chromium.sh >/dev/null || echo "setup.sh: going on without Chromium; the page tests are skipped" >&2
scripts/ui.sh
