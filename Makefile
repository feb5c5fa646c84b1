# The everyday commands. Each makes what it needs first; `make run` is all that a user has to know.

# The first of these that is installed; another is named with PYTHON=python3.13.
PYTHON ?= $(firstword $(foreach version,3.11 3.12 3.13,$(shell command -v python$(version) 2>/dev/null)) python3.11)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint types quality torture bench audit setup

run: setup
	@echo "==> Building the index ($(BIN)/assistant build): half a minute the first time, which prepares the language model; then seconds."
	@$(BIN)/assistant build
	@echo "==> Starting the server ($(BIN)/assistant serve): some seconds, then its address is printed here. Ctrl-C ends it."
	@$(BIN)/assistant serve

setup:
	@if $(MAKE) --silent --question $(VENV)/installed; \
	then echo "==> Installation skipped: $(VENV) already has everything."; \
	else $(MAKE) --no-print-directory $(VENV)/installed; fi

test: $(VENV)/installed-test
	tests/programs/find-chromium
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

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
	@echo "==> Installing into $(VENV): about 2 GB on disk, 3 minutes or more. Later starts skip this."
	@test -x $(BIN)/python || { echo "==> 1 of 3: a virtual environment, made by $(PYTHON) (seconds)"; $(PYTHON) -m venv $(VENV); }
	@echo "==> 2 of 3: PyTorch (0.8 GB, about 1 minute; several GB more if pip chooses GPU libraries, see README.md)"
	@$(INSTALL) torch
	@echo "==> 3 of 3: the assistant, its language model and other libraries (1.2 GB, about 2 minutes; pip is silent for the second)"
	@$(INSTALL) --editable '.[ocr]'
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "==> Installing what the tests need as well (0.3 GB, about 1 minute)"
	@$(INSTALL) --editable '.[ocr,test]'
	@touch $@
