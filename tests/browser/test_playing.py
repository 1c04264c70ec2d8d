"""A state is played in the browser: three quarters, why, what a yes would change, and the game taken home."""

import csv

import numpy as np

import sim
from helpers.windows import Window, opened
from sim.cli.main import main

STATE = "UZB"
QUARTERS = 3


def played(window):
    """Three quarters of a game, with answers to all offers of a quarter but the last; what was said, by quarter."""
    window.view("play")
    window.settled()
    if window.page.locator("#play [name=again]").count():  # a teacher's pages share one seat
        window.page.click("#play [name=again]")
    window.page.click(f"#play button[name={STATE}]")
    said = []
    for _ in range(QUARTERS):
        window.settled()
        here = []
        offers = window.page.locator("#play .inbox li").count()
        for at in range(max(offers - 1, 1) if offers else 0):
            answer = "yes" if at % 2 == 0 else "no"
            button = window.page.locator("#play .inbox li").nth(at).locator(f"button[name^='{answer} ']")
            if button.is_disabled():
                continue
            _, by, kind = button.get_attribute("name").split(" ", 2)
            button.click()
            window.settled()
            here.append((by, kind, answer == "yes"))
        said.append(here)
        window.page.click("#play button[name=step]")
    window.settled()
    return said


def replayed(said):
    """The same answers to the same offers, given here."""
    game = sim.Game("baseline", STATE)
    for here in said:
        for by, kind, answer in here:
            game.answer(next(one for one in game.inbox if (one.by, one.kind) == (by, kind)), answer)
        game.step()
    return game


def saved(window, folder, name):
    with window.page.expect_download() as waiting:
        window.page.click(f"#play button[name={name}]")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_three_quarters_are_played_and_taken_home_and_run_to_the_same_bits(open_window, tmp_path, capsys):
    window = open_window().settled()
    said = played(window)
    assert sum(map(len, said)) >= 2
    scenario, table = saved(window, tmp_path, "yaml"), saved(window, tmp_path, "csv")
    game = replayed(said)
    assert window.page.inner_text("#play h2").startswith(game.model.state(STATE).name)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [(row["power"], row["kind"]) for row in rows if row["said"]] == [
        (by, kind) for here in said for by, kind, _ in here
    ]
    assert main(["check", str(scenario)]) == 0
    capsys.readouterr()
    again = sim.Model(scenario)
    for _ in range(QUARTERS):
        again.step()
    for one in ("by_state", "by_power"):
        assert np.array_equal(getattr(again, one)[:QUARTERS], getattr(game.model, one)[:QUARTERS])
    many = sim.peek(scenario, 1, measures=list(game.standing))  # the other engine
    row = many.states.index(STATE)
    assert {name: many.courses[name][QUARTERS - 1, row, 0] for name in game.standing} == game.standing


def test_a_vote_is_cast_and_taken_home(browser, tmp_path):
    server = opened(tmp_path, "divided-assembly")
    window = Window(browser, server.teacher).settled()
    try:
        window.view("play")
        window.settled()
        window.page.click(f"#play button[name={STATE}]")
        window.settled()
        game = sim.Game("divided-assembly", STATE)
        cast = next(how for how in ("no", "away") if how != game.balloted.rule)
        window.page.click(f"#play button[name='vote {cast}']")
        window.settled()
        assert window.page.get_attribute(f"#play button[name='vote {cast}']", "aria-pressed") == "true"
        window.page.click("#play button[name=step]")
        window.settled()
        assert window.page.locator("#play button[name^='vote ']").count() == 0
        table = saved(window, tmp_path, "votes")
        game.vote(cast)
        game.step()
        rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
        assert rows == game.votes
        assert rows[0]["said"] == rows[0]["voted"] == cast
        assert window.complaints == []
    finally:
        window.close()
        server.close()
    assert "Traceback" not in server.complaints()


def test_a_page_that_is_loaded_anew_finds_its_game_again(open_window):
    window = open_window().settled()
    played(window)
    title = window.page.inner_text("#play h2")
    window.page.reload()
    window.settled().view("play")
    window.settled()
    assert window.page.inner_text("#play h2") == title
