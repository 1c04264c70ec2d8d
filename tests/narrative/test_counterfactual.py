"""Explanations add up, agree with the run they explain, leave it alone, and what they say would turn an answer does."""

import dataclasses
import json
import math
import re
from fractions import Fraction

import numpy as np
import pytest

from sim.batch import runner
from sim.batch.manifest import sealed_manifest, write_manifest
from sim.cli import main
from sim.engine.agents import Model
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.model import vocabulary
from sim.model.fields import DOMAINS, KINDS, TERMS
from sim.model.schedule import QUARTER, Phase
from sim.narrative.counterfactual import explain, explained_together, how_to_read
from sim.narrative.explanation import BAR, points_of
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import load_scenario

COMING = ("order", "energy", "kinship", "solidarity", "union", "vacuum", "second_tier")
FIGURE = re.compile(r"^ *([+-]\d+\.\d) ", re.MULTILINE)


@pytest.fixture(scope="module")
def model():
    return Model("toy", seed=3).run_model()


@pytest.fixture(scope="module")
def year(model):
    """Every offer of a year to both states, explained."""
    quarters = [quarter_text(model.setting.start + n) for n in range(2, 6)]
    found = []
    for state in model.states:
        for quarter in quarters:
            try:
                found += explain(model, state=state.code, at=quarter)
            except InputError as error:
                assert "no such offer" in str(error)  # noqa: PT017  a quarter without an offer to this state
    return found


@pytest.fixture(scope="module")
def summit():
    """Two states of the home world in the quarter of the summit: large offers from many powers."""
    prepared = prepare(load_scenario("washington-summit"))
    return [one for state in ("KAZ", "TJK") for one in explain(prepared, state=state, at="2025-Q4")]


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", dict.fromkeys((*TERMS, *COMING)))
def test_every_term_has_words(name):
    said = vocabulary.TERM_WORDS[name]
    assert said.label
    assert said.short_for or said.short_against
    assert bool(said.long_for) == bool(said.short_for)
    assert bool(said.long_against) or name == "benefit" or not said.short_against
    for sentence in (said.long_for, said.long_against):
        assert not sentence or sentence.endswith(".")


def test_every_kind_of_offer_and_domain_has_words():
    assert set(vocabulary.KIND_WORDS) == set(KINDS)
    assert set(vocabulary.DOMAIN_WORDS) == set(DOMAINS)


def test_every_sign_that_occurs_has_words_of_its_own(model, summit):
    offers = [*model.offers, *(one.offer for one in summit)]
    for offer in offers:
        for name, worth in offer.terms.items():
            if worth:
                said = vocabulary.term_words(name)
                assert said.short(worth), (name, worth)
                assert said.long_for if worth > 0.0 else said.long_against, (name, worth)


def test_sentences_use_only_facts_that_are_known(year):
    known = set(year[0].facts)
    for said in vocabulary.TERM_WORDS.values():
        for sentence in said[1:]:
            assert set(re.findall(r"{(\w+)}", sentence)) <= known


def test_a_term_without_words_is_still_told():
    said = vocabulary.term_words("brand_new")
    assert said.full(-1.0) == "The brand new speaks against it."
    assert said.full(1.0) == "The brand new speaks for it."


# --- adding up -------------------------------------------------------------------------------------------------------


def test_the_terms_are_the_utility_to_the_last_roundings_of_its_sum(model, year, summit):
    # Adding up in another order may round differently; beyond that not a bit may be missing.
    for offer in (*model.offers, *(one.offer for one in (*year, *summit))):
        exact = sum(map(Fraction, offer.terms.values()))
        allowed = len(TERMS) * Fraction(2) ** -53 * sum(abs(Fraction(worth)) for worth in offer.terms.values())
        assert abs(exact - Fraction(offer.utility)) <= allowed
        assert math.fsum(offer.terms.values()) == pytest.approx(offer.utility, rel=0, abs=1e-15)


def test_the_printed_terms_add_up_to_the_printed_utility_exactly(year, summit):
    for one in (*year, *summit):
        *terms, total, beaten, between = [round(10 * float(figure)) for figure in FIGURE.findall(str(one))]
        assert sum(terms) == total == round(1000 * one.offer.utility)
        assert beaten == round(1000 * one.offer.reservation)
        assert between == total - beaten


