# Slotwell: `make run` starts the whole platform, `make test` tests all of it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install

install: .venv/installed

.venv/installed: requirements/constraints.txt requirements/bootstrap.txt requirements/workspace.in $(wildcard libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml deploy/*/pyproject.toml)
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --verify-hashes -r requirements/constraints.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -r requirements/workspace.in
	@touch .venv/installed
