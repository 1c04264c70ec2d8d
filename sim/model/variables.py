"""What is measured of a run."""

BY_POWER = ("alignment", "trade", "trust", "pressure")

BY_STATE = (
    "effective_partners",
    "hhi",
    "entropy",
    "autonomy",
    "balance",
    "threat",
    "delivered",
    "visits",
    "compensating_visits",
    "offers",
    "accepted",
    "sided",
    "cohesion",
    "nationalism",
    "refining",
    "energy_concentration",
    "vote",
)

COUNTS = frozenset({"visits", "compensating_visits", "offers", "accepted", "vote"})

OFFER_TOTALS = ("offers", "accepted", "value_offered", "value_signed")

MEASURES = ("outcome", "sided", *(name for name in BY_STATE if name != "sided"), *BY_POWER)
"""What `series.parquet` can keep of a run, beside run, quarter and state."""
