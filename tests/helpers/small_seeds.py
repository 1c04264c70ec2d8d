"""A tiny, complete folder of evidence, so that tests of the readers do not hang on the real one.

`files()` gives its files as plain data; a test bends what it likes and then calls `write`.
"""

from __future__ import annotations

import csv
import io
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

KINDS = ("deal", "minerals", "infrastructure", "security")
STATES = ("KAZ", "UZB")
POWERS = ("CHN", "RUS", "USA")
TIES = (
    "trade",
    "fit",
    "infrastructure",
    "minerals",
    "security",
    "trust",
    "standing",
    "lever",
    "calendar",
    "affinity",
    "union",
    "kinship",
    "culture",
    "haul",
    "energy",
    "swing",
    "agreement",
)
STATE_NUMBERS = (
    "gdp",
    "growth",
    "growth_swing",
    "rest_swing",
    "usual_works",
    "regime_security",
    "capability",
    "stability",
    "border_exposure",
    "neutrality",
    "governance_sensitivity",
    "nationalism",
    "processing",
    "energy_rent",
    "plants",
    "norms",
)
POWER_NUMBERS = (
    "might",
    "growth",
    "exclusivity",
    "governance",
    "credibility",
    "volatility",
    "carrot",
    "stick",
    "lumpiness",
    "agenda",
    "network",
    "summit_rate",
    "tier",
    "restraint",
    "generosity",
    "collective",
    "narrator",
    "exchange",
    "zero_sum",
    "hardness",
    "reentry",
    "gateway",
    "refining",
)
CORRIDORS = ("NORTH", "SOUTH")
EMPTY = {"passage": "", "formula": "", "reason": ""}
"""The cells of a row that says nothing in words."""


def number(value: float = 0.5, low: float = 0.0, high: float = 1.0, **more: Any) -> dict[str, Any]:
    """A sound number; keyword arguments replace its keys."""
    plain = {
        "meaning": "a number for tests",
        "unit": "share",
        "value": value,
        "low": low,
        "high": high,
        "basis": "fitted",
        "evidence": ["big-trade"],
    }
    return plain | more


def by_kind(value: float = 0.25, **more: Any) -> dict[str, Any]:
    """One number for each kind of offer."""
    return {kind: number(value, **more) for kind in KINDS}


def files() -> dict[str, Any]:
    """Path below the folder -> what the file holds (a table is a list of dicts)."""
    states = {
        code: {
            "name": code.title(),
            "adjective": code.title(),
            "capital": "Town",
            "numbers": {name: number() for name in STATE_NUMBERS}
            | {"weight": by_kind(), "need": by_kind(), "other": by_kind(high=5.0, unit="bn USD")},
        }
        for code in STATES
    }
    powers = {
        code: {
            "name": code.title(),
            "adjective": code.title(),
            "capital": "City",
            "numbers": {name: number() for name in POWER_NUMBERS}
            | {name: by_kind() for name in ("capability", "budget", "rate", "size", "niche")},
        }
        for code in POWERS
    }
    powers["USA"]["numbers"]["budget"] = by_kind(1.0, high=5.0, unit="bn USD a quarter")
    corridors = {
        code: {
            "name": code.title(),
            "spoken": f"the {code.lower()}",
            "numbers": {"capacity": number(), "cost": number()},
        }
        for code in CORRIDORS
    }
    fact = {"kind": "claim", "says": "Something.", "document": "a-paper", "locator": "page 1", "confidence": 0.8}
    figure = fact | {
        "kind": "figure",
        "says": "Trade is large.",
        "value": 106.3,
        "unit": "bn USD a year",
        "date": "2025",
    }
    cells = {"value": 0.5, "low": 0, "high": 1, "basis": "fitted", "evidence": "big-trade"} | EMPTY
    return {
        "documents.yaml": {
            "documents": {
                "a-paper": {
                    "citation": "A. Author, A paper, 2023.",
                    "kind": "journal article",
                    "reliability": 0.65,
                    "bias": "Leans one way.",
                }
            }
        },
        "facts/one.yaml": {
            "facts": [
                {"id": "big-trade"} | figure,
                {"id": "kept-only"} | fact | {"use": "no"},
                {"id": "unused"} | fact | {"note": "A note."},
            ]
        },
        "parameters/choice.yaml": {
            "dependence_aversion": number(1.0, 0.0, 3.0, unit="utility", basis="assumed", evidence=[]),
            "absorption": by_kind(),
        },
        "parameters/measures.yaml": {"leaning_share": number(0.4, 0.33, 0.5)},
        "codebook.yaml": {
            "fields": {
                "some-level": {
                    "numbers": ["powers.*.stick", "codes.*"],
                    "asks": "How much?",
                    "levels": dict.fromkeys(("none", "low", "medium", "high", "dominant"), "So much."),
                    "anchors": [{"level": "high", "number": "powers.CHN.stick", "passage": "big-trade"}],
                    "settle": "A count.",
                }
            }
        },
        "systems.yaml": {
            "systems": {
                "over-dependence-aversion": {
                    "name": "Over-dependence aversion",
                    "claim": "Nobody likes to hang on one partner.",
                    "evidence": ["big-trade"],
                    "rules": ["choice.dependence_cost"],
                    "strengths": ["choice.dependence_aversion"],
                }
            }
        },
        "central-asia/actors.yaml": {
            "region": {"name": "Region", "five": "the two"},
            "states": states,
            "powers": powers,
            "corridors": corridors,
        },
        "central-asia/ties.csv": [
            {"state": state, "power": power, "field": field, "unit": "share"}
            | cells
            | ({"value": 0.25} if field in ("energy", "union") else {})
            for state in STATES
            for power in POWERS
            for field in TIES
        ],
        "central-asia/rivalries.csv": [
            {"power_a": one, "power_b": two, "domain": domain} | cells
            for one, two in combinations(POWERS, 2)
            for domain in ("economic", "security")
        ],
        "central-asia/neighbours.csv": [
            {"state_a": one, "state_b": two, "field": field, "unit": "share"} | cells
            for one, two in combinations(STATES, 2)
            for field in ("cohesion", "friction")
        ],
        "central-asia/corridors.csv": [
            {"corridor": corridor, "actor": actor, "field": field, "unit": "share"} | cells
            for corridor in CORRIDORS
            for actor, field in (("KAZ", "access"), ("CHN", "link"), ("RUS", "control"))
        ],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(folder: Path, contents: dict[str, Any] | None = None) -> Path:
    """Write the files below `folder` and give the folder back. Text is written as it stands."""
    for name, content in (files() if contents is None else contents).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            text = content
        elif name.endswith(".csv"):
            text = table(content)
        else:
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
    return folder
