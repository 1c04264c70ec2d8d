"""What `multivector play` shows: the table of a quarter, what was answered, what a yes would change, and the end."""

import sys
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.cli.streams import columns_for_lines
from sim.io.text import CAUTION, counted, pages_of, percent_in_sentence
from sim.model.variables import BY_NAME, in_words
from sim.model.vocabulary import KIND_WORDS
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.analysis.previews import Preview
    from sim.engine.offer import Offer
    from sim.narrative.explanation import Explanation
    from sim.narrative.games import Game

_CLOSEST = 3  # powers whose share is shown
_FELT = 0.01  # pressure that is worth a word


def print_quarter(game: "Game", file: TextIO | None = None) -> None:
    """How the state stands, what happens from outside, and what lies on its table."""
    console = console_for(file)
    console.print(f"\n{BOLD}{game.model.state(game.state).name}, {quarter_text(game.quarter)}{END}  {_standing(game)}")
    if told := vote_line(game):
        console.print(told)
    inbox = game.inbox
    if not inbox:
        console.print("Nothing lies on the table in this quarter.")
        return
    table = plain_table()
    for title in ("from", "what"):
        table.add_column(title, no_wrap=True)
    for title in ("size", "clauses", "strings", "at home", "your rule"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("you")
    for number, offer in enumerate(inbox, 1):
        own = "yes" if offer.by_rule else "no"
        terms = (offer.exclusivity_signed, offer.strings, offer.local)
        table.add_row(
            *(str(number), offer.by, KIND_WORDS[offer.kind].bare, offer.amount),
            *(percent_in_sentence(share) for share in terms),
            f"{own}, {offer.probability:.0%}" if offer.permitted else "cannot",
            offer.told or "-",
        )
    console.print(table)


def vote_line(game: "Game") -> str:
    """The vote of the coming quarter in a line: who asks for what, and how the state votes; empty without a vote."""
    ballot = game.balloted
    if ballot is None:
        return ""
    yes, no = (", ".join(codes) for codes in (ballot.yes, ballot.no))
    return f"A vote: yes is asked for by {yes}, no by {no}. Your rule: {ballot.rule}; you: {ballot.told or '-'}."


def _standing(game: "Game") -> str:
    """How the state stood at the end of the last quarter, in a line; nothing before the first."""
    if game.quarter == game.model.setting.start:
        return ""
    state, standing = game.model.state(game.state), game.standing
    shares = sorted(state.alignment.items(), key=lambda one: -one[1])[:_CLOSEST]
    closest = ", ".join(f"{power} {share:.0%}" for power, share in shares)
    hardest, strength = max(state.pressure.items(), key=lambda one: one[1])
    under = f"; pressed hardest by {hardest}, {strength:.0%}" if strength >= _FELT else ""
    return (
        f"{DIM}output {standing['output']:.1f} {BY_NAME['output'].unit}, stability {standing['stability']:.0%}, "
        f"{standing['effective_partners']:.1f} partners: {closest}{under}{END}"
    )


def print_answers(answered: "Sequence[Offer]", file: TextIO | None = None) -> None:
    """What became of the offers of a quarter."""
    console = console_for(file)
    for offer in answered:
        verb = "signed" if offer.accepted else "refused"
        told = f": {offer.veto}" if offer.veto else "" if offer.told else " by your rule"
        console.print(f"  {verb}{told}: {KIND_WORDS[offer.kind].bare} of {offer.amount} from {offer.by}")


def print_why(explanation: "Explanation") -> None:
    """An offer term by term."""
    with pages_of(columns_for_lines(sys.stdout)):
        print(f"\n{explanation}\n")


def print_preview(preview: "Preview", file: TextIO | None = None) -> None:
    """What a yes would change, against a no."""
    console, offer = console_for(file), preview.offer
    last = quarter_text(preview.quarters[-1])
    what = f"{KIND_WORDS[offer.kind].one} of {offer.amount} from {offer.by}"
    console.print(f"\n{BOLD}If you sign {what}{END}, by {last}: {counted(preview.runs, 'pair')} of futures")
    if preview.clauses != offer.exclusivity_signed:
        tried, there = percent_in_sentence(preview.clauses), percent_in_sentence(offer.exclusivity_signed)
        odds = f"{preview.probability:.0%} in place of {offer.probability:.0%}"
        console.print(f"Tried with clauses of {tried} in place of {there}; the odds that your rule says yes: {odds}.")
        console.print(f"{DIM}To try only: no counter-offer can be made.{END}")
    if not preview.allowed:
        console.print("You cannot: it would not be signed whatever you say.")
        return
    table = plain_table()
    for title in ("with a no", "with a yes", "change", "nine in ten"):
        table.add_column(title, justify="right")
    for effect in preview.effects:
        table.add_row(in_words(effect.measure, effect.power), *effect.cells)
    console.print(table)
    console.print(f"{DIM}Later your rule goes on for you. {CAUTION.capitalize()}.{END}\n")


def print_game(game: "Game", file: TextIO | None = None) -> None:
    """How the game ended: what was decided, how often the rule would have said the same, and the word at the end."""
    from sim.batch.outcomes import split_word
    from sim.narrative.games import told_of

    console = console_for(file)
    answers, same = told_of(game.decisions)
    votes, cast = told_of(game.votes)
    counts = Counter(row["said"] for row in game.decisions)
    console.print(f"\n{BOLD}{game.model.state(game.state).name} as you played it{END}")
    said = f"You said yes {counts['yes']} and no {counts['no']} times; your rule would have said the same {same} times."
    console.print(said if answers else "You left every answer to your rule.")
    if votes:
        console.print(f"You said how to vote in {counted(votes, 'vote')}, {cast} of them as your rule would have.")
    if game.over:
        word = game.ending
        console.print(f"It ends as {word} in {quarter_text(game.model.quarter)}: it {split_word(word)[0].value}.")
    console.print(f"{DIM}Seed {game.model.prepared.seed}; {CAUTION}.{END}")
