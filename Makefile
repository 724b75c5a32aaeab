PYTHON ?= python3
ARGS ?=
PY := .venv/bin/python

.PHONY: help run test check bench screens format lock setup clean
.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run: ## set up and start the site with demo data, on PORT (8000)
	@$(PYTHON) .ci/setup
	@$(PYTHON) .ci/devenv
	@exec $(PY) manage.py serve

test: ## the whole suite on SQLite and PostgreSQL; ARGS="path -k name"
	@$(PYTHON) .ci/setup --browser
	@exec $(PY) .ci/test $(ARGS)

check: ## lint, format, types, templates, migrations, deploy check
	@$(PYTHON) .ci/setup
	@exec $(PY) .ci/check

bench: ## measure the speeds that are promised
	@$(PYTHON) .ci/setup
	@exec $(PY) manage.py bench

screens: ## a picture of every page in every role
	@$(PYTHON) .ci/setup --browser
	@exec $(PY) manage.py screens

format: ## format and mend what can be mended
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

lock: ## write the lock files anew from pyproject.toml and package.json
	@$(PYTHON) .ci/setup
	@$(PY) .ci/lock $(ARGS)

setup: ## install what the project needs
	@$(PYTHON) .ci/setup --browser

clean: ## remove everything that the other targets made, data too
	@rm -rf .venv node_modules static/vendor .data bench.json
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .djlint_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
