# make demo: the main job, on real files, with no key and no network beyond the package registry.
# make test: the tests.   make check: tests, lint, types.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO := demo
EXAMPLES := dynasaur/examples

# What pytest makes of the tests is compiled once, not at every start, whatever the shell says.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-slow lint types check clean

demo: $(VENV)/.installed
	rm -rf $(DEMO)
	$(BIN)/dynasaur init $(DEMO)/library
	# 1. No single action answers this, so a function is written, called, judged and committed.
	$(BIN)/dynasaur run "What is the average price in the North region?" \
	  --file $(EXAMPLES)/sales.csv --library $(DEMO)/library --model planner
	# 2. Another question about another file: what was kept is found and called again.
	$(BIN)/dynasaur run "What is the average rain_mm in Bergen?" \
	  --file $(EXAMPLES)/weather.csv --library $(DEMO)/library --model planner
	# What the library holds now, and how it came in.
	$(BIN)/dynasaur list --library $(DEMO)/library
	cat $(DEMO)/library/actions/tables/*_*.py
	git -C $(DEMO)/library log --stat --format='%h %an  %s%n%n%w(0,4,4)%b'

# Four at once on two processors: much of a test is waiting, for a kernel or the disk.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "not slow" -n 4 --dist worksteal

test-slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow -n 2 --dist worksteal

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed-dev
	$(BIN)/mypy

check: test test-slow lint types

clean:
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
	  "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.installed
