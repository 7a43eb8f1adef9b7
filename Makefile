# make setup · make run · make test · make check · make bench · make vendor
PYTHON ?= python3
PY := .venv/bin/python
export PYTHON
# what Python compiled once is kept: the tests start hundreds of processes
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test check bench vendor clean

setup:  ## everything this machine needs; quick when it is there
	@bash tools/setup.sh

run: setup  ## web, worker, ticker, Redis and a demo branch; Ctrl-C stops them all
	@$(PY) -m tools.run

test: setup  ## the whole suite on SQLite and PostgreSQL; four at a time, for many wait (ARGS="tests/unit -k money")
	@$(PY) -m pytest -n 4 --dist loadfile --no-loadscope-reorder -q $(ARGS)

check: setup  ## lint, types, import contracts, translations, migrations
	@$(PY) -m tools.check

bench: setup  ## ratios against floors measured in the same run (QUICK=1 for a short one)
	@$(PY) -m tests.benchmarks $(if $(QUICK),--quick)

vendor: setup  ## copy the pinned front-end packages to static/vendor (needs npm)
	@$(PY) tools/vendor.py
