"""What cards of several kinds have in common: outcome words with their shares, and what is left out of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.batch.rows import Row
from sim.figures.markup import Markup, element, joined, remark, stacked, swatch
from sim.figures.style import Look, outcome_fill, outcome_order
from sim.io.text import percent_in_cell
from sim.model.variables import BY_NAME, percent_scale
from sim.model.vocabulary import KIND_WORDS

if TYPE_CHECKING:
    from sim.engine.offer import Offer

MOST_ROWS = 12  # rows of a table; the rest is in the tables that the foot of the card names
RARE = 0.01  # shares below this are put together


def more(rows: int, where: str) -> list[Markup]:
    """How many rows are left out, and where they stand; nothing where none are."""
    return [remark(joined([f"and {rows} more:", element("code", where)]))] if rows > 0 else []


def words_of_runs(rows: Sequence[Row], how: Look) -> tuple[Markup, Markup]:
    """Outcome words of a state at the end, as a bar and in words, each with its share."""
    order = outcome_order(how)
    shares = sorted(((row["outcome"], row["share"]) for row in rows), key=lambda one: order(one[0]))
    fills = {word: outcome_fill(word, how) for word, _ in shares}
    told = [f"{word} {percent_in_cell(share)}" for word, share in shares if share >= RARE]
    words = [
        element("span", swatch(fills[word]), f" {word} {percent_in_cell(share)}", class_="word")
        for word, share in sorted(shares, key=lambda one: -one[1])
        if share >= RARE
    ]
    rest = sum(share for _, share in shares if share < RARE)
    if rest > 0.0:
        words.append(element("span", f"others {percent_in_cell(rest)}", class_="word"))
    return stacked(((share, fills[word]) for word, share in shares), ", ".join(told)), joined(words)


def measured(name: str, value: float) -> str:
    """A measure of a state as text: in per cent, or with its unit."""
    return percent_in_cell(value) if percent_scale(name) != 1.0 else f"{value:.1f} {BY_NAME[name].unit}"


def kind_of(offer: "Offer") -> str:
    """The kind of an offer in words; as it is written where nobody knows it."""
    words = KIND_WORDS.get(offer.kind)
    return offer.kind if words is None else words.bare
