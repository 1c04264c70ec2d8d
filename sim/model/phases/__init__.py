"""The ten phases of a turn, one a file, each a function for one actor over all lanes of a block.

`w` is a `sim.model.world.World`, `p` the numbers [row, lane], `t` the quarter (year * 4 + q - 1), `i` a state, `j` a
power. A phase reads what earlier phases left and writes only rows of its own actor. Loops over partners and kinds stand
outside, the loop over lanes innermost: that is what the compiler turns into vector instructions. In one lane loop no
array is read at one row and written at another, and nothing is read behind a condition (`pick` instead of `x if c else
y`).
"""
