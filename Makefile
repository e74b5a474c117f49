# Two targets are for everybody: `make demo` shows the product, `make test` proves it.
# Both fetch what they need; only Go, Node and git must be there.

SHELL := bash
.SHELLFLAGS := -o pipefail -c
export CGO_ENABLED := 0

.PHONY: demo test lint bench quality verify setup

demo: ## open the desk on the sample mission
	@scripts/demo.sh $(DEMO)

test: setup ## format, vet, every test; ends with "N passed, N failed"
	@bad=0; \
	list=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	[ -z "$$list" ] || { echo "not formatted, run gofmt -w:"; echo "$$list"; bad=1; }; \
	go vet ./... || bad=1; \
	go test -timeout 20m -json ./... | awk "$$REPORT" || bad=1; \
	exit $$bad

lint: ## vet and staticcheck, and the types of the islands
	go vet ./...
	scripts/ui.sh --check
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

bench: ## the judge beside PostGIS and GeoPandas, the record beside the bare driver and bare hashing
	go run ./bench -write docs/bench.md
	scripts/recordbench.sh docs/record-speed.md

quality: ## every figure that docs cite of matching, reading and reconciling: a name, a tab, a value
	go run ./quality

verify: ## the long proofs, some hours: second opinions, power cuts, kills, tampering, fuzzing
	go test ./terms/brute -timeout 6h -agreements $(AGREEMENTS)
	go test ./access -timeout 6h -run SecondOpinion -cells 0
	go test ./verifier -timeout 6h -mutations 120000
	go test ./store/disk -timeout 6h -cuts 10000 -nth 500
	go test ./cmd/truce -timeout 6h -run 'TestKilled|TestBackup|TestDamaged|TestFullDisk' -kills 1000 -writes 3000 -flips 1000 -fills 60 -pages 300
	go test ./web -timeout 6h -run TestNobodySeesWhatIsNotTheirs -matrix full
	go test ./web -timeout 6h -v -run TestSoak -soak 10m -rate 200 -people 50 -burst 10000
	go test ./match -timeout 6h -run 'TestOrderOfArrival|TestWorld|TestSuggestions' -shuffles 10000 -rows 1000000
	@set -e; grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:.*func /:/' | sort | while IFS=: read -r file name; do \
		echo "$$name in $$(dirname $$file), $(FUZZTIME)"; \
		go test $$(dirname $$file) -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME); \
	done
AGREEMENTS ?= 60000
FUZZTIME ?= 60s

setup:
	@scripts/setup.sh

# REPORT reads `go test -json`: it passes on the line of each package and the output of tests
# that failed or were skipped, and counts. Fields by quotes: 8 action, 12 package, 16 test.
define REPORT
BEGIN { FS = "\"" }
function text(s) {
	s = substr(s, index(s, "\"Output\":\"") + 10); sub(/"}$$/, "", s)
	gsub(/\\n/, "\n", s); gsub(/\\t/, "\t", s); gsub(/\\"/, "\"", s); gsub(/\\\\/, "\\", s)
	gsub(/\\u003c/, "<", s); gsub(/\\u003e/, ">", s); gsub(/\\u0026/, "\\&", s)
	return s
}
function show(test, i) { for (i = 0; i < lines[test]; i++) printf "%s", text(line[test, i]) }
function forget(test, i) { for (i = 0; i < lines[test]; i++) delete line[test, i]; delete lines[test] }
/"Action":"build-output"/ { printf "%s", text($$0); next }
{ test = $$14 == "Test" ? $$12 " " $$16 : "" }
$$8 == "output" && test == "" { s = text($$0); if (s !~ /^(PASS|FAIL)\n/ && s !~ /no test files/) printf "%s", s }
$$8 == "output" && test != "" && !/"Output":"=== / { line[test, lines[test]++] = $$0 }
$$8 == "skip" && test != "" { show(test); skipped++ }
$$8 == "pass" && test != "" { passed++ }
$$8 == "fail" && test != "" { show(test); failed++; seen[$$12] }
$$8 == "fail" && test == "" && !($$12 in seen) { failed++ }
$$8 ~ /^(pass|fail|skip)$$/ { forget(test) }
END {
	if (skipped) printf "%d skipped, see above\n", skipped
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0
}
endef
export REPORT
