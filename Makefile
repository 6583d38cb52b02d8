# Everything that is done with this project. `make help` lists it.

GO        ?= go
BIN       := bin/airbyte-mcp-server
TOOLS     := $(CURDIR)/bin/tools
LINT      := $(TOOLS)/golangci-lint
LINT_VERSION := v2.15.0
VULN      := $(TOOLS)/govulncheck
VULN_VERSION := v1.9.0
RELEASE_TOOLS := $(TOOLS)/goreleaser $(TOOLS)/cyclonedx-gomod
# What the program is built for.
TARGETS   := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
# The race detector needs a C compiler; without one the tests run without it.
RACE      := $(if $(shell command -v cc gcc 2>/dev/null),-race,)
FUZZTIME  ?= 30s

.DEFAULT_GOAL := help
.PHONY: help build demo recording test check targets lint vuln fmt golden eval bench microbench fuzz pin-images release release-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) .

demo: build ## show the main job on the built-in emulator; needs no account
	@$(BIN) demo

recording: build ## draw the demo again, as the animated docs/demo.svg
	$(BIN) demo --recording docs/demo.svg

test: ## run all tests
	$(GO) test $(RACE) -timeout 20m ./...

check: ## all that must hold before a change lands: format, all targets, lint, tests, demo
	$(GO) mod verify
	$(GO) mod tidy -diff
	$(MAKE) --no-print-directory lint
	$(MAKE) --no-print-directory targets
	$(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory demo > /dev/null

# Code for other machines is not optimized: it is never run here, and compiles in two thirds of the time.
targets: ## build and vet the program and its tests for every target
	@for target in $(TARGETS); do \
	  echo "build and vet $$target"; export CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/}; \
	  quick='all=-N -l'; [ "$$target" != "$(shell $(GO) env GOHOSTOS)/$(shell $(GO) env GOHOSTARCH)" ] || quick=; \
	  $(GO) build -trimpath -gcflags="$$quick" -o /dev/null . && $(GO) vet -trimpath -gcflags="$$quick" ./... || exit 1; \
	done

lint: $(LINT) ## run golangci-lint, formatters included
	$(LINT) run --allow-parallel-runners ./...

$(LINT):
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

$(VULN):
	GOBIN=$(TOOLS) $(GO) install golang.org/x/vuln/cmd/govulncheck@$(VULN_VERSION)

vuln: $(VULN) ## look for known vulnerabilities in what the program calls
	@said=$$($(VULN) ./... 2>&1); code=$$?; \
	case "$$said" in \
	*'fetching vulnerabilities: '*) echo 'skipped: the database of vulnerabilities cannot be reached';; \
	*) echo "$$said"; exit $$code;; \
	esac

fmt: $(LINT) ## format the code
	$(LINT) fmt

golden: ## rewrite the golden files from what the code does now; review the diff
	$(GO) test ./tools -run 'Golden|CatalogBudget' -update
	$(GO) test . -run ConnectorsDocument -update
	$(GO) test ./internal/cli -run CommandsDocument -update
	$(GO) test ./packaging -run LinksInDocument -update

eval: ## measure how well plain questions find tools
	@$(GO) test ./tools -run TestEval -v -count=1 | grep recall

bench: build ## measure the program beside two small proxies in one run, see docs/performance.md
	@mkdir -p bin/bench && cp $(BIN) bin/bench/
	@cd benchmarks && CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o ../bin/bench/ ./...
	@cd benchmarks && ../bin/bench/benchmarks

microbench: ## run the benchmarks of single functions; compare the rows of one run, not runs
	$(GO) test -run '^$$' -bench . -benchmem ./airbyte ./schemas ./tools/... ./server ./internal/... ./deploy ./e2e

fuzz: ## fuzz every fuzz target for FUZZTIME each (default 30s)
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

pin-images: ## write the digests of the images that are pulled beside their tags; needs curl and their registry
	@deploy/pin-images.sh Dockerfile compose.yaml compose.sandbox.yaml

release: $(RELEASE_TOOLS) ## build every package into dist/, reproducibly; publishes nothing
	$(GO) -C tools/release run . $(CURDIR) $(TOOLS) $(CURDIR)/dist

release-check: $(RELEASE_TOOLS) ## check goreleaser's configuration
	$(TOOLS)/goreleaser check packaging/goreleaser.yaml

# The tools are pinned in tools/release/go.mod, which nothing else needs.
$(RELEASE_TOOLS): tools/release/go.mod
	GOBIN=$(TOOLS) $(GO) -C tools/release install tool

clean: ## remove what was built
	rm -rf bin dist
