# Every command a newcomer needs. `make demo` and `make test` do all of their own set-up.
SHELL := /bin/bash
# uv may be absent from a fresh machine: then a private copy, in .tools.
UV := $(or $(shell command -v uv),.tools/bin/uv)
RUN := $(UV) run --frozen
PORT ?= 8000
export PYTHONWARNINGS ?= ignore::SyntaxWarning

.PHONY: demo run test check fmt messages bench clean

.tools/bin/uv:
	@python3 -m venv .tools && .tools/bin/pip install --quiet uv

check: | $(UV)
	@$(RUN) ruff format --check --quiet .
	@$(RUN) ruff check --quiet .
	@$(RUN) lint-imports --cache-dir .import_linter_cache > .import_linter.log || (cat .import_linter.log; exit 1)
	@$(RUN) mypy --no-error-summary
	@$(RUN) djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	@$(RUN) djhtml --check --tabwidth 4 $$(git ls-files 'templates/*.html') 2>/dev/null
	@$(RUN) djlint --quiet --lint templates
	@echo "make check: clean"

fmt: | $(UV)
	@$(RUN) ruff format --quiet . && $(RUN) ruff check --quiet --fix .
	@$(RUN) djade --target-version 5.2 $$(git ls-files 'templates/*.html') || true
	@$(RUN) djhtml --tabwidth 4 $$(git ls-files 'templates/*.html') || true

test: check
	@$(RUN) pytest
