"""A comparison in sentences for those who decide: what ends otherwise, in how many worlds, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.analysis.certainty import Sureness
from sim.analysis.signs import signs, told_first
from sim.io.text import listing
from sim.model.variables import OUTCOME, in_words, percent_scale

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.comparison import Comparison


def compared_in_words(comparison: Comparison) -> list[str]:
    """What is told of each state: the word it ends under, and what moves most surely, where that counts."""
    table = signs(comparison)
    said: list[str] = []
    for scenario in comparison.names[1:]:
        said += _of_scenario(comparison, table[table["scenario"] == scenario], scenario)
    return said


def _of_scenario(comparison: Comparison, table: pd.DataFrame, scenario: str) -> Iterator[str]:
    words = told_first(table[table["measure"] == OUTCOME])
    rest = told_first(_by_size(table)[(table["measure"] != OUTCOME) & table["counts"]])
    still = []
    for state, name in comparison.states.items():
        word, others = words[words["state"] == state].iloc[0], rest[rest["state"] == state]
        said = []
        if word["moved"]:
            said.append(f"With {scenario}, {_word_sentence(name, word)}")
        else:
            still.append(name)
        for _, other in others.iterrows():
            said.append(f"{'It' if said else f'With {scenario}, {name}'} {_measure_sentence(comparison, other)}")
        if said:
            yield " ".join(said)
    if still:
        verb = "ends" if len(still) == 1 else "end"
        yield f"In every world {listing(still)} {verb} under the same word with {scenario} as in {comparison.names[0]}."


def _by_size(table: pd.DataFrame) -> pd.DataFrame:
    """Measures in an order in which the first of two that are as sure is told: by how many of a hundred it moves."""
    scale = table["measure"].map(lambda name: percent_scale(str(name)))
    return table.assign(difference=table["difference"] * scale / 100.0)


def _word_sentence(name: str, row: Any) -> str:
    now, before = of_hundred(row["mean"], row["reference"])
    ends = f"{name} ends {row['word']} in {now} of 100 worlds instead of {before}"
    if row["mean"] == row["reference"]:
        return f"{name} ends {row['word']} in {now} of 100 worlds as before, though not always the same ones."
    return f"{ends}; {_sure(row['sure'], 'rises' if row['difference'] > 0 else 'falls', 'it')}"


def _measure_sentence(comparison: Comparison, row: Any) -> str:
    """`has 20.4 instead of 19.2 % of its engagement with a power; that it rises is likely.`"""
    measure, up = str(row["measure"]), row["difference"] > 0
    scale = percent_scale(measure)
    now, before = f"{scale * row['mean']:.1f}", f"{scale * row['reference']:.1f}"
    if now == before:
        now, before = f"{scale * row['mean']:.2f}", f"{scale * row['reference']:.2f}"
    if row["power"]:
        whom = comparison.results[0].spoken[row["power"]]
        said = f"has {now} instead of {before} % of its engagement with {whom}"
    else:
        said = f"has {now} instead of {before} {in_words(measure)}"
    return f"{said}; {_sure(row['sure'], 'rises' if up else 'falls', 'this')}"


def _sure(word: str, verb: str, what: str) -> str:
    sure = next(one for one in Sureness if one.word == word)
    return f"that {what} {verb} is {sure.value}."


def of_hundred(one: float, other: float) -> tuple[str, str]:
    """Two shares as so many of a hundred, told apart where they differ; one that is not whole is never none or all."""

    def told(share: float, digits: int) -> str:
        text, step = f"{100 * share:.{digits}f}", 10**-digits
        if float(text) == 0.0 and share > 0.0:
            return f"less than {step:g}"
        return f"more than {100 - step:g}" if float(text) == 100 and share < 1 else text

    for digits in (0, 1, 2):
        pair = told(one, digits), told(other, digits)
        if pair[0] != pair[1] or one == other:
            return pair
    return pair
