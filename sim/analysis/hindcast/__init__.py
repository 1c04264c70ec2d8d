"""Worlds played through years that are past, and what of it is kept for whoever wants to score it.

Scores themselves stand next door, in `sim.analysis.backtest`.
"""
