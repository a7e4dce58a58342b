# What the project does, each target a line or a few of ordinary commands. Settings come from the environment, from .env, or
# from the command line: make run CSKPI_RAW_DIR=path

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
SPARK_INSTALLED := .venv/.installed-spark
# What a run needs: with DBT_TARGET=spark, the packages for Spark too.
READY := $(if $(filter spark,$(DBT_TARGET)),$(SPARK_INSTALLED),$(INSTALLED))
# What checks pages for people who see little or use no mouse.
AXE := tests/axe/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help run check init explain reconcile tune-health demo test test-long test-full test-spark test-pages test-postgres bench reliability install-spark lint contracts docs report pictures open dev releases restore backup notify clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

run: $(READY) ## Load, build, test, score, publish, and show a summary; FULL=1 builds also where nothing is new, CLOSE=1 as of the close day
	@$(BIN)/python -m orchestration run $(if $(FULL),--full) $(if $(CLOSE),--close)

check: $(INSTALLED) ## Say what a run would make of your files, all problems at once: make check CSKPI_RAW_DIR=folder
	@$(BIN)/python -m orchestration check

init: $(INSTALLED) ## Write a raw folder to fill in, with headers and mapping.yml: make init DIR=folder ALL=1
	@$(BIN)/python -m orchestration init --dir "$(or $(DIR),raw)" $(if $(ALL),--all)

explain: $(READY) ## Why a figure is what it is, down to raw rows: make explain KPI=nrr_12m_rate MONTH=2025-12 SEGMENT=plan:pro ACCOUNTS=20
	@$(BIN)/python -m orchestration explain "$(KPI)" "$(MONTH)" $(if $(SEGMENT),--segment "$(SEGMENT)") $(if $(ACCOUNTS),--accounts "$(ACCOUNTS)")

reconcile: $(READY) ## Lay the KPIs that you had before beside these, with the rule behind each difference: make reconcile FILE=old_kpis.csv
	@$(BIN)/python -m orchestration reconcile "$(FILE)"

demo: $(INSTALLED) ## Simulate another demo company: make demo ACCOUNTS=500 MONTHS=24 SCENARIO=classic
	@$(BIN)/python -m simulator --out demo $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(ACCOUNTS),--accounts $(ACCOUNTS)) $(if $(MONTHS),--months $(MONTHS))

tune-health: $(READY) ## Propose weights and scales of the health score from history: make tune-health WRITE=1 takes them
	@$(BIN)/python -m orchestration tune-health $(if $(WRITE),--write)

test: lint ## What must pass before every commit; needs only Python
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long and not pages and not postgres"

test-long: $(INSTALLED) ## Nights, erasures and guides on companies of their own, and many more random cases
	SEARCH=long $(BIN)/python -m pytest -n 2 --dist loadfile -m "long or search"

test-full: test test-long test-spark test-pages test-postgres ## All tests, those that need more than Python too

test-spark: $(SPARK_INSTALLED) ## Build the same marts on DuckDB and Spark, compare every cell; needs Java 17
	@$(BIN)/python -m pytest tests/spark $(if $(RAW_DIR),--raw-dir "$(RAW_DIR)") $(if $(AS_OF_DATE),--as-of "$(AS_OF_DATE)")

test-pages: $(INSTALLED) $(AXE) ## Open every page of the report in Chromium at three widths, hold it to the marts and to axe; needs Chromium and npm
	@$(BIN)/python -m pytest tests/python/report -m pages

test-postgres: $(INSTALLED) ## Read a schema of Postgres as the raw folder; needs initdb, pg_ctl and psql
	@$(BIN)/python -m pytest tests/python/loading -m postgres

bench: $(INSTALLED) ## Measure what runs cost, write benchmarks/RESULTS.md: make bench SIZES="example S M L" RUNS=3
	@$(BIN)/python -m benchmarks.run_costs $(or $(SIZES),S) $(if $(RUNS),--runs $(RUNS)) $(if $(BENCH_DIR),--folder "$(BENCH_DIR)")

reliability: $(INSTALLED) ## Try mutated input, kills and full disks, write docs/reliability.md: make reliability INPUTS=5000 KILLS=20
	@$(BIN)/python -m benchmarks.reliability $(if $(INPUTS),--inputs $(INPUTS)) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(if $(HISTORIES),--histories $(HISTORIES))

install-spark: $(SPARK_INSTALLED) ## Install the packages that DBT_TARGET=spark needs; Java 17 comes from the system

lint: $(INSTALLED) ## Check format, types and style of Python and SQL, and the input contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	$(BIN)/python -m orchestration.loading
	@mkdir -p target/lint/build
	DBT_TARGET=duckdb CSKPI_WAREHOUSE_DIR=target/lint DBT_TARGET_PATH=target/lint $(BIN)/sqlfluff lint models tests/sql

contracts: $(INSTALLED) ## Write what follows from the input contract, the segments and the axes of health: staging models, columns, docs
	@$(BIN)/python -m orchestration contracts

docs: $(READY) ## Write the documentation of every table into one page; needs a run before
	@$(BIN)/python -m orchestration docs

report: $(READY) ## Write the report again: make report REPORT_LANGUAGE=ja MONTH=2025-10 SEGMENT=plan:pro
	@$(BIN)/python -m orchestration report $(if $(REPORT_LANGUAGE),--language "$(REPORT_LANGUAGE)") $(if $(MONTH),--month "$(MONTH)") $(if $(SEGMENT),--segment "$(SEGMENT)")

pictures: $(READY) ## Take the pictures of the guides from the demo's release; needs Chromium
	@$(BIN)/python -m orchestration pictures

open: $(READY) ## Say where the report is
	@$(BIN)/python -m orchestration open

dev: $(READY) ## Open Dagster's pages of the settings' warehouse on http://localhost:3000
	@$(BIN)/python -m orchestration dev

releases: $(READY) ## List the releases that are kept
	@$(BIN)/python -m orchestration releases

restore: $(READY) ## Step back: make restore RELEASE=...; or take back the history of a backup: make restore BACKUP=folder
	@$(BIN)/python -m orchestration restore $(if $(RELEASE),--release "$(RELEASE)") $(if $(BACKUP),--backup "$(BACKUP)")

backup: $(READY) ## Copy what raw data cannot give again into a new folder: make backup TO=folder
	@$(BIN)/python -m orchestration backup --to "$(or $(TO),backup)"

notify: $(READY) ## Send a test message to the addresses of CSKPI_NOTIFY_URLS
	@$(BIN)/python -m orchestration notify

clean: ## Remove the warehouse and what was generated, never raw data
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m orchestration clean; fi
	rm -rf target logs

$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(SPARK_INSTALLED): requirements-spark.lock $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock
	@touch $@

$(AXE): tests/axe/package-lock.json
	@npm ci --prefix tests/axe --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@
