"""Damage every file that is read back, over and over, and see that nothing is believed that is not what it was.

    python tests/soak/mutate.py --mutations 20000

Small folders of every kind are made with a stand-in for the engine. Then one of their files has something happen to it
(`tests/helpers/damage.py`), and whoever reads it back is asked. Right is an answer in words (`InputError`), or exactly
what an untouched folder gives; a traceback, an answer that took more than two seconds, and another answer are wrong.
`make mutate` runs this with its usual numbers; a short version is among the tests.
"""

import argparse
import collections
import contextlib
import json
import logging
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.batches import bytes_of
from helpers.damage import damaged
from helpers.fake_engine import FakePrepared, fake_scenario
from helpers.posteriors import ABOUT, NUMBERS
from sim.analysis.ablation_results import read_effects
from sim.analysis.calibration.kept import Wave, read_wave, write_wave
from sim.analysis.documented_results import read_replay
from sim.analysis.effect_tables import measured_text, rows_text
from sim.analysis.hindcast.frozen import load_frozen, table_hash
from sim.analysis.hindcast.results import write_draws
from sim.analysis.kept_tables import KeptTables
from sim.analysis.lever_results import read_levers
from sim.analysis.policy_results import read_policies
from sim.analysis.result_pairs import Course, starting_values
from sim.analysis.sensitivity import plan as sweep_plan
from sim.analysis.sensitivity.runner import sweep
from sim.analysis.sensitivity.sweep_results import load_sweep
from sim.batch import folder as batch_folder
from sim.batch import plan, runner, worker
from sim.batch.manifest import close_folder
from sim.batch.results import load_results
from sim.batch.runner import run
from sim.batch.verify import check_results
from sim.evidence.posterior import load_posterior, write_posterior
from sim.io.errors import InputError
from sim.io.sealed import seal
from sim.io.writers import write_text

ROOT = Path(__file__).parents[2]
LONGEST, MADE_AGAIN = 2.0, 30.0
"""Seconds that an answer may take, and that it may take to make again what was lost."""

SPEC = {
    "title": "A try",
    "question": "Does it go on?",
    "scenario": "toy",
    "replicates": 2,
    "factors": ["choice.dependence_aversion", "choice.gain"],
    "design": {"kind": "latin-hypercube", "points": 8},
    "outcomes": {"signed": {"total": "value_signed", "kind": "money"}},
}
WAVE = Wave(points=np.linspace(-1.0, 1.0, 8).reshape(4, 2), targets=np.ones((4, 3, 2)), left=0.5)


class TookTooLong(BaseException):
    """An answer took longer than it may."""


class Straight:
    """Answers of a sweep in place of the model."""

    name = "straight"
    outcomes = ("sum", "product")

    def __call__(self, values, replicate):
        first, second = values["choice.dependence_aversion"], values["choice.gain"]
        return np.stack([first + second + replicate, first * second], axis=1)


# --- folders ---------------------------------------------------------------------------------------------------------


def a_batch(place, seed=7):
    """A finished batch."""
    return run(fake_scenario(runs=20, seed=seed, end=2025 * 4 + 3), out=place, engine=FakePrepared, workers=1).folder


def stopped(work):
    """Some work stopped by hand once something of it is there."""

    def progress(told):
        if told.done > 0:
            raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        work(progress)


def an_unfinished_batch(place, seed=7):
    """A batch that was stopped."""
    scenario = fake_scenario(runs=20, seed=seed, end=2025 * 4 + 3)
    stopped(lambda progress: run(scenario, out=place, engine=FakePrepared, workers=1, progress=progress))
    return next(place.iterdir())


def a_sweep(place, seed=1, **asked):
    """A finished sweep."""
    return sweep(SPEC, out=place, evaluator=Straight(), workers=1, seed=seed, **asked).folder


def an_unfinished_sweep(place, seed=1):
    """A sweep that was stopped."""
    stopped(lambda progress: a_sweep(place, seed, progress=progress))
    return next(place.iterdir())


def measured(place, seed=1):
    """The files of what commands measured, cut short."""
    place.mkdir()
    for name in ("effects", "levers", "policies", "documented"):
        told = json.loads((ROOT / "experiments" / f"{name}.json").read_text(encoding="utf-8"))
        parts = {}
        for key, value in told.items():
            rows = isinstance(value, list) and value and isinstance(value[0], dict)
            parts[key] = rows_text(value[seed : seed + 4]) if rows else json.dumps(value)
        parts.pop("seal")
        write_text(place / f"{name}.json", measured_text(parts))
    (place / "tables.csv").write_text(f"a,b\n{seed},2\n", encoding="utf-8")
    names = [path.name for path in sorted(place.iterdir())]
    close_folder(place, "ablate", {"name": "fake", "title": "A try", "runs": 3}, names)
    return place


