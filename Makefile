# make demo and make test need nothing but make and Python >= 3.11: they build their own environment.
# Another Python: make test PYTHON=/path/to/python3 (it counts when the environment is created).

VENV ?= .venv
INSTALLED ?= build/installed
CANDIDATES := $(or $(PYTHON),python3.15 python3.14 python3.13 python3.12 python3.11 python3 python)

# The same examples on every run; a bare pytest tries new ones (tests/conftest.py).
export HYPOTHESIS_PROFILE ?= ci

PY := $(VENV)/bin/python
PIP := -m pip --disable-pip-version-check
# The stamps name the checkout, because an environment that was copied along with it still points at the original.
KEY := $(shell printf %s '$(CURDIR)' | cksum | cut -d ' ' -f 1)
BASE := $(VENV)/.base-$(KEY)
FOR_DEMO := $(VENV)/.demo-$(KEY)
FOR_TEST := $(VENV)/.test-$(KEY)
FOR_DEV := $(VENV)/.dev-$(KEY)

# Each candidate is run, not only found: a launcher on the PATH may have no Python behind it.
define find_python
found=; \
for candidate in $(CANDIDATES); do \
  if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
  then found=$$candidate; break; fi; \
done; \
if [ -z "$$found" ]; then \
  echo "salesflow needs Python 3.11 or newer with its venv module. Tried: $(CANDIDATES)." >&2; \
  echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name one: make PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef

.PHONY: help demo test check format-check lint types coverage docs wheel installed referees bench dev format clean distclean
.NOTPARALLEL:

help:
	@echo "make demo       see what salesflow does"
	@echo "make test       run all tests"
	@echo "make check      all that must hold: format, lint, types, coverage, docs, the wheel as installed"
	@echo "make docs       build the documentation into build/site"
	@echo "make referees   ask other engines and parsers about the exports; needs Node"
	@echo "make bench      run the benchmarks"
	@echo "make format     format the code, apply safe fixes"
	@echo "make dev        install everything for work on salesflow into $(VENV)"
	@echo "make clean      remove what was built; make distclean also removes $(VENV)"

demo: $(FOR_DEMO)
	@$(VENV)/bin/salesflow demo

test: $(FOR_TEST)
	$(PY) -m pytest -n auto --dist loadgroup

check: format-check lint types coverage docs installed

format-check: $(FOR_DEV)
	$(PY) -m ruff format --check .

lint: $(FOR_DEV)
	$(PY) -m ruff check .

types: $(FOR_DEV)
	$(PY) -m mypy

coverage: $(FOR_DEV)
	$(PY) -m pytest -n auto --dist loadgroup --cov --cov-report=term-missing:skip-covered

docs: $(FOR_DEV)
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

wheel: $(FOR_DEV)
	rm -rf build/dist
	$(PY) -m build --outdir build/dist . >/dev/null

# The suite against the installed wheel; the source tree is not on the path.
installed: wheel
	rm -rf $(INSTALLED)
	$(or $(PYTHON),$(PY)) -m venv $(INSTALLED)
	$(INSTALLED)/bin/python $(PIP) install --quiet --upgrade 'pip>=25.1'
	$(INSTALLED)/bin/python $(PIP) install --quiet "$$(ls build/dist/*.whl)[all]" --group test
	$(INSTALLED)/bin/python -c 'import salesflow, sys; sys.exit(not salesflow.__file__.startswith(sys.prefix))'
	$(INSTALLED)/bin/python -m pytest -q -n auto --dist loadgroup $(TESTS)

# Other people's programs come from npm, at the versions of tests/referees/package-lock.json.
referees: $(FOR_DEV)
	$(PY) -m tests.referees

bench: $(FOR_TEST)
	$(PY) -m benchmarks

dev: $(FOR_DEV)

format: $(FOR_DEV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find $(wildcard src tests examples benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

# An environment that is there and works is kept, whoever made it.
$(BASE):
	@if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  $(find_python); \
	  echo "creating $(VENV) with $$($$found --version)"; \
	  $$found -m venv --clear $(VENV); \
	fi
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@$(PY) $(PIP) install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(FOR_DEMO): pyproject.toml $(BASE)
	@echo "installing what the demo needs"
	@$(PY) $(PIP) install --quiet --editable '.[cli,history]'
	@touch $@

$(FOR_TEST): pyproject.toml $(BASE)
	@echo "installing what the tests need"
	@$(PY) $(PIP) install --quiet --editable '.[all]' --group test
	@touch $@

$(FOR_DEV): pyproject.toml $(BASE)
	@echo "installing what the checks need"
	@$(PY) $(PIP) install --quiet --editable '.[all]' --group dev
	@touch $@
