"""Numbers quoted in a README are those of the tables beside it, and what is quoted wrongly is told."""

import pytest

from sim.analysis.sensitivity.experiment_files import experiment_path, list_experiments
from sim.cli.cited_numbers import README, quotes_in, renewed, unquoted
from sim.io.errors import InputError

TABLE = "outcome,factor,value,low,high\npartners,a,0.31416,0.2,0.4\npartners,b,-1e-9,-0.1,0.1\nends,a,0.55,,\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "indices.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def quote(title, said="?"):
    return f'It is [{said}](tables/indices.csv "{title}"), no more.'


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("value; outcome=partners & factor=a; .2f", "0.31"),
        ("value; outcome=ends & factor=a; .0%", "55%"),
        ("value low high; outcome=partners & factor=a; {:.2f} ({:.1f} to {:.1f})", "0.31 (0.2 to 0.4)"),
        ("factor; value=0.55; {}", "a"),
        ("value; factor=b; .1f", "0.0"),
    ],
)
def test_a_number_is_written_as_the_table_has_it(folder, title, said):
    assert renewed(quote(title), folder) == quote(title, said)


def test_writing_it_again_changes_nothing(folder):
    once = renewed(quote("value; outcome=ends & factor=a; .0%"), folder)
    assert renewed(once, folder) == once


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("value; outcome=partners; .2f", "2 rows of tables/indices.csv are so"),
        ("value; outcome=nothing; .2f", "0 rows of tables/indices.csv are so"),
        ("valu; outcome=ends; .2f", "Did you mean 'value'"),
        ("value; ending=ends; .2f", "no column 'ending'"),
        ("value; outcome=ends", "a quotation has three parts"),
        ("factor; outcome=ends; .2f", "it cannot be written so"),
    ],
)
def test_what_is_not_in_the_table_is_told_with_its_line(folder, title, said):
    with pytest.raises(InputError) as caught:
        renewed("# Title\n\n" + quote(title), folder)
    assert said in str(caught.value)
    assert f"{README}:3" in str(caught.value)


def test_a_missing_table_is_told(folder):
    with pytest.raises(InputError, match=r"there is no tables/other\.csv"):
        renewed('[?](tables/other.csv "value; a=b; .2f")', folder)


def test_numbers_that_name_no_table_are_found():
    text = quote("value; outcome=ends & factor=a; .0%", "55%") + " Then 12 %, `0.5` and 1.25 of five, in 2035."
    assert list(unquoted(text)) == ["12 %", "1.25"]


@pytest.mark.parametrize("name", list_experiments())
def test_every_number_of_a_finding_is_that_of_its_table(name):
    folder = experiment_path(name).parent
    text = (folder / README).read_text(encoding="utf-8")
    assert renewed(text, folder) == text, f"renew it with `multivector sweep {name[:4]} --publish`"
    finding = text.split("\n## Finding\n", 1)[1]
    assert len(quotes_in(finding)) > 5
    assert not list(unquoted(finding))
