"""What replaying documents comes to, as a table and on disk."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.documented import Replayed, Verdict
from sim.analysis.documented_file import BESIDE, VOTES, Seen, Sight
from sim.analysis.effect_tables import measured_text, read_measured, reading_measured, records_of, rows_text
from sim.io.shapes import TEXT, group, list_of
from sim.io.text import CAUTION, listing
from sim.model.variables import in_words
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    import pandas as pd

DOCUMENTED_FORMAT = 1

_WORDS = {
    Seen.SIGNED: "signs",
    Seen.REFUSED: "refuses",
    Seen.DEALT: "signs something with {powers}",
    Seen.WITHHELD: "signs nothing with {powers}",
    Seen.VISITED: "travels to {powers}",
    Seen.VOTED_YES: "votes yes",
    Seen.VOTED_NO: "votes no",
    Seen.ABSTAINED: "abstains",
    Seen.STAYED_AWAY: "does not vote",
    Seen.STOOD_ASIDE: "stands aside in the vote",
    Seen.NO_SIDE: "takes nobody's side",
    Seen.BALANCED: "still balances",
    Seen.ROSE: "{what} rises",
    Seen.FELL: "{what} falls",
    Seen.NO_HIGHER: "{what} is no higher",
    Seen.GREW: "{what} grows",
    Seen.SHRANK: "{what} shrinks",
    Seen.LED: "{what} before all others",
}


def sight_words(sight: Sight) -> str:
    """One thing seen, as tables call it, with the quarters that are looked at."""
    powers = listing(sight.powers, "or")
    words = _WORDS[sight.seen].format(powers=powers, what=in_words(sight.what, listing(sight.powers)))
    if sight.kind:
        words += f" ({sight.kind})"
    first, last = quarter_text(sight.start), quarter_text(sight.end)
    if sight.seen in BESIDE or sight.seen is Seen.LED:
        return f"{words}, {last}"
    return f"{words}, {first}" if first == last or sight.seen in VOTES else f"{words}, {first} to {last}"


def table_of(found: Sequence[Replayed]) -> "pd.DataFrame":
    """Everything found as a table, one row a thing seen and state; shares are fractions of the runs.

    Columns: entry, sort, says, dates, evidence, seen (in words), states, runs, share, low, high, line, verdict, reason.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "entry": one.entry.id,
                "sort": one.entry.sort.value,
                "says": one.entry.says.strip(),
                "dates": "; ".join(one.entry.dates),
                "evidence": " ".join(one.entry.evidence),
                "seen": sight_words(one.sight),
                "states": " ".join(one.states),
                "runs": one.runs,
                "share": one.share,
                "low": one.low,
                "high": one.high,
                "line": one.sight.line,
                "verdict": one.verdict.word,
                "reason": one.reason.strip(),
            }
            for one in found
        ]
    )


def counted_verdicts(table: "pd.DataFrame") -> str:
    """How many hold, miss and are unclear, in words."""
    verdicts = list(table["verdict"])
    counts = {one: verdicts.count(one.word) for one in Verdict}
    return ", ".join(one.counted(count) for one, count in counts.items() if count)


def unexplained(table: "pd.DataFrame") -> list[str]:
    """Entries with something that is missed without a reason."""
    bare = table[(table["verdict"] == Verdict.MISSES.word) & (table["reason"] == "")]
    return list(dict.fromkeys(str(name) for name in bare["entry"]))


def idle_reasons(found: Sequence[Replayed]) -> list[str]:
    """Entries with a reason for something that is missed nowhere."""
    needed: dict[tuple[str, int], bool] = {}
    for one in found:
        if one.sight.miss:
            key = (one.entry.id, one.entry.sights.index(one.sight))
            needed[key] = needed.get(key, False) or one.verdict is not Verdict.HOLDS
    return list(dict.fromkeys(entry for (entry, _), is_needed in needed.items() if not is_needed))


# --- on disk ---------------------------------------------------------------------------------------------------------


def replay_text(table: "pd.DataFrame") -> str:
    """The table as one JSON file, the same bytes for the same answers."""
    head = {"note": json.dumps(CAUTION), "format": str(DOCUMENTED_FORMAT)}
    return measured_text({**head, "rows": rows_text(records_of(table))})


_MEASURED = group({"rows": list_of(group({"verdict": TEXT}), fewest=1)})


def read_replay(path: Path | str) -> "pd.DataFrame":
    """Read a file that holds what `replay_text` gives.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing or holds something else.
    """
    import pandas as pd

    path = Path(path)
    told = read_measured(path, "documented", (DOCUMENTED_FORMAT,), _MEASURED)
    with reading_measured(path, "documented"):
        return pd.DataFrame(told["rows"])
