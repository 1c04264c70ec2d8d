"""Folders of seeds: whole, or laid over the shipped ones; what is no such folder is told in words."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from helpers.own_worlds import QUESTION, grown, layer, question, toy_files
from helpers.small_seeds import files, write
from sim.batch.identity import evidence_hash
from sim.engine.ensemble import prepare
from sim.evidence.actors import MOST_ACTORS, MOST_WAYS
from sim.evidence.documents import FACT
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.needed import needed_numbers
from sim.evidence.worlds import HOME_WORLD, list_worlds, shipped_folder
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

SEEDS = shipped_folder("seeds")


def said(world: str, folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_evidence(world, folder)
    return str(caught.value)


def test_a_layer_has_its_own_worlds_and_the_shipped_ones(tmp_path: Path) -> None:
    layer(tmp_path)
    assert list_worlds(tmp_path) == (HOME_WORLD, *sorted((*list_worlds()[1:], "rich")))
    assert load_evidence("rich", tmp_path).numbers["states.ALD.gdp"].value == 5000
    assert load_evidence("rich", tmp_path).folder == SEEDS
    assert evidence_hash(load_evidence("toy", tmp_path)) == evidence_hash(load_evidence("toy"))


def test_a_layer_adds_sources(tmp_path: Path) -> None:
    layer(tmp_path)
    contents = files()
    fact = contents["facts/one.yaml"]["facts"][0] | {"id": "of-mine", "document": "mine"}
    document = next(iter(contents["documents.yaml"]["documents"].values()))
    write(tmp_path, {"documents.yaml": {"documents": {"mine": document}}, "facts/mine.yaml": {"facts": [fact]}})
    evidence = load_evidence("rich", tmp_path)
    assert evidence.facts["of-mine"].document == "mine"
    assert len(evidence.facts) == len(load_evidence().facts) + 1
    first = next(iter(load_evidence().documents))
    write(tmp_path, {"documents.yaml": {"documents": {first: document}}})
    assert f"'{first}' a second time (first in" in said("rich", tmp_path)
    assert set(FACT.keys) >= {"id", "document"}


def spoil_file(folder: Path) -> Path:
    folder.write_text("a file", encoding="utf-8")
    return folder


def spoil_empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def spoil_nowhere(folder: Path) -> Path:
    return folder


def spoil_world_itself(folder: Path) -> Path:
    return layer(folder) / "rich"


def spoil_no_layer(folder: Path) -> Path:
    (layer(folder) / "layer.yaml").unlink()
    return folder


def spoil_over(folder: Path) -> Path:
    (layer(folder) / "layer.yaml").write_text("over: mine\n", encoding="utf-8")
    return folder


def spoil_empty_layer(folder: Path) -> Path:
    (layer(folder) / "layer.yaml").write_text("", encoding="utf-8")
    return folder


def spoil_parameters(folder: Path) -> Path:
    (layer(folder) / "parameters").mkdir()
    return folder


def spoil_shadow(folder: Path) -> Path:
    return layer(folder, {"rich": {"actors.yaml": "extends: toy\n"}, "toy": toy_files()})


def spoil_circle(folder: Path) -> Path:
    return layer(folder, {"rich": {"actors.yaml": "extends: poor\n"}, "poor": {"actors.yaml": "extends: rich\n"}})


def spoil_self(folder: Path) -> Path:
    return layer(folder, {"rich": {"actors.yaml": "extends: rich\n"}})


def spoil_chain(folder: Path) -> Path:
    chain = {f"w{at}": {"actors.yaml": f"extends: w{at + 1}\n"} for at in range(20)}
    return layer(folder, {"rich": {"actors.yaml": "extends: w0\n"}, **chain, "w20": {"actors.yaml": "extends: toy\n"}})


def spoil_path(folder: Path) -> Path:
    return layer(folder, {"rich": {"actors.yaml": "extends: ../toy\n"}})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (spoil_file, "this is no folder"),
        (spoil_empty, "no folder in it has a file actors.yaml, so it holds no world"),
        (spoil_nowhere, "there is no such folder of seeds"),
        (spoil_world_itself, "this is one world and not a folder of worlds: name the folder above it"),
        (spoil_no_layer, "worlds laid over the shipped seeds say so in layer.yaml"),
        (spoil_over, "over: found 'mine'; allowed: shipped"),
        (spoil_empty_layer, "layer.yaml"),
        (spoil_parameters, "share it with them, so this is never read"),
        (spoil_shadow, "a shipped world has this name already"),
        (spoil_circle, "rich -> poor -> rich"),
        (spoil_self, "rich -> rich"),
        (spoil_chain, "a chain of more than 16 worlds"),
        (spoil_path, "found '../toy'; allowed: central-asia"),
    ],
    ids=lambda one: one.__name__.removeprefix("spoil_") if callable(one) else "",
)
def test_what_is_no_folder_of_worlds_is_told(tmp_path: Path, spoil: object, told: str) -> None:
    assert callable(spoil)
    assert told in said("rich", spoil(tmp_path / "worlds"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever may do everything may read it")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    layer(tmp_path).chmod(0)
    try:
        assert "cannot be read: Permission denied" in said("rich", tmp_path)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["My World", "Rich", "rich.v2", "rich_2", "ünter"])
def test_a_world_has_a_plain_name(tmp_path: Path, name: str) -> None:
    layer(tmp_path, {"rich": {"actors.yaml": "extends: toy\n"}, name: {"actors.yaml": "extends: toy\n"}})
    assert "a world has another name" in said(name, tmp_path)
    assert "small letters, digits and hyphens" in said(name, tmp_path)
    assert load_evidence("rich", tmp_path).world == "rich"


@pytest.mark.parametrize("name", ["../toy", "toy/../toy", "", ".", "rich/", "/etc", "rich\n", "RICH"])
def test_what_is_no_world_is_told(tmp_path: Path, name: str) -> None:
    layer(tmp_path)
    assert "there is no such world" in said(name, tmp_path)


@pytest.mark.parametrize("lost", ["documents.yaml", "systems.yaml", "codebook.yaml", "toy/ties.csv", "toy/actors.yaml"])
def test_a_whole_folder_that_lacks_a_file_names_it(tmp_path: Path, lost: str) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    (seeds / lost).unlink()
    told = said("toy", seeds)
    assert lost in told or "there is no such world" in told


def missing(evidence: Evidence, *lost: str) -> list[str]:
    """What a door says of evidence without some numbers."""
    numbers = {name: one for name, one in evidence.numbers.items() if name not in lost}
    lacking = Evidence(
        **{field: getattr(evidence, field) for field in evidence.__dataclass_fields__} | {"numbers": numbers}
    )
    with pytest.raises(InputError) as caught:
        prepare(load_scenario("toy"), lacking)
    return [problem.message for problem in caught.value.problems]


def test_every_number_that_the_rules_read_is_asked_for() -> None:
    evidence = load_evidence("toy")
    needed = needed_numbers()
    assert set(needed) <= set(evidence.numbers)
    files = {name.partition(".")[0] for name in needed}
    assert set(needed) == {name for name in evidence.numbers if name.partition(".")[0] in files}
    for name in needed[:: len(needed) // 12]:
        assert missing(evidence, name) == [f"the number '{name}' is missing, and the rules read it by this name"]


def test_a_number_that_is_gone_is_named_before_anything_is_compiled(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    path = seeds / "parameters" / "choice.yaml"
    text = path.read_text(encoding="utf-8")
    assert "\ntolerance:" in text
    path.write_text(text.replace("\ntolerance:", "\ntolerence:"), encoding="utf-8")
    question(tmp_path, QUESTION)
    from sim.cli import main

    assert main.main(["check", str(tmp_path / "mine.yaml"), "--seeds", str(seeds)]) == 2


def test_a_number_that_is_misspelt_is_recognised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test_a_number_that_is_gone_is_named_before_anything_is_compiled(tmp_path)
    assert "choice.tolerance' is missing" in capsys.readouterr().err.replace("\n", " ")


def test_too_many_are_told(tmp_path: Path) -> None:
    sizes = {"much": (MOST_ACTORS + 1, 1, 2), "ways": (1, 2, MOST_WAYS + 1)}
    layer(tmp_path, {name: grown(*size, related=False) for name, size in sizes.items()})
    told = f"states: found {MOST_ACTORS + 1} states; allowed: at most {MOST_ACTORS}"
    assert told in said("much", tmp_path)
    assert f"corridors: found {MOST_WAYS + 1} corridors; allowed: at most {MOST_WAYS}" in said("ways", tmp_path)


def test_a_large_world_is_played(tmp_path: Path) -> None:
    layer(tmp_path, {"large": grown(40, 20)})
    text = "title: T\nquestion: Q\nworld: large\nfrom: 2026-Q1\nto: 2026-Q2\nruns: 1\nseed: 1\n"
    block = prepare(load_scenario(question(tmp_path, text), seeds=tmp_path)).run_block(0, 1)
    assert block.by_power.shape[2:4] == (40, 20)
    block.check()


def rows_without(text: str, name: str) -> Iterator[tuple[str, str]]:
    """A table without each of its rows, and without each value of one; with the name of what is gone."""
    lines = text.splitlines(keepends=True)
    place = lines[0].split(",").index("value")
    for at, line in enumerate(lines[1:], 1):
        cells = line.split(",")
        yield f"{name}:{at + 1} row", "".join([*lines[:at], *lines[at + 1 :]])
        emptied = ",".join([*cells[:place], "", *cells[place + 1 :]])
        yield f"{name}:{at + 1} value", "".join([*lines[:at], emptied, *lines[at + 1 :]])


def keys_without(text: str, step: int) -> Iterator[tuple[str, str]]:
    """A YAML file without every so many of its keys, however deep, one at a time."""

    def walk(group: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for key, value in group.items() if isinstance(group, dict) else ():
            yield (*path, key)
            yield from walk(value, (*path, key))

    whole = yaml.safe_load(text)
    for path in list(walk(whole, ()))[::step]:
        top = copy.deepcopy(whole)
        inner = top
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        yield f"actors.yaml {'.'.join(path)}", yaml.safe_dump(top, sort_keys=False, allow_unicode=True)


OPTIONAL = ("corridors.csv", "pipelines.csv")  # whom a way does not reach has no row
STEP = 97  # of some three thousand: a sample, which is another one when the world grows


def test_whatever_is_taken_from_a_small_world_is_named_or_not_needed(tmp_path: Path) -> None:
    whole = toy_files()
    text = "title: T\nquestion: Q\nworld: small\nfrom: 2026-Q1\nto: 2026-Q2\nruns: 1\nseed: 1\n"
    path = question(tmp_path, text)
    place = layer(tmp_path / "worlds", {"small": whole}) / "small"
    tried = [("actors.yaml", *one) for one in keys_without(whole["actors.yaml"], STEP)]
    for name in sorted(whole):
        if name.endswith(".csv"):
            tried += [(name, *one) for one in rows_without(whole[name], name)][:: STEP // 4]
    before = prepare(load_scenario(path, seeds=tmp_path / "worlds")).run_block(0, 1)
    for name, gone, spoilt in tried:
        (place / name).write_text(spoilt, encoding="utf-8")
        told, block = "", before
        try:
            block = prepare(load_scenario(path, seeds=tmp_path / "worlds")).run_block(0, 1)
        except InputError as error:
            told = str(error)
        same = np.array_equal(block.by_power, before.by_power)
        assert name in told if told else same or (name in OPTIONAL and gone.endswith("row")), gone
        (place / name).write_text(whole[name], encoding="utf-8")
