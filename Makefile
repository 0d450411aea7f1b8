# Everything runs from any folder (make -C, make -f) and installs what it needs by itself.
# Its own path is passed by the environment: a shell would interpret some characters of a path.
export MAKEFILE_ITSELF := $(MAKEFILE_LIST)
HERE = cd "$$(dirname "$${MAKEFILE_ITSELF\# }")"
PYTHON ?= python3
# UTF-8 in and out, whatever the locale.
export PYTHONUTF8 := 1
unexport PYTHONIOENCODING
# Some machines switch bytecode off: every process would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE
RUN = $(HERE) && .venv/bin/python
# Workers have a database each; an idle one takes tests of the others. How many: tests/conftest.py.
PYTEST = -m pytest --numprocesses auto --dist worksteal
BABEL = -m babel.messages.frontend --quiet
LOCK = pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.PHONY: help env demo stop test test-fast mutants check bench audit lock messages

help:  ## List the targets
	@$(HERE) && sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

env:  ## Build .venv from the lock file (every other target does this first)
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) is not installed: Dodonto needs Python 3.11 or newer." >&2; exit 1; }
	@$(HERE) && "$(PYTHON)" -m dev.bootstrap

demo: env  ## Start everything and serve the site
	@$(HERE) && DEMO_MODE=1 DEBUG=0 .venv/bin/python manage.py demo

stop: env  ## End the demo and the embedded servers
	@$(RUN) -m dev.stop

check: env  ## Format, lint, types, import contracts, migrations
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m sqlfluff lint --nocolor --disable-progress-bar .
	@$(RUN) -m mypy
	@$(RUN) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	@$(RUN) manage.py makemigrations --check --dry-run

test: env check  ## Everything; BROWSER_TESTS=0 leaves the tests in a real browser out
	@$(RUN) -m dev.browser
	@$(RUN) $(PYTEST)

test-fast: env  ## Everything but the slow tests
	@$(RUN) $(PYTEST) -m "not slow"

mutants: env  ## Change single lines, and see that a fast test fails: all lists, or APPS="points entries"
	@$(RUN) -m tests.mutants $(APPS)

bench: env  ## Measure against baselines: all, or BENCH=name; BENCH_SCALE=0.1 shrinks it
	@$(RUN) -m tests.bench

audit: env  ## Known vulnerabilities of the locked packages, and an SBOM of them in .local
	@$(RUN) -m dev.audit

lock: env  ## Renew the lock files from pyproject.toml
	@$(RUN) -m uv $(LOCK) pyproject.toml --output-file requirements.lock
	@$(RUN) -m uv $(LOCK) pyproject.toml --group embedded --group dev --output-file requirements-dev.lock
	@$(RUN) -m uv $(LOCK) --group audit --output-file requirements-audit.lock

messages: env  ## Collect new texts into locale/ and compile them
	@$(RUN) $(BABEL) extract --mapping-file babel.cfg --output .local/django.pot --project dodonto \
		--keyword gettext_lazy --keyword gettext_noop --keyword ngettext_lazy:1,2 \
		--keyword pgettext_lazy:1c,2 --keyword npgettext_lazy:1c,2,3 \
		--add-comments Translators: --strip-comments --add-location file --sort-output --no-wrap .
	@$(RUN) $(BABEL) update --domain django --input-file .local/django.pot --output-dir locale \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(RUN) $(BABEL) compile --domain django --directory locale
