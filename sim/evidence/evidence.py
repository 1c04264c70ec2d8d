"""The evidence: everything that is known of one world, read from the folder `seeds/` and checked.

`load_evidence` is the front. Documents and facts are read in `sim.evidence.documents`, numbers in
`sim.evidence.numbers`, systems in `sim.evidence.systems`, and who is in a world in `sim.evidence.actors` and
`sim.evidence.relations`. A number that does not say what it means, within what range it lies, and on what it rests is
refused.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.actors import Actor, Corridor
from sim.evidence.changed import Change, How
from sim.evidence.changes import CHANGES, check_weights_again, read_changes
from sim.evidence.codebook import CodedField, check_codes
from sim.evidence.conflicts import CONFLICTS, Conflict, read_conflicts, switches_of
from sim.evidence.derivations import Derivations, derive
from sim.evidence.documents import Document, Fact
from sim.evidence.files import Stamps
from sim.evidence.known import known_since, refuse_later
from sim.evidence.layers import put_together, read_layer, read_shared, stamps_of_seeds
from sim.evidence.numbers import OFFER_KINDS, Number, NumberReader
from sim.evidence.relations import (
    PIPELINE_TIES,
    RELATIONS,
    TIES,
    check_energy_shares,
    check_pipelines,
    check_relation,
    check_unions,
    parties_of,
)
from sim.evidence.systems import System
from sim.evidence.targets import check_targets
from sim.evidence.worlds import (
    HOME_WORLD,
    check_layer,
    check_world,
    list_worlds,
    read_lineage,
    seeds_folder,
    shared_folder,
)
from sim.io.arguments import Arguments
from sim.io.errors import Problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.evidence.relations import Parties


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything read for one world. The dicts are shared between callers: read them, never write.

    folder: where what all worlds of the same seeds share is read; changes: what the world, and those it extends,
    changed of each other; knows_until: the last day of which its numbers may know, "" where there is none;
    knows_until_at: file and line where that is said.
    """

    world: str
    folder: Path
    region: str
    together: str
    documents: Mapping[str, Document]
    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    derivations: Derivations
    codebook: Mapping[str, CodedField]
    systems: Mapping[str, System]
    states: tuple[Actor, ...]
    powers: tuple[Actor, ...]
    corridors: tuple[Corridor, ...] = ()
    pipelines: tuple[Corridor, ...] = ()
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    knows_until: str = ""
    knows_until_at: tuple[str, int] = ("", 0)
    kinds: tuple[str, ...] = field(default=OFFER_KINDS)

    @functools.cached_property
    def switches(self) -> Mapping[str, Conflict]:
        """The conflicts in which another reading can be taken in this world, by the name of the switch."""
        return switches_of(self.conflicts)

    @functools.cached_property
    def known(self) -> Mapping[str, str]:
        """Since when each fact is known, by id: `2019-12-31`; empty where nobody says it."""
        return {name: known_since(fact, self) for name, fact in self.facts.items()}


def load_evidence(world: str = HOME_WORLD, folder: Path | str | None = None, *, dated: bool = True) -> Evidence:
    """The evidence for one world, from `folder` or from the seeds that come with the package.

    dated: whether a world that says until when it knows is refused where a number rests on a later fact.

    Raises `InputError` with every problem found. Reading is done once per process as long as no file changes.
    """
    arguments = Arguments("load_evidence")
    arguments.text("world", world)
    dated = arguments.flag("dated", dated)
    arguments.refuse_if_wrong()
    seeds = seeds_folder(folder, "load_evidence", "folder")
    stamps = stamps_of_seeds(seeds, check_world(seeds, world))
    return _read_dated(world, seeds, stamps) if dated else _read_evidence(world, seeds, stamps)


def shared_numbers() -> Mapping[str, Number]:
    """The numbers that every world of the shipped seeds shares, by name, in the order in which they are written.

    Raises `InputError` with every problem found in what worlds share; no world is read.
    """
    seeds = seeds_folder()
    common, problems = read_shared(seeds, stamps_of_seeds(seeds)), Problems()
    problems.take(common.problems)
    problems.raise_if_any()
    return common.parameters.read


