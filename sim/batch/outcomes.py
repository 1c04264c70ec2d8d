"""Questions asked of finished runs: which word describes each state at the end, and a few numbers beside it.

Everything here is pure and vectorised over runs. The lines between the words are numbers of the evidence
(`seeds/parameters/measures.yaml`), never of the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.variable import Reduction
from sim.model.variables import (
    COMBINED_PRESSURE,
    COUNTS,
    FIRST_ENDED,
    OUTCOME,
    PRESSED_QUARTERS,
    kept_of_a_run,
)
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from sim.engine.block import Block

Floats = NDArray[np.float64]
Small = NDArray[np.int8]


class Outcome(Enum):
    """What became of a state's foreign policy; each value is the sentence a reader of results needs."""

    MULTI_VECTOR = "keeps several powers engaged and none of them dominant"
    LEANING = "leans towards one power, with others still in play"
    LOCKED_IN = "depends on one power so far that the others together cannot make up for it"
    SQUEEZED = "is pressed so hard from outside that it has lost its room for choice"
    SIDED = "has openly taken the side of one power"
    ISOLATED = "has little to do with any of the powers"

    @property
    def word(self) -> str:
        """The outcome as written in results: `multi-vector`, `locked-in` and so on."""
        return self.name.lower().replace("_", "-")

    @property
    def names_power(self) -> bool:
        """Whether the word is completed by the power it is about, as in `leaning-XYZ`."""
        return self in {Outcome.LEANING, Outcome.LOCKED_IN, Outcome.SIDED}

    @property
    def ends_multi_vectorism(self) -> bool:
        """Whether a state with this outcome has stopped balancing; one that only leans has not."""
        return self not in {Outcome.MULTI_VECTOR, Outcome.LEANING}


OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)
"""The outcomes in the order of their codes."""

_CODE = {outcome: code for code, outcome in enumerate(OUTCOMES)}
_NOBODY = np.int8(-1)
_ENDINGS = np.array([outcome.ends_multi_vectorism for outcome in OUTCOMES])


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The lines between the outcome words; meanings and ranges stand in `seeds/parameters/measures.yaml`."""

    leaning_share: float
    locked_share: float
    multi_vector_partners: float
    squeezed_pressure: float
    isolated_alignment: float
    final_quarters: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a block of runs came to; R runs, T quarters, I states, J powers."""

    outcome: Small  # [R, T, I] code into OUTCOMES, judged over the quarters up to and including each one
    power: Small  # [R, T, I] index of the power the word is about, -1 where it is about none
    by_power: dict[str, Floats]  # name of a measure by power -> [R, I, J], mean over the last quarters
    state: dict[str, Floats]  # name of a state measure -> [R, I], mean over the last quarters
    first_ended: NDArray[np.int32]  # [R, I] quarter in which balancing first ended, -1 if it never did
    pressed_quarters: NDArray[np.int32]  # [R, I] quarters spent under more pressure than the line for `squeezed`
    totals: dict[str, Floats]  # name of a state measure -> [R, I], sum over the run

    @property
    def alignment(self) -> Floats:
        """Shares 0..1 by power, means over the last quarters: [R, I, J]."""
        return self.by_power["alignment"]


SUMMARY_BY_POWER = kept_of_a_run("ij", Reduction.MEAN)
SUMMARY_MEANS = kept_of_a_run("i", Reduction.MEAN)
SUMMARY_TOTALS = kept_of_a_run("i", Reduction.SUM)


def thresholds(numbers: Mapping[str, float]) -> Thresholds:
    """The lines between the words, out of the resolved numbers of a scenario (`measures.<name>` -> value)."""
    return Thresholds(**{name: float(numbers[f"measures.{name}"]) for name in Thresholds.__dataclass_fields__})


def trailing_mean(values: NDArray[Any], quarters: int) -> Floats:
    """Mean of each quarter with up to `quarters` - 1 before it; `values` and the result are [R, T, ...]."""
    total: Floats = values.astype(np.float64)  # laid out in memory as the values are
    length = values.shape[1]
    for back in range(1, min(quarters, length)):
        total[:, back:] += values[:, : length - back]
    seen = np.minimum(np.arange(1, length + 1), quarters).astype(np.float64)
    total /= seen.reshape((1, length) + (1,) * (values.ndim - 2))
    return total


