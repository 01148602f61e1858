# `make demo` and `make test` need Python 3.11 or newer (with venv) and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SHOP := runs/demo-shop
RUN := runs/demo

# Idle OpenMP threads that spin cost 3 to 10 times on few cores.
export OMP_WAIT_POLICY = PASSIVE
export KMP_BLOCKTIME = 0

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow lint types check clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED) ## The virtual environment, anew when the pins change

$(INSTALLED): pyproject.toml constraints.txt agent/launch.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Folkmap needs Python 3.11 or newer; name one with make PYTHON=…")'
	@echo "Installing into $(VENV); a few minutes the first time"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[dev]"
	@touch $@

demo: $(INSTALLED) ## Simulate a shop, build it, print its segments
	@$(BIN)/folkmap demo --out $(SHOP)
	@$(BIN)/folkmap build $(SHOP)/events.csv --items $(SHOP)/items.csv \
		--attributes $(SHOP)/attributes.csv --ties $(SHOP)/ties.csv --run $(RUN)
	@$(BIN)/folkmap segments --run $(RUN)
	@echo
	@echo "Try next:"
	@echo "  $(BIN)/folkmap profile $$(awk -F, '$$3 == "persona" { print $$1; exit }' $(SHOP)/truth.csv) --run $(RUN)"
	@echo "  $(BIN)/folkmap segments --run $(RUN) --json"
	@echo "  $(BIN)/folkmap build YOUR_LOG.csv --run runs/mine"

test: $(INSTALLED) ## The tests that take seconds
	@$(BIN)/python -m pytest -m "not slow"

test-slow: $(INSTALLED) ## The tests that take minutes
	@$(BIN)/python -m pytest -m slow

lint: $(INSTALLED) ## Ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	@$(BIN)/mypy

check: lint types ## All that CI runs: ruff, mypy, all tests; the README is checked by tests/test_layout.py
	@$(BIN)/python -m pytest

clean: ## Remove what was made, runs aside
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
