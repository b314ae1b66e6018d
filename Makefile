# The words to learn: demo, test, lint, bench, quality, screenshots, journeys. Each installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
# Tests wait a third of their time, for processes and servers: three at once on two cores. Neighbours
# stay together, so what a module makes is made once, and who is done takes over from others.
JOBS ?= 3
# Compiled modules are kept: without them every start of the program compiles itself anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-long lint bench quality screenshots journeys clean install install-demo system

demo: install-demo
	$(BIN)/fodspor demo

test: install system
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not long"

test-long: install system
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install system
	$(BIN)/python -m bench.hotpath
	$(BIN)/python -m bench.whole_path
	$(BIN)/python -m bench.whole_path --looks
	$(BIN)/python -m bench.workers
	$(BIN)/python -m bench.smb
	$(BIN)/python -m bench.scale

quality: install
	$(BIN)/python -m bench.quality --write

screenshots: install system
	$(BIN)/python -m bench.screenshots

journeys: install system
	$(BIN)/python -m tests.web.journeys

install: $(VENV)/dev.stamp
install-demo: $(VENV)/demo.stamp

$(VENV)/dev.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[demo,dev]'
	touch $(VENV)/dev.stamp $(VENV)/demo.stamp

$(VENV)/demo.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	touch $(VENV)/demo.stamp

system:
	sh tests/system_packages.sh

clean:
	rm -rf $(VENV) build dist *.egg-info demo-company* bench-data
