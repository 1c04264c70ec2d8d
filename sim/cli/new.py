"""`multivector new`: a commented file to start a scenario from, or a world of one's own to start one in.

`multivector check` accepts both as they stand.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.common import add_seeds
from sim.cli.new_world import WORLDS, add_world, asks_for_world, new_world
from sim.cli.places import a_path

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

USUAL = "baseline"


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    new = commands.add_parser("new", help="write a commented file to start a scenario from, or a world of one's own")
    new.add_argument("name", nargs="?", metavar="NAME", help="small letters, digits and hyphens; the file is NAME.yaml")
    new.add_argument("--extends", metavar="WHAT", help=f"a scenario to start from (default: {USUAL}), or a world")
    new.add_argument("--alone", action="store_true", help="extend nothing: copy its world, dates, runs and seed")
    told = "have an event of this kind in it (`multivector list events`), or of every kind: all; may be repeated"
    new.add_argument("--event", action="append", default=[], metavar="KIND", help=told)
    add_world(new)
    add_seeds(new)
    new.add_argument(
        *("-o", "--out"),
        type=a_path,
        metavar="DIR",
        help=f"the folder to write to (default: this one; of worlds: {WORLDS})",
    )
    new.set_defaults(command=_new)


def _new(asked: argparse.Namespace) -> int:
    if asks_for_world(asked):
        return new_world(asked)
    from sim.cli.closing import close
    from sim.io.checks import is_name
    from sim.io.errors import input_error, quoted, shown_path
    from sim.scenario.family import list_scenarios
    from sim.scenario.scenario import evidence_of, load_scenario

    folder, extends = asked.out or Path(), asked.extends or USUAL
    if asked.name is None:
        allowed = "NAME for a scenario; --power, --state or --world for a world of one's own"
        raise input_error("new", "what shall be begun?", allowed=allowed)
    path = folder / f"{asked.name}.yaml"
    for place, name in (("NAME", asked.name), ("--extends", extends)):
        if not is_name(name):
            allowed = "small letters, digits and hyphens, no path"
            raise input_error(place, "this cannot be the name of a scenario", found=quoted(name), allowed=allowed)
    beside = folder if extends in list_scenarios(folder) else None
    parent = load_scenario(extends, folder=beside, seeds=asked.seeds)
    evidence = evidence_of(parent)
    happening = check_kinds(asked.event, parent, evidence)
    text = starting_text(asked.name, parent, evidence, _schema_beside(folder), asked.alone, happening)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
    except FileExistsError:
        message = "there is such a file already, and it is left as it is"
        raise input_error(shown_path(path), message) from None
    except OSError as error:
        raise input_error(shown_path(path), f"cannot be written: {error.strerror or error}") from error
    written = f"written to {shown_path(path)}; when it asks what you want: multivector check {shown_path(path)}"
    close(asked, lambda: print(written), lambda: {"written": [{"name": asked.name, "path": shown_path(path)}]})
    return 0


def check_kinds(asked: Sequence[str], parent: "Scenario", evidence: "Evidence") -> list[str]:
    """An example of each kind of event that was asked for, a line each; complains of what cannot happen there."""
    from sim.io.checks import check_choice
    from sim.io.errors import Entry, Problems, quoted
    from sim.scenario.event_examples import example_events
    from sim.scenario.event_keys import EVERYTHING
    from sim.scenario.events import EVENT_KINDS

    examples = example_events(evidence, (parent.start + parent.end) // 2, parent.knows_until)
    problems = Problems()
    for word in asked:
        entry = Entry(word, problems, "--event", 0, 0, "", word)
        if check_choice(entry, (*EVENT_KINDS, EVERYTHING), "list events") not in (None, EVERYTHING, *examples):
            entry.refuse(found=quoted(word), message=f"the world '{evidence.world}' has nothing that it could be about")
    problems.raise_if_any()
    kinds = list(examples) if EVERYTHING in asked else dict.fromkeys(asked)
    return [examples[kind] for kind in kinds]


def _schema_beside(folder: Path) -> str:
    """The schema as a file in `folder` names it, where both lie in one checkout; '' elsewhere."""
    from sim.evidence.worlds import shipped_folder

    schema = shipped_folder("scenarios") / "schema.json"
    return schema.name if folder.resolve() == schema.parent.resolve() and schema.is_file() else ""


def starting_text(
    name: str, parent: "Scenario", evidence: "Evidence", schema: str, alone: bool, happening: Sequence[str] = ()
) -> str:
    """A scenario that asks nothing yet: title, question, what it starts from, and one example of each thing to say.

    Lines that begin with `##` explain; those that begin with `#` are examples, and sound ones once the `# ` is gone.
    happening: events that are in it, a line each.
    """
    return "\n".join([*_head(name, parent, schema, alone), *_examples(parent, evidence, happening)]) + "\n"


def _head(name: str, parent: "Scenario", schema: str, alone: bool) -> Iterator[str]:
    from sim.scenario.calendar import quarter_text

    if schema:
        yield f"# yaml-language-server: $schema={schema}"
    else:
        yield "## An editor helps with this file once it knows the language: `multivector schema -o schema.json`, then,"
        yield "## as the first line, behind a #:  yaml-language-server: $schema=schema.json"
    yield "##"
    yield "## Lines with two signs explain. Lines with one are examples: take the sign and the space behind it away to"
    yield "## use one. Whatever this file does not say is " + (
        "in the evidence." if alone else f"as in '{parent.name}'."
    )
    yield f"title: {name.replace('-', ' ').capitalize()}"
    yield "question: >-"
    yield "  What would be different, and for whom, if this happened?"
    dates = (f"from: {quarter_text(parent.start)}", f"to: {quarter_text(parent.end)}")
    if alone:
        yield from (f"world: {parent.world}", *dates, f"runs: {parent.runs}", f"seed: {parent.seed}")
        return
    yield f"extends: {parent.name}"
    yield ""
    yield "## The run: the first and the last quarter, how often chance is played through, and which luck."
    yield from (f"# {line}" for line in (*dates, f"runs: {parent.runs}", f"seed: {parent.seed}"))


def _examples(parent: "Scenario", evidence: "Evidence", happening: Sequence[str]) -> Iterator[str]:
    from sim.scenario.event_examples import free_numbers, quarter_up

    systems = list(evidence.systems.values())
    fixed, drawn, far, *_ = free_numbers(evidence)
    late = _late(parent, evidence)
    fact = next(fact.id for fact in evidence.facts.values() if fact.use and fact.id not in late)
    yield from _reading(evidence, late)
    yield ""
    yield "## Numbers that differ from the evidence. `multivector list numbers` names them, `multivector trace NAME`"
    yield "## tells what each rests on. A value may have its unit (25 %, 300 mn USD) or be a level: none, low, medium,"
    yield "## high, dominant. What nobody knows exactly is drawn for every run; leaving the range takes a reason."
    yield "# numbers:"
    yield f"#   {fixed.name}: {quarter_up(fixed):g}"
    yield f"#   {drawn.name}: {{between: [{drawn.low:g}, {drawn.high:g}], shape: triangular}}"
    yield f"#   {far.name}: {{value: {2 * far.high:g}, beyond: to see where it breaks}}"
    yield ""
    yield "## How numbers that were fitted are taken: posterior, a row of what calibration left for each run, or fixed."
    yield "# fitted: fixed"
    yield ""
    yield "## Systems of the model that are switched off. `multivector list systems` names them."
    yield f"# without: [{systems[-1].id}]"
    yield ""
    yield "## What happens from outside. An offer may be refused: an event puts it on the table, no more. Every kind of"
    yield "## event has an example here; `multivector list events KIND` tells what each of its words means."
    yield "events:" if happening else "# events:"
    yield from (f"  - {line}" for line in happening)
    yield from (f"#   {line}" for line in _events(parent, evidence))
    yield ""
    yield "## The facts behind the question, by their ids in seeds/facts."
    yield f"# evidence: [{fact}]"
    yield ""
    yield "## Anything a reader should know."
    yield "# notes: >-"
    yield "#   A conditional exploration, not a forecast."


def _late(parent: "Scenario", evidence: "Evidence") -> frozenset[str]:
    """The facts that are later than the parent may know; none where it does not say until when it knows."""
    from sim.evidence.known import late_facts

    return late_facts(parent.knows_until, evidence) if parent.knows_until else frozenset()


def _reading(evidence: "Evidence", late: frozenset[str]) -> Iterator[str]:
    """An example of another reading, in a world that has a choice and may know what it rests on."""
    choices = [
        (switch, name)
        for switch, conflict in evidence.switches.items()
        for name, reading in conflict.readings.items()
        if name != conflict.default and not any(late & set(one.evidence) for one in reading.numbers.values())
    ]
    for switch, other in choices[:1]:
        yield ""
        yield "## Which way to read sources that contradict each other. `multivector list readings` names the choices."
        yield f"# readings: {{{switch}: {other}}}"


def _events(parent: "Scenario", evidence: "Evidence") -> Iterator[str]:
    """An example for each way in which an event can be dated, and of every other kind, in terms of the world."""
    from sim.scenario.calendar import quarter_text
    from sim.scenario.event_examples import example_events
    from sim.scenario.known import first_day

    state, power = evidence.states[0].code, evidence.powers[0].code
    other = evidence.powers[-1].code
    start, middle, end = (quarter_text(at) for at in (parent.start, (parent.start + parent.end) // 2, parent.end))
    yield f"- at: {middle}"
    yield f"  offer: {{by: {power}, to: {state}, kind: infrastructure, size: 2 bn USD, exclusivity: low}}"
    yield "  note: Why then, and why so much."
    yield f"- at: {{between: [{start}, {end}]}}  # a quarter drawn for every run"
    yield f"  crisis: {{in: {state}, severity: high}}"
    yield "  chance: 30 %  # of the runs"
    yield f"- at: {start}"
    yield "  every: 4 quarters"
    yield f"  until: {end}  # else to the end of the run"
    if parent.knows_until and first_day(parent.end) > parent.knows_until:
        yield f"  afterwards: true  # since a part of it comes after {parent.knows_until}"
    yield f"  summit: {{host: {other}, guests: all}}"
    shown = ("offer", "crisis", "summit")
    others = example_events(evidence, (parent.start + parent.end) // 2, parent.knows_until)
    yield from (f"- {line}" for kind, line in others.items() if kind not in shown)
