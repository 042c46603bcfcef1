# Everything one does with OpenCCM from a checkout. Needs make, Python 3.11 or later, and pip.

.DEFAULT_GOAL := help
.PHONY: help setup web run demo test faults bench check format lock hooks clean

BIN := .venv/bin
READY := .venv/.stamp

# The web app: npm by the system's Node, or by the one in .venv where there is none.
NPM := scripts/npm --prefix designer
MODULES := designer/node_modules/.stamp
WEB := designer/dist/index.html
CLIENT := designer/src/lib/schema.d.ts

# What the tool behind a target is told besides: make test ARGS="-k stack -x", make lock ARGS=--upgrade
ARGS ?=

# PostgreSQL's programs, where there are any: with them the suite runs on PostgreSQL as well.
export POSTGRES_BIN ?= $(patsubst %/initdb,%,$(lastword $(sort $(wildcard \
	/usr/lib/postgresql/*/bin/initdb \
	/usr/local/opt/postgresql@*/bin/initdb \
	/opt/homebrew/opt/postgresql@*/bin/initdb))))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv as requirements.lock pins it

$(READY): requirements.lock pyproject.toml scripts/bootstrap
	scripts/bootstrap

web: $(WEB) ## Build the web app, which the API serves below /app

$(MODULES): designer/package-lock.json | $(READY)
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB): $(MODULES) $(shell find designer/src designer/public docs/schema -type f ! -name schema.d.ts) \
		designer/index.html designer/vite.config.ts
	$(NPM) run --silent build -- --logLevel warn

$(CLIENT): $(MODULES) $(wildcard api/*.py api/routes/*.py)
	$(BIN)/python -m scripts.openapi > designer/node_modules/.openapi.json
	$(NPM) run --silent client > /dev/null

run: $(READY) $(WEB) ## Start everything with the demo company; Ctrl-C stops it
	@$(BIN)/openccm up --demo

demo: $(READY) ## Send a few communications and show what became of each
	@$(BIN)/openccm demo

test: $(READY) $(WEB) ## Run the tests
	$(BIN)/python -m pytest $(ARGS)

faults: $(READY) ## Kill parts at random for a long while; nothing may be lost or doubled
	$(BIN)/python -m pytest tests/faults --long $(ARGS)

bench: $(READY) ## Measure, and print ratios
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

check: $(READY) $(CLIENT) ## Style, types, import contracts, definitions; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/openccm check definitions
	$(NPM) run --silent check

format: $(READY) ## Mend the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## Pin the packages anew in requirements.lock, by version and hash
	$(BIN)/uv lock --python $(BIN)/python $(ARGS)
	$(BIN)/uv export --quiet --frozen --all-groups --no-emit-project --no-header \
		--format requirements.txt --output-file requirements.lock
	@! grep -n '://' requirements.lock

hooks: $(READY) ## Check each commit before it is made
	$(BIN)/prek install

clean: ## Remove what can be made again; the data in var/ stays
	rm -rf .venv designer/node_modules designer/dist .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -rf {} +
