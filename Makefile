.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than there are cores: tests wait for processes that they have started.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
DEMO := duckdb://data/demo.duckdb

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

setup: $(READY) ## make .venv from the lock file; instant when nothing changed

$(READY): requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(READY)

demo: setup ## two sample seasons, a service, a backfill over HTTP, coverage, and what to try next
	$(BIN)/tipoff sample --seasons 2 --warehouse $(DEMO)
	@$(BIN)/tipoff serve --port 0 --warehouse $(DEMO) >data/demo.log 2>&1 & \
	  service=$$!; trap 'kill $$service; wait $$service' EXIT; \
	  $(BIN)/tipoff backfill --start 2024-10-22 --end 2026-06-30 --whole-ranges --yes --warehouse $(DEMO) \
	  && $(BIN)/tipoff coverage --warehouse $(DEMO) \
	  && $(BIN)/tipoff handoff --warehouse $(DEMO)
	@cat docs/demo.txt

serve: setup ## the service over the demo's season, until Ctrl-C
	$(BIN)/tipoff serve --warehouse $(DEMO)

test: setup ## every check: lint, types, import directions, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

bench: setup ## measure on four sample seasons; writes benchmarks/results.md
	$(BIN)/python -m benchmarks

image: setup ## build the image on a Debian base, run it, measure it; needs root, buildah, debootstrap
	$(BIN)/pytest -p no:cacheprovider tests/image/built.py

gcloud: setup ## apply deploy/ and look for drift with the real gcloud, at a cloud of the tests' own
	$(BIN)/pytest -p no:cacheprovider -n 2 --dist loadfile tests/deploy/applied.py tests/drift/drifted.py

generated: setup ## write anew what is made from the code: translations, pages of docs
	$(BIN)/python -m clients.generated

clean: ## remove what was made here, the environment too
	rm -rf $(VENV) .cache build *.egg-info data
