# Everything a contributor runs. `make test` is also what CI runs; nothing has to be installed
# by hand first except Python 3.10 or newer, Go, git and make.

PYTHON ?= python3
# More for the program that a target runs, as in: make pytest ARGS="-k chart"
ARGS ?=

# One environment per Python and lock file: a changed lock makes a new one, a warm run does nothing.
LOCK := $(shell { $(PYTHON) --version; cat requirements-dev.txt; } 2>&1 | sha256sum | cut -c1-16)
VENV := .venv/installed-$(LOCK)
RUN := .venv/bin/

WORKFLOWS = $(wildcard .github/workflows/*.yml examples/*.yml examples/workflows/*.yml \
	examples/*/.github/workflows/*.yml)
ACTIONS = $(wildcard action.yml actions sync-chart)
PACKAGES = $(wildcard release_actions scripts rehearsal bench tests tools)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup tools demo demo-lifecycle faults faults-actions mutants fuzz test test-pythons pytest lint lint-python lint-workflows format bench docs lock clean

help:
	@echo "make demo           release a small operator on this machine, from tag to image and chart"
	@echo "make demo-lifecycle take a minor version from its branch to its patches in the same way"
	@echo "make test           lint, then every test"
	@echo "make pytest         the tests alone: make pytest ARGS=\"-k chart\""
	@echo "make test-pythons   the tests of library and actions with every Python from 3.10 on that is here"
	@echo "make lint           ruff, mypy, zizmor and actionlint"
	@echo "make format         let ruff put Python code in order"
	@echo "make faults         disturb a release again and again, and show that it converges"
	@echo "make faults-actions the same for each single action that writes"
	@echo "make mutants        edit the product in one place at a time, and list what no test notices"
	@echo "make fuzz           give each reader of other people's texts hostile ones"
	@echo "make bench          measure, beside the tools one would use instead"
	@echo "make docs           write the generated pages and tables again"
	@echo "make lock           resolve the dependencies again and pin them with their hashes"
	@echo "make clean          remove what the other targets made"

setup: $(VENV) tools

$(VENV):
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments:" \
			"install its venv module (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "python: installing the locked packages into .venv"
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -I -m pip install --quiet --disable-pip-version-check \
		--require-hashes --only-binary :all: --no-deps -r requirements-dev.txt
	@touch $@

# Asked each time, because a program on PATH may have changed; a warm answer takes a blink.
tools:
	@$(PYTHON) tools/install.py
	@$(PYTHON) tools/openapi.py

demo: setup
	@$(RUN)python -m rehearsal.demo $(ARGS)

demo-lifecycle: setup
	@$(RUN)python -m rehearsal.demo.lifecycle

test: lint pytest

pytest: setup
	@$(RUN)pytest -n 2 --dist worksteal $(ARGS)

test-pythons: setup
	@$(RUN)python tools/pythons.py $(ARGS)

lint: lint-python lint-workflows

lint-python: $(VENV)
	@$(RUN)ruff check --quiet .
	@$(RUN)ruff format --quiet --check .
	@$(RUN)mypy --no-error-summary $(PACKAGES)

lint-workflows: $(VENV) tools
	@$(RUN)zizmor --quiet --offline --config=.github/zizmor.yml --strict-collection --persona=auditor \
		.github/dependabot.yml $(wildcard .pre-commit-*.yaml) $(WORKFLOWS) $(ACTIONS)
	@.tools/bin/actionlint -shellcheck=$(RUN)shellcheck -pyflakes= $(WORKFLOWS)
	@$(RUN)shellcheck .ci/run

format: $(VENV)
	@$(RUN)ruff check --quiet --fix .
	@$(RUN)ruff format --quiet .

faults-actions: setup
	@$(RUN)python -m rehearsal.faults.actions --write $(ARGS)

faults: setup
	@$(RUN)python -m rehearsal.faults --write $(ARGS)

mutants: setup
	@$(RUN)python -m tools.mutants $(ARGS)

fuzz: setup
	@$(RUN)python -m tools.fuzz $(ARGS)

bench: setup
	@$(RUN)python -m bench $(ARGS)

docs: $(VENV)
	@$(RUN)python -m tools.docs

# requirements.txt is what the actions install on a user's runner, so it is resolved on its own.
lock: export UV_PYTHON_DOWNLOADS = never
lock: $(VENV)
	@$(RUN)uv pip compile --quiet --upgrade pyproject.toml -o requirements.txt
	@$(RUN)uv pip compile --quiet --upgrade pyproject.toml --group dev -c requirements.txt \
		-o requirements-dev.txt

clean:
	rm -rf .venv .tools .rehearsal .fuzz .hypothesis .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
