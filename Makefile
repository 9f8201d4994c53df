# Everything is set up from a bare clone: Python 3.11 or newer (with venv) and make are enough.
#   make demo    ingests the example, prints what it answers, serves at http://127.0.0.1:8000
#   make test    runs all tests
SHELL := /bin/sh
TEST_OPTIONS ?= --numprocesses auto
# the first that really runs and is new enough
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: venv demo test fuzz check bench clean

venv: $(VENV)/.test

$(BIN)/python:
	@test -n "$(PYTHON)" || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[test,bench]'
	@touch $@ $(VENV)/.run $(VENV)/.test

$(VENV)/.check: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[test,dev]'
	@touch $@ $(VENV)/.run $(VENV)/.test

demo: $(VENV)/.run
	$(BIN)/kg demo $(DEMO_OPTIONS)

test: $(VENV)/.test
	$(BIN)/python -m pytest $(TEST_OPTIONS)

# the property tests and fuzzers, with examples that nobody has tried yet
fuzz: $(VENV)/.test
	$(BIN)/python -m pytest $(TEST_OPTIONS) -m hypothesis --hypothesis-profile=random

check: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.lineage $(LINEAGE_OPTIONS)
	$(BIN)/python -m benchmarks.graphql
	$(BIN)/python -m benchmarks.sparql $(SPARQL_OPTIONS)
	$(BIN)/python -m benchmarks.ingest $(BENCH_OPTIONS)
	$(BIN)/python -m benchmarks.questions $(QUESTIONS_OPTIONS)
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.report

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
