"""The same phases and rules played by NumPy over all lanes and all actors at once, without a compiler.

What is played is written anew from the syntax trees of the very sources that are compiled, so there is one rulebook:
loops over lanes become whole rows, loops over lists of offers become arrays of their entries, and an `if` inside an
expression chooses between arrays. A source written in a way that is not known here is refused with its line and the
reason. Every number is the same to the last bit as in the other ways of playing a turn.
"""
