"""Scenario files become scenarios, or are refused with every mistake told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpers.small_seeds import write
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.scenario.calendar import parse_quarter, quarter_text
from sim.scenario.events import Event, EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import Scenario, load_scenario
from sim.scenario.units import parse_quantity

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "mistakes" / "scenarios.yaml").read_text("utf-8"))
HEAD: str = TABLE["head"]


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("seeds"))


class Desk:
    """A folder to write scenarios in."""

    def __init__(self, folder: Path, seeds: Path) -> None:
        self.folder = folder
        self.seeds = seeds

    def put(self, text: str, name: str = "x", head: str = HEAD) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(head + text, encoding="utf-8")
        return path

    def load(self, text: str = "", name: str = "x", head: str = HEAD) -> Scenario:
        return load_scenario(self.put(text, name, head), seeds=self.seeds)

    def said(self, text: str, name: str = "x", head: str = HEAD) -> list[str]:
        with pytest.raises(InputError) as caught:
            self.load(text, name, head)
        return str(caught.value).splitlines()


@pytest.fixture
def desk(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, seeds)


def test_several_mistakes_are_told_together(desk: Desk) -> None:
    said = desk.said(
        "without: [nothing]\nnumbers: {choice.nothing: 1}\n"
        "events:\n  - {at: 2026-Q9, visit: {by: KAZ, to: UZB}}\n"
        "  - {at: 2026-Q1, tariff: {by: XX, against: YY, rate: 3}}\n"
    )
    assert len(said) == 7
    assert [line.split(":")[1] for line in said] == ["7", "8", "10", "10", "11", "11", "11"]


class TestWhatIsRead:
    def test_the_head(self, desk: Desk) -> None:
        scenario = desk.load()
        assert (scenario.name, scenario.title, scenario.question) == ("x", "A title", "A question?")
        assert (scenario.start, scenario.end, scenario.quarters) == (2026 * 4, 2030 * 4 + 3, 20)
        assert (scenario.runs, scenario.seed, scenario.world) == (10, 0, "central-asia")
        assert scenario.path == desk.folder / "x.yaml"

    @pytest.mark.parametrize(
        ("written", "kind", "fields"),
        [
            ("summit: {host: USA, guests: all}", EventKind.SUMMIT, {"host": "USA", "guests": ("KAZ", "UZB")}),
            ("summit: {host: USA, guests: UZB}", EventKind.SUMMIT, {"host": "USA", "guests": ("UZB",)}),
            (
                "offer: {by: USA, to: KAZ, kind: deal, size: 300 mn USD, exclusivity: low}",
                EventKind.OFFER,
                {"by": "USA", "to": "KAZ", "kind": "deal", "size": 0.3, "exclusivity": 0.25}
                | {"governance": None, "agreed": False},
            ),
            (
                "offer: {by: RUS, to: UZB, kind: security, size: 0.2 points, governance: 0.1}",
                EventKind.OFFER,
                {"by": "RUS", "to": "UZB", "kind": "security", "size": 0.2, "exclusivity": None}
                | {"governance": 0.1, "agreed": False},
            ),
            (
                "tariff: {by: USA, against: KAZ, rate: 25%}",
                EventKind.TARIFF,
                {"by": "USA", "against": "KAZ", "rate": 0.25},
            ),
            ("crisis: {in: KAZ, severity: high}", EventKind.CRISIS, {"in": "KAZ", "severity": 0.75}),
            ("visit: {by: CHN, to: UZB}", EventKind.VISIT, {"by": "CHN", "to": "UZB"}),
            ("capacity: {of: RUS, change: -20 %}", EventKind.CAPACITY, {"of": "RUS", "kind": "all", "change": -0.2}),
            (
                "rivalry: {between: [USA, CHN], domain: economic, by: -0.2}",
                EventKind.RIVALRY,
                {"between": ("USA", "CHN"), "domain": "economic", "to": None, "by": -0.2},
            ),
            (
                "rivalry: {between: all, to: dominant}",
                EventKind.RIVALRY,
                {"between": "all", "domain": "all", "to": 1.0, "by": None},
            ),
        ],
    )
    def test_events(self, desk: Desk, written: str, kind: EventKind, fields: dict[str, Any]) -> None:
        scenario = desk.load(f"events: [{{at: 2027-Q3, {written}, evidence: [big-trade], note: A note.}}]")
        (event,) = scenario.events
        assert event == Event(
            at=2027 * 4 + 2,
            kind=kind,
            fields=fields,
            evidence=("big-trade",),
            note="A note.",
            file="x.yaml",
            line=7,
        )

    def test_several_states_make_several_events(self, desk: Desk) -> None:
        scenario = desk.load("events: [{at: 2027-Q3, tariff: {by: USA, against: all, rate: 5 %}}]")
        assert [event.fields["against"] for event in scenario.events] == ["KAZ", "UZB"]

    def test_events_need_no_order(self, desk: Desk) -> None:
        scenario = desk.load(
            "events: [{at: 2029-Q1, visit: {by: KAZ, to: RUS}}, {at: 2026-Q1, visit: {by: KAZ, to: CHN}}]"
        )
        assert [event.at for event in scenario.events] == [2029 * 4, 2026 * 4]

    @pytest.mark.parametrize(
        ("name", "written", "value"),
        [
            ("choice.dependence_aversion", "2", 2.0),
            ("choice.dependence_aversion", "1e-3", 0.001),
            ("choice.dependence_aversion", "2 utility", 2.0),
            ("choice.dependence_aversion", "{value: 9, beyond: to see}", 9.0),
            ("powers.USA.exclusivity", "high", 0.75),
            ("powers.USA.exclusivity", "25 %", 0.25),
            ("powers.USA.budget.deal", "300 mn USD", 0.3),
            ("powers.USA.budget.deal", "2 bn USD a quarter", 2.0),
            ("rivalry.USA.CHN.economic", "0.1", 0.1),
        ],
    )
    def test_numbers(self, desk: Desk, name: str, written: str, value: float) -> None:
        scenario = desk.load(f"numbers: {{{name}: {written}}}")
        (found,) = scenario.numbers.values()
        assert found == pytest.approx(value, rel=1e-15)

    def test_going_beyond_keeps_the_reason(self, desk: Desk) -> None:
        scenario = desk.load("numbers: {choice.dependence_aversion: {value: 9, beyond: to see}}")
        assert scenario.beyond == {"choice.dependence_aversion": "to see"}

    def test_sentences_of_events_can_be_filled(self, desk: Desk) -> None:
        scenario = desk.load("events: [{at: 2027-Q3, crisis: {in: KAZ, severity: high}}]")
        (event,) = scenario.events
        assert event.kind.value.format(**event.fields) == "A crisis breaks out in KAZ, of severity 0.75."


class TestExtends:
    PARENT = (
        "numbers: {choice.dependence_aversion: 2, powers.USA.exclusivity: low}\nwithout: [over-dependence-aversion]\n"
        "evidence: [big-trade]\nevents: [{at: 2026-Q2, visit: {by: KAZ, to: RUS}}]\n"
    )
    CHILD = "title: A child\nquestion: And now?\nextends: parent\n"

    def test_a_child_adds_and_replaces(self, desk: Desk) -> None:
        desk.put(self.PARENT, "parent")
        scenario = desk.load(
            "seed: 7\nto: 2031-Q4\nnumbers: {powers.USA.exclusivity: high}\nwithout: [over-dependence-aversion]\n"
            "evidence: [unused]\nevents: [{at: 2031-Q1, visit: {by: UZB, to: CHN}}]\n",
            "child",
            self.CHILD,
        )
        assert scenario.extends == ("parent",)
        assert scenario.numbers == {"choice.dependence_aversion": 2.0, "powers.USA.exclusivity": 0.75}
        assert scenario.without == ("over-dependence-aversion",)
        assert scenario.evidence == ("big-trade", "unused")
        assert [event.fields["by"] for event in scenario.events] == ["KAZ", "UZB"]
        assert (scenario.seed, scenario.runs, scenario.title) == (7, 10, "A child")
        assert (scenario.start, scenario.end) == (2026 * 4, 2031 * 4 + 3)

    def test_a_chain_names_the_nearest_first(self, desk: Desk) -> None:
        desk.put(self.PARENT, "parent")
        desk.put("", "child", self.CHILD)
        scenario = desk.load("", "grandchild", self.CHILD.replace("parent", "child"))
        assert scenario.extends == ("child", "parent")
        assert len(scenario.events) == 1

    def test_a_reason_for_going_beyond_ends_with_its_number(self, desk: Desk) -> None:
        desk.put("numbers: {choice.dependence_aversion: {value: 9, beyond: to see}}\n", "parent")
        assert desk.load("", "one", self.CHILD).beyond == {"choice.dependence_aversion": "to see"}
        assert not desk.load("numbers: {choice.dependence_aversion: 1}\n", "two", self.CHILD).beyond

    def test_a_parents_mistake_names_the_parents_file(self, desk: Desk) -> None:
        desk.put("events: [{at: 2026-Q2, visit: {by: KAX, to: RUS}}]\nwithout: 3\n", "parent")
        said = desk.said("without: [x]\n", "child", self.CHILD)
        assert [line.split(":")[0] for line in said] == ["child.yaml", "parent.yaml", "parent.yaml"]

    def test_a_run_cut_short_of_a_parents_event_is_told_at_the_line_that_cuts_it(self, desk: Desk) -> None:
        desk.put(self.PARENT, "parent")
        (said,) = desk.said("from: 2027-Q1\n", "child", self.CHILD)
        assert said.startswith("child.yaml:4: from: found '2027-Q1'; the run begins after what it inherits from parent")
        assert "visit in 2026-Q2 (parent.yaml:10); allowed: 2026-Q2 or earlier" in said

    @pytest.mark.parametrize("content", ["", "a: [", "[1]", "title: &x 3"])
    def test_a_spoilt_parent_is_told(self, desk: Desk, content: str) -> None:
        desk.put(content, "parent", "")
        assert any(line.startswith("parent.yaml") for line in desk.said("", "child", self.CHILD))

    def test_a_circle_is_told(self, desk: Desk) -> None:
        desk.put("", "parent", self.CHILD.replace("parent", "child"))
        said = desk.said("", "child", self.CHILD)
        assert any("in a circle: child -> parent -> child" in line for line in said)

    def test_a_scenario_does_not_extend_itself(self, desk: Desk) -> None:
        assert any("in a circle: parent -> parent" in line for line in desk.said("", "parent", self.CHILD))

    def test_no_path_is_followed(self, desk: Desk) -> None:
        (desk.folder / "below").mkdir()
        desk.put("", "below/parent")
        for path in ("below/parent", "./parent", str(desk.folder / "parent"), "below/../parent", "parent.yaml", ".."):
            said = desk.said("", "child", self.CHILD.replace("parent", f'"{path}"'))
            assert any("extends: found" in line for line in said)

    def test_a_shipped_scenario_may_be_extended_from_anywhere(self, desk: Desk) -> None:
        path = desk.put("", "child", self.CHILD.replace("parent", "baseline"))
        assert load_scenario(path).extends == ("baseline",)


class TestFinding:
    def test_by_name(self, desk: Desk) -> None:
        desk.put("", "mine")
        assert load_scenario("mine", folder=desk.folder, seeds=desk.seeds).name == "mine"

    def test_an_unknown_name_lists_the_known_ones(self, desk: Desk) -> None:
        desk.put("", "mine")
        with pytest.raises(InputError, match=r"found 'mnie'; .*allowed: mine, or the path.*Did you mean 'mine'\?"):
            load_scenario("mnie", folder=desk.folder, seeds=desk.seeds)

    @pytest.mark.parametrize("path", ["none.yaml", "./none", "none/", "/", "", "a\0b.yaml", "x" * 5000 + ".yaml"])
    def test_a_path_that_leads_nowhere_is_an_input_error(self, desk: Desk, path: str) -> None:
        with pytest.raises(InputError):
            load_scenario(path, seeds=desk.seeds)

    def test_broken_evidence_is_an_input_error_too(self, desk: Desk, tmp_path: Path) -> None:
        folder = write(tmp_path / "broken")
        (folder / "central-asia" / "ties.csv").write_text("nothing\n")
        with pytest.raises(InputError, match=r"ties\.csv"):
            load_scenario(desk.put(""), seeds=folder)


@given(st.integers(1990 * 4, 2200 * 4 + 3))
def test_quarters_go_there_and_back(quarter: int) -> None:
    assert parse_quarter(quarter_text(quarter)) == quarter


@pytest.mark.parametrize("text", ["2026-Q0", "2026-Q5", "26-Q1", "2026Q1", "2026-q1", "2026-Q1 ", "٢٠٢٦-Q1", ""])
def test_what_is_no_quarter(text: str) -> None:
    assert parse_quarter(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("25 %", (25.0, "%")), ("4.2  bn   USD", (4.2, "bn USD")), ("1e-3", (0.001, "")), (".5points", (0.5, "points"))],
)
def test_quantities(text: str, expected: tuple[float, str]) -> None:
    quantity = parse_quantity(text)
    assert quantity is not None
    assert (quantity.amount, quantity.unit) == expected


class TestShipped:
    """The scenarios that come with the package."""

    def test_they_are_all_there(self) -> None:
        assert set(list_scenarios()) >= {
            "toy",
            "baseline",
            "washington-summit",
            "tariff-shock",
            "rivalry-to-the-limit",
        }

    @pytest.mark.parametrize("name", list_scenarios())
    def test_each_is_sound_and_asks_something(self, name: str) -> None:
        scenario = load_scenario(name)
        assert scenario.name == name
        assert scenario.question.endswith("?")
        assert scenario.quarters >= 20
        facts = load_evidence(scenario.world).facts
        assert all(fact in facts for event in scenario.events for fact in event.evidence)

    def test_the_readme_names_each(self) -> None:
        text = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
        for name in list_scenarios():
            assert f"| `{name}` |" in text

    def test_the_smallest_scenario_of_the_readme_works(self, tmp_path: Path) -> None:
        text = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
        path = tmp_path / "my-question.yaml"
        path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
        (event,) = load_scenario(path).events
        assert event.kind is EventKind.OFFER

    def test_the_kazakh_package_is_not_counted_twice(self) -> None:
        """What the United States offers Kazakhstan sums to the package, and not to more."""
        scenario = load_scenario("washington-summit")
        offers = [event.fields for event in scenario.events if event.kind is EventKind.OFFER]
        sizes = [fields["size"] for fields in offers if fields["to"] == "KAZ"]
        assert sum(sizes) == pytest.approx(load_evidence().facts["x-us-deals"].value)
