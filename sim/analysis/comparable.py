"""What can be compared at all, and what a reader should know before believing what differs."""

from collections.abc import Sequence

from sim.analysis.result_pairs import Pair
from sim.batch.results import Results
from sim.io.errors import input_error, shown_path
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario

FEW_RUNS = 30
"""With fewer runs than this an interval is rough, and the table says so."""


def check_several(several: Sequence[object]) -> None:
    """There is nothing to compare with fewer than two."""
    if len(several) < 2:
        raise input_error("compare", "a comparison needs two or more", found=f"{len(several)}")


def check_luck(reference: Results, other: Results) -> None:
    """Runs are paired by their number, which means the same luck only under the same seed."""
    seeds = reference.manifest["seed"], other.manifest["seed"]
    if seeds[0] != seeds[1]:
        raise input_error(
            shown_path(other.folder),
            f"runs can be paired only where they had the same luck: {reference.name} was run with seed {seeds[0]}; "
            f"run one of the two again with --seed",
            found=f"seed {seeds[1]}",
        )


def check_end(reference: Scenario | Results, other: Scenario | Results) -> None:
    """What runs came to is compared in one and the same quarter."""
    ends = _end_of(reference), _end_of(other)
    if ends[0] != ends[1]:
        raise input_error(
            shown_path(other.folder) if isinstance(other, Results) else other.name,
            f"only runs with the same last quarter can be compared: {reference.name} ends in {ends[0]}; "
            "give both the same `to:`",
            found=f"runs that end in {ends[1]}",
        )


def _end_of(one: Scenario | Results) -> str:
    return str(one.manifest["quarters"][-1]) if isinstance(one, Results) else quarter_text(one.end)


def check_actors(several: Sequence[Results], states: dict[str, str], powers: dict[str, str]) -> None:
    """There is something to compare only where the same states face the same powers."""
    if not states or not powers:
        worlds = " and ".join(dict.fromkeys(", ".join(one.states) for one in several))
        raise input_error("compare", "the worlds have no state or no power in common", found=worlds)


def check_runs(several: Sequence[Results], runs: int) -> None:
    """How much a difference varies cannot be told from one run."""
    if runs < 2:
        short = next(one for one in several if one.number_of_runs == runs)
        raise input_error(shown_path(short.folder), "a comparison needs two runs or more", found=f"{runs} run")


def notes_on(several: Sequence[Results], names: Sequence[str], runs: int, pairs: Sequence[Pair]) -> list[str]:
    """What a reader should know before believing the table."""
    notes = []
    if runs < FEW_RUNS:
        notes.append(f"only {runs} runs: the intervals are rough")
    if any(one.number_of_runs != runs for one in several):
        notes.append(f"not all have the same number of runs: the first {runs:,} of each are paired")
    for what, key in (("by different versions of the code", "code"), ("from different evidence", "evidence")):
        if len({one.manifest["identity"][key] for one in several}) > 1:
            notes.append(f"the results were made {what}, and part of any difference may come from that")
    for switch, reading in several[0].readings.items():
        others = [(name, one.readings.get(switch, reading)) for name, one in zip(names, several, strict=True)]
        differing = [f"{taken} in {name}" for name, taken in others if taken != reading]
        if differing:
            notes.append(f"sources are not read in one way: {switch} is {reading}, but {' and '.join(differing)}")
    lines = [{k: v for k, v in one.manifest["numbers"].items() if k.startswith("measures.")} for one in several]
    if any(line != lines[0] for line in lines):
        notes.append("the lines between the outcome words differ, so words may differ where nothing else does")
    for pair in pairs:
        if pair.span is not None:
            counted = f"are taken from {pair.span[0]} on, over the {pair.kept:,} runs whose course was kept"
            told = counted if pair.kept > 1 else "have been left out, since no whole course was kept"
            notes.append(
                f"{pair.name} begins in {pair.other.manifest['quarters'][0]}, {pair.reference.name} in "
                f"{pair.reference.manifest['quarters'][0]}: part of any difference is the time lived longer; sums over "
                f"the run {told}"
            )
    actors = [{*one.states, *one.powers} for one in several]
    left_out = sorted(set().union(*actors) - set(actors[0]).intersection(*actors))
    return [*notes, *(f"{code} is not in all of them and has been left out" for code in left_out)]
