from types import SimpleNamespace

import pytest

from sim.batch.naming import apart, names_apart, titles_apart


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ([["a", "b"]], ("a", "b")),
        ([["a", "a"], ["x", "y"]], ("x", "y")),
        ([["a", "b", "a"], ["x", "y", "z"]], ("x", "b", "z")),
        ([["a", "a"], ["x", "x"]], ("x", "x (2)")),
        ([["a", "a", "a (2)"]], ("a", "a (2)", "a (2) (2)")),
        ([[]], ()),
    ],
)
def test_no_two_things_go_by_one_name(levels, wanted):
    assert apart(*levels) == wanted


def test_results_of_one_stem_or_one_title_are_told_apart(tmp_path):
    def results(name, title, folder):
        return SimpleNamespace(name=name, title=title, folder=tmp_path / folder)

    several = [results("x", "One", "x-1"), results("x", "Two", "x-2"), results("y", "Two", "y-3")]
    assert names_apart(several) == ("x-1", "x-2", "y")
    assert titles_apart(several) == ("One", "Two (x-2)", "Two (y)")
    twice = [several[0], several[0]]
    assert len(set(names_apart(twice))) == len(set(titles_apart(twice))) == 2
