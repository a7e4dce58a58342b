# What the project does, each a line of ordinary commands. Settings come from the environment, from .env, or
# from the command line: make run CSKPI_RAW_DIR=path

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help run tune-health demo test test-full lint docs dev clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(INSTALLED) ## Load, build, test, score, publish, and show a summary
	@$(BIN)/python -m orchestration run

demo: $(INSTALLED) ## Simulate another demo company: make demo ACCOUNTS=500 MONTHS=24
	@$(BIN)/python -m orchestration.simulator --out demo $(if $(ACCOUNTS),--accounts $(ACCOUNTS)) $(if $(MONTHS),--months $(MONTHS))

tune-health: $(INSTALLED) ## Propose weights and scales of the health score from history: make tune-health WRITE=1 takes them
	@$(BIN)/python -m orchestration tune-health $(if $(WRITE),--write)

test: lint ## Everything that must pass and needs Python alone
	$(BIN)/python -m pytest

test-full: test ## The tests too that need Java, a browser, Node or an hour

lint: $(INSTALLED) ## Check format, types and style of Python and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	@mkdir -p target/lint/build
	DBT_TARGET=duckdb CSKPI_WAREHOUSE_DIR=target/lint DBT_TARGET_PATH=target/lint $(BIN)/sqlfluff lint models tests/sql

docs: $(INSTALLED) ## Write the documentation of every table into one page, once data was loaded
	@$(BIN)/python -m orchestration docs

dev: $(INSTALLED) ## Open Dagster's pages on http://localhost:3000
	$(BIN)/dagster dev

clean: ## Remove the warehouse and what was generated, never raw data
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m orchestration clean; fi
	rm -rf target logs

$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@
