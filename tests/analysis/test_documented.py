"""Documents as a test: the entries are sound, what they ask is told rightly from runs, and the verdicts are held.

Probability: with so few runs a verdict may be unclear; what is held here is that nothing without a reason is missed,
and that nothing with a reason holds. A share that truly lay on its line would be called missed in one test of forty.
"""

import dataclasses
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.analysis.documented import Verdict, replay, verdict_of
from sim.analysis.documented_file import Seen, load_documented
from sim.analysis.documented_results import (
    counted_verdicts,
    idle_reasons,
    read_replay,
    replay_text,
    sight_words,
    table_of,
    unexplained,
)
from sim.analysis.documented_view import TELLERS, View, stage
from sim.cli import main
from sim.cli.documented_report import print_replay, share_words
from sim.engine.ensemble import prepare
from sim.evidence.documents import FactKind
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import seeds_folder
from sim.io.errors import InputError
from sim.scenario.calendar import quarter_text

ROOT = Path(__file__).parents[2]
EVIDENCE = load_evidence()
BOOK = load_documented(EVIDENCE)
FOUNDING = {"netease-2025", "trade-2026", "zeng-pang-2023", "police-college-2025"}
KEPT = read_replay(ROOT / "experiments" / "documented.json")
RUNS = 400


@pytest.fixture(scope="module")
def found():
    return replay(RUNS)


# --- the verdicts ----------------------------------------------------------------------------------------------------


def test_nothing_is_missed_without_a_reason(found):
    bare = [(one.entry.id, one.states) for one in found if one.verdict is Verdict.MISSES and not one.sight.miss]
    assert not bare


def test_a_reason_stands_only_where_something_is_missed(found):
    assert idle_reasons(found) == []


def test_what_is_kept_is_of_these_entries_and_says_the_same(found):
    asked = [(one.entry.id, sight_words(one.sight), " ".join(one.states)) for one in found]
    assert list(zip(KEPT["entry"], KEPT["seen"], KEPT["states"], strict=True)) == asked
    assert unexplained(KEPT) == []
    for one, kept in zip(found, KEPT["share"], strict=True):
        assert one.low - 0.03 < kept < one.high + 0.03, (one.entry.id, one.states)


# --- the entries -----------------------------------------------------------------------------------------------------


