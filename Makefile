# make run   sets up what is missing and serves on http://127.0.0.1:8000 (PORT=8123 for another port)
# make test  sets up what is missing and runs all checks and tests
.DEFAULT_GOAL := help
PORT ?= 8000
PYTHON ?= python3.11
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: screenshots help run test check format eval gaps bench calibrate coverage lock schema clean

help:
	@sed -n '1,2s/^# //p' Makefile
	@echo "make check  format, lint, types, arrows between modules, knowledge, tests"
	@echo "make eval   measures the bot and its baselines, writes docs/evaluation/"
	@echo "make gaps   shows where example questions are missing (a minute)"
	@echo "make bench  measures speed and memory"
	@echo "make screenshots  takes the pictures of the widget in docs/screenshots/"
	@echo "make coverage  writes docs/coverage.html: what is covered, what is missing and whom to ask"

.venv/bin/python:
	@tools/python.sh "$(PYTHON)"

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/.run
	@$(BIN)/familienbot serve --port $(PORT)

test: .venv/.dev
	@$(BIN)/ruff format --check --quiet bot tests
	@$(BIN)/ruff check --quiet bot tests
	@$(BIN)/mypy
	@mkdir -p build; $(BIN)/lint-imports --no-cache > build/imports.txt 2>&1 || (cat build/imports.txt; exit 1)
	@$(BIN)/familienbot check
	@tools/chromium.sh
	@tools/postgres.sh
	@$(BIN)/python -m pytest
	@$(BIN)/familienbot eval --check

check: test

format: .venv/.dev
	$(BIN)/ruff format bot tests
	$(BIN)/ruff check --fix bot tests

eval: .venv/.dev
	$(BIN)/familienbot eval

gaps: .venv/.run
	@$(BIN)/familienbot gaps

bench: .venv/.dev
	$(BIN)/familienbot bench

calibrate: .venv/.dev
	$(BIN)/familienbot calibrate

coverage: .venv/.dev
	$(BIN)/familienbot coverage

screenshots: .venv/.dev
	@tools/chromium.sh
	$(BIN)/python tools/screenshots.py

schema: .venv/.run
	$(BIN)/familienbot schema --modelines

lock: .venv/.dev
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --no-header --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe --no-header --extra dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache *.egg-info
