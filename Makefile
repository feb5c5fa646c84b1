# The everyday commands. Each makes what it needs first; `make run` is all that a user has to know.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint types quality torture bench audit setup

run: setup
	$(BIN)/assistant build
	$(BIN)/assistant serve

setup: $(VENV)/installed

test: $(VENV)/installed-test
	tests/programs/find-chromium
	$(BIN)/python -m pytest

lint: $(VENV)/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/installed-test
	$(BIN)/mypy

# How good the answers are, each signal alone as well: on corpus/judgments, or on all judged sets in a folder (SETS=DIR).
QUALITY := $(patsubst %/queries.jsonl,%,corpus/judgments/queries.jsonl $(if $(SETS),$(wildcard $(SETS)/*/queries.jsonl)))
quality: $(VENV)/installed-test
	$(BIN)/python -m tests.programs.quality $(QUALITY)

# Known vulnerabilities of what is installed; asks the network, so it is no part of the tests.
audit: setup
	$(INSTALL) pip-audit
	$(BIN)/pip-audit

# The long forms of tests/test_trials.py; one of them, smaller, with its seed: make torture TRIALS="kills --scale 0.1 --seed 7"
torture: $(VENV)/installed-test
	$(BIN)/python -m tests.programs.torture $(TRIALS)

# Texts of your own: make bench TEXTS=DIR; other sizes: make bench BENCH="--sizes 1000 100000".
bench: $(VENV)/installed-test
	$(BIN)/python -m tests.programs.bench $(if $(TEXTS),--texts $(TEXTS)) $(BENCH)

# torch comes first and alone: whatever else asks for it then finds this build and installs no other.
$(VENV)/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) torch
	$(INSTALL) --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(INSTALL) --editable '.[test]'
	touch $@
