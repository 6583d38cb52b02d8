# Everything that is done with this project. `make help` lists it.

GO        ?= go
BIN       := bin/airbyte-mcp-server
TOOLS     := $(CURDIR)/bin/tools
LINT      := $(TOOLS)/golangci-lint
LINT_VERSION := v2.15.0
# The race detector needs a C compiler; without one the tests run without it.
RACE      := $(if $(shell command -v cc gcc 2>/dev/null),-race,)
FUZZTIME  ?= 30s

.DEFAULT_GOAL := help
.PHONY: help build demo test check lint fmt golden eval bench fuzz pin-images clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) .

demo: build ## show the main job on the built-in emulator; needs no account
	@$(BIN) demo

test: ## run all tests
	$(GO) test $(RACE) -timeout 20m ./...

check: ## all that must hold before a change lands: format, vet, lint, tests, demo
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo 'not formatted, run make fmt:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) mod verify
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(MAKE) --no-print-directory lint
	$(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory demo > /dev/null

lint: $(LINT) ## run golangci-lint
	$(LINT) run --allow-parallel-runners ./...

$(LINT):
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

fmt: ## format the code
	gofmt -w $$(git ls-files '*.go')

golden: ## rewrite the golden files from what the code does now; review the diff
	$(GO) test ./tools -run 'Golden|CatalogBudget' -update
	$(GO) test . -run ConnectorsDocument -update

eval: ## measure how well plain questions find tools
	@$(GO) test ./internal/toolsearch -run TestEval -v -count=1 | grep recall

bench: ## run the benchmarks; compare the rows of one run, not runs
	$(GO) test -run '^$$' -bench . -benchmem ./airbyte ./schemas ./tools ./server ./internal/... ./deploy

fuzz: ## fuzz every fuzz target for FUZZTIME each (default 30s)
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

pin-images: ## write the digests of the images that are pulled beside their tags; needs curl and their registry
	@deploy/pin-images.sh Dockerfile compose.yaml compose.sandbox.yaml

clean: ## remove what was built
	rm -rf bin
