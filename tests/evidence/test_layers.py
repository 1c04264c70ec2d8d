"""What worlds have in common is read once, and every world still tells what is wrong with it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence.evidence import load_evidence
from sim.evidence.layers import read_layer, read_shared, stamps_of_seeds
from sim.io.errors import InputError

HALF, WRONG = "coefficients.part * ties.KAZ.CHN.trust", 0.75


def heirs(half: float = 0.25, **more: Any) -> dict[str, Any]:
    """The small seeds with a computed number, and two worlds that extend the home world and add nothing."""
    contents: dict[str, Any] = files()
    contents["parameters/coefficients.yaml"] = {"part": number(0.5, 0.4, 0.6, basis="assumed", evidence=[])}
    contents["central-asia/coefficients.yaml"] = {"half": number(half, 0, 1, basis="figure", evidence=[], formula=HALF)}
    contents |= {f"{world}/actors.yaml": {"extends": "central-asia"} for world in ("one", "other")}
    return contents | more


def told(world: str, seeds: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_evidence(world, seeds)
    return str(caught.value)


def test_a_world_has_the_numbers_of_the_one_it_extends(tmp_path: Path) -> None:
    seeds = write(tmp_path, heirs())
    home, one, other = (load_evidence(world, seeds) for world in ("central-asia", "one", "other"))
    assert list(home.numbers) == list(one.numbers) == list(other.numbers)
    assert all(one.numbers[name] is known for name, known in home.numbers.items())  # computed ones too
    assert home.numbers is not one.numbers


def test_it_does_not_matter_which_is_read_first(tmp_path: Path) -> None:
    seeds, again = write(tmp_path / "a", heirs()), write(tmp_path / "b", heirs())
    first = [load_evidence(world, seeds) for world in ("central-asia", "one")]
    last = [load_evidence(world, again) for world in ("one", "central-asia")][::-1]
    for here, there in zip(first, last, strict=True):
        assert list(here.numbers) == list(there.numbers)
        for one, other in zip(here.numbers.values(), there.numbers.values(), strict=True):
            assert replace(one, file="") == replace(other, file="")


def test_a_layer_is_read_once(tmp_path: Path) -> None:
    seeds = write(tmp_path, heirs())
    before = read_layer.cache_info().misses, read_shared.cache_info().misses
    for world in ("one", "other", "central-asia"):
        load_evidence(world, seeds)
    after = read_layer.cache_info().misses, read_shared.cache_info().misses
    assert (after[0] - before[0], after[1] - before[1]) == (4, 1)  # three worlds, and what lies below them all


@pytest.mark.parametrize("order", [("central-asia", "one", "other"), ("other", "one", "central-asia")])
def test_every_world_tells_a_formula_that_gives_something_else(tmp_path: Path, order: tuple[str, ...]) -> None:
    seeds = write(tmp_path, heirs(WRONG))
    said = [told(world, seeds) for world in order]
    assert "found 0.75, while the formula gives 0.25" in said[0]
    assert len(set(said)) == 1
    assert told(order[0], seeds) == said[0]  # and again


def test_every_world_tells_what_is_wrong_with_the_one_it_extends_once(tmp_path: Path) -> None:
    contents = heirs()
    contents["central-asia/coefficients.yaml"]["half"]["evidence"] = ["nowhere"]
    seeds = write(tmp_path, contents)
    said = [told(world, seeds) for world in ("one", "other", "central-asia", "one")]
    assert len(set(said)) == 1
    assert said[0].count("found 'nowhere'; allowed: the id of a fact in seeds/facts") == 1


def test_what_is_mended_is_told_no_more(tmp_path: Path) -> None:
    """A mistake in one file may be mended in another: what was found to be wrong is not kept longer than it is true."""
    contents = heirs()
    contents["central-asia/coefficients.yaml"]["half"]["evidence"] = ["later"]
    seeds = write(tmp_path, contents)
    assert "found 'later'" in told("one", seeds)
    facts = contents["facts/one.yaml"]["facts"]
    contents["facts/one.yaml"] = {"facts": [*facts, {**facts[0], "id": "later"}]}
    write(tmp_path, contents)
    assert "later" in load_evidence("one", seeds).numbers["coefficients.half"].evidence


def test_a_number_of_the_extended_world_stands_once(tmp_path: Path) -> None:
    contents = heirs()
    contents["one/coefficients.yaml"] = {"half": number(0.25, 0, 1, basis="assumed", evidence=[])}
    seeds = write(tmp_path, contents)
    assert "a world changes numbers of the one it extends in changes.csv" in told("one", seeds)
    assert load_evidence("other", seeds).numbers["coefficients.half"].value == 0.25


def test_marks_tell_a_file_that_was_changed(tmp_path: Path) -> None:
    seeds = write(tmp_path, heirs())
    before = stamps_of_seeds(seeds)
    place = seeds / "one" / "actors.yaml"
    os.utime(place, ns=(1, 1))
    after = stamps_of_seeds(seeds)
    assert [one[0] for one, other in zip(before, after, strict=True) if one != other] == [str(place)]
    assert (str(seeds / "one" / "changes.csv"), -1, 0) in after  # one that is not there may come
