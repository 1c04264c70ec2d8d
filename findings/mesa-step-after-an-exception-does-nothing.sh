#!/usr/bin/env bash
# After one exception in a step, every later step of a Mesa model does nothing, and says nothing.
#
# One would expect: an exception in `step` reaches the caller, who may catch it, mend the cause and step again; the next
# `model.step()` runs the method once more. So it was up to Mesa 3.4.
# What happens (Mesa 3.5.1): `step` is an event that puts itself on the list again only after it has run. The exception
# leaves the list empty. From then on `model.step()` returns at once, the clock `model.time` goes on, `model.steps` stands
# still, and no agent moves; `while model.running: model.step()` would never end.
# Why it matters: in a notebook one mends a typing error in a method and goes on; the model looks alive and is not.
set -euo pipefail
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { echo "Mesa 3.5 needs Python 3.12 or later; name one: PYTHON=python3.12 $0" >&2; exit 2; }
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mesa==3.5.1 networkx==3.6
cat > again.py <<'PY'
import mesa


class Shop(mesa.Model):
    def __init__(self):
        super().__init__(rng=1)
        self.customers, self.price = 0, None

    def step(self):
        self.customers += 1
        if self.customers == 3 and self.price is None:
            raise ValueError("no price yet")


if __name__ == "__main__":
    shop = Shop()
    for _ in range(3):
        try:
            shop.step()
        except ValueError as error:
            print("step 3:", error)
    shop.price = 1.0  # mended
    for _ in range(10):
        shop.step()
    print("mesa", mesa.__version__)
    print("ten steps later: customers", shop.customers, "steps", shop.steps, "time", shop.time)
    assert (shop.customers, shop.steps) == (3, 3), "the surprise is gone"
    assert shop.time == 13.0, "the surprise is gone: the clock stands as well"
PY
venv/bin/python again.py