def test_a_printed_term_is_off_by_a_tenth_of_a_point_at_most(year, summit):
    for one in (*year, *summit):
        for name, shown in points_of(one.offer.terms, one.offer.utility).items():
            assert abs(shown - 100.0 * one.offer.terms[name]) <= 0.1 + 1e-9


def test_bars_are_as_long_as_the_terms_are_large(summit):
    for one in summit:
        lines = [line for line in str(one).splitlines() if FIGURE.match(line) and "|" in line]
        sizes = [abs(float(FIGURE.match(line)[1])) for line in lines]
        bars = [
            line.count("+", 9) if line[2:9].strip()[0] == "+" else line.count("-", 9, 9 + BAR + 2) for line in lines
        ]
        assert max(bars) == BAR
        ranked = sorted(range(len(sizes)), key=lambda n: sizes[n])
        assert [bars[n] for n in ranked] == sorted(bars)


# --- the same run ----------------------------------------------------------------------------------------------------


def test_what_is_explained_is_what_was_answered(model, year):
    assert year
    for one in year:
        assert one.offer in model.offers


def test_a_quarter_gives_all_its_offers(model):
    for offer in model.offers[:5]:
        explained = explain(model, state=offer.to, at=offer.quarter)
        assert [one.offer for one in explained] == [
            other for other in model.offers if (other.to, other.quarter) == (offer.to, offer.quarter)
        ]


def test_explaining_changes_nothing(model):
    asked = Model("toy", seed=3)
    while asked.running:
        asked.step()
        if asked.offers and asked.quarter % 5 == 0:
            explain(asked, state=asked.offers[-1].to, at=asked.offers[-1].quarter)
    assert asked.by_power.tobytes() == model.by_power.tobytes()
    assert asked.by_state.tobytes() == model.by_state.tobytes()
    assert asked.offers == model.offers
    assert all(np.array_equal(one, other) for one, other in zip(asked.store, model.store, strict=True))


def test_the_same_question_has_the_same_answer(model, year):
    offer = year[0].offer
    again = explain(model, state=offer.to, at=offer.quarter)
    assert str(again[0]) == str(explain(model, state=offer.to, at=offer.quarter)[0])


def test_a_model_changed_by_hand_is_told():
    changed = Model("toy", seed=3)
    changed.step()
    changed.world.trust[:] = 0.05
    while changed.running:
        changed.step()
    late = changed.offers[-1]
    with pytest.raises(InputError, match="changed by hand"):
        explain(changed, state=late.to, at=late.quarter)


def test_what_has_not_been_played_cannot_be_explained():
    young = Model("toy", seed=3)
    young.step()
    with pytest.raises(InputError, match="not part of the run"):
        explain(young, state="ALD", at="2029-Q1")


def test_a_run_with_numbers_of_its_own_is_explained_with_them():
    numbers = {"choice.gain": np.array([1.0, 1.6])}
    scenario = load_scenario("toy")
    of_many = explain(prepare(scenario, numbers=numbers), 1, state="ALD")
    alone = explain(prepare(scenario, numbers={"choice.gain": 1.6}), 1, state="ALD")
    assert explained_together(of_many) == explained_together(alone)


# --- what would have turned it ---------------------------------------------------------------------------------------


def answered_again(seed, offer, change):
    """The answer when a model's own world is changed by hand just before the state looks around or chooses."""
    model = Model("toy", seed=seed)
    while model.quarter < offer.quarter - 1:
        model.step()
    model.quarter += 1
    i, j, k = model.state(offer.to).place, model.power(offer.by).place, KINDS.index(offer.kind)
    for phase in QUARTER:
        if phase > Phase.CHOOSE:
            break
        if phase is Phase.PERCEIVE and "trust" in change:
            model.world.trust[i, j, 0] = change["trust"]
        if phase is Phase.CHOOSE:
            for name, field in (("size", model.world.size), ("exclusivity", model.world.signed)):
                if name in change:
                    field[i, j, k, 0] = change[name]
        actors = {"states": model.states, "powers": model.powers}
        for place in (actor.place for actor in actors[phase.owner]) if phase.owner in actors else [0]:
            model.play(phase, place)
    return bool(model.world.accepted[i, j, k, 0] > 0.0)


