#!/usr/bin/env bash
# Weighted kappa in scikit-learn weighs by the place of a label in a sorted list, not by what the label stands for.
#
# Expected: codes on an ordered scale (none, low, medium, high) get linear weights by how many levels lie between them, and
# a number stays the distance it is: 0 and 1 are further apart than 0 and 0.25.
# Happens: labels are sorted, and the weight is the difference of their places among the labels that occur. Words are sorted
# by letter (high, low, medium, none), so that "none" for "low" costs twice what "none" for "medium" does. Of numbers only
# the order counts: a level that neither coder used is left out, and a gap of three levels costs as much as a gap of one.
# Naming all levels with labels= mends both, and nothing warns without it.
# Package: scikit-learn 1.7.2 (numpy 2.2.6).
# Why it matters: content coding (V-Dem, manifestos, event data) reports weighted kappa of ordered codes, mostly from words, and
# rare levels are often unused in a sample. The figure printed is then another one than the reader takes it for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "scikit-learn==1.7.2" "numpy==2.2.6"
"$work/venv/bin/python" - <<'PY'
import sys

import numpy
import sklearn
from sklearn.metrics import cohen_kappa_score

print(f"Python {sys.version.split()[0]}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__}")
order = ["none", "low", "medium", "high"]
first = ["none", "none", "low", "low", "medium", "medium", "high", "high"]
second = ["low", "none", "low", "none", "medium", "high", "high", "medium"]  # never more than one level apart
as_words = cohen_kappa_score(first, second, weights="linear")
by_level = cohen_kappa_score(first, second, weights="linear", labels=order)
print(f"words, as they come: {as_words:.3f}; with the levels in order: {by_level:.3f}")

near = [0, 0, 1, 1, 2, 2]
far = [0, 0, 1, 1, 4, 4]  # the same codes, the top one three levels higher
other_near = [0, 1, 1, 2, 2, 2]
other_far = [0, 1, 1, 4, 4, 4]
one = cohen_kappa_score(near, other_near, weights="linear")
two = cohen_kappa_score(far, other_far, weights="linear")
all_levels = cohen_kappa_score(far, other_far, weights="linear", labels=[0, 1, 2, 3, 4])
print(f"levels 0 1 2: {one:.3f}; levels 0 1 4: {two:.3f}; 0 1 4 with all five named: {all_levels:.3f}")

changed = []
if abs(as_words - by_level) < 0.05:
    changed.append("words are weighed in the order of the scale now")
if abs(one - two) > 1e-12:
    changed.append("the size of a number counts now")
if abs(two - all_levels) < 0.01:
    changed.append("naming the levels makes no difference now")
if changed:
    sys.exit("Changed: " + "; ".join(changed))
print("Seen as described.")
PY
