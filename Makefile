# `make help` lists what there is. Everything happens in .venv; nothing is installed outside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HELD := $(VENV)/held-back
# One process more than there are cores: now and then a test waits for something.
PYTEST = $(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --maxprocesses 5 --dist loadfile --no-loadscope-reorder
CODE := cli crawler demo parser spiders storage web scheduler.py config.py errors.py logs.py tests bench

# Rooms of the tests that have to do with no database; to load them takes as long as all others.
WITHOUT_DATABASE := bench demo fuzz parser

# Python may keep what it compiled, whatever the machine says: each of the programs that the tests start takes twice
# as long without.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo crawl serve-nights test test-postgres lint types format accuracy accuracy-formats accuracy-scans check bench bench-index bench-capture bench-fixity bench-memento fuzz fuzz-guided peers lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

setup: $(READY) ## set everything up in .venv

$(READY): pyproject.toml requirements/lock.txt requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Nianbao needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "cannot make $(VENV): this Python lacks the venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/lock.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## two nights against a replica of both sites, on loopback, into ./demo-data
	@$(BIN)/python -m demo.night

crawl: $(READY) ## one night on the live sites, into ./data (or NIANBAO_HOME)
	@$(BIN)/nianbao nightly

serve-nights: $(READY) ## the service that runs a night every night
	@$(BIN)/python scheduler.py

test: $(READY) ## the whole test suite
	$(PYTEST)

test-postgres: $(READY) ## the tests that have to do with a database, on a PostgreSQL server that they start
	$(PYTEST) --database postgresql $(WITHOUT_DATABASE:%=--ignore=tests/%) $(TESTS)

lint: $(READY) ## style and format, without changing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## strict types
	$(BIN)/mypy

format: $(READY) ## put the format in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

accuracy: $(READY) ## read the 2,000 made documents that are held back, and write docs/accuracy.md
	@rm -rf $(HELD)
	@$(BIN)/python -m bench.truthset $(HELD) --count 2000 --half held
	@NIANBAO_LANG=en $(BIN)/nianbao evaluate $(HELD) --markdown > docs/accuracy.md

accuracy-formats: $(READY) ## the same with made documents of the other file formats; writes docs/accuracy-formats.md
	@$(BIN)/python -m bench.truthset.score formats docs/accuracy-formats.md $(if $(COUNT),--count $(COUNT))

accuracy-scans: $(READY) ## the same with made scans; writes docs/accuracy-scans.md; COUNT=2 for fewer
	@$(BIN)/python -m bench.truthset.score scans docs/accuracy-scans.md $(if $(COUNT),--count $(COUNT))

bench: $(READY) ## how fast reports are read, on one core, beside pdfplumber
	@$(BIN)/python -m bench.speed

bench-index: $(READY) ## how long an index of ten million captures takes to answer; 8 GB in the temporary folder
	@$(BIN)/python -m bench.index

bench-capture: $(READY) ## what keeping every page costs, beside bare Scrapy and peers (installs these in passing)
	@$(BIN)/python -m bench.capture

bench-fixity: $(READY) ## how fast the archive is read again, beside sha256sum
	@$(BIN)/python -m bench.fixity

bench-memento: $(READY) ## a thousand Memento clients at once, ten million captures, beside pywb; 12 GB in the temporary folder
	@$(BIN)/python -m bench.memento

fuzz: $(READY) ## 10,000 damaged documents of every format through the parser; FUZZ="--reader pdf --seed 2" for others
	@$(BIN)/python -m tests.fuzz $(FUZZ)

fuzz-guided: $(READY) ## damage led by coverage, until stopped; READER=pdf FUZZ=-max_total_time=600 (installs atheris)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/fuzz.txt
	@$(BIN)/python -m tests.fuzz.guided $(READER) $(FUZZ)

check: lint types test ## what a change must pass

peers: $(READY) ## tools of others that the tests call as programs, in .peers (GPL, AGPL; npm for one)
	@test -x .peers/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python .peers
	$(BIN)/uv pip install --quiet --python .peers/bin/python --require-hashes -r requirements/peers.txt
	@if command -v npm >/dev/null; then npm install --silent --no-save --ignore-scripts --no-audit --no-fund \
	  --fetch-retries=1 --fetch-timeout=30000 --prefix .peers @webrecorder/wabac@2.26.5 fake-indexeddb@6.2.8; fi

lock: $(READY) ## resolve the dependencies anew into requirements/
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-header --all-extras --output-file requirements/lock.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-header --group fuzz --output-file requirements/fuzz.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-header --output-file requirements/peers.txt requirements/peers.in
	awk '/^uv==/ {print; on = 1; next} on && /^    --hash/ {print; next} on {exit}' requirements/lock.txt \
	  > requirements/bootstrap.txt

clean: ## remove what was made, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
