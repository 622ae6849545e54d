# Two commands are enough: `make run` and `make test`. Everything else serves these two.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 2
BIN := .venv/bin
export PORT HOST WORKERS

.PHONY: help setup run test test-fast test-dates lint bench drill load messages audit pins clean
.DELETE_ON_ERROR:

help:
	@echo "make run    serve the line on http://$(HOST):$(PORT) (PORT, HOST, WORKERS)"
	@echo "make test   install what the tests need and run them all"
	@echo "make lint   ruff, mypy and the layers of the rooms"
	@echo "make bench  the benchmark table"
	@echo "make drill  break things while calls ring: what it costs callers and records"
	@echo "make load   calls at a constant rate (RATE, SECONDS, CALLS, KEPT, CONNECTIONS, SPEECH, CONSOLE)"
	@echo "make messages  gather the words of pages and console for translation"
	@echo "make audit  the list of all packages, and those known to be vulnerable"

setup: .venv/ready

# Debian splits the module that makes virtual environments off from Python.
.venv/made:
	@echo "Making .venv, in which all else is installed"
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	  echo "Installing python3-venv"; \
	  $(APT) python3-venv && rm -rf .venv && $(PYTHON) -m venv .venv; }
	@touch $@

# In two stages: what calls need, so that the line is answered soon, then all that is large.
.venv/calls: .venv/made requirements-calls.txt
	@$(BIN)/python -m ivr.setting_up calls requirements-calls.txt
	@touch $@

.venv/ready: .venv/calls requirements.txt
	@$(BIN)/python -m ivr.setting_up rest requirements.txt
	@touch $@

