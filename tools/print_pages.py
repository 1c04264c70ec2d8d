"""Print the pages that follow from rulebook, evidence, model and experiments.

Rulebook with equations, variables, sources, contradictions, systems, explanations, the research agenda, the codebook,
the gallery of figures, and how files are written as JSON Schemas.

python tools/print_pages.py            renew them
python tools/print_pages.py --check    only say whether they are up to date; 1 if one is not
"""

import argparse
import csv
import inspect
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sim.evidence.documents import Document
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
DOCS = ROOT / "docs"
FOUNDING = ("netease-2025", "trade-2026", "zeng-pang-2023", "police-college-2025")
PRINTED = "<!-- Printed by tools/print_pages.py; edit the seeds or the rules and run `make docs`. -->"


class Rule(NamedTuple):
    """A rule taken apart: where it stands, its signature, and the parts of its docstring."""

    name: str
    signature: str
    question: str
    claim: str
    evidence: tuple[str, ...]
    details: tuple[str, ...]
    equation: tuple[str, ...] = ()


# --- small things ----------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; bars inside cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def codes(names: Iterable[str], none: str = "none") -> str:
    """Names in code letters, with commas."""
    return ", ".join(f"`{name}`" for name in names) or none


def one_line(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def take_apart(name: str, function: Callable[..., float]) -> Rule:
    """The parts of a rule: question, claim with its evidence, what is said about units, and the equation it is."""
    from print_equations import equation, is_an_equation

    paragraphs = [one_line(part) for part in re.split(r"\n\s*\n", inspect.getdoc(function) or "")]
    claim, evidence, details = "", (), []
    for paragraph in paragraphs[1:]:
        if paragraph.startswith("Claim:"):
            words, _, ids = paragraph.removeprefix("Claim:").strip().partition("[")
            claim, evidence = words.strip(), tuple(ids.rstrip("].").replace(",", " ").split())
        else:
            details.append(paragraph)
    arguments = ", ".join(inspect.signature(function).parameters)
    printed = tuple(equation(function)) if is_an_equation(function) else ()
    short = f"{name.partition('.')[2]}({arguments})"
    return Rule(name, short, paragraphs[0], claim, evidence, tuple(details), printed)


def rules_of(room: str) -> list[Rule]:
    """The rules of one file, in the order in which they stand there."""
    module = import_module(f"sim.model.rules.{room}")
    found = [
        function
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    ]
    found.sort(key=lambda function: function.__code__.co_firstlineno)
    return [take_apart(f"{room}.{function.__name__}", function) for function in found]


# --- the rulebook ----------------------------------------------------------------------------------------------------


def print_rulebook(evidence: "Evidence") -> str:
    """The page of systems, rules with their equations, and the numbers of the rules."""
    from print_equations import constants_of, rules_by_phase

    rooms = sorted(path.stem for path in (ROOT / "sim" / "model" / "rules").glob("*.py") if path.stem != "__init__")
    rules = {room: rules_of(room) for room in rooms}
    systems_of = defaultdict(list)
    for system in evidence.systems.values():
        for rule in system.rules:
            systems_of[rule].append(system.id)
    numbers: dict[str, list[Number]] = defaultdict(list)
    for number in evidence.numbers.values():
        if Path(number.file).parent.name == "parameters":
            numbers[number.name.partition(".")[0]].append(number)
    order = [*rules, *sorted(set(numbers) - set(rules))]
    lines = [
        PRINTED,
        "",
        "# The rulebook",
        "",
        f"{counted(sum(map(len, rules.values())), 'rule')} in {counted(len(rules), 'file')},"
        f" {counted(sum(map(len, numbers.values())), 'number')}, {counted(len(evidence.systems), 'system')}. A rule is"
        " a pure function of numbers; what it claims rests on the facts named with it, and `multivector trace <id>`"
        " shows any of them. A system is a set of rules with the numbers that switch it off at nought"
        " (`without: [<id>]` in a scenario). This page is the part on submodels (III.iv) of the [model"
        " description](odd.md); what the letters stand for at the start is in [variables](variables.md).",
        "",
        "An equation is printed from the code of its rule, so that the two cannot part: first what the rule works"
        " out on its way, line by line, and last what it gives. Names are those of the arguments; a name that"
        " stands among the numbers of the same file is that number. `a if c else b` is a where c holds and else b;"
        " `clamp(x, a, b)` holds x inside a..b, `positive(x)` is x above nought and else 0, `saturating(x)` is x /"
        " (1 + x), `root` the square root, `logistic` and `logit` are each other's inverse, `log` is the natural"
        " logarithm. Which variable is handed to which argument stands in the phases"
        " ([sim/model/phases/](../sim/model/phases/__init__.py)).",
        "",
        "Files: " + ", ".join(f"[{room}](#{room})" for room in order) + ".",
        "",
        "## Systems",
        "",
        *table(
            ("Id", "Name", "Claim", "Rules", "Off when these are 0"),
            (
                (f"`{one.id}`", one.name, one_line(one.claim), codes(one.rules), codes(one.strengths))
                for one in evidence.systems.values()
            ),
        ),
    ]
    lines += ["## In the order of a quarter", "", "The rules that each phase calls, in the order of first use.", ""]
    played = {phase: one for phase, one in rules_by_phase().items() if one}
    lines += table(("Phase", "Rules"), ((f"`{phase}`", codes(one)) for phase, one in played.items()))
    between = {rule.name for one in rules.values() for rule in one} - {rule for one in played.values() for rule in one}
    between = {name for name in between if not name.startswith("arithmetic.")}
    lines += [f"By other rules, or by events between two quarters: {codes(sorted(between))}.", ""]
    for room in order:
        lines += [f"## {room}", ""]
        if room in rules:
            about = one_line((import_module(f"sim.model.rules.{room}").__doc__ or "").strip().partition("\n\n")[0])
            lines += [f"[sim/model/rules/{room}.py](../sim/model/rules/{room}.py): {about}", ""]
            constants = ", ".join(f"`{name}` = {value:g}" for name, value in constants_of(room).items())
            lines += [f"Constants in these equations: {constants}.", ""] if constants else []
            for rule in rules[room]:
                lines += print_rule(rule, systems_of[rule.name])
        if numbers[room]:
            lines += [f"### Numbers of {room}", "", f"From [{room}.yaml](../seeds/parameters/{room}.yaml).", ""]
            lines += table(
                ("Name", "Value", "Unit", "Low–high", "Basis", "Meaning", "Evidence"),
                (number_row(number) for number in numbers[room]),
            )
    return "\n".join(lines).rstrip() + "\n"


def number_row(number: "Number") -> tuple[str, ...]:
    """One number as a row of a table."""
    span = f"{number.low:g}–{number.high:g}"
    basis = number.basis.name.lower()
    meaning, rests = one_line(number.meaning), codes(number.evidence, none="–")
    return (f"`{number.name}`", f"{number.value:g}", number.unit, span, basis, meaning, rests)


def print_rule(rule: Rule, systems: Sequence[str]) -> list[str]:
    """One rule: question, signature, equation, claim, evidence, systems, units."""
    lines = [f"### `{rule.name}`", "", rule.question, "", f"`{rule.signature}`", ""]
    if rule.equation:
        lines += ["```text", *rule.equation, "```", ""]
    else:
        lines += ["As in any book, but in additions and multiplications alone (see the file).", ""]
    if rule.claim:
        lines += [f"*Claim*: {rule.claim}", "", f"*Evidence*: {codes(rule.evidence)}", ""]
    if systems:
        lines += [f"*Belongs to*: {codes(systems)}", ""]
    for detail in rule.details:
        lines += [detail, ""]
    return lines


# --- the sources -----------------------------------------------------------------------------------------------------


def print_sources(evidence: "Evidence") -> str:
    """The page of documents, with what rests on each."""
    facts = Counter(fact.document for fact in evidence.facts.values())
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in evidence.facts.values():
        kinds[fact.document][fact.kind.name.lower()] += 1
    resting: dict[str, list[Number]] = defaultdict(list)
    alone: Counter[str] = Counter()
    for number in evidence.numbers.values():
        behind = dict.fromkeys(evidence.facts[fact].document for fact in number.evidence)
        for document in behind:
            resting[document].append(number)
        if len(behind) == 1:
            alone.update(list(behind))
    bases = Counter(number.basis.name.lower() for number in evidence.numbers.values())
    only_founding = sum(
        bool(number.evidence) and all(evidence.facts[fact].document in FOUNDING for fact in number.evidence)
        for number in evidence.numbers.values()
    )
    lines = [
        PRINTED,
        "",
        "# The sources",
        "",
        "> **One country, one voice.** The four founding documents"
        f" ({codes(FOUNDING)}) were all written in China and in Chinese. Where they agree, that is one view"
        " repeated, not a confirmation. Expect them to make China look more welcome and less demanding than it may be,"
        " and the United States more hostile.",
        ">",
        "> What follows only from them can be switched off, system by system, and whoever reads a result should ask"
        " whether it survives that.",
        "",
        f"{counted(len(evidence.facts), 'fact')} from {counted(len(evidence.documents), 'document')} carry"
        f" {counted(len(evidence.numbers), 'number')} of the home world: "
        + ", ".join(f"{bases[basis]:,} {basis}" for basis in ("figure", "coded", "fitted", "assumed"))
        + f". {counted(only_founding, 'number rests', 'numbers rest')} on the founding documents alone."
        " A number with an `assumed` basis may still name facts: they give its direction, not its size.",
        "",
        "A number is counted under every document that one of its facts comes from. *Alone* counts the numbers for"
        " which there is no second document.",
        "",
        *table(
            ("Document", "Kind", "Reliability", "Facts", "Numbers", "Alone"),
            (
                (
                    f"[`{one.id}`](#{one.id})",
                    one.kind,
                    f"{one.reliability:g}",
                    str(facts[one.id]),
                    str(len(resting[one.id])),
                    str(alone[one.id]),
                )
                for one in evidence.documents.values()
            ),
        ),
        "## The founding documents",
        "",
    ]
    for document in sorted(evidence.documents.values(), key=lambda one: one.id not in FOUNDING):
        if document.id not in FOUNDING and "## Everything else" not in lines:
            lines += ["## Everything else", ""]
        lines += print_document(document, kinds[document.id], resting[document.id])
    return "\n".join(lines).rstrip() + "\n"


def print_document(document: "Document", kinds: "Counter[str]", numbers: Sequence["Number"]) -> list[str]:
    """One document: citation, reliability, bias, and the numbers that rest on it."""
    total = counted(sum(kinds.values()), "fact")
    split = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    lines = [
        f"### {document.id}",
        "",
        one_line(document.citation),
        "",
        f"- Kind: {document.kind}",
        f"- Reliability: {document.reliability:g}",
        f"- Bias: {one_line(document.bias)}",
        f"- Holds: {total}" + (f" ({split})" if split else ""),
        f"- Carries: {counted(len(numbers), 'number')}",
        "",
    ]
    if numbers:
        lines += ["<details><summary>Which numbers</summary>", ""]
        lines += [f"- {name}: {codes(rest)}" for name, rest in grouped(numbers).items()]
        lines += ["", "</details>", ""]
    return lines


def grouped(numbers: Sequence["Number"]) -> dict[str, list[str]]:
    """Names of numbers, the long lists folded: `ties.KAZ.CHN.trade` stands under trade as KAZ.CHN."""
    groups: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        first, *rest = number.name.split(".")
        if first == "ties":
            groups[f"ties, {rest[2]}"].append(".".join(rest[:2]))
        elif first == "rivalry":
            groups[f"rivalry, {rest[2]}"].append(".".join(rest[:2]))
        elif first in {"states", "powers"}:
            groups[f"{first}, {rest[0]}"].append(".".join(rest[1:]))
        else:
            groups[first].append(".".join(rest))
    return groups


# --- the systems -----------------------------------------------------------------------------------------------------

EFFECTS = ROOT / "experiments" / "effects.json"
HEAD = (
    *("System", "Claim", "Documents (reliability)", "Rules", "Numbers that switch it off at 0"),
    *("Tests", "Off switch", "Without it", "Where measured"),
)


def print_systems(evidence: "Evidence") -> str:
    """The page of all systems with what each rests on, where it stands, and what it was measured to do."""
    from sim.analysis.ablation_results import most_telling, read_effects
    from sim.evidence.behaviours import load_behaviours

    effects = read_effects(EFFECTS)
    counts = {(row["system"], row["scenario"]): row for row in effects.summary.to_dict("records")}
    telling = {row["system"]: row | counts_of(row, counts) for row in most_telling(effects).to_dict("records")}
    behaviours = load_behaviours(evidence).values()
    lines = [
        PRINTED,
        "",
        "# The systems, and what each does",
        "",
        f"{counted(len(evidence.systems), 'system')} of behaviour, {counted(len(behaviours), 'behaviour')} in the"
        " documents behind them. A system is off in a scenario that says `without: [<id>]`. What it does was measured"
        " by switching it off on the same luck (`multivector ablate`), over"
        f" {effects.runs:,} runs of each of {counted(len(effects.scenarios), 'scenario')}. Shown is the scenario in"
        " which most of it is seen, and there the largest clear difference, beside the spread between runs, in a policy"
        " outcome: effective partners, alignment, trust, pressure or acceptance, with its"
        f" {effects.level:.0%} interval. With about two hundred outcomes a system, a difference counts as clear only"
        " where it survives Holm's correction for all of them. Shares are in percentage points. Clear is not the same"
        " as large, and neither is the same as true: the numbers are set by hand, and this is conditional exploration,"
        " not a forecast.",
        "",
        *table(HEAD, (system_row(evidence, system, telling.get(system)) for system in evidence.systems)),
        "## The behaviours, one by one",
        "",
        "What the documents say actors do, in our words, with the rules that carry it. Where part of it is left out,"
        " the reason stands beside it.",
        "",
        *table(
            ("Behaviour", "System", "In our words", "Rules", "Left out"),
            (
                (f"`{one.id}`", f"`{one.system}`", one_line(one.says), codes(one.rules), one_line(one.left_out) or "–")
                for one in behaviours
            ),
        ),
    ]
    return "\n".join(lines).rstrip() + "\n"


def counts_of(row: "dict[str, Any]", counts: "dict[tuple[str, str], dict[str, Any]]") -> "dict[str, int]":
    """How many outcomes are clear in the scenario of a row, and out of how many."""
    found = counts[row["system"], row["scenario"]]
    return {"clear": found["clear"], "outcomes": found["outcomes"]}


def system_row(evidence: "Evidence", name: str, effect: "dict[str, Any] | None") -> tuple[str, ...]:
    """One system as a row: what it claims and rests on, its rules and numbers, its tests, and its clearest effect."""
    from sim.model.variables import percent_scale

    system = evidence.systems[name]
    documents = dict.fromkeys(evidence.facts[fact].document for fact in system.evidence)
    rested = ", ".join(f"{one} ({evidence.documents[one].reliability:g})" for one in documents)
    files = dict.fromkeys(rule.partition(".")[0] for rule in system.rules)
    tests = ", ".join(f"[{file}](../tests/model/rules/test_{file}.py)" for file in files)
    measured, where = "", ""
    if effect is not None:
        whom = f" ({effect['power']})" if effect["power"] else ""
        scale = percent_scale(effect["measure"])
        middle, low, high = (scale * effect[key] for key in ("difference", "low", "high"))
        measured = f"{effect['measure'].replace('_', ' ')}{whom} of {effect['state']}: {middle:+.3f}"
        measured += f" ({low:.3f} to {high:.3f}); {effect['clear']} of {effect['outcomes']} outcomes clear"
        where = f"`{effect['scenario']}`"
    return (
        *(f"{system.name} (`{name}`)", one_line(system.claim), rested, codes(system.rules), codes(system.strengths)),
        *(tests, f"`without: [{name}]`", measured, where),
    )


# --- explanations ----------------------------------------------------------------------------------------------------

TAKEN = ("washington-summit", "KAZ", "2025-Q4", "USA", "deal")  # scenario, state, quarter, power, kind
REFUSED = ("washington-summit", "UZB")  # of these, the first refusal that something would have turned


def print_explanations() -> str:
    """The page of two offers, explained as `multivector explain` does."""
    from sim.engine.ensemble import prepare
    from sim.narrative.counterfactual import explain, how_to_read
    from sim.scenario.calendar import quarter_text
    from sim.scenario.scenario import load_scenario

    lines = [
        PRINTED,
        "",
        "# Why an offer was taken",
        "",
        "`multivector explain` takes any answer of any run apart. Two examples, as the command prints them; `--json`"
        " gives every number in full, and `sim.explain` the same in Python.",
        "",
        "The points add up to what the offer is worth, on the page and in the model. What would have turned the answer"
        " is found by playing the quarter again with one thing changed, never by a formula beside the rulebook. Money"
        " is looked for both ways, since a larger offer brings more and ties more. A gift is more of the same that"
        " ties nobody.",
        "",
    ]
    name, state, quarter, power, kind = TAKEN
    prepared = prepare(load_scenario(name))
    taken = explain(prepared, state=state, at=quarter, by=power, kind=kind)[0]
    refusals = [one for one in explain(prepared, state=REFUSED[1]) if not one.offer.accepted]
    refused = next((one for one in refusals if any(flip.to is not None for flip in one.flips.values())), refusals[0])
    lines += ["```text", how_to_read(prepared), "```", ""]
    for one in (taken, refused):
        offer = one.offer
        which = f"--state {offer.to} --at {quarter_text(offer.quarter)} --by {offer.by} --kind {offer.kind}"
        lines += [f"`multivector explain {name} {which}`", "", "```text", str(one), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


# --- the gallery -----------------------------------------------------------------------------------------------------


def print_gallery() -> str:
    """The page of the figures of all experiments."""
    lines = [PRINTED, "", "# Gallery", ""]
    lines += [
        "Every figure of the experiments, each with the table its rows stand in. `make experiments` draws them again;"
        " `multivector sweep NAME` draws those of one experiment into its results, as SVG for print too, each with its"
        " own rows as CSV. All of them are conditional exploration, not a forecast.",
        "",
    ]
    for captions in sorted((ROOT / "experiments").glob("*/figures/captions.csv")):
        folder = captions.parent.parent
        title, question = _head_of(folder / "experiment.yaml")
        lines += [f"## {title}", "", f"{question} [{folder.name}](../experiments/{folder.name}/README.md)", ""]
        with captions.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                place = f"../experiments/{folder.name}"
                stop = "" if row["title"].endswith("?") else "."
                lines += [f"**{row['title']}{stop}** {row['shows']} [rows]({place}/tables/{row['table']}.csv)", ""]
                lines += [f"![{row['title']}]({place}/figures/{row['figure']}.png)", ""]
    return "\n".join(lines).rstrip() + "\n"


def _head_of(path: Path) -> tuple[str, str]:
    """Title and question of an experiment."""
    from sim.io.errors import Problems
    from sim.io.readers import read_yaml

    top = read_yaml(path, Problems())
    assert top is not None
    return one_line(top.value["title"].text), one_line(top.value["question"].text)


def print_schemas() -> dict[Path, str]:
    """How files are written, as JSON Schemas beside them."""
    from sim.cli.schema import KEPT, schema_of_kind
    from sim.io.forms import schema_text

    return {ROOT / path: schema_text(schema_of_kind(kind)) for kind, path in KEPT.items()}


def pages() -> dict[Path, str]:
    """Every printed page and schema as it should read now."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from sim.evidence.evidence import load_evidence

    if str(TOOLS) not in sys.path:
        sys.path.insert(0, str(TOOLS))
    from print_agenda import print_assumed
    from print_amounts import print_amounts
    from print_codebook import print_codebook
    from print_conflicts import print_conflicts
    from print_documented import print_documented
    from print_levers import print_levers
    from print_policies import print_policies
    from print_states import print_states
    from print_variables import print_variables

    evidence = load_evidence(folder=ROOT / "seeds")
    return {
        DOCS / "states.md": print_states(evidence, PRINTED),
        DOCS / "policies.md": print_policies(PRINTED),
        DOCS / "amounts.md": print_amounts(evidence, PRINTED),
        DOCS / "conflicts.md": print_conflicts(evidence, PRINTED),
        DOCS / "levers.md": print_levers(PRINTED),
        DOCS / "documented.md": print_documented(evidence, PRINTED),
        DOCS / "rulebook.md": print_rulebook(evidence),
        DOCS / "variables.md": print_variables(evidence, PRINTED, table),
        DOCS / "sources.md": print_sources(evidence),
        DOCS / "systems.md": print_systems(evidence),
        DOCS / "explanations.md": print_explanations(),
        DOCS / "assumed.md": print_assumed(evidence, PRINTED),
        DOCS / "codebook.md": print_codebook(evidence, PRINTED),
        DOCS / "gallery.md": print_gallery(),
        **print_schemas(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Renew the pages, or say which are stale; returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Print the pages and schemas that follow from rulebook, evidence, model and forms."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, text in pages().items():
        fresh = path.is_file() and path.read_text(encoding="utf-8") == text
        if fresh:
            continue
        stale += 1
        name = path.relative_to(ROOT).as_posix()
        if check:
            sys.stderr.write(f"{name} is stale; renew it with `make docs`\n")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"renewed {name}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