def fitted(place, seed=1):
    """A posterior, a wave and tables that were noted."""
    table = {name: np.linspace(0.1, 0.9, 30) + seed for name in (*NUMBERS, "observation.arms_exponent")}
    place.mkdir()
    write_posterior(table, ABOUT, place)
    write_wave(place / "waves/wave-1.bin", WAVE, f"seed {seed}")
    kept = KeptTables(place, "", 3, f"seed {seed}")
    work = worker.Work("try", place, None, kept.save)
    for number in range(3):
        kept.add(number, pd.DataFrame({"number": [number, seed], "word": ["a", "b"]}), work, 1)
    kept.save()
    return place


def a_forecast(place, seed=1):
    """A frozen forecast."""
    place.mkdir()
    draws = pd.DataFrame({"state": ["KAZ", "UZB"] * 10, "draw": np.arange(20), "value": np.linspace(0, 1, 20) + seed})
    write_draws(draws, place / "draws.parquet")
    about = {"format": 1, "world": "home", "origin": 2025, "last": 2026, "files": {}}
    about["draws_sha256"] = table_hash(load_draws(place))
    write_text(place / "manifest.json", json.dumps(about | {"seal": seal(about)}))
    return place


def load_draws(place):
    """The draws as their reader has them."""
    return pd.read_parquet(place / "draws.parquet")


# --- reading back ----------------------------------------------------------------------------------------------------


def said(*tables):
    """What tables say, to compare."""
    return [table.to_csv() for table in tables]


def read_batch(folder):
    """Everything that a finished batch says."""
    results = load_results(folder)
    tables = said(*(getattr(results, name) for name in results.tables), results.final_outcomes())
    course = Course(results)
    course.read("trade", 2, course.quarters, list(results.states))
    told = (results.name, results.title, results.states, results.powers, results.readings, results.readings_said)
    return tables, told, starting_values(results)


def run_again(folder):
    """The batch asked for again, finished or not: it ends with the same bytes."""
    return bytes_of(a_batch(folder.parent))


def read_sweep(folder):
    """Everything that a finished sweep says."""
    done = load_sweep(folder)
    tables = said(done.design, done.runs, done.means, done.indices, done.interactions, done.noise, done.convergence)
    return tables, said(done.refused, done.screening), done.kind, done.outcomes, list(done.factors)


def sweep_again(folder):
    """The sweep asked for again."""
    return bytes_of(a_sweep(folder.parent))


def read_measured(folder):
    """What the files of measures say, and whether their folder is what it was."""
    effects, levers = read_effects(folder / "effects.json"), read_levers(folder / "levers.json")
    policies, replay = read_policies(folder / "policies.json"), read_replay(folder / "documented.json")
    tables = said(effects.summary, effects.states, levers.summary, levers.expected, levers.strongest)
    told = (effects.runs, effects.level, effects.scenarios, levers.scenario, levers.runs, levers.level, levers.words)
    return tables, said(policies.table, replay), told, policies.runs, policies.level


def check(folder):
    """What `check` says of a folder."""
    found = check_results(folder)
    return found.title, found.runs, found.files


def read_fitted(folder):
    """A posterior, a wave that may have to be played again, tables that may have to be made again."""
    read_posterior = load_posterior(folder)
    about = read_posterior.about
    return read_posterior.values.tolist(), about.columns, about.numbers, str(about.made_from)


def read_kept(folder):
    """What is taken up of a wave and of tables: it is what it was, or it is not taken up."""
    wave = read_wave(folder / "waves/wave-1.bin", WAVE.points, "seed 1")
    assert wave is None or (wave.targets == WAVE.targets).all()
    for number, table in KeptTables(folder, "", 3, "seed 1").found.items():
        assert table["number"].tolist() == [number, 1]
        assert table["word"].tolist() == ["a", "b"]


def read_forecast(folder):
    """What was foretold."""
    frozen = load_frozen(folder)
    return said(frozen.draws), frozen.origin, frozen.world


