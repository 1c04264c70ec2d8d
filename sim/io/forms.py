"""Declared forms: what may stand in a file, read and described from one table.

A `Reader` knows how one value is read, how a JSON Schema says the same, and what holds where nothing is written. A
`Form` is a table from key to reader: which keys must stand there and which may. `read_form` reads a group of keys by
its form, notes every problem with file, line, key, what was found, what is allowed and the nearest thing that would do;
`schema_of` gives the form as a JSON Schema, for editors. A row of a table (CSV) is a group of its cells and has a form
like any other. What a reader has to look up (ids of facts, codes of actors) it finds in a context, which its caller
hands over; what no single key can tell is checked by the form's `check` once all keys are read.

The schema is the looser of the two: what depends on the world or on other files only the reader can know.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from sim.io.checks import (
    check_choice,
    check_choices,
    check_group,
    check_list,
    check_number,
    check_text,
    check_whole_number,
)
from sim.io.errors import MOST_QUOTED, Entry, listed, nearest_to, quoted
from sim.io.readers import read_table, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from sim.io.errors import Problems

C_contra = TypeVar("C_contra", contravariant=True)
Schema: TypeAlias = "Mapping[str, Any]"
Values: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reader(Generic[C_contra]):
    """How one value is read.

    read: checks the entry, notes what is wrong with it, gives what it means, given the context; schema: the same as a
    JSON Schema; missing: what holds where the key is not written; percent: whether it is written as a percentage; made:
    checks a value made in Python, which is what it means already; None where `read` does that too.
    """

    read: Callable[[Entry, C_contra], Any]
    schema: Schema
    missing: Any = None
    percent: bool = False
    made: Callable[[Entry, C_contra], Any] | None = None

    def says(self, meaning: str, missing: Any = None) -> Reader[C_contra]:
        """The same reader for a key that means this, and is `missing` where it is not written."""
        written = self.schema.get("description", "")
        rest = {key: value for key, value in self.schema.items() if key != "description"}
        schema = {"description": f"{meaning}: {written}" if written else meaning, **rest}
        return replace(self, schema=schema, missing=self.missing if missing is None else missing)

    def but(self, **schema: Any) -> Reader[C_contra]:
        """The same reader with more in its schema, where a check beyond it asks for more."""
        return replace(self, schema={**self.schema, **schema})


@dataclass(frozen=True, kw_only=True, eq=False)
class Form(Generic[C_contra]):
    """The keys of a group, or the columns of a table.

    needs, may: a reader for each key that must and that may stand there; first: checks which keys are there, before any
    is read; check: what no single key can tell, given the entry, the values read (which it may put right) and the
    context; allowed: what is said where no group of keys stands; where: the command that shows all keys, where there
    are too many for a message; schema: what a JSON Schema says beyond the keys.
    """

    needs: Mapping[str, Reader[C_contra]] = field(default_factory=dict)
    may: Mapping[str, Reader[C_contra]] = field(default_factory=dict)
    first: Callable[[Entry], None] | None = None
    check: Callable[[Entry, Values, C_contra], None] | None = None
    allowed: str = ""
    where: str = "schema"
    schema: Schema = field(default_factory=dict)

    @cached_property
    def keys(self) -> Mapping[str, Reader[C_contra]]:
        """Every key, those that must stand there first."""
        return {**self.needs, **self.may}

    @cached_property
    def rows(self) -> tuple[tuple[str, Callable[[Entry, C_contra], Any], Any], ...]:
        """What reading needs of each key, at hand: evidence is read whenever the program starts."""
        return tuple((key, reader.read, reader.missing) for key, reader in self.keys.items())


# --- reading by a form -----------------------------------------------------------------------------------------------


def read_form(entry: Entry, form: Form[C_contra], context: C_contra) -> Values | None:
    """The value of every key of the form; None, with a problem, where there is no group of keys to read.

    A key that is not written, though it must be, is a problem and has the value it would have if it only might be.
    """
    if not check_keys(entry, form):
        return None
    if form.first is not None:
        form.first(entry)
    written = entry.value
    values = {}
    for key, read, missing in form.rows:
        found = written.get(key)
        values[key] = missing if found is None else read(found, context)
    if form.check is not None:
        form.check(entry, values, context)
    return values


def read_each(entries: Iterable[Entry], form: Form[C_contra], context: C_contra) -> Iterator[tuple[Entry, Values]]:
    """Several groups of one form, one after the other; those that cannot be read are left out with a problem."""
    for entry in entries:
        values = read_form(entry, form, context)
        if values is not None:
            yield entry, values


def read_file(path: Path, form: Form[C_contra], context: C_contra, problems: Problems) -> Values:
    """The values of a YAML file; where it cannot be read, what they are when nothing is written, with a problem."""
    top = read_yaml(path, problems)
    values = None if top is None else read_form(top, form, context)
    return {key: reader.missing for key, reader in form.keys.items()} if values is None else values


def read_rows(
    paths: Iterable[Path], columns: Form[C_contra], context: C_contra, problems: Problems
) -> Iterator[tuple[Entry, Values]]:
    """The rows of CSV files of one form, one after the other; columns that may be there need not."""
    for path in paths:
        yield from read_each(read_table(path, columns.keys, problems, columns.may), columns, context)


_NOT_BOOLEAN = frozenset(("on", "off", "yes", "no", "y", "n"))


def check_keys(entry: Entry, form: Form[Any]) -> bool:
    """A group has every key it needs and no unknown one. False when there are no keys at all."""
    if not isinstance(entry.value, dict):
        entry.refuse(allowed=form.allowed or "a group of keys: " + listed(form.keys, form.where))
        return False
    for key in entry.value:
        if key not in form.keys:
            _refuse_unknown(entry, key, form)
    for key in form.needs:
        if key not in entry.value:
            entry.refuse(found="", message=f"'{key}' is missing")
    return True


def _refuse_unknown(entry: Entry, key: str, form: Form[Any]) -> None:
    """Nobody reads this key; says so when the key is a word that older YAML takes for true or false."""
    shown = key[:MOST_QUOTED]
    entry.value[key].refuse(
        key=f"{entry.key}.{shown}" if entry.key else shown,
        found=f"the unknown key {quoted(key)}",
        allowed=listed(form.keys, form.where),
        nearest=nearest_to(key, form.keys),
        message=f"{quoted(key)} is plain text in YAML 1.2, not true or false" if key.lower() in _NOT_BOOLEAN else "",
    )


# --- readers that every file needs -----------------------------------------------------------------------------------

TEXT: Reader[object] = Reader(
    read=lambda entry, _: check_text(entry),
    schema={"type": ["string", "number", "boolean"], "pattern": r"\S"},
    missing="",
)

TRUE_OR_FALSE: Reader[object] = Reader(
    read=lambda entry, _: check_choice(entry, ("true", "false")) != "false",
    schema={"enum": [True, False, "true", "false"]},
    missing=True,
    made=lambda entry, _: _check_made_flag(entry),
)


def _check_made_flag(entry: Entry) -> None:
    """True or False as it is kept."""
    if not isinstance(entry.value, bool):
        entry.refuse(allowed="True or False")


YES_OR_NO: Reader[object] = Reader(
    read=lambda entry, _: check_choice(entry, ("yes", "no", "true", "false")) not in ("no", "false"),
    schema={"enum": ["yes", "no", *TRUE_OR_FALSE.schema["enum"]]},
    missing=True,
)


def number(low: float = -inf, high: float = inf) -> Reader[object]:
    """A finite number within low..high; None on a problem."""
    return Reader(read=lambda entry, _: check_number(entry, low, high), schema=number_schema(low, high))


def number_schema(low: float, high: float) -> Schema:
    """A number within low..high, as a JSON Schema."""
    ends = {"minimum": low, "maximum": high}
    return {"type": "number", **{end: value for end, value in ends.items() if abs(value) != inf}}


def whole_number(low: int, high: int, usual: int | None = None) -> Reader[object]:
    """A whole number within low..high; `usual` where it is missing or wrong."""

    def read(entry: Entry, _: object) -> int | None:
        found = check_whole_number(entry, low, high)
        return usual if found is None else found

    return Reader(read=read, schema={"type": "integer", "minimum": low, "maximum": high}, missing=usual)


def word(words: Collection[str]) -> Reader[object]:
    """One of these words; None on a problem."""
    return Reader(read=lambda entry, _: check_choice(entry, words), schema={"enum": list(words)})


def member(kind: type[Enum], usual: Enum | None = None) -> Reader[object]:
    """A member of an enumeration, written as its name in small letters; `usual` on a problem."""
    members = {one.name.lower(): one for one in kind}
    return Reader(
        read=lambda entry, _: members.get(check_choice(entry, members) or "", usual),
        schema={"enum": list(members)},
        missing=usual,
    )


def name_of(
    names: Callable[[C_contra], Collection[str]],
    usual: str | None = None,
    schema: Schema | None = None,
    where: str = "list",
) -> Reader[C_contra]:
    """One of the names that the context knows; `usual` on a problem. The schema knows only that it is a name.

    where: the command that shows all names.
    """
    return Reader(
        read=lambda entry, context: check_choice(entry, names(context), where) or usual,
        schema={"type": "string"} if schema is None else schema,
        missing=usual,
    )


def names_of(names: Callable[[C_contra], Collection[str]], where: str = "list") -> Reader[C_contra]:
    """A list of names that the context knows, each once; wrong ones are left out with a problem.

    where: the command that shows all names.
    """
    return Reader(
        read=lambda entry, context: check_choices(entry, names(context), where),
        schema=list_schema({"type": "string"}, uniqueItems=True),
        missing=(),
    )


def list_of(reader: Reader[C_contra], allowed: str = "a list") -> Reader[C_contra]:
    """A list whose items are all read in one way."""
    return Reader(
        read=lambda entry, context: tuple(reader.read(item, context) for item in check_list(entry, allowed)),
        schema=list_schema(reader.schema),
        missing=(),
    )


def items(schema: Schema, allowed: str = "a list") -> Reader[object]:
    """A list whose items the caller reads; `schema` says how each is written."""
    return Reader(read=lambda entry, _: check_list(entry, allowed), schema=list_schema(schema), missing=())


def group(schema: Schema, allowed: str = "a group of keys", **more: Any) -> Reader[object]:
    """A group of keys with any names, whose values the caller reads; `schema` says how each is written."""
    return Reader(read=lambda entry, _: check_group(entry, allowed), schema=group_schema(schema, **more), missing={})


def inner(form: Form[C_contra]) -> Reader[C_contra]:
    """A group of keys with a form of its own; None where it cannot be read."""
    return Reader(read=lambda entry, context: read_form(entry, form, context), schema=schema_of(form))


def as_written(schema: Schema) -> Reader[object]:
    """The entry itself: what it means depends on other keys or other files, so the caller reads it."""
    return Reader(read=lambda entry, _: entry, schema=schema)


# --- JSON Schemas ----------------------------------------------------------------------------------------------------

NAME_SCHEMA: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"}
"""A name in the sense of `sim.io.checks.is_name`."""

_DRAFT = "http://json-schema.org/draft-07/schema#"


def schema_of(form: Form[Any]) -> dict[str, Any]:
    """The form as a JSON Schema (draft 7)."""
    needs = {key: dict(reader.schema) for key, reader in form.needs.items()}
    may = {key: {**reader.schema, **_default(reader)} for key, reader in form.may.items()}
    required = {"required": list(needs)} if needs else {}
    return {"type": "object", **required, "additionalProperties": False, "properties": needs | may, **form.schema}


def _default(reader: Reader[Any]) -> dict[str, Any]:
    """What a key is when it is not written, where that can be written."""
    missing = reader.missing.name.lower() if isinstance(reader.missing, Enum) else reader.missing
    plain = isinstance(missing, bool | int | float | str) and missing != "" and not reader.percent
    return {"default": missing} if plain else {}


def list_schema(item: Schema, **more: Any) -> dict[str, Any]:
    """A list of such items, as a JSON Schema; `more` says how many, or that each stands once."""
    return {"type": "array", "items": dict(item), **more}


def group_schema(value: Schema, **more: Any) -> dict[str, Any]:
    """A group of keys with any names and such values, as a JSON Schema; `more` says what names, or how many."""
    return {"type": "object", "additionalProperties": dict(value), **more}


def part(name: str) -> dict[str, Any]:
    """A definition of the same schema. A reference may have no neighbours in draft 7, so it stands in a list here."""
    return {"allOf": [{"$ref": f"#/definitions/{name}"}]}


def file_schema(title: str, description: str, form: Schema, definitions: Schema | None = None) -> dict[str, Any]:
    """The schema of a whole file."""
    head = {"$schema": _DRAFT, "title": title, "description": description}
    return {**head, **form, **({"definitions": dict(definitions)} if definitions else {})}


def schema_text(schema: Schema) -> str:
    """A schema as it is kept in a file: JSON with a line break at the end."""
    import json  # only who prints a schema needs it

    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
