# Needs Python 3.11 or later and make; everything else is put into .venv.
#
#   make demo        set up, run two scenarios, print the table, say where the figures are
#   make setup       only set up
#   make test        the tests
#   make coverage    the same, telling which lines none of them reaches
#   make exhaustive  what takes minutes: every scenario played by NumPy beside the compiler, a first command with nothing compiled
#   make lint        style, types, who may import whom
#   make check       what has to pass before a change is merged: lint, the site and tests
#   make bench       the measurements: first as ratios to an earlier build (REFERENCE=COMMIT), then what a turn and a run take
#   make scale       how cost and memory grow with runs (up to MOST=100000), states, powers and workers; for docs/speed.md
#   make classroom-load  thirty pupils at a real server: how soon they get their answers, and whether any is out of order
#   make wheel       build the wheel, and on Linux one with machine code, into dist/; install them outside any checkout,
#                    and try them (PYTHONS_TO_TRY="python3.11 python3.13")
#   make mutate      damage every file that is read back, 20,000 times, and look whether anything is believed (10 minutes)
#   make ends        the wheel on every Python here, with the oldest and the newest libraries that are allowed: a small
#                    set of tests, and whether the tables of three scenarios are the same (half an hour)
#   make constraints renew the tested set of libraries (constraints/), which every target here installs
#   make soak        kill a batch a hundred times at random moments, and look whether it ends the same (some minutes)
#   make chronicles  renew the stories the tests replay (then read the difference as prose)
#   make effects     measure again what each system does, for docs/systems.md
#   make levers      pull every lever again, for docs/levers.md
#   make documented  replay again what documents report as done, for docs/documented.md
#   make calibration fit again to the record what the record can tell, and put the draws into the seeds if the checks allow
#   make policies    measure again what constant policies buy and cost, for docs/policies.md
#   make experiments run every experiment again: figures, tables, notebook (adds the tools of scenario discovery); and
#                    draw the figure of the README
#   make notebook    run the notebook of the tour again (docs/notebook.ipynb)
#   make docs        renew what is printed: the pages, and the schemas of files
#   make site        build the documentation and the reference of the API as a site, into build/site
#   make clean       remove the environment and the caches; results stay
#
#   The tests look at the classroom in Chromium. Where it is missing, it is installed if that needs no asking (as root on
#   Debian), or these tests are skipped; MULTIVECTOR_CHROMIUM names one to take, or `none`.
#
#   LIBRARIES=newest takes the newest libraries that pyproject.toml allows in place of the tested set.

VENV := .venv
BIN := $(VENV)/bin
RUNS ?= 2000
REFERENCE ?= 1780de9
MOST ?= 100000
EFFECTS := baseline war-goes-on divided-assembly washington-summit middle-corridor-open us-security-return five-as-one \
  refineries-outside-china

# The interpreter may be named (make PYTHON=/path/to/python3.12); otherwise the first that is new enough is taken.
PYTHONS := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python)
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# Of libraries the tested set, checked file by file against its hashes; then the project itself, which asks for no more.
LIBRARIES ?= tested
comma := ,
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
ifeq ($(LIBRARIES),newest)
install = $(PIP) --editable ".[$(2)]"
else
install = $(PIP) --require-hashes -r constraints/$(1).txt && $(PIP) --no-deps --no-build-isolation --editable .
endif

# What an interrupted setup or a removed Python leaves behind is no environment: it is made anew.
WORKS := import sys, pip._internal.cli.main; sys.exit(sys.version_info < (3, 11))
READY := $(VENV)/.ready-$(LIBRARIES)
$(shell test ! -d $(VENV) || $(BIN)/python -c "" >/dev/null 2>&1 || rm -f $(VENV)/.ready*)

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage exhaustive bench scale classroom-load calibration wheel ends constraints soak mutate lint check effects levers documented policies chronicles experiments notebook docs site clean

help:
	@sed -n 's/^#   //p' $(firstword $(MAKEFILE_LIST))

setup: $(READY)

