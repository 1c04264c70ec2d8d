"""The commit of the program and of the question stands in the manifest, and moves nothing else."""

import os
import shutil
import subprocess
import time

import pytest

from helpers.batches import bytes_of
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch import checkout
from sim.batch.checkout import Checkouts
from sim.batch.runner import run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


def git(folder, *words):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], env=kept, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def question(tmp_path):
    """A file that belongs to the only commit of a repository."""
    folder = tmp_path / "a repository" / "with a folder"
    folder.mkdir(parents=True)
    file = folder / "question.yaml"
    file.write_text("title: One\n", encoding="utf-8")
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "One")
    return file


def told(file):
    return Checkouts(scenario=file).told()["scenario"]


def test_a_file_as_it_was_committed(question):
    assert told(question) == {"commit": git(question.parent, "rev-parse", "HEAD"), "dirty": False}


def test_several_files_are_told_by_what_they_are(question):
    found = Checkouts(experiment=question, scenario=None).told()
    assert list(found) == ["program", "experiment", "scenario"]
    assert found["experiment"] == told(question)
    assert found["scenario"] is None


def test_what_differs_from_the_commit_is_told(question):
    question.write_text("title: Two\n", encoding="utf-8")
    assert told(question)["dirty"] is True


def test_a_question_that_is_in_no_commit_is_told(question):
    other = question.with_name("other.yaml")
    other.touch()
    assert told(other)["dirty"] is True
    assert told(question)["dirty"] is False  # what does not belong to the commit says nothing of what does


def test_a_second_working_tree_is_a_checkout_too(question, tmp_path):
    git(question.parent, "worktree", "add", "-q", str(tmp_path / "second"))
    assert told(tmp_path / "second" / "with a folder" / "question.yaml") == told(question)


def test_outside_of_checkouts_and_before_the_first_commit_there_is_nothing_to_tell(tmp_path):
    assert told(tmp_path / "question.yaml") is None
    assert told(None) is None
    git(tmp_path, "init", "-q")
    assert told(tmp_path / "question.yaml") is None


def test_without_git_nothing_is_told(question, monkeypatch):
    monkeypatch.setattr(checkout.shutil, "which", lambda _: None)
    assert Checkouts(scenario=question).told() == {"program": None, "scenario": None}


def test_a_slow_git_holds_nobody_up(question, tmp_path, monkeypatch):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(checkout.shutil, "which", lambda _: str(slow))
    monkeypatch.setattr(checkout, "_PATIENCE", 0.05)
    began = time.monotonic()
    assert told(question) is None
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("where", ["config", "config.worktree", "elsewhere"])
def test_a_repository_starts_no_program_of_its_own(question, tmp_path, where):
    root = question.parent.parent
    trap = tmp_path / "sprung"
    (root / ".gitattributes").write_text("* filter=trap\n", encoding="utf-8")
    settings = f'[filter "trap"]\n\tclean = touch {trap}\n[core]\n\tfsmonitor = touch {trap}\n'
    if where == "elsewhere":
        (tmp_path / "elsewhere").write_text(settings, encoding="utf-8")
        settings = f"[include]\n\tpath = {tmp_path / 'elsewhere'}\n"
        where = "config"
    with (root / ".git" / where).open("a", encoding="utf-8") as handle:
        handle.write(settings + "[extensions]\n\tworktreeConfig = true\n")
    os.utime(question, (1, 1))  # so that git has to look into the file
    assert told(question)["dirty"] in {None, True}
    assert len(told(question)["commit"]) == 40
    assert not trap.exists()


@pytest.mark.parametrize("damage", ["a pipe", "a folder that is none", "empty"])
def test_what_only_looks_like_a_checkout_is_none(tmp_path, damage):
    place = tmp_path / ".git"
    if damage == "a pipe":
        os.mkfifo(place)
    elif damage == "empty":
        place.touch()
    else:
        place.mkdir()
        os.mkfifo(place / "config")
    assert told(tmp_path / "question.yaml") is None


def test_the_manifest_tells_it_and_nothing_else_moves(question, tmp_path):
    def results(path, out):
        return run(fake_scenario(runs=20, path=path), out=tmp_path / out, engine=FakePrepared)

    with_one, without = results(question, "with"), results(None, "without")
    assert with_one.manifest["checkout"]["scenario"] == told(question)
    assert without.manifest["checkout"]["scenario"] is None
    assert with_one.manifest["hash"] == without.manifest["hash"]
    assert with_one.folder.name == without.folder.name
    assert bytes_of(with_one.folder) == bytes_of(without.folder)
    assert str(tmp_path) not in (with_one.folder / "manifest.json").read_text(encoding="utf-8")
