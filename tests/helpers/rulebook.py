"""What the tests of the rulebook share: every rule, the range of every argument, and words for the sign of a rule."""

import functools
import inspect
import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.evidence.evidence import load_evidence
from sim.model.compiling import RULEBOOK, compiler

Span = tuple[float, float]

_JUST_ABOVE_0, _JUST_BELOW_1 = 2.0**-53, 1.0 - 2.0**-53  # the ends of what chance can draw

# Circumstances, by the name of the argument; what is not named here lies in 0..1, and a number of the twin file in
# seeds lies between its own low and high. What means something else in one rule stands there as "rule.argument".
CIRCUMSTANCES: dict[str, Span] = {
    "after": (0.0, 0.99),
    "allies_heat": (0.0, 3.0),
    "anchor": (-1.0, 1.0),
    "at_stake": (0.0, 3.0),
    "attack": (0.0, 5.0),
    "backlog": (0.0, 50.0),
    "ballot": (-1.0, 1.0),
    "broken": (0.0, 50.0),
    "budget": (0.0, 10.0),
    "capacity": (0.01, 200.0),
    "carrot": (0.0, 5.0),
    "coerced": (0.0, 1.0),
    "contradiction": (0.0, 3.0),
    "cost": (0.2, 5.0),
    "courted": (0.0, 5.0),
    "dependence": (0.0, 0.99),
    "event": (0.0, 5.0),
    "sources": (0.0, 200.0),
    "turnover": (0.0, 500.0),
    "ways": (0.0, 200.0),
    "ways_start": (0.0, 200.0),
    "expected": (0.0, 20.0),
    "finished": (0.0, 20.0),
    "fit": (-0.2, 0.5),
    "gain": (0.0, 5.0),
    "gdp": (1.0, 1000.0),
    "growth": (-0.2, 0.2),
    "held_against": (0.0, 2.0),
    "held_for": (0.0, 2.0),
    "income": (0.2, 5.0),
    "income_growth": (-0.1, 0.1),
    "kept": (0.0, 50.0),
    "lean": (-1.0, 1.0),
    "levers_at_stake": (0.0, 3.0),
    "load": (0.0, 200.0),
    "local": (0.0, 1.0),
    "luck": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "market": (0.01, 5.0),
    "market_factor": (0.01, 5.0),
    "median": (0.001, 20.0),
    "memory": (0.0, 100.0),
    "niche": (-1.0, 1.0),
    "noise": (-37.0, 37.0),  # the logit of the smallest and the largest draw
    "offered": (0.0, 50.0),
    "others": (0.0, 5.0),
    "others_gain": (0.0, 5.0),
    "outlet": (0.0, 5.0),
    "own": (0.0, 5.0),
    "packaged": (0.0, 20.0),
    "parity_change": (-1.0, 1.0),
    "pressing": (0.0, 3.0),
    "provoked": (0.0, 5.0),
    "purse": (-1.0, 50.0),
    "recent": (0.0, 5.0),
    "relative": (0.0, 20.0),
    "reservation": (0.0, 0.3),
    "resisted": (0.0, 3.0),
    "rival_suitors": (0.0, 5.0),
    "rivalry": (-1.0, 1.0),
    "scale": (0.001, 10.0),
    "span": (0.001, 100.0),
    "stage": (0.01, 1.0),
    "last_stage": (0.01, 1.0),
    "years": (0.5, 20.0),
    "horizon": (0.5, 20.0),
    "ordered": (0.0, 50.0),
    "security_provoked": (0.0, 5.0),
    "shown": (0.0, 5.0),
    "size": (0.0, 50.0),
    "slighted": (0.0, 5.0),
    "spent": (0.0, 50.0),
    "start": (0.0, 100.0),
    "stock": (0.0, 1000.0),
    "tariff_rise": (-1.0, 1.0),
    "total": (0.001, 1000.0),
    "track": (0.0, 5.0),
    "trade": (0.0, 200.0),
    "trend": (-0.2, 0.2),
    "tried": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "utility": (-5.0, 5.0),
    "visits": (0.0, 7.0),
    "vote": (0.0, 4.0),
    "weight": (1.0, 2.5),
    "called": (-1.0, 1.0),
    "delivered": (0.0, 50.0),
    "exported_price": (-0.5, 0.5),
    "partner_growth": (-0.5, 0.5),
    "tide": (-0.1, 0.1),
    "built": (0.0, 0.1),
    "made_up": (0.0, 0.05),
    "shut": (0.0, 1.0),
    "surprise": (-0.2, 0.2),
    "neglect": (-1.0, 1.0),
    "rebuffed": (0.0, 5.0),
    "step": (-1.0, 1.0),
    "dealing": (0.0, 5.0),
    "might": (0.01, 30.0),
    "common": (-8.0, 8.0),
    "widened": (0.0, 5.0),
    "won": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "works": (0.0, 20.0),
    "agreement_next.luck": (-20.0, 20.0),
    "usual_agreement.start": (0.0, 1.0),
    "vote_lean.asked": (-9.0, 9.0),
    "vote_lean.askers": (0.0, 9.0),
    "balancing_value.own": (0.0, 0.99),
    "cohesion_next.track": (0.0, 1.0),
    "contradiction_of.own": (0.0, 1.0),
    "fitting.built": (0.01, 200.0),
    "routed_next.room": (0.0, 1.0),
    "drawn_in.passed": (0.0, 50.0),
    "diverted.lost": (0.0, 100.0),
    "diverted.own": (0.0, 100.0),
    "diverted.turnover": (1.0, 500.0),
    "level_next.level": (-2.0, 2.0),
    "level_next.aimed": (-2.0, 2.0),
    "effort_by_purse.full": (0.001, 50.0),
    "share_after.packaged": (0.0, 1.0),
    "shock_next.border": (-1.0, 1.0),
    "story_next.works": (0.0, 1.0),
    "steered_away.dependence_aversion": (0.0, 2.5),
    "steered_away.tolerance": (0.15, 0.5),
    "trust_next.start": (0.0, 1.0),
    "union_price.own": (0.0, 1.0),
    "vote_of.lean": (-16.0, 16.0),
    "drag_of.pressed": (0.0, 1.0),
    "growth_luck.own": (-8.0, 8.0),
    "income_next.drag": (0.0, 0.5),
    "income_next.drag_before": (0.0, 0.5),
    "price_step.luck": (-8.0, 8.0),
    "tide_next.own": (-8.0, 8.0),
    "trade_luck.own": (-8.0, 8.0),
    "shared_luck.own": (-8.0, 8.0),
    "evenly_spread.u": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "fat_tailed.u": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "clamp.x": (-10.0, 10.0),
    "clamp.low": (-5.0, 0.0),
    "clamp.high": (0.0, 5.0),
    "exp.x": (-700.0, 700.0),
    "log.x": (1e-300, 1e300),
    "logistic.x": (-50.0, 50.0),
    "logit.u": (_JUST_ABOVE_0, _JUST_BELOW_1),
    "positive.x": (-10.0, 10.0),
    "root.x": (-10.0, 10.0),
}


