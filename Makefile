# Two commands are enough: `make demo` and `make test`. Needed: Python 3.11 or newer, git, make.
# Everything lands in .venv and .data; every target may be repeated and survives an interruption.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
# Processes of the suite; each has the models in memory.
WORKERS ?= 2
# On Linux what make starts ends with make, even when make is killed outright.
FOLLOW := $(shell setpriv --pdeathsig TERM true 2>/dev/null && echo setpriv --pdeathsig TERM)

export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled modules are kept, whatever the shell says: else every process compiles its libraries anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test check proof bench lock audit clean

help:  ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo:  ## everything set up, a live transcript, then the API (ONCE=1: ends after the transcript)
	@exec $(FOLLOW) sh $(LOCKS)/install.sh runtime "$(PYTHON)"
	@exec $(FOLLOW) $(BIN)/invekto demo $(if $(ONCE),--once)

test:  ## the suite, on a database of its own (ARGS="-k words" for a part)
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@exec $(FOLLOW) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check:  ## formatting, lint, types
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

proof:  ## the long proofs
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@exec $(FOLLOW) $(BIN)/python -m pytest -m proof --timeout 3600 $(ARGS)

bench:  ## the benchmarks (ARGS="--quick")
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@exec $(FOLLOW) $(BIN)/invekto bench $(ARGS)

# Hash-locked requirement files, because they name no index and install from any.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock:  ## new versions into requirements/*.txt
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@$(COMPILE) --upgrade pyproject.toml --extra dev --output-file $(LOCKS)/dev.txt
	@$(COMPILE) --upgrade pyproject.toml --constraints $(LOCKS)/dev.txt \
		--output-file $(LOCKS)/runtime.txt
	@printf 'uv\nhatchling\neditables\n' | \
		$(COMPILE) --upgrade - --constraints $(LOCKS)/dev.txt --output-file $(LOCKS)/build.txt

audit:  ## known vulnerabilities of the locked packages (asks osv.dev)
	@exec $(FOLLOW) sh $(LOCKS)/install.sh dev "$(PYTHON)"
	@$(BIN)/python $(LOCKS)/audit.py $(LOCKS)/runtime.txt $(LOCKS)/dev.txt $(LOCKS)/build.txt

clean:  ## the environment and every local database gone
	@sh $(LOCKS)/clean.sh
