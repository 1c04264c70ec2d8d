"""The desk of whoever plays a state: how it stands, what became of its offers, and what lies on its table, as HTML.

Buttons have names that say what they do and, parted by blanks, to which offer; the page asks the server by them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.batch.outcomes import split_word
from sim.classroom.words import say
from sim.figures.card_parts import measured
from sim.figures.markup import Markup, element, joined
from sim.io.text import listing, percent_in_cell
from sim.model.variables import in_words
from sim.model.vocabulary import KIND_WORDS
from sim.scenario.calendar import quarter_text
from sim.scenario.events import VOTE_WORDS

if TYPE_CHECKING:
    from sim.engine.offer import Offer
    from sim.narrative.games import Ballot, Game

CLOSEST = 3
"""Partners whose share is shown."""

FELT = 0.01  # shares and pressure that are worth a word
TOLD = {"yes": "yes", "no": "no", "rule": ""}
"""What an offer is told by each of the buttons that answer it."""

VOTES = {**{how: how for how in VOTE_WORDS}, "rule": ""}
"""What is told of a vote by each of its buttons."""


def choice(states: Mapping[str, str], why: str) -> Markup:
    """Whom one can be, by code and name; why: not now, empty where it can be begun."""
    off = {"disabled": ""} if why else {}
    buttons = [
        element("button", say("play.be", name=name), name=code, value="be", **off) for code, name in states.items()
    ]
    return joined([element("h2", say("play.choose")), element("p", why), *(element("p", one) for one in buttons)], "")


def desk(game: "Game", became: "Sequence[Offer]", visits: Sequence[str]) -> Markup:
    """A game as its player sees it.

    became: offers of the last quarter as they were answered; visits: powers that are visited in the coming one.
    """
    names = {power.code: power.name for power in game.model.powers}
    name, quarter = game.model.state(game.state).name, game.model.quarter if game.over else game.quarter
    parts = [element("h2", say("play.when", name=name, quarter=quarter_text(quarter)))]
    parts += [element("p", _ending(game))] if game.over else [_button("step")]
    parts += [element("p", line) for line in _standing(game, names)]
    told = [element("li", f"{_title(offer, names)}: {_became(offer)}") for offer in became]
    told += [element("li", line) for line in _voted(game)]
    if told:
        parts += [element("h3", say("play.became", quarter=quarter_text(game.quarter - 1))), element("ul", *told)]
    if not game.over:
        parts += _vote(game.balloted, names)
        parts.append(element("h3", say("play.inbox" if game.inbox else "play.nothing")))
        parts.append(element("ul", *(_laid(offer, names) for offer in game.inbox), class_="inbox"))
        parts.append(_travel(names, visits))
    parts.append(element("p", *map(_button, ("csv", *(("votes",) if game.votes else ()), "yaml", "again"))))
    return joined(parts, "")


def _button(what: str, about: str = "", **more: object) -> Markup:
    return element("button", say(f"play.{what}"), name=f"{what} {about}".strip(), **more)


def _laid(offer: "Offer", names: Mapping[str, str]) -> Markup:
    """An offer of the inbox, with all that can be said and asked of it."""
    about, odds = f"{offer.by} {offer.kind}", percent_in_cell(offer.probability)
    own = "yes" if offer.by_rule else "no"
    rule = say(f"play.rule_{own}", odds=odds) if offer.permitted else say("play.rule_cannot", why=offer.veto)
    clauses, strings, home = map(percent_in_cell, (offer.exclusivity_signed, offer.strings, offer.local))
    tried, there = say("play.with_clauses"), f"{100 * offer.exclusivity_signed:.0f}"
    field = element("input", type="number", min=0, max=100, placeholder=there, name=f"clauses {about}")
    return element(
        "li",
        element("h4", _title(offer, names)),
        element("p", say("play.terms", clauses=clauses, strings=strings, home=home)),
        element("p", rule),
        element("p", *_answers(offer, about)),
        element("p", _button("why", about), _button("if", about), element("label", joined([tried, field, "%"]))),
    )


def _answers(offer: "Offer", about: str) -> Iterator[Markup]:
    for what, told in TOLD.items():
        cannot = {"disabled": ""} if what == "yes" and not offer.permitted else {}
        yield _button(what, about, aria_pressed="true" if offer.told == told else "false", **cannot)


def _vote(ballot: "Ballot | None", names: Mapping[str, str]) -> list[Markup]:
    """The vote of the quarter, and how one can vote; nothing where there is none."""
    if ballot is None:
        return []
    yes, no = (listing(names[code] for code in codes) for codes in (ballot.yes, ballot.no))
    buttons = (
        element("button", say(f"play.vote_{how}"), name=f"vote {how}", aria_pressed=str(told == ballot.told).lower())
        for how, told in VOTES.items()
    )
    asked, rule = say("play.balloted", yes=yes, no=no), say("play.vote_own", vote=say(f"play.vote_{ballot.rule}"))
    return [element("h3", say("play.vote")), element("p", asked), element("p", rule), element("p", *buttons)]


def _travel(names: Mapping[str, str], visits: Sequence[str]) -> Markup:
    """Where the leader may go, and goes."""
    there = {code: {"disabled": ""} if code in visits else {} for code in names}
    options = [element("option", name, value=code, **there[code]) for code, name in names.items()]
    going = say("play.visiting", powers=listing(names[code] for code in visits)) if visits else ""
    return element("p", element("select", *options, name="to", aria_label=say("play.visit")), _button("visit"), going)


def _title(offer: "Offer", names: Mapping[str, str]) -> str:
    return say("play.offer", power=names[offer.by], what=KIND_WORDS[offer.kind].bare, size=offer.amount)


def _became(offer: "Offer") -> str:
    """What became of an offer, in a few words."""
    verb = say("play.signed" if offer.accepted else "play.refused")
    return f"{verb}: {offer.veto}" if offer.veto else verb if offer.told else f"{verb} {say('play.by_rule')}"


def _voted(game: "Game") -> Iterator[str]:
    """How the state voted in the last quarter, in a line; nothing where there was no vote."""
    for row in game.votes[-1:]:
        if row["quarter"] == quarter_text(game.quarter - 1):
            how = row["voted"]
            voted = f"{say('play.vote')}: {say(f'play.vote_{how}')}"
            yield voted if row["said"] else f"{voted} {say('play.by_rule')}"


def _standing(game: "Game", names: Mapping[str, str]) -> list[str]:
    """How the state stood at the end of the last quarter, line by line; nothing before the first."""
    main = [f"{in_words(name)} {measured(name, value)}" for name, value in game.standing.items()]
    if not main:
        return []
    state = game.model.state(game.state)
    closest, pressed = (
        ", ".join(f"{names[power]} {percent_in_cell(share)}" for power, share in shares if share >= FELT)
        for shares in (_largest(state.alignment), _largest(state.pressure))
    )
    told = say("play.pressed", powers=pressed) if pressed else say("play.unpressed")
    return [" · ".join(main), say("play.closest", powers=closest), told]


def _largest(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda one: -one[1])[:CLOSEST]


def _ending(game: "Game") -> str:
    word = game.ending
    return say("play.ends", word=word, quarter=quarter_text(game.model.quarter), meaning=split_word(word)[0].value)
