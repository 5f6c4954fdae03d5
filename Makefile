# Mingtang: every task of the house. `make` alone prints the list; the text after ## is what it shows.
PY := .venv/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup run worker test check fix migrate bench campaign client national lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Install what running and testing need (idempotent; the others call it)
	@tools/setup.sh test

run: ## Start the platform on http://127.0.0.1:8000 and play one real tender (HOST=, PORT=, ONCE=1)
	@tools/setup.sh run
	@$(PY) -m tools.run --host $(HOST) --port $(PORT) $(if $(ONCE),--once)

worker: ## Start a separate worker for the broker named in the settings
	@tools/setup.sh run
	@$(PY) -m worker

test: ## Run the tests (T=path or T="path -k words" for some of them)
	@tools/setup.sh test
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -q -n 2 --dist loadfile $(T)

check: ## Check format, style, types and import rules
	@tools/setup.sh test
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

fix: ## Format and repair what tools can repair
	@tools/setup.sh test
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

migrate: ## Write a migration for changed tables: make migrate m="add lots"
	@tools/setup.sh test
	@$(PY) -m storage.migrate new "$(m)"

bench: ## Measure against the baselines (tools/bench)
	@tools/setup.sh test
	@$(PY) -m tools.bench

campaign: ## Run the long attack and failure campaign (tools/campaign)
	@tools/setup.sh test
	@$(PY) -m tools.campaign

client: ## Build the bidder's command as one file into var/client (PLATFORMS="linux-x86_64 windows-x86_64 macos-arm64")
	@tools/setup.sh run
	@$(PY) -m tools.one_file $(PLATFORMS)

national: ## Add the national suite (SM2, SM3, SM4) to what running needs
	@tools/setup.sh national

lock: ## Resolve the dependencies anew into locks/
	@tools/setup.sh lock

clean: ## Remove all state and everything built or installed; sources stay
	@rm -rf .venv var node_modules web/frontend/node_modules web/static/build
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -path ./.git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
	@echo "Removed: .venv, var, node_modules, built assets, caches."
