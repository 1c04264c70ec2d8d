"""Who tells stories of one world: what it has at hand, and whether it unfolds everything or leads on by links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sim.evidence.agenda import FILE as AGENDA
from sim.evidence.agenda import load_agenda
from sim.evidence.influence import read_influence
from sim.evidence.posterior import read_about
from sim.evidence.rule_claims import all_rules
from sim.evidence.uses import Uses, uses_in
from sim.evidence.worlds import HOME_WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.evidence.agenda import Topic
    from sim.evidence.evidence import Evidence
    from sim.evidence.influence import Influence
    from sim.evidence.posterior import About
    from sim.evidence.rule_claims import RuleClaim


@dataclass(eq=False)
class Teller:
    """What stories are told from; unfolds: what something is made of is told in place, instead of by links."""

    evidence: Evidence
    unfolds: bool = True

    @cached_property
    def uses(self) -> Uses:
        """What rests on what, backwards."""
        return uses_in(self.evidence)

    @cached_property
    def influence(self) -> Mapping[str, Influence]:
        """How much outcomes depend on each number; empty for a world over which nothing was swept."""
        return read_influence() if self.evidence.world == HOME_WORLD else {}

    @cached_property
    def posterior(self) -> About | None:
        """What calibration left of the numbers it fitted, in short; None for seeds without a posterior."""
        return read_about(self.evidence.folder)

    @cached_property
    def agenda(self) -> Mapping[str, Topic]:
        """What to measure so that numbers need not be guessed; empty for seeds without such a list."""
        if self.evidence.world != HOME_WORLD or not (self.evidence.folder / AGENDA).is_file():
            return {}
        return load_agenda(self.evidence, self.evidence.folder)

    @cached_property
    def rules(self) -> Mapping[str, RuleClaim]:
        """The rules of the model by name."""
        return all_rules()
