"""The classroom in a real browser.

This folder is a package so that its browser ends with it: while one is open, nothing else in the same process may run a
loop of its own.
"""
