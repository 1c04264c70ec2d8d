"""What a backtest leaves: draws, fans, scores where something came, and a word on what they rest on."""

import dataclasses
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.backtest.against import Against
from sim.analysis.backtest.opponents import NULL
from sim.analysis.backtest.result import SERIES, Backtest, signed
from sim.analysis.backtest.skill import LOSES, OPEN, WINS
from sim.analysis.decisions import DECISIONS
from sim.analysis.effect_tables import csv_of
from sim.analysis.hindcast.draws import draws_table
from sim.analysis.hindcast.fan_table import fan_table
from sim.analysis.hindcast.playing import Game
from sim.analysis.hindcast.ways import Question, vote_quarters
from sim.analysis.record import Record
from sim.batch.identity import digest_of, versions
from sim.batch.manifest import close_folder
from sim.batch.notebook import telling_of_trouble
from sim.evidence.history import History
from sim.io.arguments import Arguments, path_given
from sim.io.limits import MOST_RUNS
from sim.io.shapes import inside
from sim.io.text import CAUTION, wrapped
from sim.io.writers import write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 500
"""Runs of each way that are written out."""

HOW_TO_SCORE = (
    "multivector backtest --against FILE.csv scores these runs on what came; docs/scoring.md says how FILE is laid out"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hindcast:
    """The years after an origin, foretold in several ways, and scored where something came."""

    question: Question
    games: tuple[Game, ...]
    runs: int
    record: Record
    history: History
    came: Against | None  # None where nothing is there to be scored
    scored: Backtest | None
    identity: dict[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        """What it rests on, in one line."""
        question = self.question
        years = f"{question.origin + 1} to {question.last}"
        luck = f"{self.runs:,} runs of each way, seed {question.plain.seed}"
        return f"{years} from what was known of {question.origin}, {luck}"

    @property
    def mine(self) -> list[Game]:
        """The ways of the model itself."""
        return [game for game in self.games if not game.way.null]

    @property
    def null(self) -> list[Game]:
        """The same with all systems off."""
        return [game for game in self.games if game.way.null]

    @property
    def votes(self) -> tuple[int, ...]:
        """Quarters in which the states are asked to vote."""
        return vote_quarters(self.question)

    @cached_property
    def fans(self) -> "pd.DataFrame":
        """Every fan in short (see `fan_table`)."""
        return fan_table(self.games, self.question.origin, self.question.last, self.votes, self.question.spans)

    def draws(self, null: bool = False, most: int = DRAWS) -> "pd.DataFrame":
        """The first runs of each way as a table (see `draws_table`); null: those with all systems off."""
        arguments = Arguments("Hindcast.draws")
        null, most = arguments.flag("null", null), arguments.whole("most", most, 1, MOST_RUNS)
        arguments.refuse_if_wrong()
        games = self.null if null else self.mine
        return draws_table(games, self.question.origin, self.question.last, self.votes, most, self.question.spans)

    @property
    def systems_sentence(self) -> str:
        """Whether the systems of the model together beat growth and noise; "" where that was not asked."""
        row = None if self.scored is None else self.scored.row(opponent=NULL)
        if row is None:
            return ""
        about = SERIES.get(row["series"], row["series"])
        if row["says"] == OPEN:
            return f"On {about} there is too little to say whether all systems together beat growth and noise alone."
        verb = {WINS: "beat", LOSES: "lose to"}.get(row["says"], "do not beat")
        told = f"skill {signed(row['skill'])}, {signed(row['low'])} to {signed(row['high'])}"
        return f"On {about} all systems of the model together {verb} growth and noise alone: {told}."

    def folder(self, out: Path | str = "results") -> Path:
        """Where `write` puts its files unless told otherwise."""
        place = path_given("Hindcast.folder", "out", out)
        said = {**self.identity, "came": [dataclasses.astuple(one) for one in self.came.rows] if self.came else []}
        name = f"backtest-{self.question.plain.name}-{self.question.origin}"
        return inside(place, f"{name}-{digest_of(json.loads(json.dumps(said, default=str)))[:6]}")

    def write(self, folder: Path | str | None = None) -> Path:
        """Write draws, fans and scores, a manifest and a README; returns the folder.

        Raises `InputError` where it cannot be written.
        """
        place = self.folder() if folder is None else path_given("Hindcast.write", "folder", folder)
        with telling_of_trouble(place, noted=False):
            self._write(place)
        return place

    def _write(self, place: Path) -> None:
        names = [f"{name}.parquet" for name, null in (("draws", False), ("null", True)) if self.null or not null]
        for name in names:
            write_draws(self.draws(null=name.startswith("null")), place / name)
        write_text(place / "fans.csv", csv_of(self.fans))
        write_text(place / "README.txt", "\n".join(self._readme()) + "\n")
        names += ["fans.csv", "README.txt", *([] if self.scored is None else self.scored.write_tables(place))]
        told = {"note": CAUTION, **self.identity, "versions": versions(), "notes": list(self.notes)}
        told |= {"name": self.question.plain.name, "title": f"Foretold: {self.question.plain.title}"}
        close_folder(place, "backtest", json.loads(json.dumps(told, default=str)), names)

    def _readme(self) -> list[str]:
        """What the files are, in plain lines."""
        identity = self.identity
        lines = [
            f"Backtest of {self.question.plain.name}: {self.caption}.",
            f"{CAUTION}.",
            "",
            *wrapped(
                "draws.parquet: one row a variant and kind of run, state, partner, period, measure and draw. "
                "'observed' runs are set to the record of the last year that is known, 'alone' ones are not; "
                "'unconditional' runs are told nothing after it, 'conditional' ones dated events, growth and prices. "
                "Rows of one draw belong to one run."
            ),
            *wrapped("null.parquet: the same with all systems of the model off, so that growth and noise are left."),
            *wrapped("fans.csv: the middle and the ends of every fan, of all runs."),
            "",
            f"decisions  {identity['decisions']}  ({DECISIONS})",
            f"posterior  {identity['posterior'] or 'none: single values and ranges'}",
            f"code       {identity['code']}",
            "",
            *(line for note in self.notes for line in wrapped(f"Note: {note}.")),
        ]
        if self.scored is not None:
            for told in filter(None, (self.systems_sentence, self.scored.sentence)):
                lines += ["", *wrapped(told)]
        else:
            lines += ["", *wrapped(f"Nothing was scored: nothing that came is at hand. {HOW_TO_SCORE}.")]
        return lines


def write_draws(table: "pd.DataFrame", path: Path) -> None:
    """Write draws as Parquet, packed: the same words stand in millions of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    write_whole(path, lambda handle: pq.write_table(columns, handle, compression="zstd", compression_level=9))
