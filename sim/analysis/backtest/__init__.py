"""The backtest: fans against what came, beside opponents that know no more.

Any table of observations can be read and scored. Fans of the model and of each opponent, fitted to the record up to the
origin, get the same scores; what the difference is worth is told with intervals over states and partners.
"""