def last_mean(values: NDArray[Any], quarters: int) -> Floats:
    """Mean of the last `quarters` quarters; `values` is [R, T, ...] and the result [R, ...]."""
    mean: Floats = trailing_mean(values[:, -quarters:], quarters)[:, -1]
    return mean


def combined_pressure(pressure: Floats) -> Floats:
    """Pressure 0..1 of all powers together, out of [..., J]: one minus the product of what each leaves free."""
    combined: Floats = 1.0 - np.prod(1.0 - pressure, axis=-1)
    return combined


def classify(
    alignment: Floats, pressure: Floats, partners: Floats, sided: NDArray[Any], lines: Thresholds
) -> tuple[Small, Small]:
    """One outcome for every run, quarter and state.

    Parameters
    ----------
    alignment, pressure
        [..., J], share and strength 0..1 by power.
    partners
        [...], effective number of partners.
    sided
        [...], 0 where the state has taken nobody's side, else 1 + the index of the power.
    lines
        The lines between the words.

    Returns
    -------
    tuple
        Code into `OUTCOMES` and index of the power it is about (-1 for none), both [...] of int8.

    Notes
    -----
    Several words may fit; the one that says most about a lost choice wins. An openly taken side comes first, then
    dependence, then pressure, then isolation.
    """
    largest, share = _largest(alignment)
    chosen = sided.astype(np.int8)
    fits: dict[Outcome, tuple[NDArray[np.bool_], Any]] = {
        Outcome.SIDED: (chosen > 0, chosen - np.int8(1)),
        Outcome.LOCKED_IN: (share >= lines.locked_share, largest),
        Outcome.SQUEEZED: (combined_pressure(pressure) >= lines.squeezed_pressure, _NOBODY),
        Outcome.ISOLATED: (alignment.sum(axis=-1) < lines.isolated_alignment, _NOBODY),
        Outcome.LEANING: ((share >= lines.leaning_share) | (partners < lines.multi_vector_partners), largest),
    }
    outcome, power = np.full_like(chosen, _CODE[Outcome.MULTI_VECTOR]), np.full_like(chosen, _NOBODY)
    for word, (so, about) in reversed(fits.items()):  # written last is what wins
        np.copyto(outcome, np.int8(_CODE[word]), where=so)
        np.copyto(power, about, where=so)
    return outcome, power


def _largest(shares: Floats) -> tuple[Small, Floats]:
    """Where the largest share stands, the first of several, and how large it is; both [...] out of [..., J].

    Power after power, as they lie in a block: looking along the powers would turn all of it round first.
    """
    most = shares[..., 0].copy("K")
    where = np.zeros_like(most, dtype=np.int8)
    for place in range(1, shares.shape[-1]):
        share = shares[..., place]
        np.copyto(where, np.int8(place), where=share > most)
        np.maximum(most, share, out=most)
    return where, most


def summarise(block: "Block", lines: Thresholds) -> Summary:
    """Judge every run of a block, at its end and at the end of each quarter."""
    quarters = max(1, round(lines.final_quarters))
    # one measure lies far apart in a block: what is gone through several times is brought together first
    alignment = trailing_mean(block.power_measure("alignment").copy("K"), quarters)
    pressure = block.power_measure("pressure").copy("K")
    combined = combined_pressure(pressure)
    partners = trailing_mean(block.state_measure("effective_partners"), quarters)
    outcome, power = classify(
        alignment, trailing_mean(pressure, quarters), partners, block.state_measure("sided"), lines
    )
    ended = _ENDINGS[outcome]
    recorded = np.asarray(block.quarters, dtype=np.int32)
    return Summary(
        outcome=outcome,
        power=power,
        by_power={name: last_mean(block.power_measure(name), quarters) for name in SUMMARY_BY_POWER},
        state={name: last_mean(block.state_measure(name), quarters) for name in SUMMARY_MEANS}
        | {COMBINED_PRESSURE: last_mean(combined, quarters)},
        first_ended=np.where(ended.any(axis=1), recorded[ended.argmax(axis=1)], -1).astype(np.int32),
        pressed_quarters=(combined >= lines.squeezed_pressure).sum(axis=1).astype(np.int32),
        totals={name: block.state_measure(name).sum(axis=1) for name in SUMMARY_TOTALS},
    )


