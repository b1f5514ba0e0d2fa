# Every word is one line; CI runs the same words.
GO      ?= go
TAGS    ?= duckdb_arrow
CASES   ?= testdata/conformance
export GOTOOLCHAIN = local
export GOFLAGS = -tags=$(TAGS)

help: ## list the words
	@grep -E '^[a-z0-9-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## */\1\t/' | expand -t 14

build: ## build dltgen, dltload and the demo into bin/
	@mkdir -p bin && $(GO) build -o bin/ ./cmd/...

test: ## the quick loop: all unit, golden and DuckDB tests
	$(GO) test -shuffle=on ./...

race: ## the same packages under the race detector, DuckDB apart
	p=$$(scripts/packages.sh) && GOFLAGS= $(GO) test -race -shuffle=on $$p

lint: ## gofumpt, go vet, golangci-lint
	scripts/lint.sh

generate: ## regenerate every connector
	$(GO) generate ./...

verify: ## generate, then no difference; go.mod tidy
	scripts/verify.sh

bench: ## rows 1, 2 and 7 of the speed table against dlt and DuckDB, then the Go benchmarks
	scripts/bench.sh

fuzz: ## every fuzz target for FUZZTIME (default 20s)
	scripts/fuzz.sh

demo: ## generate a connector, serve its API, load twice, query
	scripts/demo.sh

conformance: ## run the recorded behaviour of dlt: CASES=DIR for another folder
	$(GO) run ./runtime/internal/conformance/cmd -cases $(CASES)

e2e: ## a real API of somebody else: Kinto, from its own description
	scripts/e2e-kinto.sh

plain: ## build and test the DuckDB driver without the Arrow tag
	GOFLAGS= $(GO) test ./runtime/destination/duckdb/... && GOFLAGS= $(GO) build -o /dev/null ./cmd/dltload

takeover: ## Python dlt and ours take turns on one dataset
	scripts/takeover.sh

kill: ## the whole sweep of kill points, ten minutes
	DLTGEN_TEST_KILL=all $(GO) test -timeout 30m -run 'TestExactlyOnce|TestSIGKILL|TestKill' ./runtime/dlt ./runtime/destination/duckdb

corpus: ## make and vet a connector of every real description: N=10 for the first ten
	scripts/corpus.sh $(N)

.PHONY: help build test race lint generate verify bench fuzz demo conformance e2e plain takeover kill corpus