@pytest.mark.parametrize("what", ["size", "exclusivity", "trust"])
def test_what_is_said_to_turn_an_answer_turns_it_and_less_does_not(year, what):
    tried = 0
    for one in year:
        flip = one.flips[what]
        if flip.to is not None:
            assert answered_again(3, one.offer, {what: flip.to}) != one.offer.accepted
            almost = flip.to + math.copysign(0.0011, flip.was - flip.to)  # it is told to three decimals
            assert answered_again(3, one.offer, {what: almost}) == one.offer.accepted
            tried += 1
    assert tried > 1


@pytest.mark.parametrize("what", ["size", "exclusivity", "trust"])
def test_where_nothing_is_said_to_turn_it_nothing_does(year, what):
    stuck = [one for one in year if one.flips[what].to is None]
    assert stuck
    for one in stuck[:4]:
        flip = one.flips[what]
        for end in flip.reach:
            assert answered_again(3, one.offer, {what: end}) == one.offer.accepted


def test_a_change_says_through_what_it_works(year, summit):
    ways = {one.flips["size"].because for one in (*year, *summit)} - {""}
    labels = {said.label for said in vocabulary.TERM_WORDS.values()}
    assert all(way.partition(" ")[0] in ("more", "less") and way.partition(" ")[2] in labels for way in ways)
    taken_smaller = [
        one for one in (*year, *summit) if one.offer.accepted and (one.flips["size"].to or 1e9) < one.offer.size
    ]
    assert {one.flips["size"].because for one in taken_smaller} == {"less benefit"}
    trusted_more = [one for one in (*year, *summit) if not one.offer.accepted and one.flips["trust"].to is not None]
    assert {one.flips["trust"].because for one in trusted_more} <= {"more trust", "more benefit"}


def test_a_gift_makes_up_for_what_is_missing(year):
    refused = [one for one in year if not one.offer.accepted and one.offer.permitted]
    assert all(one.margin > 0.0 for one in refused)
    gifts = [one for one in refused if one.flips["gift"].to is not None]
    assert gifts
    assert all(one.flips["gift"].to > 0.0 for one in gifts)
    assert not any("gift" in one.flips for one in year if one.offer.accepted)


def test_the_margin_is_what_lies_between_the_utility_and_the_draw(year):
    for one in year:
        offer = one.offer
        missing = 0.05 * math.log(offer.draw / (1.0 - offer.draw)) + offer.reservation - offer.utility
        assert one.margin == pytest.approx(abs(missing), abs=1e-9)
        assert (missing < 0.0) == offer.accepted


def test_the_margin_of_an_offer_that_was_talked_over_counts_what_is_left_to_chance(summit):
    evidence = load_evidence()
    left = evidence.numbers["choice.temperature"].value * (1.0 - evidence.numbers["choice.talks_reveal"].value)
    talked = [one for one in summit if one.offer.by == "USA" and one.offer.kind == "deal"]
    assert talked
    for one in talked:
        offer = one.offer
        missing = left * math.log(offer.draw / (1.0 - offer.draw)) + offer.reservation - offer.utility
        assert one.margin == pytest.approx(abs(missing), abs=1e-9)


def test_a_veto_is_named_and_what_lifts_it_is_found():
    bound = {"states.ALD.neutrality": {"value": 1.0, "beyond": "to be sure"}, "choice.alliance_size": 0.1}
    model = Model("toy", seed=3, numbers=bound).run_model()
    barred = next(offer for offer in model.offers if not offer.permitted)
    one = next(one for one in explain(model, state="ALD", at=barred.quarter, kind="security") if one.offer == barred)
    assert "could not do otherwise: a neutral state joins no alliance" in " ".join(str(one).split())
    assert one.margin == 0.0
    assert "gift" not in one.flips
    assert one.flips["trust"].to is None
    size = one.flips["size"]
    if size.to is not None:
        assert size.to <= 0.1 < size.was
        assert size.because == "veto"


# --- text ------------------------------------------------------------------------------------------------------------


def test_an_explanation_reads_as_prose(year, summit):
    for one in (*year, *summit):
        text = str(one)
        assert re.findall(r"\b(?:nan|inf|None|True|False|some of its)\b|[{}_\[\]]", text) == []
        assert all(len(line) <= 100 for line in text.splitlines())
        assert re.findall(rf"\b(?:{one.offer.by}|{one.offer.to})\b", text) == []
        assert text.count("\n- ") == len(one.flips)


