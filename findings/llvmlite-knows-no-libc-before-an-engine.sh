#!/usr/bin/env bash
# llvmlite does not find memset or malloc in the process, until somebody has made an execution engine, of nothing, for nothing.
#
# Expected: address_of_symbol(name) is "the in-process address of symbol named name, or None if the symbol isn't found". The
# process holds the C library from its first moment, so memset, malloc and Python's own functions are found, always or never.
# Happens: None for all of them. As soon as an engine was made, of an empty module that has nothing to do with it and is
# thrown away at once, the same question is answered for each: LLVM looks into the process itself only once the first engine
# has told it to. Nothing in the documentation of either call speaks of the other.
# Package: llvmlite 0.50.0.
# Why it matters: LLVM ends the whole process where an object file asks for a symbol that is nowhere to be had, so whoever
# loads kept machine code asks for its symbols first. Asked too early every object looks broken, and is thrown away or
# compiled anew; in a test, where something else made an engine before, all is well.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "llvmlite==0.50.0"
"$work/venv/bin/python" - <<'PY'
import sys
from importlib import metadata

import llvmlite.binding as llvm

print(f"Python {sys.version.split()[0]}, llvmlite {metadata.version('llvmlite')}")
NAMES = ("memset", "malloc", "cos", "PyLong_FromLong")


def found():
    return [name for name in NAMES if llvm.address_of_symbol(name)]


llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
machine = llvm.Target.from_default_triple().create_target_machine()
before = found()
engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
del engine
after = found()
print(f"found before an engine was made: {before}")
print(f"found after an empty one was made and thrown away: {after}")

changed = []
if before:
    changed.append("symbols of the process are found from the beginning now")
if not {"memset", "malloc"} <= set(after):
    changed.append("an engine makes no difference now")
if changed:
    sys.exit("Changed: " + "; ".join(changed))
print("Seen as described.")
PY
