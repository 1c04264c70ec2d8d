import os

import pytest

from sim.io.memory import multiply_in_one_thread

WORD = "OPENBLAS_NUM_THREADS"


@pytest.mark.parametrize(("said", "then"), [(None, "1"), ("4", "4")])
def test_one_thread_multiplies_unless_the_user_says_otherwise(said, then, monkeypatch):
    monkeypatch.setenv(WORD, said or "")
    if said is None:
        monkeypatch.delenv(WORD)
    multiply_in_one_thread()
    assert os.environ.pop(WORD) == then
