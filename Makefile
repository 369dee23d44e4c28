# BooCode: `make serve` runs it, `make test` checks it. Both set up what they need; the second time they start at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := .make/uv/bin/uv
PACKAGES := boocode actors supervisors web

.DEFAULT_GOAL := help
.PHONY: help serve ui test test-agents check types lint format bench bench-kernel safety mutants screenshots agents lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

serve: $(VENV)/.run ## Run BooCode (options: ARGS="--port 9600")
	@$(BIN)/python -m tools.ui build || echo "The web UI could not be built: BooCode serves its plain page." >&2
	@exec $(BIN)/boocode serve $(ARGS)

test: check ui ## Check the code and run all tests
	$(BIN)/python -m pytest $(ARGS)

test-agents: agents ## Run the tests of real agents, where nothing but loopback is in reach
	$(BIN)/python -m tools.ui build
	@# A place of its own: in a user namespace pytest could not clear away what earlier runs left of other users.
	@place=$$(mktemp -d) && export PYTEST_DEBUG_TEMPROOT=$$place && \
	$(BIN)/python -m tools.offline --if-possible $(BIN)/python -m pytest \
		--contract-results=.agents/contract.json $(or $(ARGS),--agents) && rm -rf $$place

ui: $(VENV)/.dev ## Build the web UI; check its types, and run the tests of its state
	$(BIN)/python -m tools.ui build
	$(BIN)/python -m tools.ui check

check: lint types ## Formatting, lint, types, and the floors between packages
	$(BIN)/lint-imports --config .importlinter --no-cache

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure the whole path, beside its floors
	$(BIN)/python -m benchmarks

bench-kernel: $(VENV)/.dev ## Measure the actor kernel, beside its floors
	$(BIN)/python -m benchmarks.kernel

safety: $(VENV)/.dev ## Random programs that may lose nothing, killed at random (COUNT=2000, SEED=n for one)
	$(BIN)/python -m tests.programs $(if $(SEED),--seed $(SEED),--count $(or $(COUNT),200) --points) $(ARGS)

mutants: $(VENV)/.dev ## Show that the kernel's tests notice each planted fault
	$(BIN)/python -m tools.mutants

screenshots: $(VENV)/.dev ## Take pictures of every view into screenshots/ (needs chromium; ARGS=--docs: those of the docs)
	$(BIN)/python -m tools.screenshots $(ARGS)

agents: $(VENV)/.dev ## Install the pinned real agents into .agents
	$(BIN)/python -m tools.agents install

lock: $(UV) ## Renew the lock files from pyproject.toml
	$(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.lock
	$(UV) pip compile pyproject.toml --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements-dev.lock

clean: ## Remove everything that was set up
	rm -rf $(VENV) .make .agents web/ui/node_modules web/ui/dist .mypy_cache .ruff_cache .hypothesis

# Set-up: the two stamps below are files, so a second run finds nothing to do.

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "BooCode needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
		"Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Setting up BooCode (the first time takes about a minute) …"
	@$(PYTHON) -m venv .make/uv || { \
		echo "Python cannot make virtual environments here. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@.make/uv/bin/python -m pip install -q --disable-pip-version-check uv==0.13.8

$(BIN)/python: $(UV)
	@$(UV) venv -q --python $(PYTHON) --allow-existing $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