def test_nothing_that_the_documents_report_as_done_is_left_unsaid():
    said = {fact for one in (*BOOK.entries, *BOOK.left_out) for fact in one.evidence}
    reported = {
        fact.id
        for fact in EVIDENCE.facts.values()
        if (fact.document in FOUNDING and fact.kind is FactKind.EVENT)
        or (
            re.search("202[56]", fact.date)
            and (
                (fact.document in FOUNDING and fact.kind in {FactKind.FIGURE, FactKind.MEMBERSHIP, FactKind.STANCE})
                or fact.kind in {FactKind.EVENT, FactKind.MEMBERSHIP}
            )
        )
    }
    assert reported - said == set()


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: entry.id)
def test_an_entry_is_laid_and_looked_for_when_its_facts_say(entry):
    """A fact that names a month names the quarter too; an entry by itself is of another time, or of none."""
    assert entry.sights
    if entry.alone:
        return
    months = [re.match(r"(202[56])-(\d\d)", date) for date in entry.dates]
    quarters = {int(one[1]) * 4 + (int(one[2]) - 1) // 3 for one in months if one}
    laid = {event.at for event in entry.events}
    looked = {quarter for sight in entry.sights for quarter in range(sight.start, sight.end + 1)}
    assert not quarters or quarters & (laid | looked)


def test_what_is_laid_by_itself_says_why_or_when():
    assert all(entry.note for entry in BOOK.entries if entry.alone)


# --- how what was seen is told from runs -----------------------------------------------------------------------------

SMALL = {
    "from": "2025-Q1",
    "to": "2025-Q4",
    "runs": 20,
    "looked_at": 4,
    "entries": {
        "offers": {
            "says": "Two offers.",
            "sort": "deal",
            "evidence": ["c5-not-pawns"],
            "events": [
                {"at": "2025-Q2", "offer": {"by": "USA", "to": "KAZ", "kind": "deal", "size": "2 bn USD"}},
                {"at": "2025-Q2", "answer": {"by": "KAZ", "to": "USA", "say": "yes"}},
                {"at": "2025-Q3", "offer": {"by": "CHN", "to": "KAZ", "kind": "deal", "size": "2 bn USD"}},
                {"at": "2025-Q3", "answer": {"by": "KAZ", "to": "CHN", "say": "no"}},
                {"at": "2025-Q3", "visit": {"by": "TKM", "to": "JPN"}},
                {"at": "2025-Q3", "vote": {"for": "USA", "against": "RUS"}},
                {"at": "2025-Q1", "tariff": {"by": "USA", "against": "KAZ", "rate": "500 %"}},
            ],
            "observed": [],
        }
    },
    "left_out": {},
}


def written(folder, observed, **changes):
    entry = SMALL["entries"]["offers"] | {"observed": observed} | changes
    path = folder / "documented.yaml"
    text = yaml.safe_dump(SMALL | {"entries": {"offers": entry}}, sort_keys=False)
    path.write_text(text.replace("'yes'", "yes").replace("'no'", "no"), encoding="utf-8")
    return path


WINDOW = {"from": "2025-Q1", "to": "2025-Q4"}
SURE = [  # what is certain, or certainly not, in a world in which answers are ordered
    ({"seen": "signed", "of": "KAZ", "with": "USA"}, 1.0),
    ({"seen": "signed", "of": "KAZ", "with": "CHN"}, 0.0),
    ({"seen": "signed", "of": "KAZ"}, 0.0),
    ({"seen": "refused", "of": "KAZ", "with": "CHN", "kind": "deal"}, 1.0),
    ({"seen": "refused", "of": "KAZ"}, 0.0),
    ({"seen": "dealt", "of": "KAZ", "with": "USA", "kind": "deal", "from": "2025-Q2", "to": "2025-Q2"}, 1.0),
    ({"seen": "withheld", "of": "KAZ", "with": "USA", "kind": "deal", "from": "2025-Q2", "to": "2025-Q2"}, 0.0),
    ({"seen": "visited", "of": "TKM", "with": "JPN", "from": "2025-Q3", "to": "2025-Q3"}, 1.0),
    ({"seen": "fell", "what": "trust", "of": "KAZ", "with": "USA", "to": "2025-Q1"}, 1.0),
    ({"seen": "rose", "what": "trust", "of": "KAZ", "with": "USA", "to": "2025-Q1"}, 0.0),
    ({"seen": "no_higher", "what": "trust", "of": "KAZ", "with": "USA", "to": "2025-Q1"}, 1.0),
    ({"seen": "fell", "what": "trust", "of": "TKM", "with": "CHN", "to": "2025-Q1"}, 0.0),
    ({"seen": "led", "what": "trade", "of": "KAZ", "with": "CHN", "before": ["IND", "JPN"], "to": "2025-Q1"}, 1.0),
    ({"seen": "led", "what": "trade", "of": "all", "with": "IND", "together": True, "to": "2025-Q1"}, 0.0),
    ({"seen": "no_side", "of": "TKM", **WINDOW}, 1.0),
    ({"seen": "balanced", "of": "UZB", **WINDOW}, 1.0),
]


@pytest.mark.parametrize(("sight", "share"), SURE, ids=lambda part: str(part)[:60])
def test_what_is_certain_is_seen_always_and_what_cannot_be_never(sight, share, tmp_path):
    (one,) = replay(20, file=written(tmp_path, [sight]))
    assert one.share == share
    assert one.runs == (4 if one.sight.seen is Seen.VISITED else 20)


def test_votes_add_up_and_what_grows_does_not_shrink(tmp_path):
    votes = ("voted_yes", "voted_no", "abstained", "stayed_away", "stood_aside")
    growth = {"what": "trade", "of": "UZB", "with": "CHN", **WINDOW}
    sights = [{"seen": vote, "of": "UZB"} for vote in votes] + [growth | {"seen": way} for way in ("grew", "shrank")]
    yes, no, abstained, away, aside, grew, shrank = (one.share for one in replay(20, file=written(tmp_path, sights)))
    assert yes + no + aside == pytest.approx(1.0)
    assert abstained + away == pytest.approx(aside)
    assert grew + shrank == pytest.approx(1.0)


def test_every_thing_that_can_be_seen_is_told_and_has_words():
    assert set(TELLERS) == set(Seen)
    assert len({one.value for one in Seen}) == len(Seen)
    words = {one.seen: sight_words(one) for entry in BOOK.entries for one in entry.sights}
    assert all("{" not in said for said in words.values())


def test_journeys_are_those_of_the_same_runs():
    entry = next(entry for entry in BOOK.entries if entry.alone)
    view = View(book=BOOK, entries=(entry,), prepared=prepare(stage(BOOK, (entry,)), EVIDENCE), first=3, runs=2)
    assert (view.visits.sum(axis=3) == view.block.state_measure("visits")).all()


def test_the_same_question_has_the_same_answer_and_another_luck_another(tmp_path):
    path = written(tmp_path, [{"seen": "grew", "what": "trade", "of": "all", "with": "all", **WINDOW}])
    one, same, other = ([found.share for found in replay(40, seed=seed, file=path)] for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.9, 0.95, Verdict.HOLDS),
        (0.89, 0.95, Verdict.UNCLEAR),
        (0.85, 0.9, Verdict.UNCLEAR),
        (0.85, 0.899, Verdict.MISSES),
        (np.nan, np.nan, Verdict.UNCLEAR),
    ],
)
def test_the_whole_interval_has_to_lie_on_the_right_side(low, high, verdict):
    assert verdict_of(low, high, 0.9) is verdict


