# Two commands: `make report` and `make test`. Each sets everything up from the lock; nothing else has to be installed.
# Paths are relative, so the folder may have any name.

PYTHON ?= python3
UV_VERSION := 0.13.9
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
BENCH := .venv-bench/Scripts
else
BIN := .venv/bin
BENCH := .venv-bench/bin
endif
STUDIES ?= $(basename $(notdir $(wildcard studies/*.toml)))
JOBS ?= 2

.PHONY: report test lab setup axe screenshots lint types lock environment certificate benchmark clean help

help:
	@echo "make report       set up, evaluate both studies, print where the index page is"
	@echo "make test         set up, run the tests"
	@echo "make lab          set up, open the notebooks in JupyterLab (make lab LAB='--port 8890 --no-browser')"
	@echo "make lint types   style and types;  make screenshots, certificate, benchmark: see CONTRIBUTING.md"

report: setup
	@$(BIN)/evaluation run $(STUDIES) --jobs $(JOBS)

test: setup axe
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lab: setup
	@$(BIN)/evaluation lab -- $(LAB)

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv from requirements.lock ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@UV_COMPILE_BYTECODE=1 $(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch .venv/ready

axe: setup
	@$(BIN)/python tests/browser/get_axe

screenshots: setup
	@$(BIN)/python benchmarks/screenshots.py reports reports/.pictures

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.papermill cell.metadata.papermill" notebooks/*.ipynb

types: setup
	@$(BIN)/mypy

certificate: setup
	@$(BIN)/python benchmarks/certificate.py

# The peers of the benchmarks stay out of .venv: they have a lock and an environment of their own.
benchmark: .venv-bench/ready
	@$(BENCH)/python -m benchmarks $(BENCHMARKS)

.venv-bench/ready: .venv/ready benchmarks/requirements.lock
	@echo "Setting up .venv-bench from both locks ..."
	@$(PYTHON) -m venv .venv-bench
	@UV_COMPILE_BYTECODE=1 $(BIN)/python -m uv pip sync --quiet --python $(BENCH)/python --require-hashes \
		requirements.lock benchmarks/requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BENCH)/python --no-deps --no-build-isolation --editable .
	@touch .venv-bench/ready

COMPILE := -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

lock:
	@$(BIN)/python $(COMPILE) --extra cluster --extra test --extra dev pyproject.toml --output-file requirements.lock
	@$(BIN)/python scripts/bench_requirements.py | $(BIN)/python $(COMPILE) --constraint requirements.lock - \
		--python-version 3.11 --output-file benchmarks/requirements.lock

environment: setup
	@$(BIN)/python scripts/environment.py

clean:
	@rm -rf .venv .venv-bench reports/*/ reports/index.html reports/.[a-z]* data/processed/*/
