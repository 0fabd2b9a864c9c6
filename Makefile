# install  .venv with everything (so .venv/bin/streamario)
# run      that, then `streamario up`; Ctrl-C stops all of it
# test     the test suite, on servers that it starts itself (names the packages that it needs)
# tools    which packages of Debian the test suite still needs (prints nothing where all are there)
# soak     every fault under more load, and a table of what it came to (SOAK="--rounds 5")
# bench    what it all costs and how fast it is, beside yardsticks (BENCH="--only presses --quick")
# check    format, lint, types, and the direction of imports
# audit    known vulnerabilities of what is pinned, where somebody can be asked
# conformance  others' suites against both wires, and a fuzz, at length (the first time it fetches one)
# schemas  what is generated from the messages: the sockets' schema, the Unity package's classes
# lock     pin all dependencies anew
.PHONY: install run test tools soak bench check audit conformance schemas lock
.DEFAULT_GOAL := install

# Where Debian has servers, which are not on everybody's path.
export PATH := $(PATH):/usr/sbin

BIN := .venv/bin
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The embedded servers have wheels for 3.11 to 3.13: those first, then whatever is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && { echo $$python; exit; }; done; echo python3)
FITS := import sys, ensurepip; sys.exit(sys.version_info < (3, 11))

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { \
		echo "Streamario needs Python 3.11 or later with venv (Debian: apt install python3-venv);" \
			"$(PYTHON) is $$($(PYTHON) --version 2>&1). Another one: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Installing into .venv (once, about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --requirement requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: $(STAMP)
	@exec $(BIN)/streamario up

# The clients' tests run in what their users have, those of the deployment on what that is made of.
NODE_MODULES := tests/clients/node_modules/.package-lock.json
TOOLS := $(shell \
	{ command -v chromium || command -v google-chrome; } >/dev/null || echo chromium; \
	command -v curl >/dev/null || echo curl; \
	command -v faketime >/dev/null || echo faketime; \
	command -v haproxy >/dev/null || echo haproxy; \
	command -v dnsmasq >/dev/null || echo dnsmasq-base; \
	command -v promtool >/dev/null || echo prometheus; \
	command -v docker-compose >/dev/null || echo docker-compose; \
	command -v kustomize >/dev/null || echo kustomize; \
	command -v openssl >/dev/null || echo openssl; \
	command -v npm >/dev/null || echo nodejs npm; \
	{ command -v mcs && command -v mono; } >/dev/null || echo mono-mcs mono-runtime \
		libmono-system-runtime-serialization4.0-cil)

tools:
	@[ -z "$(strip $(TOOLS))" ] || echo $(strip $(TOOLS))

# Most tests wait most of the time: for a page, for a server to die or to come up.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * 2)))

test: $(STAMP)
	@[ -z "$(strip $(TOOLS))" ] || { \
		echo "make test also needs (Debian, Ubuntu): apt install $(strip $(TOOLS))" >&2; exit 2; }
	@$(MAKE) --no-print-directory $(NODE_MODULES)
	@exec $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

$(NODE_MODULES): tests/clients/package-lock.json
	@npm ci --prefix tests/clients --no-audit --no-fund --loglevel=error
	@touch $@

soak: $(STAMP)
	@exec $(BIN)/python -m tests.faults.soak $(SOAK)

bench: $(STAMP)
	@exec $(BIN)/python -m tests.bench $(BENCH)

check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: $(STAMP)
	@$(BIN)/python -m tests.dependency_audit

conformance: $(STAMP)
	@$(BIN)/python -m tests.conformance.rest --examples 300
	@$(BIN)/python -m tests.conformance.autobahn
	@$(BIN)/python -m tests.conformance.fuzz --examples 3000

schemas: $(STAMP)
	@$(BIN)/python -m ws_gateway.asyncapi > docs/asyncapi.json
	@$(BIN)/python -m clients.csharp

# Needs uv. The runtime lock is what a container of one service needs: no tools, no servers.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-config --no-header --no-annotate --no-emit-index-url pyproject.toml --group build

lock:
	$(COMPILE) --all-extras --output-file requirements.lock
	$(COMPILE) --output-file requirements-runtime.lock
