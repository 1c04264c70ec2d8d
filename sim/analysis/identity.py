"""What findings depend on beside the question that was asked: evidence, the code of the model and of the analysis."""

from pathlib import Path

from sim.batch.identity import code_hash, evidence_hash
from sim.evidence.evidence import Evidence
from sim.io.writers import sources_hash


def rests_on(evidence: Evidence) -> dict[str, str]:
    """A hash of each of them, by what it is."""
    return {
        "evidence": evidence_hash(evidence),
        "code": code_hash(),
        "analysis": sources_hash(Path(__file__).parent),
    }
