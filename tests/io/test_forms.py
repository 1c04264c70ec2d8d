"""One table says how a file is read, what is wrong with it, and how a JSON Schema says the same."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from sim.io.errors import Entry, InputError, Problems
from sim.io.forms import (
    TEXT,
    TRUE_OR_FALSE,
    YES_OR_NO,
    Form,
    Reader,
    Values,
    as_written,
    file_schema,
    group,
    inner,
    items,
    list_of,
    member,
    name_of,
    names_of,
    number,
    part,
    read_each,
    read_file,
    read_form,
    read_rows,
    schema_of,
    schema_text,
    whole_number,
    word,
)
from sim.io.readers import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


class Colour(Enum):
    RED = "as blood"
    DARK_BLUE = "as the night"


def top_of(text: str, file: str = "f.yaml") -> Entry:
    top = parse_yaml(text, file, Problems())
    assert top is not None
    return top


def said(entry: Entry) -> list[str]:
    return [str(problem) for problem in entry.problems]


def plain(entry: Entry) -> Any:
    if isinstance(entry.value, dict):
        return {key: plain(value) for key, value in entry.value.items()}
    return [plain(item) for item in entry.value] if isinstance(entry.value, list) else entry.value


SHIP: Form[Collection[str]] = Form(
    needs={
        "name": TEXT.says("what she is called"),
        "length": number(1, 400).says("from stem to stern, in metres"),
        "home": name_of(lambda ports: ports, "").says("the port she belongs to"),
    },
    may={
        "crew": whole_number(0, 5000, 10).says("how many sail on her"),
        "colour": member(Colour, Colour.RED).says("her hull"),
        "note": TEXT.says("anything else"),
    },
)
PORTS = ("Riga", "Kiel")
SOUND = "{name: Ann, length: 12.5, home: Riga}"


class TestReading:
    def test_every_key_has_its_value_and_what_is_not_written_its_default(self) -> None:
        top = top_of(SOUND)
        values = read_form(top, SHIP, PORTS)
        assert values == {
            "name": "Ann",
            "length": 12.5,
            "home": "Riga",
            "crew": 10,
            "colour": Colour.RED,
            "note": "",
        }
        assert said(top) == []

    def test_everything_that_is_wrong_is_told_at_its_place(self) -> None:
        top = top_of("name: ''\nlenght: 3\nhome: Kile\ncrew: many\ncolour: darkblue\n")
        values = read_form(top, SHIP, PORTS)
        assert said(top) == [
            "f.yaml:2: lenght: found the unknown key 'lenght'; "
            "allowed: name, length, home, crew, colour, note. Did you mean 'length'?",
            "f.yaml:1: 'length' is missing",
            "f.yaml:1: name: found ''; allowed: text",
            "f.yaml:3: home: found 'Kile'; allowed: Riga, Kiel. Did you mean 'Kiel'?",
            "f.yaml:4: crew: found 'many'; allowed: a whole number from 0 to 5000",
            "f.yaml:5: colour: found 'darkblue'; allowed: red, dark_blue. Did you mean 'dark_blue'?",
        ]
        assert values == {"name": "", "length": None, "home": "", "crew": 10, "colour": Colour.RED, "note": ""}

    def test_a_word_that_older_yaml_takes_for_a_boolean_is_told_so(self) -> None:
        top = top_of("on: 1")
        read_form(top, Form(may={"note": TEXT}), None)
        assert said(top) == [
            "f.yaml:1: on: found the unknown key 'on'; 'on' is plain text in YAML 1.2, not true or false; allowed: note"
        ]

    @pytest.mark.parametrize(("text", "found"), [("[1]", "a list"), ("word", "'word'"), ("~", "nothing")])
    def test_what_is_no_group_of_keys_is_not_read(self, text: str, found: str) -> None:
        top = top_of(f"ship: {text}").value["ship"]
        assert read_form(top, SHIP, PORTS) is None
        assert said(top) == [
            f"f.yaml:1: ship: found {found}; allowed: a group of keys: name, length, home, crew, colour, note"
        ]
        other = top_of(f"ship: {text}").value["ship"]
        read_form(other, Form(may=SHIP.may, allowed="a ship"), PORTS)
        assert said(other) == [f"f.yaml:1: ship: found {found}; allowed: a ship"]

    def test_keys_are_looked_at_before_values_and_the_whole_after_them(self) -> None:
        order: list[str] = []

        def whole(_: Entry, values: Values, context: str) -> None:
            order.append("whole")
            values["sum"] = values["a"] + len(context)

        def read(entry: Entry, context: str) -> int:
            order.append(f"{entry.key} in {context}")
            return int(entry.value)

        form: Form[str] = Form(
            needs={"a": Reader(read=read, schema={})}, first=lambda _: order.append("keys"), check=whole
        )
        assert read_form(top_of("a: 3"), form, "here") == {"a": 3, "sum": 7}
        assert order == ["keys", "a in here", "whole"]

    def test_an_entry_tells_its_own_file(self) -> None:
        one, two = top_of("a: 1", "one.yaml"), top_of("a: 1", "two.yaml")
        one.value["a"].refuse(message="wrong")
        two.value["a"].at_key("b").with_value(3).refuse(message="wrong too")
        assert said(one) == ["one.yaml:1: a: found '1'; wrong"]
        assert said(two) == ["two.yaml:1: b: found '1'; wrong too"]

    def test_several_groups_of_one_form_are_read_one_by_one(self) -> None:
        top = top_of(f"- {SOUND}\n- 3\n- {SOUND.replace('Ann', 'Bea')}\n")
        assert [values["name"] for _, values in read_each(top.value, SHIP, PORTS)] == ["Ann", "Bea"]
        assert len(said(top)) == 1


class TestFiles:
    FLEET: Form[object] = Form(needs={"ships": group(schema_of(SHIP), "ships by name")}, may={"owner": TEXT})

    def test_a_file_is_read_by_its_form(self, tmp_path: Path) -> None:
        (tmp_path / "fleet.yaml").write_text(f"ships: {{ann: {SOUND}}}\n", encoding="utf-8")
        problems = Problems()
        values = read_file(tmp_path / "fleet.yaml", self.FLEET, None, problems)
        assert values["owner"] == ""
        assert read_form(values["ships"]["ann"], SHIP, PORTS) is not None
        assert len(problems) == 0

    def test_a_file_that_cannot_be_read_says_nothing(self, tmp_path: Path) -> None:
        problems = Problems()
        assert read_file(tmp_path / "none.yaml", self.FLEET, None, problems) == {"ships": {}, "owner": ""}
        with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
            problems.raise_if_any()

    def test_the_rows_of_tables_have_forms_too(self, tmp_path: Path) -> None:
        (tmp_path / "ships.csv").write_text("home,name,length\nRiga,Ann,12\nKile,Bea,900\n", encoding="utf-8")
        columns: Form[Collection[str]] = Form(needs=SHIP.needs)
        problems = Problems()
        rows = list(read_rows([tmp_path / "ships.csv"], columns, PORTS, problems))
        assert [values["length"] for _, values in rows] == [12.0, None]
        assert [str(problem).partition("ships.csv")[2] for problem in problems] == [
            ":3: length: found '900'; allowed: a number from 1 to 400",
            ":3: home: found 'Kile'; allowed: Riga, Kiel. Did you mean 'Kiel'?",
        ]

    def test_a_table_has_the_columns_of_its_form(self, tmp_path: Path) -> None:
        (tmp_path / "ships.csv").write_text("home,nam\nRiga,Ann\n", encoding="utf-8")
        problems = Problems()
        assert list(read_rows([tmp_path / "ships.csv"], Form(needs=SHIP.needs), PORTS, problems)) == []
        assert [str(problem).partition("header: ")[2] for problem in problems] == [
            "found 'nam'; allowed: name, length, home. Did you mean 'name'?",
            "the column 'name' is missing",
            "the column 'length' is missing",
        ]


NAMED: Reader[Collection[str]] = names_of(lambda names: names)

# A reader, what it takes and what that means, what it refuses that its schema refuses too, and what only it refuses.
READERS: dict[str, tuple[Reader[Any], dict[str, Any], tuple[str, ...], tuple[str, ...]]] = {
    "text": (TEXT, {"a  b": "a b", "3": "3", "true": "true"}, ("''", "~", "[]", "' '"), ()),
    "true or false": (TRUE_OR_FALSE, {"true": True, "'false'": False}, ("no", "1", "[]"), ()),
    "yes or no": (YES_OR_NO, {"no": False, "false": False, "yes": True}, ("maybe", "0", "{}"), ()),
    "number": (number(), {"-1.5": -1.5, "3": 3.0}, ("x", "true", "'1'", "[]"), (".nan", ".inf")),
    "number in a range": (number(0, 1), {"0": 0.0, "1": 1.0, "0.5": 0.5}, ("-1", "2", "x"), (".nan",)),
    "whole number": (whole_number(1, 9), {"1": 1, "9": 9}, ("0", "10", "1.5", "true", "x"), ("1.0",)),
    "word": (word(("on", "off")), {"on": "on"}, ("no", "1", "~"), ()),
    "member": (member(Colour), {"dark_blue": Colour.DARK_BLUE}, ("dark blue", "1"), ()),
    "name": (name_of(lambda names: names), {"Riga": "Riga"}, ("1", "[]"), ("Rome",)),
    "names": (NAMED, {"[Riga]": ("Riga",), "[]": ()}, ("Riga", "[Riga, Riga]", "[1]"), ("[Rome]",)),
    "list": (list_of(number(0)), {"[1, 2]": (1.0, 2.0), "[]": ()}, ("1", "[-1]", "[x]"), ()),
    "inner form": (inner(Form(needs={"a": number()})), {"{a: 1}": {"a": 1.0}}, ("1", "{}", "{a: 1, b: 2}"), ()),
}


@pytest.mark.parametrize("name", READERS)
class TestReaders:
    def test_what_it_takes_it_understands_and_its_schema_takes_too(self, name: str) -> None:
        reader, taken, _, _ = READERS[name]
        for written, meant in taken.items():
            entry = top_of(f"key: {written}").value["key"]
            found = reader.read(entry, PORTS)
            assert found == meant
            assert type(found) is type(meant)
            assert said(entry) == []
            assert Draft7Validator(reader.schema).is_valid(plain(entry))

    def test_what_it_refuses_it_tells_once_and_its_schema_refuses_what_it_can(self, name: str) -> None:
        reader, _, refused, alone = READERS[name]
        for written in (*refused, *alone):
            entry = top_of(f"key: {written}").value["key"]
            reader.read(entry, PORTS)
            assert len(said(entry)) == 1, written
            assert said(entry)[0].startswith("f.yaml:1: key")
            assert Draft7Validator(reader.schema).is_valid(plain(entry)) is (written in alone), written


def test_some_entries_are_left_to_the_caller() -> None:
    top = top_of("{one: 3, list: [1, 2], group: {a: 1}}")
    form: Form[object] = Form(needs={"one": as_written({}), "list": items({}), "group": group({})})
    values = read_form(top, form, None)
    assert values is not None
    assert values["one"] is top.value["one"]
    assert values["list"] is top.value["list"].value
    assert values["group"] is top.value["group"].value


class TestSchemas:
    def test_a_form_is_a_schema_with_its_words_and_defaults(self) -> None:
        assert schema_of(SHIP) == {
            "type": "object",
            "required": ["name", "length", "home"],
            "additionalProperties": False,
            "properties": {
                "name": {
                    "description": "what she is called",
                    "type": ["string", "number", "boolean"],
                    "pattern": r"\S",
                },
                "length": {
                    "description": "from stem to stern, in metres",
                    "type": "number",
                    "minimum": 1,
                    "maximum": 400,
                },
                "home": {"description": "the port she belongs to", "type": "string"},
                "crew": {
                    "description": "how many sail on her",
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 5000,
                    "default": 10,
                },
                "colour": {"description": "her hull", "enum": ["red", "dark_blue"], "default": "red"},
                "note": {"description": "anything else", "type": ["string", "number", "boolean"], "pattern": r"\S"},
            },
        }

    def test_how_a_value_is_written_follows_what_it_means(self) -> None:
        reader: Reader[object] = Reader(read=lambda entry, _: entry, schema={"description": "in metres"})
        assert reader.says("her length").schema == {"description": "her length: in metres"}
        assert reader.says("her length", 3.0).missing == 3.0
        assert reader.but(minItems=1).schema == {"description": "in metres", "minItems": 1}

    def test_what_a_form_says_beyond_its_keys_is_kept(self) -> None:
        either = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
        schema = schema_of(Form(may={"a": TEXT, "b": TEXT}, schema=either))
        assert Draft7Validator(schema).is_valid({"a": "x"})
        assert not Draft7Validator(schema).is_valid({"a": "x", "b": "y"})
        assert not Draft7Validator(schema).is_valid({})

    def test_a_file_has_a_title_and_definitions_that_its_parts_refer_to(self) -> None:
        form: Form[object] = Form(needs={"ship": as_written(part("ship"))})
        schema = file_schema("Fleet", "Ships.", schema_of(form), {"ship": schema_of(SHIP)})
        Draft7Validator.check_schema(schema)
        assert list(schema)[:3] == ["$schema", "title", "description"]
        assert Draft7Validator(schema).is_valid({"ship": {"name": "Ann", "length": 1, "home": "Riga"}})
        assert not Draft7Validator(schema).is_valid({"ship": {"name": "Ann"}})
        assert schema_text(schema).endswith("}\n")