def joined(summaries: Sequence[Summary]) -> Summary:
    """The summary of runs one after the other, out of those of some of them each."""

    def whole(name: str) -> Any:
        parts = [getattr(one, name) for one in summaries]
        if isinstance(parts[0], dict):
            return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        return np.concatenate(parts)

    return summaries[0] if len(summaries) == 1 else Summary(**{one.name: whole(one.name) for one in fields(Summary)})


def final_columns(summary: Summary, block: "Block") -> dict[str, NDArray[Any]]:
    """What is kept of every run: name -> values [R, I] by state or [R, I, J] by state and power; `""` for never."""
    ended = np.array(["", *(quarter_text(quarter) for quarter in block.quarters)])
    place = np.where(summary.first_ended < 0, 0, summary.first_ended - block.quarters[0] + 1)
    columns: dict[str, NDArray[Any]] = {
        OUTCOME: outcome_words(summary.outcome[:, -1], summary.power[:, -1], block.powers),
        FIRST_ENDED: ended[place],
        PRESSED_QUARTERS: summary.pressed_quarters.astype(np.int16),
    }
    columns |= summary.state
    for name, total in summary.totals.items():
        columns[name] = np.rint(total).astype(np.int32) if name in COUNTS else total
    columns |= summary.by_power
    return columns


def outcome_words(outcome: Small, power: Small, powers: tuple[str, ...]) -> NDArray[np.str_]:
    """The words as text, such as `leaning-XYZ`; same shape as the two code arrays."""
    table = np.array([[_word(kind, about) for about in ("", *powers)] for kind in OUTCOMES])
    return table[outcome, power.astype(np.int64) + 1]


def placed_words(outcome: Small, power: Small, powers: tuple[str, ...]) -> tuple[NDArray[np.int16], list[str]]:
    """The words that occur, in the order of the alphabet, and the place among them of each; [...] as the codes."""
    kinds = len(powers) + 1
    codes = outcome.astype(np.int16) * np.int16(kinds) + power + np.int16(1)
    met = np.flatnonzero(np.bincount(codes.ravel()))
    known, places = np.unique(
        outcome_words((met // kinds).astype(np.int8), (met % kinds - 1).astype(np.int8), powers), return_inverse=True
    )
    place_of = np.zeros(int(met.max(initial=0)) + 1, dtype=np.int16)
    place_of[met] = places
    return place_of[codes], known.tolist()


def split_word(text: str) -> tuple[Outcome, str]:
    """An outcome word taken apart: the outcome and the code of the power it is about, `""` for none.

    Raises
    ------
    ValueError
        If the text is no outcome word.
    """
    for outcome in OUTCOMES:
        if text == outcome.word:
            return outcome, ""
        if outcome.names_power and text.startswith(outcome.word + "-"):
            return outcome, text[len(outcome.word) + 1 :]
    raise ValueError(f"{text!r} is no outcome word; the words are {', '.join(o.word for o in OUTCOMES)}")


def _word(outcome: Outcome, power: str) -> str:
    return f"{outcome.word}-{power}" if outcome.names_power and power else outcome.word


def ended_by(words: NDArray[Any]) -> NDArray[np.float64]:
    """1 where balancing has ended by the outcome word, else 0; of the shape of the words.

    Raises
    ------
    ValueError
        If one of them is no outcome word.
    """
    known, places = np.unique(words.astype(np.str_), return_inverse=True)
    over = np.array([split_word(word)[0].ends_multi_vectorism for word in known.tolist()], dtype=np.float64)
    ended: NDArray[np.float64] = over[places].reshape(words.shape)
    return ended
