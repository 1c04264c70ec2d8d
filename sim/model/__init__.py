"""The model itself: rules, the phases of a turn, the fields they work on, chance.

A rule is one small pure function (`rules/`); a phase applies rules to the fields of the world for one actor
(`phases/`); `turn` plays the phases in order. Nothing here knows scenarios, or files of results.
"""
