"""The page of the documents as a test: what they report as done, and how often the model does it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence.evidence import Evidence

MEASURED = Path(__file__).resolve().parent.parent / "experiments" / "documented.json"


def print_documented(evidence: "Evidence", printed: str) -> str:
    """The page, out of `experiments/documented.json`; `printed` is the line that says where it comes from."""
    from sim.analysis.documented_file import load_documented
    from sim.analysis.documented_results import counted_verdicts, read_replay
    from sim.analysis.documented_view import LEAST

    found, book = read_replay(MEASURED), load_documented(evidence)
    lines = [
        printed,
        "",
        "# Documents as a test",
        "",
        "What the documents report as done (deals, pledges, journeys, votes, tariffs) is laid in the home world as of"
        " its date, and what they say was seen next is looked for (`multivector documented`; `make documented` measures"
        " again). Entries stand in [`seeds/documented.yaml`](../seeds/documented.yaml). All are laid together, from"
        " 2025 on, since that is how it happened; those dated before, or by nobody, are laid by themselves. A thing"
        " *holds* where the whole 95% interval of the share of runs in which it is seen lies on or above the line, nine"
        " in ten; it *misses* where the whole of it lies below, and is *unclear* in between."
        f" What rises or falls on a scale from 0 to 1 has to do so by {LEAST:g}, beside the"
        " same run without what is laid. No number of the model was moved to make one of them come out. Conditional"
        " exploration, not a forecast.",
        "",
        f"**{counted_verdicts(found)}**, state by state and thing by thing.",
        "",
        *_counts(found),
    ]
    notes = {entry.id: entry.note for entry in book.entries}
    for sort, several in found.groupby("sort", sort=False):
        lines += [f"## {sort}", ""]
        for entry, rows in several.groupby("entry", sort=False):
            lines += _entry(rows, notes.get(str(entry), ""))
    return "\n".join([*lines, *_SIDES, *_left_out(evidence)]).rstrip() + "\n"


_SIDES = (
    "## Taking a side",
    "",
    "No document reports that one of the five took a side, so there is nothing to replay; they say that whoever"
    " joins one camp loses by it (`c5-many-friends-rule`), that a power which feels let down believes less"
    " (`conflicting-terms-trust-backlash`), and that several partners keep off capture and raise the voice"
    " (`diversified-ties-avoid-capture`, `diversified-ties-raise-voice`). The model is held to that beside the"
    " same luck with the price of a side at nought, in"
    " [`tests/analysis/test_sides.py`](../tests/analysis/test_sides.py): a state that has taken a side signs and"
    " trades less with the rivals of its patron and is pressed more by them, has fewer effective partners and less"
    " autonomy, earns a little less and is a little less calm; its patron signs more with it and presses no more."
    " What is not there: belief of powers in a state is not recorded, and nobody else than the patron's rivals"
    " minds a side.",
    "",
)


def _counts(found: "pd.DataFrame") -> list[str]:
    from print_pages import table

    from sim.analysis.documented import Verdict

    rows = []
    for sort, several in found.groupby("sort", sort=False):
        verdicts = list(several["verdict"])
        rows.append((str(sort), *(str(verdicts.count(one.word)) for one in Verdict)))
    lines: list[str] = table(("", *(one.word for one in Verdict)), rows)
    return lines


def _entry(rows: "pd.DataFrame", note: str) -> Iterator[str]:
    from print_pages import codes, one_line, table

    first = rows.iloc[0]
    when = f" Dated {first['dates'].split('; ')[0]}." if first["dates"] else ""
    yield f"### `{first['entry']}`"
    yield ""
    said = f"{one_line(first['says'])}{when} Facts: {codes(first['evidence'].split())}."
    yield f"{said} {one_line(note)}".rstrip()
    yield ""
    yield from table(
        ("Who", "What was seen", "Share of runs, %", "Line", "Verdict"), (_row(row) for row in _records(rows))
    )
    for reason, several in rows[rows["reason"] != ""].groupby("reason", sort=False):
        whom = ", ".join(dict.fromkeys(several["states"]))
        yield f"Why not ({whom}): {one_line(reason)}"
        yield ""


def _records(rows: "pd.DataFrame") -> list[dict[str, object]]:
    records: list[dict[str, object]] = rows.to_dict("records")
    return records


def _row(row: dict[str, object]) -> tuple[str, ...]:
    from sim.cli.documented_report import share_words

    share, low, high, line = (float(str(row[key])) for key in ("share", "low", "high", "line"))
    verdict = str(row["verdict"])
    loud = verdict if verdict == "holds" else f"**{verdict}**"
    return str(row["states"]), str(row["seen"]), share_words(share, low, high), f"{100 * line:.0f}", loud


def _left_out(evidence: "Evidence") -> Iterator[str]:
    from print_pages import codes, one_line, table

    from sim.analysis.documented_file import load_documented

    book = load_documented(evidence)
    yield "## What is not asked of the model"
    yield ""
    yield "Reported as well, and left out: the model cannot say it, or nothing is reported that could be seen next."
    yield ""
    rows = ((one_line(one.says), codes(one.evidence), one_line(one.why)) for one in book.left_out)
    yield from table(("Reported", "Facts", "Why it is left out"), rows)