.venv/tested: .venv/ready requirements-test.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@$(BIN)/python -m compileall -q -j 2 .venv/lib  # else each process of the tests would compile what it imports
	@command -v chromium-headless-shell >/dev/null || { echo "Installing chromium"; $(APT) chromium-headless-shell fonts-noto-cjk; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "Installing postgresql"; $(APT) postgresql; }
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || { echo "Installing faketime"; $(APT) faketime; }
	@[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || { echo "Installing nginx"; $(APT) nginx; }
	@ls /usr/lib/*/libharfbuzz-subset.so.0 /usr/lib/*/libpangoft2-1.0.so.0 >/dev/null 2>&1 || { echo "Installing Pango"; $(APT) $(PANGO); }
	@command -v firefox-esr >/dev/null || { echo "Installing firefox-esr"; $(APT) firefox-esr; }
	@command -v WebKitWebDriver >/dev/null || { echo "Installing webkit2gtk-driver"; $(APT) webkit2gtk-driver; }
	@command -v Xvfb >/dev/null || { echo "Installing xvfb"; $(APT) xvfb; }
	@command -v redis-server >/dev/null || { echo "Installing redis-server"; $(APT) redis-server; }
	@command -v promtool >/dev/null || { echo "Fetching promtool"; mkdir -p $(PROMETHEUS) && cd $(PROMETHEUS) \
	  && apt-get download -qq prometheus >/dev/null 2>&1 && dpkg -x prometheus_*.deb . || true; }
	@touch $@

# Of Debian's package one program, which checks deploy/prometheus; installed, it would begin to serve. Without it, three
# tests are left out.
PROMETHEUS := build/prometheus

# What PDFs are made with (ivr/paper): the same is in deploy/Containerfile.
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk

# The screen reader of the tests runs in the browser; npm only brings it.
build/screen_reader/ready: tests/screen_reader/package-lock.json
	@command -v npm >/dev/null || { echo "Installing npm"; $(APT) npm; }
	@mkdir -p $(@D) && cp tests/screen_reader/package.json tests/screen_reader/package-lock.json $(@D)
	@cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -qq -y --no-install-recommends "$$@" >/dev/null' sh

# Pins all that is needed, with hashes, since some packages are young; needs uv in .venv.
COMPILE := uv pip compile --quiet pyproject.toml --generate-hashes --python-version 3.11 --no-annotate --no-header
pins: .venv/made
	@$(BIN)/pip install --quiet uv
	@$(BIN)/$(COMPILE) --extra rest -o requirements.txt
	@$(BIN)/$(COMPILE) -c requirements.txt -o requirements-calls.txt
	@$(BIN)/$(COMPILE) --extra rest --extra hear -c requirements.txt -o requirements-hear.txt
	@$(BIN)/$(COMPILE) --extra rest --extra test --extra hear --extra traces -c requirements.txt -o requirements-test.txt
	@$(BIN)/$(COMPILE) --extra rest --extra traces -c requirements.txt -o requirements-traces.txt
	@$(BIN)/$(COMPILE) --extra rest --extra audit -c requirements.txt -o requirements-audit.txt

# The rest is installed and the line's own voice is made beside the server: some minutes the first time, nothing later.
run: .venv/calls
	@SETUP="$(MAKE) --no-print-directory setup" exec $(BIN)/python -m ivr.door

# Quick tests compute, so that more processes than cores only push one another out of the caches: four on two cores take
# 1.2 to 1.8 times as long as two. Slow ones also wait for browsers, servers and clocks. SlipCover measures what the quick
# ones ran; it would cost the slow ones, such as walks of the whole call, 30 to 45 % more.
test: .venv/tested build/screen_reader/ready
	@mkdir -p build
	@$(BIN)/python -m compileall -q ivr  # else each of the processes that tests start would compile it
	@failed=0; \
	$(BIN)/python -m slipcover --immediate --branch --source ivr --json --out build/coverage.json \
	  -m pytest -n 2 --dist loadgroup -m "not slow" || failed=1; \
	$(BIN)/pytest -n 3 --dist loadgroup -m slow $$(grep -rl "mark\.slow" tests --include="test_*.py") || failed=1; \
	$(BIN)/python -m tests.support.covered build/coverage.json && exit $$failed

test-fast: .venv/tested
	@$(BIN)/pytest -n auto -m "not slow"

# All quick tests at other dates than today (tests/support/any_day.py): half an hour for all of them.
DATES ?=
test-dates: .venv/tested
	@$(BIN)/python -m tests.support.any_day $(DATES)

lint: .venv/tested
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

# The server that the floors of the race are served by is no part of the project; without it ours serves them.
GRANIAN := build/granian
bench: .venv/tested
	@[ -d $(GRANIAN) ] || $(BIN)/pip install --quiet --disable-pip-version-check --target $(GRANIAN) granian==2.8.7 || true
	@$(BIN)/python -m tests.support.bench

# Ten minutes; FAULTS names some, such as FAULTS='"Redis killed"'. As root it makes full and read-only disks, too.
FAULTS ?=
drill: .venv/tested
	@$(BIN)/python -m tests.support.drill $(FAULTS)

RATE ?= 1000
SECONDS ?= 60
CALLS ?= 0
KEPT ?= True
CONNECTIONS ?= 0
SPEECH ?= carrier
CONSOLE ?= False
load: .venv/tested
	@$(BIN)/python -m tests.support.bench_load --rate $(RATE) --seconds $(SECONDS) --calls $(CALLS) --kept $(KEPT) \
	  --connections $(CONNECTIONS) --speech $(SPEECH) --console $(CONSOLE)

# The words of pages and console, gathered from the code into translations/ and compiled. Says what is not translated.
BABEL := $(BIN)/pybabel -q
TOLD := -k told -k tell -k Refused -k Unusable -k NotAllowed -k NotFound -k Later -k Doubt -k __init__ -k WrongCode -k Weak \
  -k Breakage -k CannotSay -k HoursFault -k marked_text -k sentence
messages: setup
	@mkdir -p build
	@$(BABEL) extract -F ivr/pages/translations/babel.cfg --add-location=file --no-wrap -o build/pages.pot ivr/pages
	@$(BABEL) extract -F ivr/staff/translations/babel.cfg --add-location=file --no-wrap $(TOLD) -o build/staff.pot \
	  ivr/staff ivr/editions ivr/people ivr/notices ivr/voice ivr/paper ivr/line ivr/call/rules
	@for room in pages staff; do for language in $$(ls ivr/$$room/translations | grep -vE '^en$$|cfg'); do \
	  $(BABEL) update --no-fuzzy-matching --no-wrap --ignore-obsolete -l $$language \
	    -i build/$$room.pot -d ivr/$$room/translations && \
	  $(BABEL) compile --statistics -f -l $$language -d ivr/$$room/translations; done; done

# The list of all that the program is made of (CycloneDX), and whether anything in it is known to be
# vulnerable. The latter asks a database on the internet: where it cannot, it fails and says so.
AUDIT := .venv/audit
audit: .venv/made
	@[ -x $(AUDIT)/bin/pip-audit ] || $(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	@mkdir -p build
	@$(AUDIT)/bin/cyclonedx-py requirements --output-reproducible -o build/sbom.json requirements.txt
	@echo "build/sbom.json lists $$(grep -c '"purl"' build/sbom.json) packages."
	@$(AUDIT)/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.txt \
	  || { echo "Something is vulnerable, or could not be asked for: see above."; exit 1; }

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build
