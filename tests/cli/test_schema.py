"""What a schema says of a file is what its reader says, as far as a schema can say it; both follow from one form."""

import json
import os
from pathlib import Path
from random import Random

import pytest
import yaml
from jsonschema import Draft7Validator

from helpers import small_seeds
from helpers.spoil import put, spoilt
from sim.analysis.documented_file import load_documented
from sim.analysis.lever_file import load_levers
from sim.analysis.patterns import load_patterns
from sim.analysis.sensitivity.experiment import load_experiment
from sim.classroom.lessons import load_lesson
from sim.cli import main
from sim.cli.new import starting_text
from sim.cli.schema import KEPT, schema_of_kind
from sim.evidence.agenda import load_agenda
from sim.evidence.agreement import load_recoding
from sim.evidence.behaviours import load_behaviours
from sim.evidence.calibration import load_plan
from sim.evidence.evidence import load_evidence
from sim.evidence.history import FILES, ROW, load_history
from sim.io.errors import InputError, Problems
from sim.io.forms import schema_text
from sim.io.readers import parse_yaml
from sim.scenario.scenario import load_scenario

SHIPPED = {
    "scenario": "scenarios/**/*.yaml",
    "experiment": "experiments/*/experiment.yaml",
    "lesson": "lessons/*.yaml",
    "world": "seeds/*/actors.yaml",
    "document": "seeds/documents.yaml",
    "fact": "seeds/facts/*.yaml",
    "number": "seeds/parameters/*.yaml",
    "codebook": "seeds/codebook.yaml",
    "recoding": "seeds/recoding.yaml",
    "agenda": "seeds/agenda.yaml",
    "system": "seeds/systems.yaml",
    "behaviour": "seeds/behaviours.yaml",
    "pattern": "seeds/patterns.yaml",
    "record": "seeds/history/record.yaml",
    "calibration": "seeds/history/calibration.yaml",
    "lever": "seeds/levers.yaml",
    "conflict": "seeds/conflicts.yaml",
    "documented": "seeds/documented.yaml",
}
NEED_NOT_BE_THERE = {"recoding"}  # nobody need have coded a second time
SCHEMAS = {kind: Draft7Validator(schema_of_kind(kind)) for kind in KEPT}
FEW = int(os.environ.get("MULTIVECTOR_FUZZ", "80"))


def plain(entry):
    """What our reader makes of a file, without its places."""
    if isinstance(entry.value, dict):
        return {key: plain(value) for key, value in entry.value.items()}
    return [plain(item) for item in entry.value] if isinstance(entry.value, list) else entry.value


def by_schema(kind, text):
    """What the schema has against a file."""
    top = parse_yaml(text, "x.yaml", Problems())
    return [error.message for error in SCHEMAS[kind].iter_errors(None if top is None else plain(top))]


# --- the schemas themselves ------------------------------------------------------------------------------------------


def inner_schemas(schema):
    yield schema
    for value in schema.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from inner_schemas(one)


@pytest.mark.parametrize("kind", KEPT)
class TestSchema:
    def test_it_is_one_and_is_kept_as_it_is_printed(self, kind, request, capsys):
        Draft7Validator.check_schema(schema_of_kind(kind))
        kept = (request.config.rootpath / KEPT[kind]).read_text(encoding="utf-8")
        assert kept == schema_text(schema_of_kind(kind)), "renew it with `make docs`"
        assert main.main(["schema", kind]) == 0
        assert capsys.readouterr().out == kept

    def test_it_is_written_where_asked(self, kind, tmp_path):
        path = tmp_path / "below" / "it.json"
        assert main.main(["schema", kind, "-o", str(path)]) == 0
        assert json.loads(path.read_text(encoding="utf-8")) == schema_of_kind(kind)

    def test_it_says_what_the_keys_of_a_file_mean(self, kind):
        written = schema_of_kind(kind)
        assert written["title"]
        assert written["description"]
        silent = [key for key, value in written.get("properties", {}).items() if "description" not in value]
        assert silent == []

    def test_what_a_key_is_by_default_may_be_written_out(self, kind):
        properties = [one["properties"] for one in inner_schemas(schema_of_kind(kind)) if "properties" in one]
        for key, value in (item for one in properties for item in one.items() if "default" in item[1]):
            assert Draft7Validator(value).is_valid(value["default"]), key

    def test_every_shipped_file_satisfies_it_and_names_it(self, kind, request):
        root = request.config.rootpath
        paths = sorted(root.glob(SHIPPED[kind]))
        assert paths or kind in NEED_NOT_BE_THERE
        for path in paths:
            text = path.read_text(encoding="utf-8")
            assert by_schema(kind, text) == [], path
            named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
            assert (path.parent / named).resolve() == root / KEPT[kind], path


