"""How much may be asked for: one list for files, for Python and for the command line."""

MOST_RUNS = 10_000_000
"""Runs of a batch: what one machine plays in days, and what memory holds of them one after the other."""

LARGEST_SEED = 2**63 - 1
"""Seeds are kept in signed words of 64 bits, in files and in tables."""

MOST_PARTS = 100_000
"""Parts of a batch that a job array plays."""

MOST_WORKERS = 1024
"""Threads or processes that may be asked for: more than any one machine has cores, fewer than would bring it down."""

LONGEST = 400
"""Quarters of a span of time."""

MOST_POINTS = 1 << 20
"""Points of the design of a sweep."""

MOST_REPLICATES = 100_000
"""Runs at each point of a sweep."""

FIRST_YEAR, LAST_YEAR = 1990, 2200
"""Years that a run may have."""

MOST_LINES = 10_000_000
"""Lines of a file that a problem or an event may stand in."""
