# setup makes .venv with everything; video, test, lint, docs, bench and clean use it. None needs another first.
# PYTHON=python3.12 picks an interpreter; 3.11 or later is needed.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup lock video test fields examples sites lint docs wheel bench fuzz faults voices attacks clean help
.DEFAULT_GOAL := help

help:
	@echo "make setup   the system's libraries and .venv with everything"
	@echo "make video   renders/drex, from scenes/drex/storyboard.yaml"
	@echo "make test    the tests (brings Debian's ffmpeg, as an independent prober)"
	@echo "make fields  every field of every kind does something (KINDS='diagram race' for some)"
	@echo "make examples  every kind's example passes the referee in every shape and theme (KINDS=... for some)"
	@echo "make sites   every site engine builds and plays; Firefox and WebKit too (ENGINES='hugo astro' for some)"
	@echo "make lint    ruff, mypy, import-linter, duplicate code"
	@echo "make docs    the documentation as a site with search, in dist/docs"
	@echo "make wheel   the wheel in dist/, installed into an empty environment elsewhere, where it renders"
	@echo "make bench   the benchmarks, as a table"
	@echo "make fuzz    20,000 mutated files and wrong logs (FUZZ_ARGS='--mode logs --count 1000 --seed 2')"
	@echo "make faults  30 kills, full disks and corruptions (FAULTS_ARGS='--count 500' for the long form)"
	@echo "make voices  every engine speaks every line of the films, and each take is listened to"
	@echo "make attacks every attack of a stranger's project on every command that takes one"
	@echo "make lock    requirements.lock anew: versions and hashes of all that setup installs"
	@echo "make clean   removes renders and caches; .venv stays"

setup: $(READY)

# The stamp is newer than pyproject.toml and the lock once everything in it is installed.
$(READY): pyproject.toml requirements.lock .ci/setup
	@UNLOCKED=$(UNLOCKED) bash .ci/setup $(VENV) $(PYTHON)
	@touch $@

# For every system and Python that pyproject.toml allows; LOCK_ARGS=--upgrade takes newer versions.
lock: $(READY)
	$(BIN)/python -m pip install --quiet 'uv>=0.9,<1'
	$(BIN)/uv pip compile pyproject.toml .ci/tools.in --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock $(LOCK_ARGS)

video: $(READY)
	$(BIN)/explainers render drex --allow-code $(RENDER_ARGS)

test: $(READY)
	@bash .ci/setup --prober
	@sh tests/site/setup.sh
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal $(PYTEST_ARGS)

fields: $(READY)
	cd tests/kinds && ../../$(BIN)/python test_fields.py $(KINDS)

examples: $(READY)
	cd tests/kinds && PYTHONPATH=.. ../../$(BIN)/python test_examples.py $(KINDS)

# ENGINES is taken from the environment; `nothing` leaves only the browsers.
sites: $(READY)
	@sh tests/site/setup.sh
	$(BIN)/python -m pytest tests/site/all_sites.py -v -p no:xdist $(PYTEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pylint --score=n src/explainers

docs: $(READY)
	$(BIN)/zensical build --clean
	@echo "dist/docs/index.html"

wheel: $(READY)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(BIN)/python -m pytest -q tests/test_wheel.py

bench: $(READY)
	$(BIN)/python -m benchmarks

faults: $(READY)
	cd tests && ../$(BIN)/python -m faults $(FAULTS_ARGS)

fuzz: $(READY)
	cd tests && ../$(BIN)/python -m fuzz $(FUZZ_ARGS)

voices: $(READY)
	cd tests/voice && ../../$(BIN)/python voices.py

attacks: $(READY)
	cd tests/security && PYTHONPATH=.. ../../$(BIN)/python attacks.py $(ATTACKS_ARGS)
	cd tests/security && PYTHONPATH=.. ../../$(BIN)/python attacks_output.py $(ATTACKS_ARGS)

clean:
	rm -rf renders .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