KINDS = (  # who makes a folder, who reads it back, how often, and which of its files
    (a_batch, read_batch, 5, "*"),
    (a_batch, check, 2, "*"),
    (a_batch, run_again, 1, "*"),
    (an_unfinished_batch, run_again, 2, "*"),
    (a_sweep, read_sweep, 4, "*"),
    (a_sweep, sweep_again, 1, "*"),
    (an_unfinished_sweep, sweep_again, 2, "*"),
    (measured, read_measured, 4, "*.json"),
    (measured, check, 2, "*"),
    (fitted, read_fitted, 4, "history/*"),
    (fitted, read_kept, 3, "*"),
    (a_forecast, read_forecast, 4, "*"),
)


@contextlib.contextmanager
def small_blocks():
    """Blocks so small that tiny work has several, and notes after each."""
    kept = worker.CHECKPOINT_SECONDS, plan.CHUNK, runner.CHUNK, batch_folder.CHUNK, sweep_plan.BLOCK
    worker.CHECKPOINT_SECONDS, sweep_plan.BLOCK = -1.0, 6
    plan.CHUNK = runner.CHUNK = batch_folder.CHUNK = 8
    logging.getLogger("multivector").setLevel(logging.ERROR)
    try:
        yield
    finally:
        worker.CHECKPOINT_SECONDS, plan.CHUNK, runner.CHUNK, batch_folder.CHUNK, sweep_plan.BLOCK = kept
        logging.getLogger("multivector").setLevel(logging.NOTSET)


class Sweep:
    """Folders made once, and damaged in copies."""

    def __init__(self, place, seed):
        self.place, self.chance, self.taken = place, random.Random(seed), 0
        self.whole, self.others, self.wanted = {}, {}, {}
        for make in dict.fromkeys(kind[0] for kind in KINDS):
            self.whole[make] = make(place / f"{make.__name__}-1")
            self.others[make] = make(place / f"{make.__name__}-2", seed=2)
        for make, read, *_ in KINDS:
            self.wanted[make, read] = read(self._copy(make))

    def _copy(self, make):
        whole, self.taken = self.whole[make], self.taken + 1
        folder = self.place / f"try-{self.taken}" / whole.name
        shutil.copytree(whole, folder)
        return folder

    def one(self):
        """Damage a file, ask its reader; returns what was done and how it ended."""
        make, read, _, which = self.chance.choices(KINDS, [kind[2] for kind in KINDS])[0]
        folder = self._copy(make)
        files = sorted(path for path in folder.rglob(which) if path.is_file() and path.stat().st_size)
        path = self.chance.choice(files)
        rivals = sorted(one for one in self.others[make].rglob("*") if one.is_file() and one.suffix == path.suffix)
        way = damaged(path, rivals, self.chance)
        told = f"{make.__name__}, {path.relative_to(folder)}: {way}; {read.__name__}"
        try:
            return told, self._ended(read, folder, self.wanted[make, read], way)
        finally:
            shutil.rmtree(folder.parent)

    def _ended(self, read, folder, wanted, way):
        longest = MADE_AGAIN if read in {run_again, sweep_again} else LONGEST
        signal.setitimer(signal.ITIMER_REAL, longest)
        try:
            found = read(folder)
        except InputError as error:
            return "told" if str(error) else "told without a word"
        except TookTooLong:
            return f"took more than {longest:.0f} seconds"
        except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
            return f"traceback\n{traceback.format_exc()}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        if found == wanted:
            return "the same"
        whole = way.endswith("its seal") or (way in {"another's", "a link"} and read is read_measured)
        return "sealed" if whole else "another answer"


RIGHT = {"told", "the same", "sealed"}
"""How it may end; `sealed`: what was read had the right seal all the same, such as another whole file of that name."""


def mutate(mutations, seed, show=20):
    """So many mutations; returns how often each end came, and the first that ended wrongly."""

    def too_long(*_):
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, too_long)
    ends, wrong = collections.Counter(), []
    try:
        with small_blocks(), tempfile.TemporaryDirectory(prefix="mutate-") as name:
            sweep_of = Sweep(Path(name), seed)
            for _ in range(mutations):
                told, end = sweep_of.one()
                ends[end.split("\n")[0]] += 1
                if end not in RIGHT and len(wrong) < show:
                    wrong.append(f"{told}: {end}")
    finally:
        signal.signal(signal.SIGALRM, before)
    return ends, wrong


def main(arguments=None):
    """Run the mutations; returns 0 when nothing was believed that was not what it was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    ends, wrong = mutate(asked.mutations, asked.seed)
    for line in wrong:
        print(line)
    for end, count in ends.most_common():
        print(f"{count:>7,} {end}")
    print(f"{asked.mutations:,} mutations, seed {asked.seed}, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
