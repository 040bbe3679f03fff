# Two commands do all the set-up:
#   make search   create .venv, install, and search on the built-in data   (ARGS="--minutes 30" adds options)
#   make test     the same set-up with the test tools, then every check
# Others: make quick (checks without slow tests), make lock (new lock.txt), make clean.

IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
  $$p -c '$(IN_RANGE)' 2>/dev/null && { echo $$p; break; }; done)
endif
PYTHON := $(or $(PYTHON),python3)

BIN := .venv/bin
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ $$n -gt 4 ] && n=4; echo $$n)
ARGS ?=
PYTEST = $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: search test quick check lock clean
.DEFAULT_GOAL := search

search: .venv/.stamp
	@$(BIN)/nas search --budget esp32.yaml --minutes 5 $(ARGS)

test: check
	@$(PYTEST) $(ARGS)

quick: check
	@$(PYTEST) -m "not slow" $(ARGS)

check: .venv/.stamp-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.venv/.stamp: pyproject.toml lock.txt nas/preflight.py
	@$(call install,.)

.venv/.stamp-test: pyproject.toml lock.txt nas/preflight.py
	@$(call install,.[test])
	@touch .venv/.stamp

# $(1): what to install. The lock only says which version of a package, never that it is wanted.
define install
command -v $(PYTHON) >/dev/null || { echo "nas: no Python: install the Debian packages python3.11 python3.11-venv gcc libc6-dev" >&2; exit 2; }; \
$(PYTHON) -I nas/preflight.py . && \
echo "nas: installing into .venv with $(PYTHON): about 3 GB, one to five minutes, once ..." >&2 && \
$(PYTHON) -m venv .venv && \
$(BIN)/python -m pip install -q --progress-bar off -c lock.txt -e "$(1)" && \
touch $@ && echo "nas: installed" >&2
endef

# Newest versions that pyproject.toml allows, in a clean environment; run `make test` on the result.
lock:
	@$(PYTHON) -I nas/preflight.py .
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install -q -e ".[test]"
	@{ head -n 3 lock.txt; build/lock/bin/python -m pip freeze --all --exclude-editable --exclude pip; } > build/lock.txt
	@mv build/lock.txt lock.txt && rm -rf build/lock

# Keeps results/: it may hold the outcome of long searches.
clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
