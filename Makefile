# Wangge. Everything a newcomer needs: make demo, make test. The rest is for who builds it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# uv in an environment of its own, so that nothing is installed outside this folder.
UV_VERSION := 0.13.9
UV := .uv/bin/uv
# The lock names the public index; an index or a mirror of this machine's own comes from its settings.
UV_FLAGS := --frozen --no-progress --compile-bytecode
export UV_PYTHON_DOWNLOADS := never
# Certificates as the system has them: behind a company's proxy, uv's own would not do.
export UV_SYSTEM_CERTS := true
# Compiled once: a worker would otherwise spend two seconds of each start on it.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
CODE := messages packs geo rules incidents sinks streams drills cli
PYTEST := $(BIN)/pytest

.PHONY: help setup demo test test-all test-faults check format bench bench-kafka bench-geo bench-rules bench-desk budget boston clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

setup: .venv/.synced ## Make .venv from uv.lock (the others do it when needed)

.venv/.synced: pyproject.toml uv.lock
	@echo "Setting up .venv from uv.lock (about half a minute, once) …"
	@test -x $(UV) || { python3 -m venv .uv && .uv/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION); }
	@$(UV) sync -q $(UV_FLAGS) --python "$$(command -v python3)"
	@touch $@

demo: setup ## Run the demo city for a bounded time: queues, reasons, ledger; leaves demo-run/
	@$(BIN)/wangge up --events 8000 --rate 500 --run demo-run

test: setup ## Run the tests that need nothing but this folder; some 6 minutes
	@$(PYTEST) -m "not slow and not kafka and not faults"
	@echo "Left to make test-all: what takes minutes (slow) or needs an Apache Kafka (kafka)."

test-all: setup ## Also what takes minutes or needs Apache Kafka (Java 17+, Maven)
	@$(PYTEST) -m "(slow or kafka) and not faults"

test-faults: setup ## Break Kafka, Redis and workers under load, also with wrong workers; some 45 minutes
	@$(PYTEST) -m faults tests/kafka

check: setup ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: setup ## Put the code into its one form
	@$(BIN)/ruff check --fix -q . && $(BIN)/ruff format -q .

bench: setup ## Measure the worker beside a bare loop and stock Faust in the same run
	@$(BIN)/python -m benchmarks.worker

bench-kafka: setup ## Measure exactly once beside at least once on an Apache Kafka (Java 17+, Maven); some 3 minutes
	@$(BIN)/python -m benchmarks.transactions

bench-geo: setup ## Measure the grid index beside every peer on 12 thousand to a million polygons
	@$(UV) sync -q $(UV_FLAGS) --group bench
	@$(BIN)/python -m benchmarks.geo $(ARGS)

bench-rules: setup ## Measure the router beside every peer on 10 to 10,000 routes; some 3 minutes
	@$(UV) sync -q $(UV_FLAGS) --group bench
	@$(BIN)/python -m benchmarks.rules $(ARGS)

bench-desk: setup ## Measure the desk with a thousand to a million open cases; some 4 minutes
	@$(BIN)/python -m benchmarks.desk $(ARGS)

budget: setup ## Where an event's microseconds go, part by part
	@$(BIN)/python -m benchmarks.budget

boston: setup ## Route Boston's own 311 records (DATA=folder with the city's files) and compare
	@$(BIN)/python -m benchmarks.boston $(DATA)

clean: ## Remove what was made here
	@rm -rf .venv .uv dist demo-run .pytest_cache .mypy_cache .ruff_cache .hypothesis
