"""What was played is taken from the folder if it is whole and of the same points, and played again if not."""

import numpy as np
import pytest

from sim.analysis.calibration.kept import Wave, read_wave, write_wave


@pytest.fixture
def wave():
    random = np.random.default_rng(1)
    targets = random.normal(size=(4, 3, 5)).astype(np.float32).astype(np.float64)
    return Wave(points=random.uniform(-1.0, 1.0, (4, 2)), targets=targets, left=0.25)


@pytest.fixture
def place(tmp_path, wave):
    path = tmp_path / "waves" / "wave-1.bin"
    write_wave(path, wave)
    return path


def test_it_comes_back_as_it_was(place, wave):
    found = read_wave(place, wave.points)
    assert found.targets.tobytes() == wave.targets.tobytes()
    assert found.targets.dtype == np.float64
    assert found.left == 0.25


def test_where_nothing_is_there_is_none(tmp_path, wave):
    assert read_wave(tmp_path / "nothing.bin", wave.points) is None
    assert read_wave(tmp_path, wave.points) is None


def test_a_wave_of_another_fit_is_none(place, wave):
    write_wave(place, wave, "seed 1")
    assert read_wave(place, wave.points, "seed 2") is None
    assert read_wave(place, wave.points, "seed 1") is not None


def test_a_wave_of_other_points_is_none(place, wave):
    assert read_wave(place, wave.points + 1e-12) is None
    assert read_wave(place, wave.points[:3]) is None


@pytest.mark.parametrize("at", [0, 63, 64, 200, -1])
def test_one_damaged_byte_is_enough(place, wave, at):
    said = bytearray(place.read_bytes())
    said[at] ^= 1
    place.write_bytes(bytes(said))
    assert read_wave(place, wave.points) is None


@pytest.mark.parametrize("length", [0, 10, 64, 100, 300])
def test_so_is_one_cut_short(place, wave, length):
    place.write_bytes(place.read_bytes()[:length])
    assert read_wave(place, wave.points) is None