def file_of(rule):
    """The name of the rule file: `choice` for a rule of sim/model/rules/choice.py."""
    return rule.__module__.rsplit(".", 1)[-1]


def rules_of(module):
    return [rule for rule in vars(module).values() if inspect.isfunction(rule) and rule.__module__ == module.__name__]


ALL = [rule for module in RULEBOOK for rule in rules_of(module)]
CLAIMING = [rule for rule in ALL if file_of(rule) not in {"arithmetic", "structure"}]  # those define, they do not claim


def name_of(rule):
    return f"{file_of(rule)}.{rule.__name__}"


def arguments_of(rule):
    return list(inspect.signature(rule).parameters)


@functools.cache
def numbers_of(file):
    """The numbers of a file of seeds/parameters and the range of each; one range over all kinds of offer."""
    spans: dict[str, Span] = {}
    for name, number in load_evidence().numbers.items():
        place, short = name.split(".")[:2]
        if place == file:
            low, high = spans.get(short, (number.low, number.high))
            spans[short] = (min(low, number.low), max(high, number.high))
    return spans


def spans_of(rule, **held):
    """The range of every argument of a rule; an argument may be held at a value or inside a narrower range."""
    numbers = numbers_of(file_of(rule))
    spans = {}
    for name in arguments_of(rule):
        own = CIRCUMSTANCES.get(f"{rule.__name__}.{name}")
        spans[name] = own or numbers.get(name) or CIRCUMSTANCES.get(name, (0.0, 1.0))
    unknown = held.keys() - spans.keys()
    assert not unknown, f"{name_of(rule)} takes no {', '.join(unknown)}"
    return spans | {name: value if isinstance(value, tuple) else (value, value) for name, value in held.items()}


