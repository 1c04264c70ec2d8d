"""What a backtest depends on, as hashes: code, evidence, the fit, and the decisions that were written down before."""

from typing import Any

from sim.analysis.decisions import decisions_hash
from sim.analysis.hindcast.ways import Question
from sim.analysis.identity import rests_on
from sim.batch.plan import plain_scenario
from sim.engine.fitted import posterior_of
from sim.evidence.evidence import Evidence
from sim.evidence.posterior import POSTERIOR


def fit_hash(question: Question, evidence: Evidence) -> str:
    """SHA-256 of the rows of the posterior; "" where runs take single values."""
    return posterior_of(evidence).sha256 if question.plain.fitted == POSTERIOR else ""


def identity_of(question: Question, evidence: Evidence, runs: int) -> dict[str, Any]:
    """Everything that draws depend on, and the decisions they are judged by."""
    return {
        "scenario": plain_scenario(question.plain),
        "told": plain_scenario(question.told),
        "origin": question.origin,
        "last": question.last,
        "votes": list(question.votes),
        "spans": [list(span) for span in question.spans],
        "runs": runs,
        "seed": question.plain.seed,
        **rests_on(evidence),
        "posterior": fit_hash(question, evidence),
        "decisions": decisions_hash(),
    }
