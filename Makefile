# Slotwell: `make run` starts the whole platform, `make test` tests all of it.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := libs services gateway/src gateway/tests deploy tests benchmarks

.PHONY: help install run stack env test check compose-test bench bench-peers bench-docs soak soak-bugs constraints clean

help:
	@echo "make run          start everything on this machine (SLOTWELL_PORT, SLOTWELL_DATA, SLOTWELL_DEMO=0)"
	@echo "make stack        the same as separate processes on RabbitMQ (SCALE=\"booking=3 notifications=2\")"
	@echo "make env          write .env with fresh secrets, for docker compose"
	@echo "make test         every test, on real servers; installs the Debian packages it needs if it may"
	@echo "make check        the quick half: lint, types, import rules, unit tests"
	@echo "make compose-test builds the images and rehearses an installation's life in containers; needs docker and chromium"
	@echo "make bench        measure against the limits of this machine (ROWS=\"availability booking\", QUICK=1)"
	@echo "make bench-peers  the same work for django-appointment, side by side"
	@echo "make bench-docs   write what both measured into docs/benchmarks.md"
	@echo "make soak         clients book while processes and servers are struck (SEEDS=100, FIRST=1, SEED=17, FAULTS=redis)"
	@echo "make soak-bugs    the same with planted bugs: each must be caught (BUGS=\"no_lease inbox_off\")"
	@echo "make constraints  pin the newest packages (requirements/)"
	@echo "make clean        remove what was built and installed here; data/ stays"

install:
	@command -v $(PYTHON) >/dev/null || { echo "slotwell: there is no $(PYTHON). Install Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) deploy/bootstrap.py

run: install
	@exec $(BIN)/python -m launcher.embedded

stack: install
	@SCALE="$(SCALE)" exec $(BIN)/python -m launcher.stack

env:
	@deploy/env

test: install
	@exec deploy/test

compose-test: install
	@exec $(BIN)/python -m tests.containers.rehearse

check: install
	@exec deploy/check

bench: install
	@exec $(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(REMINDERS),--reminders $(REMINDERS)) $(ROWS)

bench-peers: install
	@exec $(BIN)/python -m benchmarks.peers $(if $(QUICK),--quick)

bench-docs: install
	@exec $(BIN)/python -m benchmarks.document

soak: install
	@$(BIN)/python -m launcher.prerequisites
	@SEEDS="$(SEEDS)" FIRST="$(FIRST)" SEED="$(SEED)" FAULTS="$(FAULTS)" exec $(BIN)/python -m tests.soak

soak-bugs: install
	@$(BIN)/python -m launcher.prerequisites
	@FIRST="$(FIRST)" exec $(BIN)/python -m tests.soak.bugs $(BUGS)

constraints: install
	@requirements/compile --upgrade

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache gateway/src/gateway/static gateway/web/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