def test_where_nothing_can_be_written_is_told(tmp_path, capsys):
    assert main.main(["schema", "-o", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_scenarios_are_meant_unless_told_otherwise(capsys):
    assert main.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of_kind("scenario")


def test_a_kind_nobody_knows_is_refused(capsys):
    with pytest.raises(SystemExit):
        main.main(["schema", "weather"])
    assert "found 'weather'; allowed: scenario" in capsys.readouterr().err


# --- beside the readers ----------------------------------------------------------------------------------------------


def small_lesson():
    moved = {"numbers": {"choice.dependence_aversion": 0.5}, "quarter": "2027-Q1"}
    bet = {"kind": "bet", "minutes": 3, "text": "Bet.", "bet": {"state": "KAZ", "word": "sided"}}
    do = {"kind": "do", "minutes": 4, "text": "Do.", "note": "So.", "view": "play", "play": "KAZ"} | moved
    word = {"says": "{low} to {high}.", "state": "UZB", "word": "sided-CHN", "within": [0, 9], "seed": 3}
    answers = [{"by": "UZB", "to": "all", "say": "no"}]
    mean = {"says": "By {low}.", "state": "UZB", "measure": "output", "change": [-1, -1], "answers": answers}
    head = {"title": "One", "question": "What?", "minutes": 7, "scenario": "baseline", "words": ["world", "luck"]}
    sliders = {"sliders": ["choice.dependence_aversion"]}
    lists = {key: ["So."] for key in ("before", "aims", "limits")}
    tasks = {"tasks": [{"ask": "Who?", "lines": 2, "answer": "I."}]}
    read = {"misreadings": [{"reading": "No.", "answer": "Yes."}]}
    return head | sliders | lists | {"steps": [bet, do], "expect": [word, mean | moved]} | tasks | read


def small(name):
    """A small file that is sound, as plain data."""
    if name == "scenario":
        text = starting_text("x", load_scenario("toy"), load_evidence("toy"), "", alone=True)
        lines = (line if line.startswith("##") else line.removeprefix("# ") for line in text.splitlines())
        return plain(parse_yaml("\n".join(lines), "x.yaml", Problems()))
    if name == "experiment":
        return {
            "title": "A try",
            "question": "Does it work?",
            "scenario": "toy",
            "replicates": 2,
            "factors": [
                "choice.dependence_aversion",
                {"number": "choice.gain", "levels": [1.0, 1.5]},
                {"numbers": ["choice.t*"], "except": ["choice.tolerance"]},
                {"switch": "trust-backlash"},
                {"scale": ["powers.NOR.budget.*"], "name": "means", "low": 0.9, "high": 1.1, "beyond": "to see"},
            ],
            "design": {"kind": "morris", "trajectories": 4, "levels": 4},
            "screen": {"trajectories": 3, "keep": 2},
            "outcomes": {
                "partners": {"measure": "effective_partners", "state": ["ALD", "BEK"], "at": "2027-Q1"},
                "share": {"measure": "alignment", "power": "each", "state": "each"},
                "word": {"word": ["multi-vector", "leaning-NOR"]},
                "signed": {"total": "value_signed", "kind": "deal", "power": "all"},
            },
            "discover": [{"outcome": "partners", "at_least": 1.5}],
            "notes": "none",
        }
    if name == "behaviour":
        said = {"system": "trust-backlash", "says": "It hurts.", "rules": ["reactions.standing_next"]}
        return {"behaviours": {"one": said, "two": said | {"rules": [], "left_out": "all of it"}}}
    if name == "pattern":
        one = {"claim": "Yes.", "evidence": ["c5-not-pawns"], "measure": "visits_gained", "why": "So."}
        lines = {"scenario": "baseline", "states": ["KAZ"], "from": "2027-Q1", "quarters": 4}
        two = one | {"id": "two", "scenario": "toy", "below": 1, "needs": ["weather"]}
        return {"runs": 4, "looked_at": 2, "patterns": [one | {"id": "one", "above": 0.5} | lines, two]}
    if name == "record":
        seen = {"group": "all", "error": 0.1, "low": 0.0, "high": 0.2, "why": "So."}
        line = {"low": 0.5, "high": 2.0, "why": "So."}
        trap = {
            "state": "KAZ",
            "measures": ["trade"],
            "partners": ["RUS"],
            "from": 2010,
            "to": 2011,
            "sources": ["cow-trade"],
            "why": "It breaks.",
        }
        classes = {"one": seen | {"powers": ["CHN", "USA"]}, "two": seen | {"powers": ["RUS"]}}
        rest = {"organisations": {"pact": {"name": "a pact"}}, "lines": {"spread": line, "output": line}}
        return {"first": 2000, "last": 2019, "traps": {"a-break": trap}, "classes": classes, **rest}
    if name == "codebook":
        case = {"level": "high", "number": "powers.CHN.stick", "passage": "big-trade"}
        said = {"numbers": ["powers.*.stick"], "asks": "Does it press?", "levels": {"none": "No.", "high": "Often."}}
        one = said | {"anchors": [case], "settle": "A count."}
        return {"fields": {"one": one, "two": one | {"numbers": ["powers.*.carrot"], "signed": "yes"}}}
    if name == "recoding":
        one = {"level": "low/medium", "passage": ["c5-not-pawns", "netease-2025, page 2"], "reason": "So."}
        two = {"level": "-low", "passage": "c5-not-pawns"}
        codes = {"states.TJK.norms": one, "rivalry.CHN.RUS.security": two, "powers.CHN.stick": {"level": "cannot say"}}
        return {"coder": "a reader", "date": "2026-12-01", "seen": "The documents.", "codes": codes}
    if name == "agenda":
        one = {"title": "Stocks", "measure": "Count.", "effort": "weeks", "decides": "Much."}
        patterns = {"one": ["ties.*.*.minerals", "delivery.wear.*"], "two": ["choice.gain"]}
        return {"topics": {name: one | {"numbers": numbers} for name, numbers in patterns.items()}}
    if name == "lever":
        war = [{"at": "2026-Q1", "war": {"of": "RUS", "level": "high"}}]
        fall = {"what": "trade", "of": "all", "with": ["RUS"], "way": "down", "change": {"from": "-9 %", "to": "-2 %"}}
        one = {"says": "A war.", "years": 3, "events": war, "moves": [fall], "why": "So."}
        two = {**one, "numbers": {"powers.CHN.growth": 0.04}, "moves": [{"what": "output", "of": "KAZ", "way": "up"}]}
        return {"from": "2026-Q1", "levers": {"one": one, "two": {key: two[key] for key in two if key != "events"}}}
    if name == "conflict":
        less = {"ties.KAZ.CHN.trade": {"end": "low", "evidence": ["big-trade"]}}
        mean = {"ties.KAZ.CHN.trade": {"value": 0.5, "formula": "ties.KAZ.CHN.fit", "reason": "So."}}
        readings = {"mean": {"says": "Half.", "numbers": mean}, "less": {"says": "Less.", "numbers": less}}
        switch = {"switch": "trade", "default": "mean", "because": "So.", "readings": readings}
        said = {"question": "How much?", "facts": ["big-trade", "kept-only"]}
        settled = {"settled": "So it is.", "follows": ["ties.*.CHN.trade"]}
        return {"world": "central-asia", "conflicts": {"one": said | switch, "two": said | settled}}
    if name == "documented":
        said = {"says": "So it was.", "sort": "deal", "evidence": ["c5-not-pawns"]}
        laid = [{"at": "2025-Q2", "offer": {"by": "USA", "to": ["KAZ", "UZB"], "kind": "deal", "size": "1 bn USD"}}]
        signed = {"seen": "signed", "of": ["KAZ"], "with": "USA", "kind": "deal", "line": "80 %", "miss": "So."}
        fell = {"seen": "fell", "what": "trust", "of": "all", "with": "CHN", "together": True, "to": "2025-Q4"}
        calm = {"seen": "no_side", "of": "all", "from": "2025-Q1", "to": "2025-Q4"}
        one = said | {"events": laid, "observed": [signed, fell]}
        two = said | {"alone": True, "note": "Of its own.", "observed": [calm]}
        why = {"says": "A plan.", "evidence": ["c5-not-pawns"], "why": "No event."}
        head = {"from": "2025-Q1", "to": "2026-Q4", "runs": 4, "looked_at": 2}
        return head | {"entries": {"one": one, "two": two}, "left_out": {"plan": why}}
    return small_seeds.files()[SEEDS[name]]


SEEDS = {
    "world": "central-asia/actors.yaml",
    "document": "documents.yaml",
    "fact": "facts/one.yaml",
    "number": "parameters/choice.yaml",
    "codebook": "codebook.yaml",
    "system": "systems.yaml",
    "conflict": "conflicts.yaml",
}


def few_numbers():
    """The shipped plan of a calibration with three numbers: no other file has to be small with it."""
    shipped = yaml.safe_load((Path(__file__).parents[2] / SHIPPED["calibration"]).read_text(encoding="utf-8"))
    return shipped | {"numbers": dict(list(shipped["numbers"].items())[:3])}


MADE = {"calibration": few_numbers, "lesson": small_lesson}
SOUND = {kind: MADE[kind]() if kind in MADE else small(kind) for kind in KEPT}


def load(kind, text, folder):
    """Read a file of a kind; raises `InputError` where it is wrong."""
    if kind in SEEDS:
        if not any(folder.iterdir()):
            small_seeds.write(folder)
            if kind == "number":  # nothing else is to rest on it
                (folder / SEEDS["system"]).write_text("systems: {}\n", encoding="utf-8")
        (folder / SEEDS[kind]).write_text(text, encoding="utf-8")
        load_evidence(folder=folder)
        return
    names = {"experiment": "experiment.yaml", "behaviour": "behaviours.yaml", "record": "record.yaml"}
    names |= {"agenda": "agenda.yaml", "recoding": "recoding.yaml", "calibration": "calibration.yaml"}
    names |= {"lesson": "06-own.yaml"}
    path = folder / names.get(kind, "x.yaml")
    path.write_text(text, encoding="utf-8")
    readers = {"scenario": load_scenario, "experiment": load_experiment, "pattern": load_patterns}
    readers["lesson"] = load_lesson
    if kind == "behaviour":
        load_behaviours(load_evidence(), folder)
    elif kind == "agenda":
        load_agenda(load_evidence(), folder)
    elif kind == "recoding":
        load_recoding(load_evidence(), folder)
    elif kind == "record":
        for name in FILES:
            (folder / name).write_text(",".join(ROW.keys) + "\n", encoding="utf-8")
        load_history(folder)
    elif kind == "calibration":
        load_plan(folder)
    elif kind == "documented":
        load_documented(load_evidence(), path)
    elif kind == "lever":
        load_levers(load_evidence(), 2026 * 4, path)
    else:
        readers[kind](path)


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def text_of(data):
    return yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize("kind", KEPT)
def test_a_sound_file_is_taken_by_both(kind, tmp_path):
    load(kind, text_of(SOUND[kind]), tmp_path)
    assert by_schema(kind, text_of(SOUND[kind])) == []


@pytest.mark.parametrize("kind", KEPT)
def test_what_the_reader_takes_the_schema_takes_and_most_of_what_it_refuses_the_schema_refuses(kind, tmp_path):
    random = Random(kind)
    refused, also = 0, 0
    for _ in range(FEW):
        text = text_of(spoilt(SOUND[kind], random))
        said = by_schema(kind, text)
        try:
            load(kind, text, tmp_path)
        except InputError:
            refused += 1
            also += bool(said)
        else:
            assert said == [], text
    assert refused > FEW // 3
    assert also > refused / 2


FIRST = ("facts", 0)
SWITCH = ("conflicts", "one")
LESS = (*SWITCH, "readings", "less", "numbers", "ties.KAZ.CHN.trade")
AVERSION = ("dependence_aversion",)
KAZ = ("states", "KAZ")
OVER = ("systems", "over-dependence-aversion")
WRONG = [
    ("scenario", ("title",), ...),
    ("scenario", ("runs",), 0),
    ("scenario", ("from",), "2026"),
    ("scenario", ("evnets",), []),
    ("scenario", ("events",), [{"at": "2027-Q1"}]),
    ("scenario", ("events",), [{"at": "2027-Q1", "rivalry": {"between": "all", "to": 0, "by": 1}}]),
    ("scenario", ("events",), [{"at": "2027-Q1", "until": "2028-Q1", "visit": {"by": "ALD", "to": "NOR"}}]),
    ("scenario", ("numbers",), {"choice.gain": {"value": 9}}),
    ("experiment", ("outcomes",), ...),
    ("experiment", ("factors",), []),
    ("experiment", ("factors", 3), {"switch": "trust-backlash", "number": "choice.gain"}),
    ("experiment", ("factors", 4, "low"), ...),
    ("experiment", ("factors", 4, "low"), -1),
    ("experiment", ("design", "kind"), "sobel"),
    ("experiment", ("design", "points"), 4),
    ("experiment", ("design", "levels"), 5),
    ("experiment", ("outcomes", "p/q"), {"measure": "threat"}),
    ("experiment", ("outcomes", "point"), {"measure": "threat"}),
    ("experiment", ("outcomes", "partners", "measure"), "effective_partner"),
    ("experiment", ("discover", 0, "at_most"), 2),
    ("experiment", ("screen", "keep"), 0),
    ("world", (*KAZ, "numbers", "gdp"), ...),
    ("world", (*KAZ, "numbers", "gdp", "low"), -1),
    ("world", (*KAZ, "numbers", "norms", "high"), 2),
    ("world", (*KAZ, "numbers", "need", "deal"), ...),
    ("world", (*KAZ, "capital"), ...),
    ("world", ("states", "kaz"), SOUND["world"]["states"]["KAZ"]),
    ("world", ("states",), {}),
    ("world", ("powers",), ...),
    ("world", ("corridors", "NORTH", "numbers", "cost"), 3),
    ("document", ("documents", "a-paper", "reliability"), 9),
    ("document", ("documents", "a-paper", "bias"), ...),
    ("document", ("documents", "a-paper", "author"), []),
    ("fact", (*FIRST, "kind"), "figur"),
    ("fact", (*FIRST, "value"), ...),
    ("fact", (*FIRST, "confidence"), 1.5),
    ("fact", (*FIRST, "use"), "maybe"),
    ("fact", ("facts",), {}),
    ("number", (*AVERSION, "basis"), "codde"),
    ("number", (*AVERSION, "basis"), "figure"),
    ("number", (*AVERSION, "value"), "high"),
    ("number", (*AVERSION, "vlaue"), 1),
    ("number", ("absorption", "deal", "evidence"), []),
    ("number", ("absorption", "deal", "evidence"), ...),
    ("number", ("absorption", "deal"), ...),
    ("codebook", ("fields", "one", "levels"), {"none": "No."}),
    ("codebook", ("fields", "one", "levels", "hihg"), "Often."),
    ("codebook", ("fields", "one", "anchors"), []),
    ("codebook", ("fields", "one", "settle"), ...),
    ("codebook", ("fields", "two", "signed"), "perhaps"),
    ("recoding", ("codes", "states.TJK.norms", "level"), "lowish"),
    ("recoding", ("codes", "states.TJK.norms", "level"), ...),
    ("recoding", ("codes", "states.TJK.norms", "passages"), "c5-not-pawns"),
    ("recoding", ("seen",), ...),
    ("agenda", ("topics", "one", "effort"), "ages"),
    ("agenda", ("topics", "one", "numbers"), []),
    ("agenda", ("topics", "two", "decides"), ...),
    ("agenda", ("topics",), ...),
    ("system", (*OVER, "strengths"), []),
    ("system", (*OVER, "evidence"), []),
    ("system", (*OVER, "claim"), {}),
    ("behaviour", ("behaviours", "one", "rules"), []),
    ("behaviour", ("behaviours", "one", "system"), ...),
    ("behaviour", ("behaviours",), ...),
    ("pattern", ("patterns", 0, "below"), 1),
    ("pattern", ("patterns", 0, "above"), ...),
    ("pattern", ("patterns", 0, "measure"), "visits"),
    ("pattern", ("runs",), 1),
    ("conflict", ("world",), ...),
    ("conflict", (*SWITCH, "because"), ...),
    ("conflict", (*SWITCH, "settled"), "No."),
    ("conflict", (*SWITCH, "readings", "less"), ...),
    ("conflict", ("conflicts", "two", "settled"), ...),
    ("conflict", (*LESS, "end"), "middle"),
    ("conflict", (*LESS, "end"), ...),
    ("documented", ("from",), "2025"),
    ("documented", ("runs",), 0),
    ("documented", ("left_out",), ...),
    ("documented", ("entries", "one", "sort"), "deals"),
    ("documented", ("entries", "one", "observed", 0, "seen"), "sign"),
    ("documented", ("entries", "one", "observed", 0, "line"), 0.9),
    ("documented", ("entries", "one", "observed", 1, "what"), "trsut"),
    ("documented", ("entries", "one", "observed", 1, "together"), "maybe"),
    ("documented", ("left_out", "plan", "why"), ...),
    ("calibration", ("waves",), ...),
    ("calibration", ("waves", "runs"), 2),
    ("calibration", ("waves", "allowance"), -1),
    ("calibration", ("sampler", "freedom"), 2),
    ("calibration", ("first",), "2010-Q1"),
    ("calibration", ("scenario",), "History 2010"),
    ("calibration", ("numbers",), []),
    ("calibration", ("numbers", "delivery.flywheel", "low"), True),
    ("calibration", ("numbers", "delivery.flywheel", "why"), ...),
    ("calibration", ("numbers", "delivery.flywheel", "targets"), "drift"),
    ("lesson", ("steps",), ...),
    ("lesson", ("steps", 0, "kind"), "bets"),
    ("lesson", ("steps", 1, "view"), "looks"),
    ("lesson", ("steps", 1, "minutes"), 0),
    ("lesson", ("sliders",), ["choice.gain"] * 2),
    ("lesson", ("expect", 0, "within"), [1]),
    ("lesson", ("expect", 0, "change"), [1, 2]),
    ("lesson", ("expect", 1, "answers", 0, "say"), "perhaps"),
    ("lesson", ("tasks", 0, "answer"), ...),
    ("lever", ("from",), "2026"),
    ("lever", ("levers", "one", "events"), ...),
    ("lever", ("levers", "one", "years"), 0),
    ("lever", ("levers", "one", "moves", 0, "way"), "sideways"),
    ("lever", ("levers", "one", "moves", 0, "what"), "trades"),
    ("lever", ("levers", "one", "moves", 0, "change", "to"), ...),
]


@pytest.mark.parametrize(("kind", "path", "value"), WRONG, ids=lambda part: str(part).replace(" ", "")[:40])
def test_a_mistake_of_form_is_refused_by_both(kind, path, value, tmp_path):
    text = text_of(put(SOUND[kind], path, value))
    with pytest.raises(InputError) as caught:
        load(kind, text, tmp_path)
    assert caught.value.problems
    assert by_schema(kind, text) != []