# --- how the file is written -----------------------------------------------------------------------------------------

GOOD = {"seen": "signed", "of": "KAZ"}


@pytest.mark.parametrize(
    ("sight", "said"),
    [
        ({"seen": "signd", "of": "KAZ"}, "Did you mean 'signed'?"),
        ({"seen": "signed"}, "'of' is missing"),
        ({"seen": "signed", "of": "KAS"}, "Did you mean 'KAZ'?"),
        ({"seen": "signed", "of": "UZB"}, "no offer to 'UZB' is laid here"),
        ({"seen": "signed", "of": "KAZ", "with": "JPN"}, "no offer to 'KAZ' is laid here"),
        ({"seen": "signed", "of": "KAZ", "what": "trust"}, "'what' beside 'signed'"),
        ({"seen": "dealt", "of": "KAZ"}, "'dealt' without 'with'"),
        ({"seen": "fell", "of": "KAZ", "with": "USA"}, "'fell' without 'what'"),
        ({"seen": "fell", "of": "KAZ", "what": "trust"}, "'trust' without 'with'"),
        ({"seen": "fell", "of": "KAZ", "what": "output", "with": "USA"}, "a power beside 'output'"),
        ({"seen": "led", "of": "KAZ", "what": "output", "with": "USA"}, "a power beside 'output'"),
        ({"seen": "fell", "of": "KAZ", "what": "trsut", "with": "USA"}, "Did you mean 'trust'?"),
        ({"seen": "visited", "of": "KAZ", "with": "USA", "kind": "deal"}, "'kind' beside 'visited'"),
        ({"seen": "no_side", "of": "KAZ", "from": "2025-Q3", "to": "2025-Q2"}, "quarters in their order"),
        ({"seen": "no_side", "of": "KAZ", "to": "2026-Q1"}, "within 2025-Q1 to 2025-Q4"),
        ({"seen": "abstained", "of": "KAZ", "from": "2025-Q1", "to": "2025-Q1"}, "a vote among 'events'"),
        ({**GOOD, "line": 0.9}, "a percentage with its sign"),
        ({**GOOD, "mis": "so"}, "Did you mean 'miss'?"),
    ],
    ids=lambda part: str(part)[:50],
)
def test_a_wrong_observation_is_told(sight, said, tmp_path):
    with pytest.raises(InputError, match=re.escape(said)):
        load_documented(EVIDENCE, written(tmp_path, [sight]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"evidence": ["c5-not-pawn"]}, "Did you mean 'c5-not-pawns'?"),
        ({"sort": "deals"}, "Did you mean 'deal'?"),
        ({"events": [{"at": "2026-Q1", "thaw": {"in": "UZB"}}]}, "a quarter within the run, 2025-Q1 to 2025-Q4"),
        ({"events": [{"at": "2025-Q1", "taw": {"in": "UZB"}}]}, "Did you mean 'thaw'?"),
        ({"events": [], "observed": [{"seen": "no_side", "of": "KAZ"}]}, "'from' and 'to'"),
        ({"events": [], "observed": [{"seen": "rose", "what": "output", "of": "KAZ", **WINDOW}]}, "with nothing laid"),
        ({"says": None}, "says"),
    ],
    ids=lambda part: str(part)[:50],
)
def test_a_wrong_entry_is_told(changes, said, tmp_path):
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        load_documented(EVIDENCE, written(tmp_path, **({"observed": [GOOD]} | changes)))
    assert all(problem.file.endswith("documented.yaml") and problem.line for problem in caught.value.problems)


