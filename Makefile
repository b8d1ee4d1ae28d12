# `make` alone prints what it can do. All it needs is Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# As many processes as there are cores; ARGS="-n 0" runs the tests in one.
PYTEST ?= $(BIN)/python -m pytest -n auto
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --no-header --generate-hashes --universal --python-version 3.11
CI_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
CI_REDIS_URL ?= redis://127.0.0.1:6379/0
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint fix check lock messages schema client pictures ci clean coverage test-postgresql test-python-3.13

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## Serve authsite on this machine, with a sample organisation
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py create_sample_organisation --if-empty
	@exec $(BIN)/python manage.py serve

test: $(VENV)/.installed-dev ## Run the tests; ARGS="-k login" passes arguments to pytest
	@$(PYTEST) $(ARGS)

lint: $(VENV)/.installed-dev ## Look at format, style, types, imports between rooms, and spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

fix: $(VENV)/.installed-dev ## Mend what can be mended by a program
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: $(VENV)/.installed-dev ## Look for missing migrations and for locks that do not fit their source
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	.ci/check-locks $(COMPILE)

lock: $(VENV)/.installed-dev ## Write the hash-locked requirements; UPGRADE=--upgrade takes newer versions
	$(COMPILE) $(UPGRADE) requirements.in -o requirements.txt
	$(COMPILE) $(UPGRADE) requirements-dev.in -o requirements-dev.txt

messages: $(VENV)/.installed-dev ## Bring the Spanish catalogue up to date with the code
	$(BIN)/python -m tests.house.messages

schema: $(VENV)/.installed-dev ## Write the OpenAPI description of the code, docs/openapi.yaml
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py spectacular \
	  --lang en --validate --fail-on-warn --file docs/openapi.yaml

client: schema ## Write the TypeScript client's types, docs/clients/typescript/src/schema.ts; needs Node
	cd docs/clients/typescript && npm ci --no-audit --no-fund && npm run generate

pictures: $(VENV)/.installed-dev ## Write the README's pictures, docs/pictures/, with Chromium
	CI=true PICTURES=docs/pictures $(PYTEST) -q tests/browser/test_pictures.py tests/browser/test_journeys.py

ci: $(VENV)/.installed-dev ## Run everything that CI runs, cheapest first
	$(MAKE) lint
	$(MAKE) check
	$(MAKE) coverage
	@if .ci/has-services $(BIN)/python $(CI_DATABASE_URL) $(CI_REDIS_URL); then $(MAKE) test-postgresql; \
	  else $(MAKE) .absent; fi
	@if .ci/find-python-3.13 >/dev/null; then $(MAKE) test-python-3.13; else $(MAKE) .absent; fi

clean: ## Remove what tools left behind, but neither the virtual environment nor var/
	rm -rf .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache htmlcov
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

coverage:
	$(BIN)/coverage erase
	$(MAKE) test PYTEST="$(BIN)/coverage run -m pytest -n auto --durations=40"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Browsers, Node, proxies, documents, vectors, the schema and who may do what look at the same on another database; so do
# the admin's pages, but those in tests/accounts/admin/databases.
SEEN_ONCE := $(addprefix --ignore=tests/,authsite browser clients conformance docs house proxies \
  api/test_forged_tokens.py api/test_permission_matrix.py api/test_schema_holds.py) --ignore-glob='*/accounts/admin/test_*.py'

test-postgresql:
	DATABASE_URL=$(CI_DATABASE_URL) REDIS_URL=$(CI_REDIS_URL) $(MAKE) test ARGS="$(SEEN_ONCE)"

# On another Python the domain and the settings: all else is built of them.
test-python-3.13:
	$(MAKE) test VENV=.venv-3.13 PYTHON="$$(.ci/find-python-3.13)" \
	  ARGS="tests/accounts tests/authsite $(addprefix --ignore=tests/accounts/,admin explanations change_log limits management statistics)"

# What is absent may be passed over on somebody's own machine, but never in CI.
.PHONY: .absent
.absent:
	@test "$$CI" != true

$(VENV)/.made:
	@.ci/require-python $(PYTHON)
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: requirements.txt | $(VENV)/.made
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/.made
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed
