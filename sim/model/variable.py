"""What it takes to describe a measured quantity: where it comes from, how it is counted, summed up and shown."""

from dataclasses import dataclass
from enum import Enum


class Origin(Enum):
    """Who works a variable out, and when."""

    RECORDED = "kept by the model at the end of every quarter"
    TALLIED = "counted by the model over a whole run"
    JUDGED = "worked out of the record of a run"
    DERIVED = "worked out of what runs came to, for comparisons"


class Scale(Enum):
    """How the values of all runs in one quarter are counted."""

    SHARE = "from 0 to 1 in steps of a thousandth"
    POINTS = "from 0 to 100 in steps of a tenth"
    POWERS = "from 0 to the number of powers in steps of a thousandth"
    COUNT = "whole numbers, each by itself"
    AMOUNT = "in bins of equal ratio, since there is no upper end"
    WORD = "word by word"
    KEPT = "not counted, since only sums over longer spans mean something; `series.parquet` has it run by run"


class Reduction(Enum):
    """How several values become one."""

    MEAN = "their mean"
    SUM = "their sum"
    JOINT = "one minus the product of what each leaves free"


@dataclass(frozen=True)
class Variable:
    """One measured quantity. The same quantity has the same name in every file, the same label in every text."""

    name: str
    axes: str  # "i" state, "ij" state and power, "ijk" state, power and kind of offer
    unit: str
    meaning: str  # what READMEs say of a column; `{unit}` stands for the unit
    origin: Origin = Origin.RECORDED
    counted_by: Scale | None = None  # none where it is not known quarter by quarter
    over_powers: Reduction | None = None  # what `power: all` means; none for a variable of a state alone
    summary: Reduction | None = None  # what is kept of a run: the mean over its last quarters, or the sum over all
    part_of: str = ""  # the variable that it is at most, so that their ratio is a share
    by_offer: bool = False  # totals of a run are kept by power and kind of offer as well
    label: str = ""  # in tables and figures; the name in plain words unless given
    also: tuple[str, ...] = ()  # other words by which people ask for it
    percent: bool = False  # shown in per cent, differences in percentage points
    shown: int = 0  # place among the rows of tables and figures; nought keeps it to the files
    headline: bool = False  # what people ask for first
    wanted: int = 0  # 1 where a government would have more of it for its own sake, -1 where less
    policy: bool = False  # a state's policy or what it meets with, not a thing that one system moves by definition

    @property
    def explained(self) -> str:
        """The meaning with its unit."""
        return self.meaning.format(unit=self.unit)

    @property
    def column(self) -> str:
        """Its name as a column of `series.parquet`."""
        return f"{self.name}_<power>" if self.axes == "ij" else self.name

    @property
    def is_quantity(self) -> bool:
        """Whether it is recorded every quarter as a quantity, and not as a name."""
        return self.origin is Origin.RECORDED and self.counted_by is not Scale.WORD

    @property
    def is_banded(self) -> bool:
        """Whether its values are counted over all runs, so that there are bands of it."""
        return self.is_quantity and self.counted_by is not Scale.KEPT
