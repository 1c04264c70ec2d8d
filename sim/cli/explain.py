"""`multivector explain`: why each offer was taken or refused, term by term, and what would have turned the answer."""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, add_seeds, say
from sim.cli.streams import columns_for_lines
from sim.cli.typed import RUN, SEED

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    explain = commands.add_parser("explain", help="why offers were taken or refused, and what would have turned it")
    explain.add_argument("what", metavar="SCENARIO", help="name of a scenario, a YAML file, or a results folder")
    explain.add_argument("--state", required=True, metavar="STATE", help="whose answers: code or name")
    explain.add_argument("--at", metavar="QUARTER", help="all offers of a quarter, such as 2026-Q1 (default: a choice)")
    explain.add_argument("--by", metavar="POWER", help="only offers of this power")
    explain.add_argument("--kind", metavar="KIND", help="only offers of this kind")
    explain.add_argument("--run", type=RUN, default=0, metavar="N", help="which run (default: 0)")
    explain.add_argument("--seed", type=SEED, metavar="S", help="seed, in place of the scenario's")
    add_seeds(explain)
    add_numbers(explain)
    explain.set_defaults(command=_explain)


def _explain(asked: argparse.Namespace) -> int:
    from sim.engine.ensemble import prepare
    from sim.io.arguments import Arguments
    from sim.io.text import CAUTION, pages_of
    from sim.narrative.counterfactual import explain, explained_together, how_to_read
    from sim.scenario.calendar import quarter_text

    scenario, runs = _asked_for(asked)
    if runs is not None:
        arguments = Arguments("explain")
        arguments.whole("--run", asked.run, 0, runs - 1)
        arguments.refuse_if_wrong()
    prepared = prepare(scenario, seed=asked.seed)
    explanations = explain(prepared, asked.run, state=asked.state, at=asked.at, by=asked.by, kind=asked.kind)

    def show() -> None:
        print(f"{scenario.title} ({scenario.name}), seed {prepared.seed}, run {asked.run}\n")
        with pages_of(columns_for_lines(sys.stdout)):
            print(how_to_read(prepared))
            print(f"\n\n{explained_together(explanations)}")
        if asked.at is None:
            print("\n\nThese are the largest offers and the closest calls of the first year that has such offers;")
            print(f"`--at {quarter_text(explanations[0].offer.quarter)}` shows all of a quarter.")

    told = [one.as_dict() for one in explanations]
    more = {"scenario": scenario.name, "seed": prepared.seed, "run": asked.run, "note": CAUTION, "explanations": told}
    played = [about(scenario, 1, prepared.seed)]
    close(asked, show, lambda: {"explanations": told}, scenarios=played, more=more)
    return DONE


def _asked_for(asked: argparse.Namespace) -> tuple["Scenario", int | None]:
    """The scenario, and how many runs there are of it (None: as many as one likes)."""
    from sim.io.arguments import path_given
    from sim.scenario.scenario import load_scenario, with_fitted

    folder = path_given("explain", "SCENARIO", asked.what)
    if not folder.is_dir():
        return with_fitted(load_scenario(asked.what, seeds=asked.seeds), asked.numbers), None
    from sim.batch.results import load_results

    results = load_results(folder)
    scenario = _scenario_of(results.manifest, folder, asked.seeds)
    if asked.seed not in (None, scenario.seed):
        from sim.io.errors import input_error, shown_path

        message = "these results have a seed of their own; name the scenario to look at another"
        raise input_error(shown_path(folder), message, found=f"--seed {asked.seed}", allowed=str(scenario.seed))
    if asked.numbers not in (None, scenario.fitted):
        from sim.io.errors import input_error, shown_path

        message = "these results took fitted numbers in their own way; name the scenario to look at another"
        raise input_error(shown_path(folder), message, found=f"--numbers {asked.numbers}", allowed=scenario.fitted)
    return scenario, results.number_of_runs


def _scenario_of(manifest: dict[str, Any], folder: Path, seeds: str | None) -> "Scenario":
    """The scenario that a manifest keeps; says so where code or evidence have changed since.

    seeds: the folder of its world, where that is not where it was.
    """
    from sim.batch.identity import code_hash, evidence_hash
    from sim.engine.fitted import fitted_numbers
    from sim.evidence.worlds import seeds_folder
    from sim.scenario.events import Event, EventKind
    from sim.scenario.scenario import Scenario, evidence_of
    from sim.scenario.units import Range, Shape

    def built(sort: Any, kept: dict[str, Any], **special: Any) -> Any:
        """A record out of what JSON kept of it: lists are tuples, and what a newer record lacks has its default."""
        names = {field.name for field in dataclasses.fields(sort)} & kept.keys() - special.keys()
        plain = {name: tuple(kept[name]) if isinstance(kept[name], list) else kept[name] for name in names}
        return sort(**plain, **special)

    identity = manifest["identity"]
    kept = identity["scenario"]
    events = []
    for event in kept["events"]:
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in event["fields"].items()}
        events.append(built(Event, event, kind=EventKind[event["kind"].upper()], fields=fields))
    told = manifest.get("seeds") if seeds is None else seeds
    place = None if told is None else seeds_folder(told, "explain")
    sampled = {
        name: built(Range, spread, shape=Shape[spread["shape"].upper()])
        for name, spread in kept.get("sampled", {}).items()
    }
    scenario: Scenario = built(Scenario, kept, events=tuple(events), sampled=sampled, seeds=place)
    fitted = fitted_numbers(scenario)
    now = evidence_hash(evidence_of(scenario)), code_hash(), None if fitted is None else fitted.sha256
    if (identity["evidence"], identity["code"], kept.get("posterior")) != now:
        from sim.io.errors import shown_path

        told = "the program or its evidence has changed since; what follows is what the run would be today"
        say(f"{shown_path(folder)}: {told}")
    return scenario
