# Everything a newcomer runs. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
TOOLS := xvfb xdotool xclip strace postgresql chromium
export PATH := $(CURDIR)/$(BIN):$(PATH)
MAKEFLAGS += --jobs=2 # what the tests need is fetched while the packages are installed

.DEFAULT_GOAL := help
.PHONY: help here install repro gui test thorough lint docs pictures notebooks benchmark chaos lock clean tools

help: ## list the targets
	@echo "Digits: reads handwritten numbers. First time here: make repro"
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: here .venv/installed ## make .venv with the locked packages

here: # its programs name the folder that they were installed in
	@[ ! -f .venv/installed ] || head -2 .venv/bin/pip | grep -qF "$(CURDIR)/.venv" || \
	  { echo "error: this checkout was moved or copied, and .venv only works where it was made: rm -rf .venv, then again"; exit 1; }

.venv/installed: requirements.lock pyproject.toml # what is imported is compiled then: compiling all takes a minute
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "error: Python %d.%d found, 3.11 to 3.13 needed: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@echo "installing the locked packages into .venv (about 3 GB to download the first time; minutes)"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --no-deps --no-compile -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

repro: install ## run the pipeline: download, preprocess, train, evaluate, register
	@python -c "from digits.files import remove_cut_short as remove; remove('.dvc/tmp/rwlock')" # DVC would refuse to work
	dvc repro
	@digits status

gui: install ## open the window
	digits gui

# From Python 3.12 on, coverage costs nothing; tracing under 3.11 took half as long again and filled the memory.
COVERAGE = $(shell $(BIN)/python -c 'import sys; print("--cov --cov-report=" if sys.version_info >= (3, 12) else "")')
TEST = pytest -n 2 --dist loadfile --no-loadscope-reorder $(COVERAGE)

test: install tools lint ## run the checks and tests; say how much of the code they reach (Python 3.12 or later)
	@echo "testing; nothing is shown for a minute or more: a small pipeline runs first, on which many tests work"
	$(TEST) -m "not long"

thorough: install tools lint ## as `make test`, and the tests marked long: kills, several machines, notebooks
	$(TEST)

lint: install ## ruff (lint, format), mypy, and which room may import which
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo

tools: ## install the programs that the tests work with, where that is possible
	@$(PYTHON) -c 'import tkinter' || { echo "error: this Python has no Tk: sudo apt-get install python3-tk, then make test again"; exit 1; }
	@{ command -v Xvfb && command -v xdotool && command -v xclip && command -v strace && \
	   { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } && \
	   { command -v chromium || command -v chromium-browser || command -v google-chrome; }; } >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    { echo "installing $(TOOLS), which the tests work with"; export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && \
	      apt-get install -y -qq --no-install-recommends $(TOOLS) >/dev/null; }; } || \
	  { echo "error: the tests need $(TOOLS): sudo apt-get install --no-install-recommends $(TOOLS) (Ubuntu has chromium as a snap; Fedora: xorg-x11-server-Xvfb xdotool xclip strace postgresql-server chromium), then make test again"; exit 1; }

docs: install ## copy the figures of reports/ into README.md and docs/
	python docs/figures.py

pictures: install tools ## make the pictures of docs/ anew, after make repro
	python docs/pictures.py

notebooks: install ## run the notebooks anew, after make repro, and keep what they show
	python notebooks/execute.py

benchmark: install ## measure: reading speed, the window, Lightning's overhead, a busy neighbour, trainings with three seeds
	@for name in reading window loop_overhead neighbour training; do echo "== $$name"; OMP_WAIT_POLICY=passive python benchmarks/$$name.py || exit 1; done

chaos: install tools ## try to break it: broken files, full disks, kills; after make repro
	PYTHONPATH=tests:deploy python -m benchmarks.chaos all

lock: install ## bring requirements.lock in step with pyproject.toml (UPGRADE=--upgrade: to the newest packages)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header $(UPGRADE) --quiet --output-file requirements.lock

clean: ## remove what the pipeline made (keeps .venv, mlflow.db and the DVC cache)
	rm -rf artifacts
