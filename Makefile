# `make` alone says what there is to make. Needs make and Python 3.11 or newer; all else goes into .venv.

.DEFAULT_GOAL := help
.PHONY: help serve test check format lock bench bench-mail docs clean runtime development vnu

# What Python compiles is kept, whatever the environment says: a start is a second shorter.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
VNU := vnu-jar@26.9.27
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python
FIND_PYTHON = for p in $(CANDIDATES); do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

serve: runtime  ## prepare everything and serve the site (HOST=… PORT=… to listen elsewhere)
	@export OPERATION118_HOST="$${HOST:-$$OPERATION118_HOST}" OPERATION118_PORT="$${PORT:-$$OPERATION118_PORT}"; \
	if [ -t 0 ]; then set -m; $(BIN)/python app.py; else exec $(BIN)/python app.py; fi

# Files are taken in their order: xdist would leave those of few tests, which are the longest, to the end.
test: development vnu  ## run the whole test suite
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: development  ## format, lint, types, import contract, templates, generated documentation
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python docs/generate.py --check

format: development  ## rewrite the Python files in the house format
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

docs: development  ## regenerate what the documentation copies from the code
	@$(BIN)/python docs/generate.py

bench: development  ## measure pages per second, and write them in docs/performance.md
	@$(BIN)/python -m benchmarks.pages

bench-mail: development  ## measure mails per second and planning, and write them in docs/performance.md
	@$(BIN)/python -m benchmarks.mail

lock: development  ## choose versions anew: requirements*.txt from requirements*.in
	@$(COMPILE) requirements.in --upgrade --output-file requirements.txt
	@$(COMPILE) requirements-dev.in --upgrade --constraint requirements.txt --output-file requirements-dev.txt

# The W3C's HTML checker, where Java and npm are there to run and fetch it; its tests are skipped elsewhere.
vnu: | $(BIN)/python
	@if command -v java >/dev/null && command -v npm >/dev/null && [ ! -f $(VENV)/$(VNU)/.complete ]; then \
	npm install --silent --no-save --prefix $(VENV)/$(VNU) $(VNU) && touch $(VENV)/$(VNU)/.complete \
	|| echo "The HTML checker could not be fetched: the tests that need it will be skipped." >&2; fi

clean:  ## remove the virtual environment and the tools' caches; the data folder stays
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); \
	test -n "$$python" || { echo "Python 3.11 or newer, with its venv module, was not found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }; \
	$$python -m venv --clear $(VENV)

# A copy of the list is left once all of it is installed: an interrupted installation starts again.
runtime: | $(BIN)/python
	@cmp -s requirements.txt $(VENV)/$@ || { \
	echo "Installing what the site needs (once, about half a minute)…"; \
	$(INSTALL) requirements.txt && cp requirements.txt $(VENV)/$@; }

development: | $(BIN)/python
	@cmp -s requirements-dev.txt $(VENV)/$@ || { \
	echo "Installing what the tests need (once, about a minute)…"; \
	$(INSTALL) requirements-dev.txt && cp requirements-dev.txt $(VENV)/$@; }
