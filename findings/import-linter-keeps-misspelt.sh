#!/usr/bin/env bash
# import-linter keeps a contract whose forbidden library is misspelt, and says KEPT.
#
# One would expect: a `forbidden` contract that names a library nobody imports under that name is either an error (as a
# misspelt module of one's own is) or at least told, since it forbids nothing.
# What happens (import-linter 2.17): names of external packages are not looked up anywhere. "numbda" for "numba" is kept,
# with the same green word as a contract that holds, while the forbidden import stands in the code. A misspelt module of
# the package itself is refused at once, which makes one trust the check.
# Why it matters: an architecture rule ("no compiler in the rules", "no plotting in the core") can be dead from its first
# day. Break each contract once on purpose, and look up the names.
set -euo pipefail
PYTHON=${PYTHON:-python3}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check import-linter==2.17 grimp==3.20
mkdir house; touch house/__init__.py; printf 'import numba\n' > house/rules.py
contract() { printf '[importlinter]\nroot_package = house\ninclude_external_packages = True\n\n[importlinter:contract:rules]\nname = Rules know no compiler\ntype = forbidden\nsource_modules = %s\nforbidden_modules = %s\n' "$1" "$2" > .importlinter; }
lint() { PYTHONPATH=. venv/bin/lint-imports --no-cache 2>&1 || true; }
venv/bin/python -c 'import importlib.metadata as m; print("import-linter", m.version("import-linter"))'
contract house.rules numba;  right=$(lint)
contract house.rules numbda; misspelt=$(lint)
contract house.rulse numba;  own=$(lint)
echo "numba  (as imported):   $(grep -E 'KEPT|BROKEN' <<< "$right" | head -1)"
echo "numbda (misspelt):      $(grep -E 'KEPT|BROKEN' <<< "$misspelt" | head -1)"
echo "house.rulse (own name): $(grep -iE 'rulse' <<< "$own" | head -1)"
grep -q 'BROKEN' <<< "$right"
grep -q 'KEPT' <<< "$misspelt" || { echo "the surprise is gone" >&2; exit 1; }
! grep -q 'KEPT' <<< "$own"
