"""What the rules of the model claim and take, read from their words, without loading the model.

A rule says in its docstring which question it answers and on which facts its claim rests, and has its numbers as
arguments under the names they have in the evidence (`seeds/parameters/<same file>.yaml`).
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES = Path(__file__).resolve().parents[1] / "model" / "rules"


@dataclass(frozen=True, kw_only=True)
class RuleClaim:
    """One rule: `name` is file.function; what it answers, what it claims, on which facts, and its arguments."""

    name: str
    question: str
    claim: str
    evidence: tuple[str, ...]
    arguments: tuple[str, ...]
    line: int

    @property
    def file(self) -> str:
        """Where it stands."""
        return f"sim/model/rules/{self.name.partition('.')[0]}.py"


@functools.cache
def rules_in(stem: str) -> tuple[RuleClaim, ...]:
    """The rules of one file, in the order in which they stand there; none where there is no such file."""
    path = RULES / f"{stem}.py"
    if not path.is_file():
        return ()
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return tuple(_claim(stem, node) for node in functions if not node.name.startswith("_") and ast.get_docstring(node))


@functools.cache
def all_rules() -> Mapping[str, RuleClaim]:
    """Every rule by its name."""
    stems = sorted(path.stem for path in RULES.glob("*.py"))
    return {rule.name: rule for stem in stems for rule in rules_in(stem)}


def _claim(stem: str, node: ast.FunctionDef) -> RuleClaim:
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", ast.get_docstring(node) or "")]
    said = next((part.removeprefix("Claim:").strip() for part in paragraphs if part.startswith("Claim:")), "")
    claim, _, ids = said.partition("[")
    return RuleClaim(
        name=f"{stem}.{node.name}",
        question=paragraphs[0],
        claim=claim.strip(),
        evidence=tuple(ids.partition("]")[0].replace(",", " ").split()),
        arguments=tuple(argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)),
        line=node.lineno,
    )


def rules_taking(number: str) -> tuple[RuleClaim, ...]:
    """The rules that have a number among their arguments: `choice.absorption.deal` is `absorption` in choice.py."""
    stem, _, rest = number.partition(".")
    return tuple(rule for rule in rules_in(stem) if rest.partition(".")[0] in rule.arguments)