# A stamp keeps this cheap: nothing happens until pyproject.toml or the tested set changes.
$(READY): pyproject.toml constraints/run.txt
	@found=; \
	for python in $(PYTHONS); do \
	  if "$$python" -c "$(NEW_ENOUGH)" >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 or later with its venv module was found (looked for: $(PYTHONS))." >&2; \
	  echo "Install one, or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.12" >&2; \
	  echo "On Debian and Ubuntu the venv module is a package of its own: python3-venv." >&2; \
	  exit 1; \
	fi; \
	$(BIN)/python -c "$(WORKS)" >/dev/null 2>&1 || \
	  { echo "Setting up $(VENV) with $$("$$found" --version) ..."; "$$found" -m venv --clear $(VENV); }
	@rm -f $(VENV)/.ready*
	@$(call install,run,sweep$(comma)history$(comma)classroom)
	@touch $@

$(READY)-dev: $(READY) constraints/test.txt
	@echo "Adding the tools for tests and checks ..."
	@$(call install,test,sweep$(comma)history$(comma)classroom$(comma)dev)
	@touch $@

demo: $(READY)
	@$(BIN)/multivector run baseline washington-summit --runs $(RUNS)

# The rulebook is compiled once before the two workers start, or each would compile it for itself.
define run-tests
	@$(BIN)/python tools/find_browser.py
	@$(BIN)/python -m sim.batch.first_time
	@$(BIN)/python -m pytest -n 2 --benchmark-disable $(1)
endef

test: $(READY)-dev
	$(call run-tests)

# Watching every line takes its time, so the tests of every day do without.
coverage: $(READY)-dev
	$(call run-tests,--cov --cov-report=term)

exhaustive: $(READY)-dev
	$(call run-tests,-m exhaustive)

bench: $(READY)-dev
	@$(BIN)/python tools/bench_against.py $(REFERENCE)
	@$(BIN)/python -m pytest tests/benchmarks --override-ini addopts="--import-mode=importlib --strict-markers" \
	  --benchmark-only --benchmark-columns=min,median,rounds

scale: $(READY)
	@$(BIN)/python tools/measure_scale.py --most $(MOST)

classroom-load: $(READY)
	@$(BIN)/python tools/measure_classroom.py

wheel: $(READY)
	@$(BIN)/python tools/try_wheel.py --keep dist $(PYTHONS_TO_TRY)

ends: $(READY)
	@$(BIN)/python tools/try_ends.py $(PYTHONS_TO_TRY)

constraints: $(READY)
	@$(BIN)/python tools/renew_constraints.py

soak: $(READY)
	@$(BIN)/python tests/soak/kill_and_resume.py --kills 100

mutate: $(READY)
	@$(BIN)/python tests/soak/mutate.py --mutations 20000

lint: $(READY)-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint site
	$(call run-tests)

# What each system does, where it shows most: the file behind docs/systems.md (ten minutes)
effects: $(READY)
	@$(BIN)/multivector ablate $(EFFECTS) --runs 400 --no-figures -o experiments/effects.json
	@$(BIN)/python tools/print_pages.py

levers: $(READY)
	@$(BIN)/multivector levers baseline --runs 400 -o experiments/levers.json
	@$(BIN)/python tools/print_pages.py

documented: $(READY)
	@$(BIN)/multivector documented -o experiments/documented.json
	@$(BIN)/python tools/print_pages.py

policies: $(READY)
	@$(BIN)/multivector policies baseline --runs 400 -o experiments/policies.json
	@$(BIN)/python tools/print_pages.py

calibration: $(READY)
	@$(BIN)/multivector calibrate --publish

chronicles: $(READY)
	@for file in tests/chronicles/*.txt; do \
	  $(BIN)/multivector chronicle "$$(basename "$$file" .txt)" -o "$$file" || exit 1; \
	done

$(READY)-experiments: $(READY) constraints/experiments.txt
	@echo "Adding the tools of scenario discovery ..."
	@$(call install,experiments,sweep$(comma)history$(comma)xarray$(comma)discovery)
	@touch $@

experiments: $(READY)-experiments
	@$(BIN)/multivector sweep experiments/0* --publish
	@$(BIN)/python tools/render_notebook.py experiments/notebook.ipynb
	@$(BIN)/python tools/draw_readme_figure.py
	@$(BIN)/python tools/print_pages.py

notebook: $(READY)
	@$(BIN)/python tools/render_notebook.py docs/notebook.ipynb

docs: $(READY)
	@$(BIN)/python tools/print_pages.py

# A link that leads nowhere stops it.
site: $(READY)-dev
	@$(BIN)/python tools/build_site.py

clean:
	@rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .benchmarks .hypothesis .mypy_cache .import_linter_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