def some_arguments(rule, lanes, **held):
    """Random arguments inside their ranges, the last third at the corners: float64 [argument, lane]."""
    low, high = np.array(list(spans_of(rule, **held).values())).T
    chance = np.random.default_rng(zlib.crc32(name_of(rule).encode()))
    part = chance.random((len(low), lanes))
    part[:, 2 * lanes // 3 :] = np.round(part[:, 2 * lanes // 3 :])
    return low[:, None] + part * (high - low)[:, None]


def over_lanes(*rules):
    """Rules compiled into one loop over lanes, as the turn does it: loop(given, out).

    given: float64 [rule, argument, lane]; out: float64 [rule, lane].
    """
    scope = {f"rule_{place}": rule for place, rule in enumerate(rules)}
    lines = ["def loop(given, out):", "    for lane in range(out.shape[1]):"]
    for place, rule in enumerate(rules):
        handed = ", ".join(f"given[{place}, {n}, lane]" for n in range(len(arguments_of(rule))))
        lines.append(f"        out[{place}, lane] = rule_{place}({handed})")
    exec("\n".join(lines), scope)
    return compiler().njit(error_model="numpy")(scope["loop"])


# --- the sign of a rule ----------------------------------------------------------------------------------------------

_EXAMPLES = settings(max_examples=25, derandomize=True, deadline=None, database=None)
_SAMPLES = 1000  # beside the examples of Hypothesis, which look for trouble but cover little of the ranges
_ROUNDING = 1e-12


def _drawn(spans):
    return {
        name: st.just(low) if low == high else st.floats(low, high, allow_subnormal=False)
        for name, (low, high) in spans.items()
    }


def _compare(rule, argument, held, judge):
    """Hand `judge` the results before and after one argument rises and all others stay; say whether any differed."""
    drawn = _drawn(spans_of(rule, **held))
    names = arguments_of(rule)
    differed = False

    @_EXAMPLES
    @given(st.fixed_dictionaries(drawn), drawn[argument])
    def check(values, other):
        nonlocal differed
        low, high = sorted((values[argument], other))
        before, after = rule(**(values | {argument: low})), rule(**(values | {argument: high}))
        slack = _ROUNDING * max(1.0, abs(before), abs(after))
        differed = differed or abs(after - before) > 1e-9
        assert judge(before, after, slack), (
            f"{name_of(rule)}: {argument} from {low!r} to {high!r} moves {before!r} to {after!r} with {values}"
        )

    check()
    samples = some_arguments(rule, _SAMPLES, **held)
    others = np.roll(samples[names.index(argument)], 1).tolist()
    for row, other in zip(samples.T.tolist(), others, strict=True):
        check.hypothesis.inner_test(dict(zip(names, row, strict=True)), other)
    return differed


def rises(rule, *arguments, **held):
    """The result never falls when one of the arguments rises, and at times rises with it."""
    for argument in arguments:
        moved = _compare(rule, argument, held, lambda before, after, slack: after >= before - slack)
        assert moved, f"{name_of(rule)} never moves with {argument}"


def falls(rule, *arguments, **held):
    """The result never rises when one of the arguments rises, and at times falls with it."""
    for argument in arguments:
        moved = _compare(rule, argument, held, lambda before, after, slack: after <= before + slack)
        assert moved, f"{name_of(rule)} never moves with {argument}"


def ignores(rule, *arguments, **held):
    """The arguments make no difference."""
    for argument in arguments:
        _compare(rule, argument, held, lambda before, after, slack: abs(after - before) <= slack)


def stays_between(low, high, rule, **held):
    """The result never leaves low..high."""

    @_EXAMPLES
    @given(st.fixed_dictionaries(_drawn(spans_of(rule, **held))))
    def check(values):
        result = rule(**values)
        assert low <= result <= high, f"{name_of(rule)} gives {result!r} with {values}"

    check()
    for row in some_arguments(rule, _SAMPLES, **held).T.tolist():
        check.hypothesis.inner_test(dict(zip(arguments_of(rule), row, strict=True)))
