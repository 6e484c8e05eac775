# Everything that is installed goes into .local/, which git ignores. See `make help`.
PYTHON ?= python3
TOOLS = $(PYTHON) -m tools
PORT ?= 8069
DB ?= merchant
SMOKE ?=
SUITE ?=
TAGS ?=
JOBS ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test run lint bench shell soak clean odoo screenshots first-run format i18n

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## Odoo with a connected demo store; SMOKE=1 checks it and exits; PORT=8069
	@$(TOOLS) demo --port $(PORT) $(if $(filter-out 0,$(SMOKE)),--smoke)

test: ## every test; SUITE=plain,feed,... TAGS=/module:Class.method JOBS=2 (suites at a time)
	@$(TOOLS) test $(if $(SUITE),--suite $(SUITE)) $(if $(TAGS),--tags=$(TAGS)) \
		$(if $(JOBS),--jobs $(JOBS))

run: ## Odoo with the suite, your own data; DB=merchant PORT=8069
	@$(TOOLS) run --database $(DB) --port $(PORT)

lint: ## all linters
	@$(TOOLS) lint

format: ## put the Python code into form
	@$(TOOLS) format

bench: ## run the benchmarks in tests/bench/
	@$(TOOLS) bench

soak: ## long tests, faults, kills, load; PART=tests,matrix,kills,parallel,load QUICK=1
	@$(TOOLS) soak

screenshots: ## make the pictures in docs/ again
	@$(TOOLS) screenshots

first-run: ## click from an empty Merchant Center to the first order, with the times
	@$(TOOLS) first-run

i18n: ## export the terms and bring the Ukrainian translations in line
	@$(TOOLS) i18n

shell: ## a Python shell on the database; DB=merchant
	@$(TOOLS) shell --database $(DB)

odoo: ## Odoo's own command line; ARGS="shell -d DB --no-http"
	@$(TOOLS) odoo $(ARGS)

clean: ## stop the embedded servers and remove .local/
	@$(TOOLS) clean