def test_a_file_ends_no_sooner_than_it_begins(tmp_path):
    path = tmp_path / "documented.yaml"
    path.write_text(yaml.safe_dump(SMALL | {"from": "2026-Q1"}), encoding="utf-8")
    with pytest.raises(InputError, match="2026-Q1 or later"):
        load_documented(EVIDENCE, path)


def test_the_quarters_of_an_observation_are_those_of_what_is_laid(tmp_path):
    (entry,) = load_documented(EVIDENCE, written(tmp_path, [GOOD])).entries
    (sight,) = entry.sights
    assert (quarter_text(sight.start), quarter_text(sight.end), sight.line) == ("2025-Q1", "2025-Q3", 0.9)
    assert entry.dates == ()


# --- what is printed and kept ----------------------------------------------------------------------------------------


def test_a_table_comes_back_from_its_file(found, tmp_path):
    table = table_of(found)
    path = tmp_path / "kept.json"
    path.write_text(replay_text(table), encoding="utf-8")
    again = read_replay(path)
    assert replay_text(again) == replay_text(table)
    assert list(again["verdict"]) == list(table["verdict"])
    for text in ("", "[]", '{"format": 9, "rows": []}', '{"format": 1, "rows": [{"a": 1}]}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="multivector documented -o FILE"):
            read_replay(path)


def test_what_is_missed_without_a_reason_is_named():
    missed = next(row for row in KEPT.to_dict("records") if row["verdict"] == "misses")
    table = pd.DataFrame([missed | {"reason": ""}, missed | {"verdict": "unclear"}])
    assert unexplained(table) == [missed["entry"]]
    assert counted_verdicts(table) == "1 is missed, 1 is unclear"
    out = io.StringIO()
    print_replay(table, ["some-entry"], out)
    assert f"missed without a reason: {missed['entry']}" in " ".join(out.getvalue().split())
    assert "A reason that is needed no longer: some-entry." in out.getvalue()


def test_no_share_that_is_not_whole_is_rounded_to_none_or_all():
    assert share_words(0.9999, 0.5, 1.0) == ">99.9 (50.0 to 100)"
    assert share_words(0.0, 0.0002, 0.04) == "0 (<0.1 to 4.0)"


def test_the_command_prints_and_writes_a_table(tmp_path, capsys):
    path = written(tmp_path, [GOOD, {"seen": "signed", "of": "KAZ", "with": "USA"}])
    for name in ("table.csv", "table.json"):
        out = tmp_path / name
        assert main.main(["documented", "--runs", "100", "--file", str(path), "-o", str(out)]) == 0
        assert out.stat().st_size > 100
    said = " ".join(capsys.readouterr().out.split())
    assert "1 holds, 1 is missed; missed without a reason: offers." in said
    assert list(read_replay(tmp_path / "table.json")["verdict"]) == ["misses", "holds"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.txt"], ".csv or .json"),
        (["--file", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_the_command_tells_what_is_wrong(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main.main(["documented", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_an_entry_by_itself_is_played_without_the_others():
    alone = next(entry for entry in BOOK.entries if entry.alone and entry.events)
    together = [entry for entry in BOOK.entries if not entry.alone]
    assert stage(BOOK, [alone]).events == alone.events
    assert dataclasses.replace(stage(BOOK, together), events=()) == stage(BOOK, [])


def test_what_is_played_beside_comes_from_the_same_folder(monkeypatch):
    asked, seeds = [], seeds_folder()
    monkeypatch.setattr("sim.analysis.documented_view.stage", lambda *given: asked.append(given[-1]) or stage(*given))
    entries = BOOK.entries[:2]
    prepared = prepare(stage(BOOK, entries, seeds=seeds), EVIDENCE)
    View(book=BOOK, entries=entries, prepared=prepared, first=0, runs=1).without(entries[0])
    assert asked == [seeds]
