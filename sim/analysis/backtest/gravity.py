"""Gravity drift: by how much trade would grow if incomes went on growing and trade followed them as it did.

A panel of yearly changes before the origin, all pairs together: the logarithm of trade on that of the state's output
(current dollars) and on the partner's real growth. Few shipments make wild years, so the fit gives far points less say
(Huber). What grew in the years before the origin is taken to go on.
"""

from dataclasses import dataclass

import numpy as np

from sim.analysis.record import Floats, Record
from sim.analysis.starting import TRAILING

_TUNING = 1.345  # residuals beyond so many spreads count less: 95 % efficient where errors are normal
_NORMAL = 0.6745  # median of the size of a standard normal variable
_STEPS = 50
_NEARLY_NOTHING = 1e-9
_LEAST = 10  # changes that a fit needs


@dataclass(frozen=True, kw_only=True)
class Gravity:
    """Elasticities of trade, and how many yearly changes they were fitted to."""

    constant: float
    own: float
    partner: float
    count: int

    def drift(self, own: Floats, partner: Floats) -> Floats:
        """Yearly growth of the logarithm of trade for growth of output."""
        grown: Floats = self.constant + self.own * own + self.partner * partner
        return grown


def fit_gravity(record: Record, origin: int) -> Gravity:
    """The elasticities as they could be told at the origin."""
    cut = slice(0, record.at(origin) + 1)
    trade = np.diff(np.log(record.trade[..., cut]), axis=-1)
    own = np.broadcast_to(np.diff(np.log(record.output[:, None, cut]), axis=-1), trade.shape)
    partner = np.broadcast_to(np.log1p(record.power_growth[None, :, cut])[..., 1:], trade.shape)
    known = np.isfinite(trade) & np.isfinite(own) & np.isfinite(partner)
    if int(known.sum()) < _LEAST:
        return Gravity(constant=0.0, own=1.0, partner=1.0, count=int(known.sum()))
    design = np.stack([np.ones(int(known.sum())), own[known], partner[known]], axis=1)
    found = huber(design, trade[known])
    return Gravity(constant=float(found[0]), own=float(found[1]), partner=float(found[2]), count=len(design))


def huber(design: Floats, values: Floats) -> Floats:
    """Coefficients of a linear fit to which far points count less."""
    weights = np.ones(len(values))
    found: Floats = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        root = np.sqrt(weights)[:, None]
        found = np.asarray(np.linalg.lstsq(design * root, values * root[:, 0], rcond=None)[0], dtype=np.float64)
        far = np.abs(values - design @ found)
        spread = max(float(np.median(far)) / _NORMAL, np.finfo(np.float64).tiny)
        weights = np.minimum(1.0, _TUNING * spread / np.maximum(far, np.finfo(np.float64).tiny))
    return found


@dataclass(frozen=True, kw_only=True)
class Drifts:
    """What gravity adds to logarithms, by year ahead: of trade [I, J, H], of turnover [I, 1, H], of odds [I, J, H]."""

    gravity: Gravity
    trade: Floats
    turnover: Floats
    odds: Floats


def drifts_of(record: Record, origin: int, horizons: int) -> Drifts:
    """Where gravity takes trade, turnover and shares in each year after the origin."""
    now, found = record.at(origin), fit_gravity(record, origin)
    since = slice(now - TRAILING, now + 1)
    own = np.diff(np.log(record.output[:, since]), axis=-1).mean(axis=-1)  # [I]
    partner = np.log1p(record.power_growth[:, since][:, 1:]).mean(axis=-1)  # [J]
    ahead = np.arange(1, horizons + 1)
    shares = record.shares[..., now]
    known = np.where(np.isfinite(shares), shares, 0.0)
    weights = known + _NEARLY_NOTHING  # where nothing is known, all partners alike
    usual = (weights * partner).sum(axis=1) / weights.sum(axis=1)  # [I] growth of its partners, for those not known
    trade = found.drift(own[:, None], partner[None, :])[..., None] * ahead
    rest = found.drift(own, usual)[:, None] * ahead  # [I, H]
    grown = known[..., None] * np.exp(trade)
    left = (1.0 - known.sum(axis=1))[:, None] * np.exp(rest)
    whole = grown.sum(axis=1) + left
    later = grown / whole[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(later / (1.0 - later)) - np.log(shares / (1.0 - shares))[..., None]
    return Drifts(gravity=found, trade=trade, turnover=np.log(whole)[:, None], odds=odds)