@functools.lru_cache(maxsize=8)
def _read_dated(world: str, seeds: Path, stamps: Stamps) -> Evidence:
    evidence = _read_evidence(world, seeds, stamps)
    if evidence.knows_until:
        refuse_later(evidence, evidence.knows_until, evidence.knows_until_at)
    return evidence


@functools.lru_cache(maxsize=8)
def _read_evidence(world: str, seeds: Path, stamps: Stamps) -> Evidence:
    common, problems, shared = read_shared(seeds, stamps), Problems(), shared_folder(seeds)
    problems.take(common.problems)
    check_layer(seeds, problems)
    facts, codebook, systems = common.facts, common.codebook, common.systems
    folders, until = list[Path](), None
    for folder, top in read_lineage(seeds, world, stamps, problems):
        until = top.value.get("knows_until", until)
        folders.append(folder)
    lineage = [folder.name for folder in folders]
    layers = [read_layer(seeds, tuple(lineage[:place]), stamps) for place in range(len(lineage) + 1)]
    for layer in layers:
        problems.take(layer.problems)
    cast, numbers = layers[-1].cast, put_together(common, layers, problems)
    parties = parties_of(cast, facts)
    for relation in RELATIONS:
        check_relation(relation, folders, parties, layers[-1].rows.get(relation.name, ()), problems)
    strengths = {name for system in systems.values() for name in system.strengths}
    changes = read_changes(folders, numbers, strengths, problems, common.computed)
    if not changes:
        _check_wholes(folders, parties, numbers, problems)
    check_codes(codebook, numbers.coded)
    check_targets(shared, stamps, numbers.read, problems)
    problems.raise_if_any()  # a number that is left out would be missed by every formula that names it
    derivations = derive(numbers.written, facts, numbers.read, lineage, changes, common.computed)
    if changes:  # what is computed again counts too
        changes |= _computed_again(derivations, lineage, numbers.read, changes)
        _check_wholes(folders, parties, numbers, problems)
        check_weights_again(folders[-1] / CHANGES, tuple(parties.states), changes, numbers.read, problems)
    problems.raise_if_any()
    conflicts = read_conflicts(
        shared / CONFLICTS, stamps, list_worlds(seeds), lineage, facts, numbers.read, derivations, problems, changes
    )
    problems.raise_if_any()
    return Evidence(
        world=world,
        folder=shared,
        region=cast.region,
        together=cast.together,
        documents=common.documents,
        facts=facts,
        numbers=numbers.read,
        derivations=derivations,
        codebook=codebook,
        systems=systems,
        states=cast.states,
        powers=cast.powers,
        corridors=cast.corridors,
        pipelines=cast.pipelines,
        conflicts=conflicts,
        changes=changes,
        knows_until="" if until is None else until.text or "",
        knows_until_at=("", 0) if until is None else (until.file, until.line),
    )


def _check_wholes(folders: Sequence[Path], parties: Parties, numbers: NumberReader, problems: Problems) -> None:
    """Parts of one whole are no more than it."""
    if folders:
        check_energy_shares(folders[-1] / TIES.file, parties, numbers, problems)
        check_pipelines(folders[-1] / PIPELINE_TIES.file, parties, numbers, problems)
        check_unions(folders[-1] / TIES.file, parties, numbers, problems)


def _computed_again(
    derivations: Derivations, worlds: Sequence[str], numbers: Mapping[str, Number], changes: Mapping[str, Change]
) -> dict[str, Change]:
    """The numbers without a row of their own that became others with what they are computed from."""
    found = {}
    for name, (place, value) in derivations.again.items():
        last = changes.get(name)
        found[name] = Change(
            number=name,
            how=How.COMPUTED,
            world=worlds[place],
            moved=place,
            before=replace(numbers[name], value=value) if last is None else last.before,
            first=numbers[name].file if last is None else last.first,
        )
    return found
