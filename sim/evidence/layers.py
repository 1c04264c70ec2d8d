"""What worlds share is read once: what all of the same seeds rest on, and what each of a lineage adds.

A world that extends another has what the other has. So each is read as a layer on those that it extends, and a layer
is read once, however many worlds stand on it. What was found to be wrong with a layer is kept beside it, and every
world that stands on it tells it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.actors import Cast, read_actors
from sim.evidence.changes import CHANGES
from sim.evidence.codebook import CodedField, check_codes, read_codebook
from sim.evidence.conflicts import CONFLICTS
from sim.evidence.derivations import Computed
from sim.evidence.documents import Document, Fact, read_documents, read_facts
from sim.evidence.files import Stamps, read_once, stamps_of
from sim.evidence.numbers import NumberReader, read_parameters
from sim.evidence.relations import RELATIONS, parties_of, read_relation
from sim.evidence.systems import System, read_systems
from sim.evidence.targets import CALIBRATION
from sim.evidence.worlds import ACTORS, DOCUMENTS, FACTS, LAYER, list_worlds, shared_folder, world_folder
from sim.io.errors import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sim.evidence.numbers import Number


# --- the files -------------------------------------------------------------------------------------------------------

COEFFICIENTS = "coefficients.yaml"  # what only formulas use: parts, rates and shadings that no document gives
_SHARED = (DOCUMENTS, "systems.yaml", "codebook.yaml", CONFLICTS, CALIBRATION)
_FOLDERS = (FACTS, "parameters")
_OF_A_WORLD = (ACTORS, COEFFICIENTS, CHANGES, *(relation.file for relation in RELATIONS))


def stamps_of_seeds(seeds: Path, worlds: Iterable[str] | None = None) -> Stamps:
    """The marks of every file on which a world may rest; those of all worlds, since any of them may be extended.

    worlds: the names of all there are, where they are known already.
    """
    shared = shared_folder(seeds)
    names = [f"{shared}/{name}" for name in _SHARED]
    names += [path for inner in _FOLDERS for path in _yaml_files(f"{shared}/{inner}")]
    if shared != seeds:
        names += [f"{seeds}/{LAYER}", f"{seeds}/{DOCUMENTS}", *_yaml_files(f"{seeds}/{FACTS}")]
    folders = {world: str(world_folder(seeds, world)) for world in worlds or list_worlds(seeds)}
    names += [f"{folder}/{name}" for folder in folders.values() for name in _OF_A_WORLD]
    return stamps_of(names)


def _yaml_files(folder: str) -> list[str]:
    """The YAML files of a folder by name; none where there is no such folder."""
    return sorted(str(path) for path in Path(folder).glob("*.yaml"))


# --- what is read from them ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Shared:
    """What all worlds of the same seeds rest on, and what is wrong with it."""

    documents: Mapping[str, Document]
    facts: Mapping[str, Fact]
    codebook: Mapping[str, CodedField]
    parameters: NumberReader
    systems: Mapping[str, System]
    computed: Computed = field(default_factory=Computed)
    problems: Problems


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """What one world adds to those it extends, and what is wrong with it.

    cast: all that are in the world; actors: its own numbers beside those of tables; relations: those of each table, by
    the name of the relation; rows: which rows of each table are there, those of the extended worlds too; known: all
    numbers so far, as they are before anything is computed.
    """

    cast: Cast = field(default_factory=Cast)
    actors: NumberReader
    relations: Mapping[str, NumberReader] = field(default_factory=dict)
    rows: Mapping[str, frozenset[tuple[str, str, str]]] = field(default_factory=dict)
    known: Mapping[str, Number]
    problems: Problems


def read_shared(seeds: Path, stamps: Stamps) -> Shared:
    """What all worlds of these seeds rest on; a file of a world that changes has none of it read again."""
    shared = tuple(one for one in stamps if one[0].endswith(_SHARED) or Path(one[0]).parent.name in _FOLDERS)
    return _read_shared(seeds, shared)


@functools.lru_cache(maxsize=2)
def _read_shared(seeds: Path, _stamps: Stamps) -> Shared:
    problems = Problems()
    own, seeds = seeds, shared_folder(seeds)
    places = dict.fromkeys((seeds, own))  # a layer may add documents and facts
    documents = read_documents(
        [place / DOCUMENTS for place in places if place == seeds or (place / DOCUMENTS).is_file()], problems
    )
    facts = read_facts([path for place in places for path in _yaml_in(place / FACTS)], documents, problems)
    codebook = read_codebook(seeds / "codebook.yaml", problems)
    numbers = NumberReader(facts)
    for path in _yaml_in(seeds / "parameters"):
        read_parameters(path, numbers, problems)
    systems = read_systems(seeds / "systems.yaml", numbers, problems)
    check_codes(codebook, numbers.coded)
    return Shared(
        documents=documents, facts=facts, codebook=codebook, parameters=numbers, systems=systems, problems=problems
    )


def _yaml_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


@functools.lru_cache(maxsize=32)
def read_layer(seeds: Path, lineage: tuple[str, ...], stamps: Stamps) -> Layer:
    """What the last world of a lineage adds to those before it; all of them can be used, as `read_lineage` tells."""
    shared = read_shared(seeds, stamps)
    if not lineage:
        return Layer(actors=NumberReader(shared.facts), known=shared.parameters.read, problems=Problems())
    before, folder = read_layer(seeds, lineage[:-1], stamps), world_folder(seeds, lineage[-1])
    top, problems = read_once(folder / ACTORS, stamps)
    assert top is not None
    actors = NumberReader(shared.facts, before.known)
    cast = read_actors(top, before.cast, actors)
    if (folder / COEFFICIENTS).is_file():
        read_parameters(folder / COEFFICIENTS, actors, problems)
    parties, known = parties_of(cast, shared.facts), {**before.known, **actors.read}
    readers: dict[str, NumberReader] = {}
    rows = dict(before.rows)
    for relation in RELATIONS:
        path = folder / relation.file
        if path.is_file():
            readers[relation.name] = numbers = NumberReader(shared.facts, before.known)
            read = read_relation(relation, path, parties, numbers, problems)
            rows[relation.name] = rows.get(relation.name, frozenset()) | read
            known |= numbers.read
    for numbers in (actors, *readers.values()):
        check_codes(shared.codebook, numbers.coded)
    return Layer(cast=cast, actors=actors, relations=readers, rows=rows, known=known, problems=problems)


def put_together(shared: Shared, layers: Sequence[Layer], problems: Problems) -> NumberReader:
    """The numbers of a world, those of all its layers; what is still found to be wrong goes to `problems`."""
    numbers = NumberReader(shared.facts)
    for one in (shared.parameters, *(layer.actors for layer in layers)):
        numbers.take(one, problems)
    for relation in RELATIONS:
        for layer in layers:
            if relation.name in layer.relations:
                numbers.take(layer.relations[relation.name], problems)
    return numbers
