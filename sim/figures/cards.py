"""Cards: how results, comparisons, models and offers show themselves in a notebook, with title, caution and table.

`card` is the door, and Jupyter goes through it (`sim.io.shown`). Every row has its picture, a bar a few pixels high,
and in words all that the picture shows, so a card can be read aloud, printed in grey, and read where a page for the
public takes pictures out.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.previews import Preview
from sim.batch.peeking import Peek
from sim.batch.results import Results
from sim.batch.rows import bands_at, final_rows
from sim.batch.summary import remarks_on, share_ended
from sim.figures.card_parts import MOST_ROWS, RARE, kind_of, more, words_of_runs
from sim.figures.markup import Markup, element, framed, interval, joined, one_sided, remark, stacked, swatch, table
from sim.figures.play_cards import PARTNERS, game_card, peek_card, preview_card
from sim.figures.style import ABOVE, BELOW, FAINT, Look, look
from sim.io.arguments import Arguments
from sim.io.shown import Shown
from sim.io.text import CAUTION, counted, listing, percent_in_cell, signed
from sim.model.variables import BALANCING_ENDED, OUTCOME_CHANGED, in_words, percent_scale
from sim.model.vocabulary import term_words
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from sim.analysis.comparison import Comparison
    from sim.engine.agents import Model, State
    from sim.engine.offer import Offer

MOST_OFFERS = 6
_ON_ONE_LINE = 24  # letters of a name that is not broken
_BALANCE = "balance"


def card(shown: Shown) -> str:
    """Something as a card: a piece of HTML that needs nothing beside it.

    shown: results, a comparison, a model, an offer, a peek, a preview, or a game.

    A notebook shows it by itself; here it is for a page of one's own. Text of scenarios is escaped, and there are no
    scripts.

    Raises
    ------
    sim.io.errors.InputError
        If it is none of these, or the files of results are not what they were.
    """
    allowed = (
        "what `sim.run` of one scenario, `sim.compare`, `sim.peek` or `sim.preview` gives, a `sim.Model`, one of its "
        "offers, or a `sim.Game`"
    )
    shown = Arguments("sim.card").made("shown", shown, Shown, allowed)
    if isinstance(shown, Results):
        return _results(shown)
    from sim.analysis.comparison import Comparison
    from sim.engine.offer import Offer

    made: tuple[tuple[type[Any], Callable[[Any], Markup]], ...] = (
        (Comparison, _comparison),
        (Peek, peek_card),
        (Preview, preview_card),
        (Offer, _offer),
        (Shown, _played),
    )
    return next(draw(shown) for kind, draw in made if isinstance(shown, kind))


def _played(shown: Any) -> Markup:
    from sim.engine.agents import Model

    return _model(shown) if isinstance(shown, Model) else game_card(shown)


# --- results ---------------------------------------------------------------------------------------------------------


def _results(results: Results) -> Markup:
    last = results.manifest["quarters"][-1]
    lines = [f"{counted(results.number_of_runs, 'run')} to {last}, seed {results.manifest['seed']}; {CAUTION}"]
    if taken := results.readings_said:
        lines.append("sources read as " + ", ".join(f"{reading} ({switch})" for switch, reading in taken.items()))
    final, bands, how = final_rows(results), bands_at(results, last), look(results.powers)
    rows = []
    for code, name in list(results.states.items())[:MOST_ROWS]:
        mine, partners = final[code], bands[code, PARTNERS, ""]
        ranged = element("small", f"{partners['p5']:.1f}–{partners['p95']:.1f}")
        partly = joined([f"{partners['p50']:.1f}", ranged])
        rows.append((name, *words_of_runs(mine, how), percent_in_cell(share_ended(mine)), partly))
    heads = ("", "share of runs", "outcome words", in_words(BALANCING_ENDED), "partners, nine runs in ten")
    parts = [table("How the runs end", heads, rows, numbers=(3, 4))]
    parts += more(len(results.states) - len(rows), "results.final_outcomes()")
    parts += map(remark, remarks_on(results))
    parts.append(remark(joined(["Tables:", *(element("code", one) for one in results.tables)])))
    return framed(results.title, results.name, lines, parts)


# --- a comparison ----------------------------------------------------------------------------------------------------


def _comparison(comparison: "Comparison") -> Markup:
    reference, *others = comparison.names
    lines: list[object] = [f"{comparison.caption}; {CAUTION}", *(f"Note: {note}." for note in comparison.notes)]
    parts = _endings(comparison)
    for name in others:
        parts += _differences(comparison, name)
    level = round(100 * comparison.level)
    foot = f"Each with its {level} % interval, for itself; a difference counts if it is {comparison.counting}."
    parts.append(remark(joined([foot, "All of them:", element("code", "comparison.effects")])))
    return framed(f"{listing(others)} against {reference}", "", lines, parts)


def _endings(comparison: "Comparison") -> list[Markup]:
    """How the runs of each scenario end, state by state; those of which no run ends otherwise are named alone."""
    how = look(comparison.powers)
    changed = {name: comparison.changed(name) for name in comparison.names[1:]}
    moved = [state for state in comparison.states if any(shares[state] for shares in changed.values())]
    still = [name for state, name in comparison.states.items() if state not in moved]
    final = [final_rows(results) for results in comparison.results]
    rows: list[tuple[object, ...]] = []
    for state in moved[:MOST_ROWS]:
        for at, name in enumerate(comparison.names):
            bar, words = words_of_runs(final[at][state], how)
            share = percent_in_cell(changed[name][state]) if at else ""
            called = element("span", name, class_="word") if len(name) <= _ON_ONE_LINE else name
            rows.append(("" if at else comparison.states[state], called, bar, words, share))
    heads = ("", "scenario", "share of runs", "outcome words", in_words(OUTCOME_CHANGED))
    parts = [table("How the runs end", heads, rows, numbers=(4,))] if rows else []
    parts += more(len(moved[MOST_ROWS:]), "comparison.changes")
    return parts + ([remark(f"No run ends otherwise in {listing(still)}.")] if still else [])


def _differences(comparison: "Comparison", scenario: str) -> list[Markup]:
    """What differs most surely between a scenario and the reference, each with its interval."""
    from sim.analysis.effect_tables import shown_outcomes
    from sim.narrative.differences import outcome_told

    mine = comparison.effects[comparison.effects["scenario"] == scenario]
    order = {outcome: rank for rank, outcome in enumerate(shown_outcomes(mine, list(comparison.powers)))}
    there = [(row["measure"], row["power"]) in order for row in mine.to_dict("records")]
    rows = [row for row in mine[there].to_dict("records") if row["counts"]]
    if not rows:
        return [remark(f"{scenario} less {comparison.names[0]}: no difference counts.")]
    rows.sort(key=lambda row: (-abs(row["z"]), order[row["measure"], row["power"]]))
    shown = rows[:MOST_ROWS]
    spreads = [_per_unit(row) for row in shown]
    reach = max(abs(row[end]) * per for row, per in zip(shown, spreads, strict=True) for end in ("low", "high"))
    cells = []
    for row, per in zip(shown, spreads, strict=True):
        measure, scale = row["measure"], percent_scale(row["measure"])
        at = [per * row[end] for end in ("low", "difference", "high")]
        picture = interval(at[0], at[1], at[2], reach, ABOVE if row["difference"] > 0.0 else BELOW)
        difference, low, high = (signed(scale * row[end]) for end in ("difference", "low", "high"))
        unit = " points" if scale > 1.0 else ""
        told = joined([f"{difference}{unit}", element("small", f"{low}…{high}")])
        state = comparison.states[row["state"]]
        cells.append((state, outcome_told(measure, row["power"], comparison.powers), picture, told))
    heads = ("", "outcome", "in spreads between runs", "difference")
    caption = f"{scenario} less {comparison.names[0]}: what differs most surely"
    return [table(caption, heads, cells, numbers=(3,)), *more(len(rows) - len(shown), "comparison.effects")]


def _per_unit(row: Mapping[Any, Any]) -> float:
    """How many spreads between runs one unit of an outcome is; 0, which draws nothing, where runs do not differ."""
    per = row["effect"] / row["difference"] if row["difference"] else 0.0
    return per if math.isfinite(per) else 0.0


# --- a model ---------------------------------------------------------------------------------------------------------


def _model(model: "Model") -> Markup:
    played = model.quarter - model.setting.start + 1
    when = f"{played} of {counted(model.setting.quarters, 'quarter')} played, the last {quarter_text(model.quarter)}"
    if not played:
        when = f"not played yet; it begins in {quarter_text(model.setting.start)}"
    lines = [f"run {model.run_number} of seed {model.prepared.seed}, {when}; {CAUTION}"]
    powers = {power.code: power.name for power in model.powers}
    how, states = look(powers), list(model.states)
    rows = [(state.name, *_ties(state, how), *_measured(state, played)) for state in states[:MOST_ROWS]]
    heads = ("", "alignment now", "with whom", "partners", in_words(_BALANCE))
    parts = [table("Where the states stand", heads, rows, numbers=(3, 4))]
    parts.append(remark("What is left of each bar: with others, and at home."))
    parts += more(len(states) - len(rows), "model.states")
    parts += _answers([offer for state in states for offer in state.answered])
    return framed(model.setting.title, model.setting.name, lines, parts)


def _ties(state: "State", how: Look) -> tuple[Markup, Markup]:
    """Whom a state is aligned with, as a bar and in words; the rest of the bar is with others and at home."""
    shares = state.alignment
    fills: dict[str, dict[str, Any]] = {code: {"facecolor": how.colour[code], "edgecolor": FAINT} for code in shares}
    words = [
        element("span", swatch(fills[code]), f" {code} {percent_in_cell(share)}", class_="word")
        for code, share in sorted(shares.items(), key=lambda one: -one[1])
        if share >= RARE
    ]
    if state.side is not None:
        words.append(element("span", f"has taken the side of {state.side}", class_="word"))
    told = ", ".join(f"{code} {percent_in_cell(share)}" for code, share in shares.items() if share >= RARE)
    return stacked(((share, fills[code]) for code, share in shares.items()), told), joined(words)


def _measured(state: "State", played: int) -> tuple[str, str]:
    if not played:
        return "", ""
    return f"{state.measure(PARTNERS):.1f}", f"{state.measure(_BALANCE):.0f}"


def _answers(offers: "Iterable[Offer]") -> list[Markup]:
    """The offers answered in the last quarter, the likeliest first."""
    offers = sorted(offers, key=lambda offer: -offer.probability)
    if not offers:
        return []
    rows = [
        (f"{offer.by} to {offer.to}", kind_of(offer), offer.amount, percent_in_cell(offer.probability), _answer(offer))
        for offer in offers[:MOST_OFFERS]
    ]
    heads = ("", "offer", "size", "odds of a yes", "answer")
    parts = [table(f"Answered in {quarter_text(offers[0].quarter)}", heads, rows, numbers=(2, 3))]
    return parts + more(len(offers) - len(rows), "model.offers")


# --- an offer --------------------------------------------------------------------------------------------------------


def _offer(offer: "Offer") -> Markup:
    title = f"{offer.by} to {offer.to}: {kind_of(offer)}, {offer.amount}"
    lines = [f"{quarter_text(offer.quarter)}, {_answer(offer)}; {CAUTION}"]
    asked: list[tuple[object, ...]] = [
        ("exclusivity asked", percent_in_cell(offer.exclusivity_asked)),
        ("strings", percent_in_cell(offer.strings)),
    ]
    if offer.accepted is not None:
        asked.insert(1, ("exclusivity signed", percent_in_cell(offer.exclusivity_signed)))
        asked.append(("local share", percent_in_cell(offer.local)))
        asked.append(("odds of a yes", joined([percent_in_cell(offer.probability), _drawn(offer)])))
    parts = [table("The terms", (), asked, numbers=(1,))]
    return framed(title, "", lines, parts + _weighed(offer))


def _answer(offer: "Offer") -> str:
    if offer.accepted is None:
        return "not answered yet"
    word = "accepted" if offer.accepted else "refused"
    return f"{word}: {offer.settled}" if offer.terms and offer.settled else word


def _drawn(offer: "Offer") -> Markup:
    return element("small", f"drawn: {percent_in_cell(offer.draw)}")


def _weighed(offer: "Offer") -> list[Markup]:
    """What spoke for and against, in the points of `sim.explain`, the weightiest first."""
    from sim.narrative.explanation import POINTS, points_of

    points: Mapping[str, float] = points_of(offer.terms, offer.utility)
    weighed = sorted(((name, worth) for name, worth in points.items() if worth), key=lambda one: -abs(one[1]))
    if not weighed:
        return []
    reach = abs(weighed[0][1])
    rows = [
        (term_words(name).label, one_sided(worth, reach, ABOVE if worth > 0.0 else BELOW), signed(worth, 1))
        for name, worth in weighed
    ]
    heads = ("", "against it, for it", "points")
    foot = f"All in all {signed(POINTS * offer.utility, 1)} points; to beat: {signed(POINTS * offer.reservation, 1)}."
    return [table("What was weighed", heads, rows, numbers=(2,)), remark(foot)]
