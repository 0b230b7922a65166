# Stowage's commands. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STACK := $(BIN)/python -m local_stack
TESTS ?= tests
# Most tests wait more than they compute: three workers keep two cores busy. Each has engines of its own.
WORKERS ?= 3

.PHONY: help up down status logs reset backup restore fsck check format test test-long test-quick bench screenshots generate migrate lock install audit

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: install ## Start everything on this machine, without Docker, and print the address
	@$(STACK) up

down: install ## Stop everything; data stays
	@$(STACK) down

status: install ## Show what runs, and how it is
	@$(STACK) status

logs: install ## Show the logs; NAME=gateway for one process, FOLLOW=1 to stay
	@$(STACK) logs $(if $(FOLLOW),--follow) $(NAME)

reset: install ## Throw away all data (asks first)
	@$(STACK) reset

backup: install ## Save everything as of one moment, while it runs: make backup TO=/disk/of/backups
	@$(STACK) backup $(or $(TO),$(error Say where to: make backup TO=/disk/of/backups))

restore: install ## Make a new stack of a backup: STOWAGE_HOME=/new/folder make restore FROM=/disk/of/backups/stowage-….tar
	@$(STACK) restore $(or $(FROM),$(error Say which one: make restore FROM=/disk/of/backups/stowage-….tar))

fsck: install ## Look whether all metadata agrees, and storage with it, while it runs; REPAIR=1 puts right what is safe to
	@code=0; \
	  (eval "$$($(STACK) env file_metadata_service)" && $(BIN)/python -m file_metadata_service fsck \
	    $(if $(REPAIR),--repair) $(if $(DRIVE),--drive $(DRIVE))) || code=$$?; \
	  $(if $(DRIVE),,(eval "$$($(STACK) env file_upload_service)" && $(BIN)/python -m file_upload_service fsck \
	    $(if $(REPAIR),--repair)) || code=$$(($$code > $$? ? $$code : $$?));) exit $$code

migrate: install ## Bring the tables of every service up to date
	@$(STACK) migrate

check: install ## Everything that can be known without running the system: format, lint, types, architecture, generated code
	@echo "check: format and lint" && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "check: types" && $(BIN)/mypy
	@echo "check: architecture" && $(BIN)/lint-imports --no-logo 2>&1 | tail -n 20 && test $${PIPESTATUS[0]} -eq 0
	@echo "check: generated code is fresh" && rm -rf .generated && protos/generate.sh .generated >/dev/null \
	  && diff -r --exclude=__pycache__ .generated/stowage protos/gen/stowage && rm -rf .generated \
	  && $(BIN)/python -m api_gateway openapi | diff -q - docs/openapi.json && $(BIN)/python -m handbook check
	@echo "check: frontend" && frontend/install.sh && cd frontend && npm run --silent check
	@echo "check: all good"

format: install ## Format the code, and mend what the linter can mend by itself
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

test: install ## Run every test on the real engines; TESTS=tests/unit for a part, ENGINE=dynamodb-local for AWS's emulator
	@$(STACK) engines
	@$(if $(filter tests,$(TESTS)),$(STACK) browser && tests/postman/install.sh && frontend/install.sh \
	  && cd frontend && npm run --silent test)
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

screenshots: install ## Take the pictures in docs/screenshots anew, in a browser before the whole system
	@$(BIN)/pytest tests/e2e/browser/screenshots.py

test-long: install ## Run what takes its time: engines gone for a minute, fifty kills, two hundred storms, many rotations, twenty times the explored cases, a folder of a hundred thousand
	@$(STACK) engines
	@STOWAGE_OUTAGE_SECONDS=60 STOWAGE_KILL_ROUNDS=50 STOWAGE_ROTATIONS=6 STOWAGE_EXPLORE=20 STOWAGE_MIRROR_ROUNDS=500 \
	  STOWAGE_STORM_ROUNDS=200 STOWAGE_BIG_FOLDER=100000 \
	  $(BIN)/pytest --timeout 1800 tests/unit/file_metadata_service/test_mirror.py tests/e2e/test_storm.py \
	  tests/e2e/test_two_instances.py tests/e2e/test_rotation.py tests/api/test_exploration.py \
	  tests/integration/file_metadata_service/test_machine.py tests/e2e/browser/test_big_folder.py

test-quick: install ## Run the tests that need no engine: unit and architecture
	@$(BIN)/pytest tests/unit tests/architecture

audit: install ## Ask PyPI and npm for known vulnerabilities in what the locks name; needs a network
	@$(BIN)/uv run --quiet --no-project --isolated --python $(BIN)/python --with-requirements requirements/audit.txt \
	  python -m audit

bench: install ## Measure what docs/performance.md promises, and write its table: five minutes, on a system of its own
	@$(STACK) engines
	@$(BIN)/python -m bench --write

generate: install ## Write what is generated: protos/gen from the .proto files, docs/openapi.json from the routes, settings
	@protos/generate.sh
	@$(BIN)/python -m api_gateway openapi > docs/openapi.json
	@$(BIN)/python -m handbook write
	@frontend/install.sh && cd frontend && npm run --silent generate >/dev/null

# Each extra of pyproject.toml becomes a lock with hashes; uv.txt is what installs the others. init, uv and audit are
# no service's: they take the versions that the tests ran with.
lock: install ## Write requirements/*.txt from pyproject.toml
	@for extra in dev user metadata upload gateway client; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --extra $$extra pyproject.toml --output-file requirements/$$extra.txt || exit 1; done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --constraints requirements/dev.txt --extra init pyproject.toml --output-file requirements/init.txt
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --constraints requirements/dev.txt - --output-file requirements/uv.txt
	@echo pip-audit | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --constraints requirements/dev.txt - --output-file requirements/audit.txt

install: $(VENV)/installed

$(VENV)/installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Stowage needs Python 3.11 or newer; '$(PYTHON)' is not. Say PYTHON=/path/to/python3.11 make …"; exit 1; }
	@echo "Installing Python packages into $(VENV) …"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
