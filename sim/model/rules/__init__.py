"""The rulebook: pure scalar functions, one theme a file, nothing imported from outside this folder.

Every rule takes floats and returns a float. Its numbers are arguments named like the entries of the file of the same
name in `seeds/parameters`; its docstring gives the claim and the evidence ids behind it. Nothing here knows a state of
the world, a clock, a generator of chance, an array or a country.
"""
