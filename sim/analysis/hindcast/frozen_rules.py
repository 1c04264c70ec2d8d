"""The page that is frozen with forecasts: what is foretold, and by which rules it will be scored."""

from collections.abc import Sequence
from datetime import date

from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario

README = "README.md"


def rules_text(asked: Scenario, years: tuple[int, int], votes: Sequence[int], made: date, draws: int) -> str:
    """The page in Markdown."""
    first, last = years
    span = f"{first} to {last}" if last > first else str(first)
    arms = f"| `{ARMS}` | {first}-{last} | parts of what the powers delivered to a state in these years together |\n"
    votes_told = ", ".join(quarter_text(at) for at in votes)
    ballots = f"| `vote_...` | {votes_told} | answer of a state: 1 yes, 0.5 abstains, 0 no; away counts as 0.5 |\n"
    return f"""# Forecasts for {span}, frozen on {made.isoformat()}

{draws} runs of the question in `question.yaml` ("{asked.title}"), every number drawn,
nothing told of what comes. Nothing of these years was used that the evidence in the seeds does not hold. Where one of
them had begun on that day, some of it was known to others, such as a vote that was held. `manifest.json` holds a hash
of each file; `multivector score` refuses a folder that was changed. What is thought otherwise later is a new folder,
and this one stays.

A run of a model is conditional on the model. The fans say what it implies, wide as they are; they advise nobody.

## What is foretold

`draws.parquet`: one row a state, partner, period, measure and draw. Rows of one draw belong to one run.

| Measure | Periods | What it is |
|---|---|---|
| `{TRADE_SHARE}` | each year | goods exports and imports with a partner over those with everybody, 0 to 1 |
| `{AGREEMENT}` | each year | share of recorded votes of the autumn session in which both voted alike, 0 to 1 |
{arms if last > first else ""}{ballots if votes else ""}
## How it will be scored, decided now

    multivector score FOLDER --against FILE.csv

- **Sources.** Trade: national statistics of the state, or the Direction of Trade of the Monetary Fund where they
  publish none, as in the record (`seeds/history/README.md`); one source a state, for all partners. Arms: deliveries
  in the register of SIPRI, in its volumes, summed over the years. Votes: the roll calls of the General Assembly.
- **Which vote.** The first recorded vote of the quarter in which the powers on the sides of `question.yaml` answer as
  it has them, and which is of the kind that its note names. Where none is held in a quarter, nothing is scored.
- **Main question.** `{TRADE_SHARE}`, all years, CRPS, against persistence with a random-walk fan. Its walk is
  fitted to the record to 2019 and to the years to {first - 1} that FILE gives; FILE has to hold {first - 1} itself,
  where the walk starts, from the same source as what follows.
- **Beside it**, secondary: persistence, the trend of five years; agreement and arms against the same kind of fan;
  votes against "always abstains".
- **Scores**: CRPS of the ensemble, interval score at 90 per cent, logarithmic score, coverage, probability integral
  transform, energy score of the shares of a state and year; ranked probability score for votes.
- **Interval** of a skill: states and partners resampled independently of each other, a thousand times, 90 per cent.
  The model *wins* if it lies above nought, *loses* if below, *ties* otherwise.
- **When.** As soon as a year of a state is published; the figures as they stand one year after that are the last
  ones used.
- Three years of five states are few independent observations; the command says how many.
"""
