# Two commands: `make run` and `make test`. Everything else is a part of them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export SUNRA_ASSETS ?= $(CURDIR)/.assets
export SUNRA_HOME ?= $(CURDIR)/var
PORT ?= 8000
export PORT

.PHONY: run test setup lint bench bundle clean lock messages

run: setup ## environment, assets, database, demonstration district, all processes
	SUNRA_DEMO=true $(BIN)/sunra up --demo

setup: $(VENV)/.run $(VENV)/.assets ## the environment alone, assets included; nothing is started

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.assets: $(VENV)/.compiled $(VENV)/.run $(shell git ls-files 'src/*/locale/*.po' 'src/sunra/platform/ui/assets/*' 'src/*/static/*' 2>/dev/null)
	SUNRA_DEMO=true $(BIN)/sunra assets
	@touch $@

$(VENV)/.compiled: $(VENV)/.run $(wildcard src/sunra/core/routing/kernels/*.py)
	rm -rf src/sunra/core/routing/kernels/__pycache__ # a cached function does not see that one it calls has changed
	$(BIN)/python -c "from sunra.core.routing import warm; print(f'kernels of the patrol search compiled in {warm():.1f} s')"
	@touch $@

test: $(VENV)/.dev $(VENV)/.assets ## lint, types, layers, migrations, translations, all tests on both databases
	$(BIN)/python -m tools.check

lint: $(VENV)/.dev $(VENV)/.assets
	$(BIN)/python -m tools.check --only lint

bench: $(VENV)/.dev $(VENV)/.assets ## every figure that the documents claim
	$(BIN)/python -m tools.bench

bundle: $(VENV)/.dev $(VENV)/.assets ## wheels and assets for installation without a network
	$(BIN)/python -m tools.bundle

lock: ## new versions into requirements/*.txt
	$(BIN)/python -m tools.lock

messages: $(VENV)/.dev ## new texts into the message catalogues
	$(BIN)/python -m tools.messages update

clean:
	rm -rf $(VENV) .assets dist bundle .mypy_cache .ruff_cache .pytest_cache .coverage*
