"""Targets: the estimators that are put to runs and to the record alike, each giving one number a run.

Every estimator leaves out what the record does not know (nan), from runs as well as from the record, and what is the
same in the record and in runs (growth of partners, the price of oil: both are told to the runs) is taken from the
record. So nothing depends on how an estimator would have to be corrected: it is wrong for both in the same way.

Where things went is asked of the years that are played. How far they vary is asked of the whole record before: one
decade may be calm, and a number that says how restless the world is should not be learnt from a calm decade alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.movement import comovement, growth_spread
from sim.analysis.observed import Observed
from sim.analysis.record import Record
from sim.analysis.scores import logit
from sim.evidence.history import History

Floats = NDArray[np.float64]

REGION = ""
"""In place of a state, for a target of all of them together."""

_LEAST_SHARE = 1e-6  # a share that runs let vanish still has a logit
_TINY = 1e-12
_EVEN = 1e-9  # keeps slopes finite where nothing varies


@dataclass(frozen=True, kw_only=True)
class Target:
    """One number: what is estimated, of which state ("" for the region), and of which partner or class of partners."""

    name: str
    state: str
    of: str = ""

    @property
    def words(self) -> str:
        """Its name for a table."""
        return " ".join(part for part in (self.name, self.state, self.of) if part)


@dataclass(frozen=True, kw_only=True)
class Course:
    """What R runs, or the record with R = 1, came to in Y years and W windows; nan where nothing is known."""

    trade: Floats  # [R, I, J, Y] any unit
    shares: Floats  # [R, I, J, Y]
    growth: Floats  # [R, I, Y - 1] of output
    agreement: Floats  # [R, I, J, Y]
    arms: Floats  # [R, I, J, W] shares


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the record says of the years that are used: what runs are compared with, and what they were told."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    years: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    classes: dict[str, list[int]]  # places of powers
    course: Course
    before: Course  # the same from the first year of the record on
    partner_growth: Floats  # [J, Y - 1]
    price: Floats  # [Y - 1] change of the logarithm


def known_of(record: Record, history: History, first: int, last: int) -> Known:
    """The record from one year to another; windows of arms are those that lie within."""
    years = slice(record.at(first), record.at(last) + 1)
    places = [place for place, (begin, end) in enumerate(record.windows) if first <= begin and end <= last]
    return Known(
        states=record.states,
        powers=record.powers,
        years=record.years[years],
        windows=tuple(record.windows[place] for place in places),
        classes={one.id: record.members(one.powers) for one in history.classes},
        course=_recorded(record, years, places),
        before=_recorded(record, slice(0, record.at(last) + 1), places),
        partner_growth=record.power_growth[:, years][:, 1:],
        price=np.diff(np.log(record.price[years])),
    )


def _recorded(record: Record, years: slice, places: list[int]) -> Course:
    """What the record says of some years and windows."""
    arms = record.arms[..., places]
    whole = arms.sum(axis=1, keepdims=True)
    return Course(
        trade=record.trade[None, ..., years],
        shares=record.shares[None, ..., years],
        growth=record.growth[None, :, years][..., 1:],
        agreement=record.agreement[None, ..., years],
        arms=(arms / np.where(whole > 0.0, whole, np.nan))[None],
    )


def recorded_targets(known: Known) -> tuple[tuple[Target, ...], Floats]:
    """All targets that the record knows, and what it says of each [K]."""
    now, before = dict(_estimated(known.course, known)), dict(_variation(known.before, known))
    said = {target: float(before.get(target, value)[0]) for target, value in now.items() if np.isfinite(value[0])}
    labels = tuple(target for target, value in said.items() if np.isfinite(value))
    return labels, np.array([said[target] for target in labels])


def course_of(seen: Observed, known: Known, exponent: Floats) -> Course:
    """What runs came to, as they would be recorded; exponent: of arms, one a run [R]."""
    places = [seen.years.index(year) for year in known.years]
    output = seen.output[..., places]
    arms = [seen.arms_shares(first, last, exponent) for first, last in known.windows]
    return Course(
        trade=seen.trade[..., places],
        shares=seen.shares[..., places],
        growth=output[..., 1:] / output[..., :-1] - 1.0,
        agreement=seen.agreement[..., places],
        arms=np.stack(arms, axis=-1) if arms else np.empty((*seen.delivered.shape[:3], 0)),
    )


def targets_of(course: Course, known: Known, labels: tuple[Target, ...]) -> Floats:
    """Values [R, K] of some targets in runs; nan where a run says nothing of one."""
    found = dict(_estimated(_as_known(course, known.course), known))
    return np.stack([found[target] for target in labels], axis=1)


def _as_known(course: Course, recorded: Course) -> Course:
    """The course with nan wherever the record has it."""

    def masked(values: Floats, like: Floats) -> Floats:
        return np.where(np.isfinite(like), values, np.nan)

    return Course(
        trade=masked(course.trade, recorded.trade),
        shares=masked(course.shares, recorded.shares),
        growth=masked(course.growth, recorded.growth),
        agreement=masked(course.agreement, recorded.agreement),
        arms=masked(course.arms, recorded.arms),
    )


def _estimated(course: Course, known: Known) -> Iterator[tuple[Target, Floats]]:
    """Every target with its values [R]; nan where nothing can be said."""
    yield from _variation(course, known)
    with np.errstate(divide="ignore", invalid="ignore"):
        yearly = np.diff(_odds(course), axis=-1)
        for i, state in enumerate(known.states):
            for j, power in enumerate(known.powers):
                yield Target(name="drift", state=state, of=power), _mean(yearly[:, i, j])
            yield from _of_slopes(course, i, state, known)
            moved = np.diff(course.agreement[:, i], axis=-1)
            yield Target(name="drift-agreement", state=state), _mean(moved) * moved.shape[-1]
            yield from _of_arms(course.arms[:, i], state)
        yield Target(name="together", state=REGION), comovement(course.shares)


def _variation(course: Course, known: Known) -> Iterator[tuple[Target, Floats]]:
    """How far shares, growth and agreement vary, and whether they come back: asked of the whole record."""
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = _odds(course)
        for i, state in enumerate(known.states):
            yearly, longer = np.diff(odds[:, i], axis=-1), odds[:, i, :, 3:] - odds[:, i, :, :-3]
            for name, members in known.classes.items():
                yield Target(name="size-one-year", state=state, of=name), _log_size(yearly[:, members])
                yield Target(name="size-three-years", state=state, of=name), _log_size(longer[:, members])
            yield Target(name="lag-one", state=state), _lag(yearly)
            yield Target(name="size-growth", state=state), np.log(growth_spread(course.growth[:, i]) + _TINY)
            moved = np.diff(course.agreement[:, i], axis=-1)
            yield Target(name="size-agreement", state=state), _log_size(moved)
            yield Target(name="lag-agreement", state=state), _lag(moved)


def _odds(course: Course) -> Floats:
    return logit(np.clip(course.shares, _LEAST_SHARE, 1.0 - _LEAST_SHARE))


def _of_slopes(course: Course, i: int, state: str, known: Known) -> Iterator[tuple[Target, Floats]]:
    """Slopes of trade on growth and price, all partners together."""
    growth = course.growth[:, i]
    changes = np.diff(np.log(np.maximum(course.trade[:, i], _TINY)), axis=-1)  # [R, J, Y - 1]
    shape = changes.shape
    causes = np.stack(
        [
            np.ones(shape),
            np.broadcast_to(known.partner_growth, shape),
            np.broadcast_to(growth[:, None, :], shape),
            np.broadcast_to(known.price, shape),
        ],
        axis=-1,
    ).reshape(shape[0], -1, 4)
    slopes = _least_squares(causes, changes.reshape(shape[0], -1))
    for place, name in enumerate(("slope-partner", "slope-own", "slope-price"), start=1):
        yield Target(name=name, state=state), slopes[:, place]


def _of_arms(shares: Floats, state: str) -> Iterator[tuple[Target, Floats]]:
    """How far one supplier leads, and how much changes hands from one window to the next; shares [R, J, W]."""
    if shares.shape[-1] == 0:
        return
    some = np.isfinite(shares).all(axis=1)  # [R, W]
    largest = np.where(some, np.where(np.isfinite(shares), shares, 0.0).max(axis=1), np.nan)
    yield Target(name="arms-largest", state=state), _mean(largest)
    squares = np.where(some, (np.where(np.isfinite(shares), shares, 0.0) ** 2).sum(axis=1), np.nan)
    yield Target(name="arms-concentration", state=state), _mean(squares)
    if shares.shape[-1] > 1:
        moved = 0.5 * np.abs(shares[..., 1:] - shares[..., :-1]).sum(axis=1)
        yield Target(name="arms-turnover", state=state), _mean(moved)


# --- arithmetic that leaves out what is not known ---------------------------------------------------------------------


def _flat(values: Floats) -> Floats:
    return values.reshape(len(values), -1)


def _mean(values: Floats) -> Floats:
    """Mean of all that is known of a run [R]; nan where nothing is."""
    flat = _flat(values)
    known = np.isfinite(flat)
    count = known.sum(axis=1)
    mean: Floats = np.where(known, flat, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)
    return mean


def _log_size(values: Floats) -> Floats:
    size: Floats = 0.5 * np.log(_mean(values**2) + _TINY)
    return size


def _lag(yearly: Floats) -> Floats:
    """Autocorrelation at one year about nought, all series of a run together; yearly [R, ..., T]."""
    before, after = yearly[..., :-1], yearly[..., 1:]
    known = np.isfinite(before) & np.isfinite(after)
    before, after = (_flat(np.where(known, values, 0.0)) for values in (before, after))
    scale = np.sqrt((before**2).sum(axis=1) * (after**2).sum(axis=1))
    lag: Floats = (before * after).sum(axis=1) / np.where(scale > 0.0, scale, np.nan)
    return lag


def _least_squares(causes: Floats, effects: Floats) -> Floats:
    """Coefficients [R, P] of effects [R, N] on causes [R, N, P], what is not known left out."""
    known = np.isfinite(effects) & np.isfinite(causes).all(axis=2)
    weighed = np.where(known[..., None], causes, 0.0)
    effects = np.where(known, effects, 0.0)
    normal = np.einsum("rnp,rnq->rpq", weighed, weighed) + _EVEN * np.eye(causes.shape[2])
    found: Floats = np.linalg.solve(normal, np.einsum("rnp,rn->rp", weighed, effects)[..., None])[..., 0]
    return found