def test_every_term_is_either_weighed_or_named_as_of_no_weight(summit):
    for one in summit:
        text = " ".join(str(one).split())
        shown = points_of(one.offer.terms, one.offer.utility)
        silent = re.search(r"Of no weight here: (.*?)\.(?: |$)", text)
        named = silent[1].split(", ") if silent else []
        assert len(named) == sum(points == 0.0 for points in shown.values())


def test_the_way_to_read_it_rests_on_the_numbers_of_the_scenario():
    scenario = load_scenario("toy")
    assert "5 points better makes 73%" in " ".join(how_to_read(prepare(scenario)).split())
    warm = prepare(scenario, numbers={"choice.temperature": 0.1})
    assert "10 points better makes 73%" in " ".join(how_to_read(warm).split())


# --- the command -----------------------------------------------------------------------------------------------------


def test_a_scenario_and_a_state_are_enough(capsys):
    assert main.main(["explain", "toy", "--state", "aldara"]) == 0
    out = capsys.readouterr().out
    assert "not a forecast" in " ".join(out.split())
    titles = re.findall(r"^(\d{4})-Q\d: .* offered to Aldara by ", out, re.MULTILINE)
    assert len(titles) == 5
    assert set(titles) == {"2026"}


def test_json_has_the_numbers_in_full(capsys):
    assert main.main(["explain", "toy", "--state", "BEK", "--run", "2", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert (page["scenario"], page["seed"], page["run"]) == ("toy", 1, 2)
    for one in page["explanations"]:
        assert math.fsum(term["utility"] for term in one["terms"].values()) == pytest.approx(one["utility"], abs=1e-15)
        assert one["accepted"] == (one["draw"] < one["probability"])
        assert {"size", "exclusivity", "trust"} <= set(one["turned_by"])


def test_a_results_folder_is_explained_as_its_scenario(tmp_path, capsys):
    scenario = load_scenario("toy")
    results = runner.run(dataclasses.replace(scenario, seed=8), runs=3, out=tmp_path)
    question = ["--state", "ALD", "--at", "2027-Q1", "--run", "2"]
    assert main.main(["explain", str(results.folder), *question]) == 0
    of_folder = capsys.readouterr()
    assert of_folder.err == ""
    assert main.main(["explain", "toy", "--seed", "8", *question]) == 0
    assert capsys.readouterr().out == of_folder.out
    assert main.main(["explain", str(results.folder), "--state", "ALD", "--run", "3"]) == 2
    assert "allowed: a whole number from 0 to 2" in capsys.readouterr().err
    assert main.main(["explain", str(results.folder), "--state", "ALD", "--seed", "9"]) == 2
    assert "a seed of their own" in capsys.readouterr().err
    manifest = sealed_manifest(results.folder)
    manifest["identity"]["code"] = "another"
    write_manifest(results.folder, manifest)
    assert main.main(["explain", str(results.folder), *question]) == 0
    assert "has changed since" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (["toy", "--state", "ADL"], "Did you mean 'ALD'"),
        (["toy", "--state", "ALD", "--by", "NORR"], "Did you mean 'NOR'"),
        (["toy", "--state", "ALD", "--kind", "secrity"], "Did you mean 'security'"),
        (["toy", "--state", "ALD", "--at", "2041-Q1"], "Did you mean '2030-Q4'"),
        (["toy", "--state", "ALD", "--at", "soon"], "a quarter such as 2026-Q1"),
        (["toy", "--state", "ALD", "--by", "SUD", "--kind", "security", "--at", "2026-Q1"], "no such offer in 2026-Q1"),
        (["tooy", "--state", "ALD"], "Did you mean 'toy'"),
        (["toy", "--state", "ALD", "--run", "-1"], "--run: found '-1'; allowed: a whole number from 0"),
        (["toy", "--state", "ALD", "--seed", "-1"], "--seed: found '-1'; allowed: a whole number from 0"),
        ([".", "--state", "ALD"], "no results folder"),
    ],
)
def test_wrong_questions_are_answered_without_a_traceback(question, said, capsys):
    try:
        code = main.main(["explain", *question])
    except SystemExit as stop:  # the parser itself has refused it
        code = stop.code
    assert code == 2
    caught = capsys.readouterr()
    assert said in caught.err
    assert "Traceback" not in caught.err
    assert caught.out == ""
