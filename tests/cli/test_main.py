import re
import subprocess
import sys
import types
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import sim
from sim.batch import runner, watching
from sim.batch.worker import Interrupted, Progress, Stage
from sim.cli import common, main
from sim.io import text

ROOT = Path(__file__).parents[2]


def command(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


def run_toy(folder, *more):
    return main.main(["run", "toy", "--runs", "30", "-o", str(folder), *more])


def test_a_run_ends_with_a_table_results_and_figures(folder, capsys):
    assert run_toy(folder) == 0
    out = capsys.readouterr().out
    for word in ("Aldara", "Bekmar", "How the runs end", "Alignment at the end", "not a forecast", "seed", "30 runs"):
        assert word in out
    results = Path(re.search(r"^results +(.+)$", out, re.MULTILINE)[1])
    figures = Path(re.search(r"^figures +(.+)$", out, re.MULTILINE)[1])
    assert (results / "manifest.json").exists()
    assert (figures / "alignment.png").exists()


def test_figures_are_optional_and_csv_comes_on_request(tmp_path, capsys):
    assert run_toy(tmp_path, "--no-figures", "--csv") == 0
    out = capsys.readouterr().out
    assert not re.search("^figures", out, re.MULTILINE)
    assert len(list(tmp_path.glob("toy-*/runs.csv"))) == 1
    assert not list(tmp_path.glob("toy-*/figures"))


def test_several_scenarios_get_a_figure_together(tmp_path, capsys):
    assert main.main(["run", "toy", "toy", "--runs", "5", "-o", str(tmp_path), "--no-figures"]) == 0
    assert capsys.readouterr().out.count("results ") == 1  # the same one twice is run once


def test_a_dry_run_estimates_and_writes_nothing(tmp_path, capsys):
    assert run_toy(tmp_path, "--dry-run") == 0
    out = capsys.readouterr().out
    assert re.search(r"toy: 30 runs, .+ and \d.* by estimate", out)
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_tells_of_room_blocks_and_numbers(tmp_path, capsys):
    assert run_toy(tmp_path, "--dry-run", "--numbers", "sampled", "--thin", "4", "--measures", "autonomy,outcome") == 0
    out = capsys.readouterr().out
    assert re.search(r"\(nothing was written\), where \d.* are free", out)
    assert "in 1 block," in out
    assert re.search(r"\d+ numbers drawn, a column each in the table of runs", out)


def test_the_course_can_be_kept_in_part(tmp_path, capsys):
    assert run_toy(tmp_path, "--no-figures", "--thin", "6", "--measures", "autonomy, outcome") == 0
    frame = pd.read_parquet(next(tmp_path.glob("toy-*/series.parquet")))
    assert list(frame.columns) == ["run", "quarter", "state", "outcome", "autonomy"]
    assert frame["quarter"].nunique() == 4
    assert run_toy(tmp_path, "--no-figures", "--measures", "autonmy") == 2
    assert "Did you mean 'autonomy'" in capsys.readouterr().err


def test_a_number_can_be_set_and_the_run_is_another(tmp_path, capsys):
    assert run_toy(tmp_path, "--no-figures", "--set", "measures.leaning_share=0.45") == 0
    assert run_toy(tmp_path, "--no-figures") == 0
    assert len(list(tmp_path.glob("toy-*"))) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "baselne"], "Did you mean 'baseline'"),
        (["run", "toy", "--set", "measures.leaning_sharr=0.45"], "Did you mean 'measures.leaning_share'"),
        (["run", "toy", "--set", "measures.leaning_share=7"], "0.33 to 0.5"),
        (["run", "toy", "--set", "nonsense"], "--set nonsense"),
        (["check", "no/such/file.yaml"], "no/such/file.yaml"),
        (["trace", "measures.leaning"], "measures.leaning_share"),
        (["list", "--world", "mars"], "no such world"),
        (["chronicle", "baselne"], "Did you mean 'baseline'"),
    ],
)
def test_wrong_input_is_told_without_a_traceback(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sim.narrative.chronicle", types.SimpleNamespace(tell=None))
    assert main.main(arguments) == 2
    caught = capsys.readouterr()
    assert said in caught.err
    assert "Traceback" not in caught.err


def test_what_is_wrong_with_several_scenarios_is_told_together(capsys):
    assert main.main(["run", "baselne", "tooy"]) == 2
    err = capsys.readouterr().err
    assert "'baselne'" in err
    assert "'tooy'" in err


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "toy", "--runs", "0"], ["run", "toy", "--seed", "x"], ["dance"]]
)
def test_wrong_usage_exits_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main.main(arguments)
    assert stop.value.code == 2


