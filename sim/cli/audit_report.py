"""How the audit of the evidence is shown: faults by check, what numbers rest on, how much depends on it."""

import csv
import io
import textwrap
from collections import Counter
from collections.abc import Sequence

from sim.cli.console import console_for, plain_table
from sim.evidence.agenda import FILE as AGENDA
from sim.evidence.agenda import load_agenda, what_is_open
from sim.evidence.agreement import compare_codes, load_recoding
from sim.evidence.audit import Check, Fault
from sim.evidence.evidence import Evidence
from sim.evidence.influence import read_influence
from sim.evidence.numbers import Basis
from sim.evidence.support import later_than, support, variance_by_basis
from sim.evidence.worlds import HOME_WORLD
from sim.io.letters import as_cell

_FIRST = 3  # topics of the agenda; docs/assumed.md has them all
_SHOWN = 12  # faults of one check; the file has them all


def print_report(evidence: Evidence, faults: Sequence[Fault]) -> None:
    """Everything the audit found in one world."""
    print(f"Audit of the evidence for {evidence.world}: {len(evidence.numbers):,} numbers, ", end="")
    print(f"{len(evidence.derivations.found):,} of them computed, {len(evidence.facts):,} facts.\n")
    print("Every formula computes its number in its unit, and every code is a level of the codebook; evidence of which")
    print("that does not hold is not read at all.\n")
    _print_faults(faults)
    _print_support(evidence)
    _print_agreement(evidence)
    _print_influence(evidence)
    _print_agenda(evidence)


def _print_faults(faults: Sequence[Fault]) -> None:
    counts = Counter(fault.check for fault in faults)
    for check in Check:
        print(f"{counts[check]:>6}  {check.value}")
        of_this = [fault for fault in faults if fault.check is check]
        for fault in of_this[:_SHOWN]:
            told = f"{fault.file}:{fault.line}: {fault.name}: {fault.says}"
            print(textwrap.fill(told, 110, initial_indent=" " * 10, subsequent_indent=" " * 12))
        if len(of_this) > _SHOWN:
            print(f"          and {len(of_this) - _SHOWN} more; --out FILE.csv writes them all")
    print(f"\n{len(faults):>6}  faults in all\n")


def _print_support(evidence: Evidence) -> None:
    table = plain_table()
    for heading in ("numbers", "without a fact", "one document alone", "one country alone"):
        table.add_column(heading, justify="right")
    for row in support(evidence):
        if row.numbers:
            counts = (row.numbers, row.without, row.one_document, row.one_country)
            table.add_row(row.basis.name.lower(), *(f"{count:,}" for count in counts))
    console_for(None).print("On what numbers rest", table, sep="\n")
    print()


def _print_agreement(evidence: Evidence) -> None:
    """Whether a second reader gives the same codes: over all, and for each field that tells anything."""
    if evidence.world != HOME_WORLD:
        return
    recoding = load_recoding(evidence, evidence.folder)
    if recoding is None:
        print("Whether a second reader would give the same codes is not known: there is no seeds/recoding.yaml yet.\n")
        return
    report = compare_codes(evidence, recoding)
    table = plain_table()
    for heading in ("both coded", "same", "within one level", "kappa", "95 %"):
        table.add_column(heading, justify="right")
    for one in (report.overall, *report.fields.values()):
        if one.kappa is not None:
            ends = "" if one.ends is None else f"{one.ends[0]:.2f} to {one.ends[1]:.2f}"
            shares = (f"{one.same / one.pairs:.0%}", f"{one.near / one.pairs:.0%}")
            table.add_row(one.field, str(one.pairs), *shares, f"{one.kappa:.2f}", ends)
    heading = f"Codes of the {recoding.coder} beside the first (kappa with linear weights)"
    console_for(None).print(heading, table, sep="\n")
    silent = sum(one.kappa is None for one in report.fields.values())
    print(f"{silent} fields have too few numbers, or no variation, for kappa to mean anything: docs/codebook.md\n")


def _print_influence(evidence: Evidence) -> None:
    """The share of each outcome's influence that rests on numbers of each basis, by the latest sweep over all."""
    influence = read_influence() if evidence.world == HOME_WORLD else {}
    shares = variance_by_basis(evidence, influence)
    if not shares:
        print(
            "How much of each outcome rests on what is not known: no sweep over the numbers of this world is at hand."
        )
        return
    sweep = next(iter(influence.values())).experiment
    table = plain_table()
    bases = [basis for basis in Basis if any(by_basis[basis] > 0.0 for by_basis in shares.values())]
    for basis in bases:
        table.add_column(basis.name.lower(), justify="right")
    for outcome, by_basis in shares.items():
        table.add_row(outcome, *(f"{by_basis[basis]:.0%}" for basis in bases))
    console_for(None).print(
        f"Of what moves each outcome, how much rests on numbers of each basis ({sweep})", table, sep="\n"
    )


def _print_agenda(evidence: Evidence) -> None:
    """What to measure first, by the same sweep."""
    influence = read_influence() if evidence.world == HOME_WORLD else {}
    if not influence or not (evidence.folder / AGENDA).is_file():
        return
    first = [
        one for one in what_is_open(evidence, load_agenda(evidence, evidence.folder), influence) if one.weight > 0.0
    ][:_FIRST]
    print("\nMeasure first (docs/assumed.md says how, and what comes next):")
    for one in first:
        parts = sorted(one.takes.items(), key=lambda item: -item[1])[:2]
        told = ", ".join(f"{part:.0%} of {outcome}" for outcome, part in parts)
        print(textwrap.fill(f"{one.title}: up to {told}", 110, initial_indent="  ", subsequent_indent="      "))


def print_later(evidence: Evidence, date: str) -> None:
    """The numbers that rest on facts later than a date."""
    later = later_than(date, evidence)
    for name, facts in later.items():
        print(textwrap.fill(f"{name}: {', '.join(facts)}", 110, initial_indent="  ", subsequent_indent="      "))
    print(f"\n{len(later):,} of {len(evidence.numbers):,} numbers of {evidence.world} rest on facts later than {date}.")


def faults_csv(faults: Sequence[Fault]) -> str:
    """The faults as a table: check, file, line, name, what is wrong."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("check", "file", "line", "name", "says"))
    writer.writerows((f.check.name.lower(), as_cell(f.file), f.line, as_cell(f.name), as_cell(f.says)) for f in faults)
    return text.getvalue()
