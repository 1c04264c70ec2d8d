"""How the record of the past is written: measures, periods, rows of its tables, and the groups of `record.yaml`.

What `sim.evidence.history` reads. A measure says of whom it is, over what time, in which unit and within which range; a
row that says otherwise is refused before anything else is asked of it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.io.checks import check_choice, check_list, check_text, range_in_words
from sim.io.errors import Entry, listed, nearest_to, quoted
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    group,
    inner,
    list_schema,
    name_of,
    names_of,
    number,
    schema_of,
    whole_number,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
WINDOW = 5
"""Years of a window; the first and the last count."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """The names that a row or a rule of the record may use."""

    states: Collection[str]
    powers: Collection[str]
    documents: Collection[str]
    organisations: Collection[str] = ()


# --- measures --------------------------------------------------------------------------------------------------------


class MeasureForm(NamedTuple):
    """Of whom a measure of the record is (see `check_whose`), its unit, over what time, and what it can be."""

    whose: str
    unit: str
    period: str = "year"
    low: float = 0.0
    high: float = inf
    nought: bool = True  # whether its lowest value can be; without it a year without a figure has no row

    def allows(self, value: float) -> bool:
        """Whether this can be the value of a row."""
        return self.low <= value <= self.high and (self.nought or value > self.low)

    @property
    def allowed(self) -> str:
        """The values that can be, in words."""
        if self.nought:
            return range_in_words(self.low, self.high)
        return f"a number above {self.low:g}; a year without a figure has no row"


MEASURES: Mapping[str, MeasureForm] = {
    "trade": MeasureForm("pair", "million USD", nought=False),
    "turnover": MeasureForm("state", "million USD", nought=False),
    "output": MeasureForm("one", "bn USD", nought=False),
    "growth": MeasureForm("one", "percent", low=-100.0, high=100.0),
    "price": MeasureForm("nobody", "USD a barrel", nought=False),
    "arms": MeasureForm("pair", "million TIV", period="five years"),
    "arms_total": MeasureForm("state", "million TIV", period="five years"),
    "un_agreement": MeasureForm("pair", "0 to 1", high=1.0),
    "un_distance": MeasureForm("pair", "points", high=10.0),
    "fdi_host": MeasureForm("pair", "million USD", low=-inf),
    "fdi_investor": MeasureForm("pair", "million USD", low=-inf),
    "remittances": MeasureForm("state", "percent of output", high=100.0, nought=False),
    "visits": MeasureForm("pair", "visits a year"),
    "military_visits": MeasureForm("pair", "visits a year"),
    "membership": MeasureForm("organisation", "member", period="date", high=1.0),
}
WHOLES: Mapping[str, str] = {"trade": "turnover", "arms": "arms_total"}
"""Measures that are parts, each with the whole, which must be there and no smaller than its parts together."""

_WHOSE: Mapping[str, tuple[str, ...]] = {
    "pair": ("state and partner",),
    "organisation": ("state and partner",),
    "state": ("state",),
    "one": ("state", "partner"),
    "nobody": ("neither",),
}
_OF_ORGANISATIONS = tuple(name for name, form in MEASURES.items() if form.whose == "organisation")
_OF_ACTORS = tuple(name for name in MEASURES if name not in _OF_ORGANISATIONS)


# --- periods ---------------------------------------------------------------------------------------------------------


class Period(NamedTuple):
    """A time as it is written, the year in which it begins and that in which it ends, and what it may be called."""

    when: str
    first: int
    last: int
    kinds: tuple[str, ...]

    @property
    def end(self) -> str:
        """Its last day, YYYY-MM-DD (of any month the 31st): what is only known to the year is taken at its end."""
        day = self.when if "date" in self.kinds else f"{self.last}"
        return day + "-12-31"[len(day) - len("2000") :]


_PERIODS: Mapping[str, str] = {
    "year": "a year, such as 2010",
    "five years": "five years with the first and the last, such as 2005-2009",
    "date": "a date such as 2012-12-19, or the month or year where no more is known",
}
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


def period_of(text: str) -> Period | None:
    """The time that this text names; None where it names none."""
    if years := _YEARS.fullmatch(text):
        first, last = int(years[1]), int(years[2] or years[1])
        kinds, long = (("year", "date"), 0) if years[2] is None else (("five years",), WINDOW - 1)
        sound = first >= _FIRST_YEAR and last <= _LAST_YEAR and last - first == long
        return Period(text, first, last, kinds) if sound else None
    if date := _DATE.fullmatch(text):
        try:
            day = datetime.date(int(date[1]), int(date[2]), int(date[3] or 1))
        except ValueError:
            return None
        return Period(text, day.year, day.year, ("date",)) if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
    return None


def _read_period(entry: Entry, _: object) -> Period | None:
    written = check_text(entry, listed(_PERIODS.values()))
    period = period_of(written)
    if written and period is None:
        entry.refuse(allowed="; ".join(_PERIODS.values()))
    return period


# --- rows ------------------------------------------------------------------------------------------------------------


def _read_sources(entry: Entry, known: Known) -> tuple[str, ...]:
    """The ids of documents in a cell, separated by semicolons."""
    ids = tuple(part.strip() for part in (entry.text or "").split(";") if part.strip())
    if not ids:
        entry.refuse(allowed="the id of a document in seeds/documents.yaml")
    for name in ids:
        if name not in known.documents:
            near = nearest_to(name, known.documents)
            entry.refuse(found=quoted(name), allowed="the id of a document in seeds/documents.yaml", nearest=near)
    return ids


def _name_or_empty(names: Callable[[Known], Collection[str]]) -> Reader[Known]:
    """One of these names, or an empty cell where the row is not about one."""
    return Reader(
        read=lambda cell, known: "" if cell.text == "" else check_choice(cell, names(known)) or "?",
        schema={"type": "string"},
        missing="",
    )


_YEAR = whole_number(_FIRST_YEAR, _LAST_YEAR)


def check_row(row: Entry, values: dict[str, Any], _: Known) -> None:
    """A row is about whom its measure is about, in its unit, with a value that can be, and was known afterwards."""
    measure = MEASURES.get(values["measure"] or "")
    if measure is None:
        return
    check_whose(row, values, measure)
    if values["unit"] != measure.unit:
        row.value["unit"].refuse(allowed=measure.unit)
    if values["value"] is not None and not measure.allows(values["value"]):
        row.value["value"].refuse(allowed=measure.allowed)
    period, known = values["period"], values["known_since"]
    if period is None:
        return
    if measure.period not in period.kinds:
        row.value["period"].refuse(allowed=f"{_PERIODS[measure.period]}, for {values['measure']}")
    elif known is not None and known <= period.last - (measure.period == "date"):
        late = f"{period.last} or later" if measure.period == "date" else f"a year after {period.last}"
        row.value["known_since"].refuse(allowed=f"{late}: no figure of a year is known within it")


def check_whose(row: Entry, values: dict[str, Any], measure: MeasureForm) -> None:
    """Trade is of a state and a partner, turnover of a state, output of one of the two, a price of nobody."""
    given = " and ".join(key for key in ("state", "partner") if values[key]) or "neither"
    if given not in _WHOSE[measure.whose]:
        allowed = " or ".join(_WHOSE[measure.whose])
        row.value["measure"].refuse(found=f"{values['measure']} of {given}", allowed=f"of {allowed}")


def _row(measures: Collection[str], partners: Callable[[Known], Collection[str]]) -> Form[Known]:
    return Form(
        needs={
            "state": _name_or_empty(lambda known: known.states),
            "partner": _name_or_empty(partners),
            "period": Reader(read=_read_period, schema={"type": "string"}),
            "measure": word(measures),
            "value": number(),
            "unit": TEXT,
            "source": Reader(read=_read_sources, schema={"type": "string"}, missing=()),
            "known_since": _YEAR,
        },
        check=check_row,
    )


ROW = _row(_OF_ACTORS, lambda known: known.powers)
ORGANISATION_ROW = _row(_OF_ORGANISATIONS, lambda known: known.organisations)
"""The same columns where the partner is an organisation."""


# --- record.yaml -----------------------------------------------------------------------------------------------------

_POWERS: Reader[Known] = names_of(lambda known: known.powers, "list actors")
_STATE: Reader[Known] = name_of(lambda known: known.states, "", where="list actors")
_PARTNERS: Reader[Known] = names_of(lambda known: (*known.powers, *known.organisations))
_MEASURES: Reader[Known] = names_of(lambda _: MEASURES)


def _read_documents(entry: Entry, known: Known) -> tuple[str, ...]:
    """Ids of documents, one at the least: a trap without a source would catch nothing."""
    allowed = "a list of ids of documents"
    found = tuple(check_choice(item, known.documents, "list documents") or "" for item in check_list(entry, allowed))
    if entry.value == []:
        entry.refuse(allowed=f"{allowed}, one at the least")
    return found


_DOCUMENTS: Reader[Known] = Reader(read=_read_documents, schema=list_schema({"type": "string"}, minItems=1), missing=())
TRAP: Form[Known] = Form(
    needs={
        "sources": _DOCUMENTS.says("the documents from which such rows may not come"),
        "why": TEXT.says("what is wrong with them"),
    },
    may={
        "measures": _MEASURES.says("the measures that are meant", ("trade", "turnover")),
        "state": _STATE.says("whose rows are meant; those of all where none is named", ""),
        "partners": _PARTNERS.says("with whom; with all, and with nobody, where none is named"),
        "from": whole_number(_FIRST_YEAR, _LAST_YEAR, _FIRST_YEAR).says("the first year that is meant"),
        "to": whole_number(_FIRST_YEAR, _LAST_YEAR, _LAST_YEAR).says("the last year that is meant"),
    },
)
ORGANISATION: Form[Known] = Form(needs={"name": TEXT.says("what it is called")})


def check_error_range(entry: Entry, values: dict[str, Any], _: object) -> None:
    """What is taken lies within what the evidence allows."""
    low, error, high = (values[key] for key in ("low", "error", "high"))
    if None not in (low, error, high) and not low <= error <= high:
        entry.value["error"].refuse(allowed=f"a number from low ({low:g}) to high ({high:g})")


CLASS: Form[Known] = Form(
    needs={
        "powers": _POWERS.says("the partners of the class"),
        "group": TEXT.says("with which classes it is compared together: classes with the same word here"),
        "error": number(0, 1).says("sd of the logarithm of recorded over real trade"),
        "low": number(0, 1).says("the least it may be"),
        "high": number(0, 1).says("the most it may be"),
        "why": TEXT.says("how it was found"),
    },
    check=check_error_range,
)
LINE: Form[object] = Form(
    needs={
        "low": number(0).says("the least ratio of model and record"),
        "high": number(0).says("the largest"),
        "why": TEXT.says("why the lines lie there"),
    }
)
LINES: Form[object] = Form(
    needs={
        "spread": inner(LINE).says("for changes of trade shares"),
        "output": inner(LINE).says("for yearly growth of output"),
    }
)
RECORD: Form[Known] = Form(
    needs={
        "first": whole_number(_FIRST_YEAR, _LAST_YEAR, _FIRST_YEAR).says("the first year of the record"),
        "last": whole_number(_FIRST_YEAR, _LAST_YEAR, _LAST_YEAR).says("the last year; a later row is refused"),
        "traps": group(schema_of(TRAP)).says("rows that may not come from which source, by name"),
        "organisations": group(schema_of(ORGANISATION)).says("what states may be members of, by name"),
        "classes": group(schema_of(CLASS)).says("classes of partners by name, and with what error their trade is seen"),
        "lines": inner(LINES).says("between which ratios of model and record the model has to lie"),
    }
)