def test_an_interruption_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, capsys, monkeypatch):
    def stopped(*_, **__):
        raise Interrupted(tmp_path / "toy-x", 256, 1000)

    monkeypatch.setattr(runner, "run", stopped)
    assert main.main(["run", "toy", "--runs", "1000", "-o", "a folder"]) == 130
    err = capsys.readouterr().err
    assert "256 of 1,000 runs" in err
    assert "multivector run toy --runs 1000 -o 'a folder'" in err


def test_a_fault_of_ours_is_called_one(capsys, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr(runner, "run", broken)
    assert main.main(["run", "toy"]) == 1
    err = capsys.readouterr().err
    assert "RuntimeError: a bug" in err
    assert "fault of multivector" in err


def test_all_shipped_scenarios_are_sound(capsys):
    assert main.main(["check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(list((ROOT / "scenarios").glob("*.yaml")))
    assert all(line.startswith("fine ") for line in told)


@pytest.mark.parametrize("what", ["scenarios", "numbers", "outcomes", "systems", "readings"])
def test_lists(what, capsys):
    assert main.main(["list", what]) == 0
    one = capsys.readouterr().out
    assert len(one.splitlines()) > 3
    assert main.main(["list"]) == 0
    if what != "numbers":
        assert one in capsys.readouterr().out


def test_trace_tells_what_a_number_rests_on(capsys):
    assert main.main(["trace", "measures.leaning_share"]) == 0
    out = capsys.readouterr().out
    assert "assumed" in out
    assert "measures.yaml" in out


def test_a_chronicle_goes_to_the_screen_or_to_a_file(tmp_path, capsys, monkeypatch):
    asked = []

    def tell(scenario, seed, run):
        asked.append((scenario.name, seed, run))
        return "Once upon a time.\n\n"

    monkeypatch.setitem(sys.modules, "sim.narrative.chronicle", types.SimpleNamespace(tell=tell))
    assert main.main(["chronicle", "toy", "--seed", "0", "--run", "3"]) == 0
    assert capsys.readouterr().out == "Once upon a time.\n"
    assert main.main(["chronicle", "toy", "-o", str(tmp_path / "toy.txt")]) == 0
    assert (tmp_path / "toy.txt").read_text() == "Once upon a time.\n"
    assert asked[0] == ("toy", 0, 3)
    assert asked[1][0::2] == ("toy", 0)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["list"], ["check", "toy"], ["trace", "measures.leaning_share"]],
    ids=lambda arguments: arguments[0],
)
def test_quick_commands_load_no_heavy_library(arguments):
    heavy = ("numba", "pandas", "matplotlib", "mesa", "pyarrow", "rich")
    code = (
        "import sys\nfrom sim.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', sorted(set({heavy!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.splitlines()[-1] == "LOADED []", done.stderr


def test_python_m_sim_is_the_same_command():
    assert command("--version").stdout.strip() == f"multivector {sim.__version__}"
    assert command("check", "nowhere.yaml").returncode == 2


def test_the_version_is_the_same_everywhere():
    for name in ("pyproject.toml", "CITATION.cff", "codemeta.json", "CHANGELOG.md"):
        assert sim.__version__ in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_front_door_has_two_dozen_names_at_most_and_finds_its_rooms():
    assert len(sim.__all__) <= 24
    assert sim.run is runner.run
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="sing"):
        sim.sing  # noqa: B018


def told(done, stage=Stage.RUN):
    return Progress(scenario="toy", stage=stage, done=done, total=1000)


def test_plain_lines_come_every_ten_seconds(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    lines = watching.PlainLines(common.say)
    lines(told(0, Stage.COMPILE))
    for second in range(1, 36):
        now[0] = float(second)
        lines(told(20 * (second - 1)))
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "toy: compiling the rulebook, first time only"
    assert said[1] == "toy: 200 of 1,000 runs, 20 a second, 40 s left"
    assert len(said) == 4


def test_the_bar_follows_the_stages(capsys):
    with watching.Bar(Console(stderr=True)) as bar:
        for stage in (told(0, Stage.COMPILE), told(0), told(500), told(1000, Stage.WRITE)):
            bar(stage)
        assert bar.bar.tasks[0].description == "toy: writing bands and totals"


@pytest.mark.parametrize(
    ("amount", "said"), [(0.2, "under a second"), (42.4, "42 s"), (600, "10 min"), (10_000, "2.8 h")]
)
def test_durations(amount, said):
    assert text.duration(amount) == said


@pytest.mark.parametrize(("amount", "said"), [(12, "12 B"), (4_200, "4 kB"), (2e6, "2 MB"), (7.25e9, "7.2 GB")])
def test_sizes(amount, said):
    assert text.size(amount) == said
