"""Cards of what is tried and played: some hundred worlds, what a yes would change, and a game with its table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.analysis.previews import NOTHING_SEEN
from sim.batch.summary import share_ended
from sim.figures.card_parts import MOST_ROWS, kind_of, measured, more, words_of_runs
from sim.figures.markup import Markup, element, framed, interval, joined, remark, table
from sim.figures.style import ABOVE, BELOW, FAINT, look
from sim.io.text import CAUTION, counted, percent_in_cell, signed
from sim.model.variables import BALANCING_ENDED, BY_NAME, in_words, percent_scale
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.analysis.previews import Effect, Preview
    from sim.batch.peeking import Peek
    from sim.engine.offer import Offer
    from sim.narrative.games import Game

PARTNERS = "effective_partners"
_DRAWN = 0.1  # in the unit that is shown: a picture that reaches no further would draw what is told as 0.00


def peek_card(peek: "Peek") -> Markup:
    """Some hundred worlds: the words at their end, by state."""
    evidence = evidence_of(peek.scenario)
    how = look({power.code: power.name for power in evidence.powers})
    last = quarter_text(peek.quarters[-1])
    lines = [f"{counted(peek.runs, 'world')} to {last}, seed {peek.seed}; {CAUTION}"]
    if peek.numbers:
        lines.append("with other numbers: " + ", ".join(peek.numbers))
    final = peek.final_outcomes().to_dict("records")
    rows: list[tuple[object, ...]] = []
    for place, state in enumerate(evidence.states[:MOST_ROWS]):
        mine = [{str(key): value for key, value in row.items()} for row in final if row["state"] == state.code]
        cells: tuple[object, ...] = (state.name, *words_of_runs(mine, how), percent_in_cell(share_ended(mine)))
        rows.append((*cells, f"{peek.ends[PARTNERS][:, place].mean():.1f}"))
    heads = ("", "share of worlds", "outcome words", in_words(BALANCING_ENDED), "partners, mean")
    parts = [table("How the worlds end", heads, rows, numbers=(3, 4))]
    parts += more(len(evidence.states) - len(rows), "peek.final_outcomes()")
    parts.append(remark(joined(["Tables:", *(element("code", one) for one in ("outcomes", "bands", "means"))])))
    return framed(peek.scenario.title, peek.scenario.name, lines, parts)


# --- what a yes would change -----------------------------------------------------------------------------------------


def preview_card(preview: "Preview") -> Markup:
    """What a yes would change, against a no."""
    offer = preview.offer
    title = f"If {offer.to} signs: {kind_of(offer)} of {offer.amount} from {offer.by}"
    lines = [f"{counted(preview.runs, 'pair')} of futures to {quarter_text(preview.quarters[-1])}; {CAUTION}"]
    if preview.clauses != offer.exclusivity_signed:
        tried, there = percent_in_cell(preview.clauses), percent_in_cell(offer.exclusivity_signed)
        lines.append(f"tried with clauses of {tried} in place of {there}: no counter-offer can be made")
    lines.append(f"odds of a yes by its own rule: {percent_in_cell(preview.probability)}")
    if not preview.allowed:
        return framed(title, "", lines, [remark(f"It would not be signed whatever {offer.to} says.")])
    return framed(title, "", lines, [effects_table(preview.effects)])


def effects_table(effects: "Sequence[Effect]", names: Mapping[str, str] | None = None) -> Markup:
    """Effects as rows, each with its interval; those in one unit are drawn on one scale.

    names: of powers in place of their codes.
    """
    named = names or {}
    reach: dict[str, float] = {}
    for effect in effects:
        unit = BY_NAME[effect.measure].unit
        least = _DRAWN / percent_scale(effect.measure)
        reach[unit] = max(reach.get(unit, least), *map(abs, (effect.low, effect.change, effect.high)))
    rows = []
    for effect in effects:
        no, yes, change, _ = effect.cells
        between = " to ".join(signed(percent_scale(effect.measure) * end) for end in (effect.low, effect.high))
        unit = BY_NAME[effect.measure].unit
        colour = (ABOVE if effect.change > 0.0 else BELOW) if effect.seen else FAINT
        picture = interval(effect.low, effect.change, effect.high, reach[unit], colour)
        told = joined([change, element("small", between)])
        told = told if effect.seen else element("small", f"{between}: {NOTHING_SEEN}")
        called = in_words(effect.measure, named.get(effect.power, effect.power))
        shown = "" if percent_scale(effect.measure) != 1.0 else unit
        name = joined([called, element("small", shown)]) if shown else called
        rows.append((name, no, yes, joined([picture, told])))
    heads = ("", "with a no", "with a yes", "less or more, nine in ten")
    return table("What a yes changes", heads, rows, numbers=(1, 2))


# --- a game ----------------------------------------------------------------------------------------------------------


def game_card(game: "Game") -> Markup:
    """A game: how the state stands, what lies on its table, and what was decided."""
    from sim.narrative.games import told_of  # which whoever shows a game has loaded

    state = game.model.state(game.state)
    title = f"{state.name} played in {game.model.setting.title}"
    answers, same = told_of(game.decisions)
    votes, cast = told_of(game.votes)
    lines = [f"seed {game.model.prepared.seed}; {CAUTION}"]
    if answers:
        lines.append(f"{counted(answers, 'offer')} answered, {same} of them as its own rule would have")
    if votes:
        lines.append(f"told how to vote in {counted(votes, 'vote')}, {cast} of them as its own rule would have")
    parts = []
    if standing := game.standing:
        rows: list[tuple[object, ...]] = [(in_words(name), measured(name, value)) for name, value in standing.items()]
        parts.append(table(f"At the end of {quarter_text(game.quarter - 1)}", (), rows, numbers=(1,)))
    if game.over:
        parts.append(remark(f"It is over, and ends as {game.ending}."))
    else:
        parts.append(_inbox(game))
    return framed(title, game.model.setting.name, lines, parts)


def _inbox(game: "Game") -> Markup:
    when = quarter_text(game.quarter)
    if not game.inbox:
        return remark(f"Nothing lies on the table in {when}.")
    heads = ("", "offer", "size", "clauses", "its own rule", "said")
    rows = [_laid(offer) for offer in game.inbox]
    return table(f"On the table in {when}", heads, rows, numbers=(2, 3))


def _laid(offer: "Offer") -> tuple[object, ...]:
    own = "yes" if offer.by_rule else "no"
    rule = f"{own}, odds {percent_in_cell(offer.probability)}" if offer.permitted else f"cannot: {offer.veto}"
    return offer.by, kind_of(offer), offer.amount, percent_in_cell(offer.exclusivity_signed), rule, offer.told or "–"
