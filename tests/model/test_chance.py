import itertools

import numba
import numpy as np
import pytest

from sim.model.chance import Stream, address, luck, lucks, mix, name_key, uniform
from sim.model.compiling import compiler

GOLDEN = 0x9E3779B97F4A7C15
MANY = 200_000
FAR = 5.5  # standard deviations; what is tested is fixed, so a test that passes once passes for ever

KAZ, UZB, CHN, RUS, USA = (name_key(code) for code in ("KAZ", "UZB", "CHN", "RUS", "USA"))


def draws(seed=0, first_run=0, runs=1, quarters=1, quarter=8100, stream=Stream.OFFER, first=KAZ, second=CHN, kind=0):
    """Draws for runs and quarters in a row: float64 [run, quarter]."""
    where = address(np.arange(quarter, quarter + quarters), stream, first, second, kind)
    return uniform(lucks(seed, first_run, runs)[:, None], where[None, :])


def bits_of(words):
    """The bits of 64-bit words, lowest first: bool [..., 64]."""
    return (words[..., None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1) == 1


def crowding(counts):
    """How far counts lie from even, in standard deviations of the chi-square statistic."""
    expected = counts.sum() / counts.size
    freedom = counts.size - 1
    return (((counts - expected) ** 2 / expected).sum() - freedom) / np.sqrt(2.0 * freedom)


def assert_unrelated(one, other):
    one, other = one.ravel(), other.ravel()
    assert abs(np.corrcoef(one, other)[0, 1]) < FAR / np.sqrt(one.size)
    assert abs(np.corrcoef(np.abs(one - 0.5), np.abs(other - 0.5))[0, 1]) < FAR / np.sqrt(one.size)
    together, _, _ = np.histogram2d(one, other, bins=16, range=[(0, 1), (0, 1)])
    assert abs(crowding(together)) < FAR


# --- every stream is even --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", Stream, ids=lambda stream: stream.name)
def test_draws_are_even_over_runs_and_quarters(stream):
    drawn = draws(runs=1000, quarters=200, stream=stream)
    counts, _ = np.histogram(drawn, bins=256, range=(0, 1))
    assert abs(crowding(counts)) < FAR
    assert abs(drawn.mean() - 1 / 2) < FAR * np.sqrt(1 / 12 / MANY)
    assert abs(drawn.var() - 1 / 12) < FAR * np.sqrt(1 / 180 / MANY)


def test_draws_are_even_over_actors_and_kinds():
    keys = [name_key(f"A{n:02}") for n in range(50)]
    luck_now = lucks(7, 0, 20)
    drawn = [
        uniform(luck_now, address(np.array([8100]), Stream.ACCEPT, first, second, kind))
        for first, second in itertools.product(keys, keys)
        for kind in range(4)
    ]
    counts, _ = np.histogram(drawn, bins=256, range=(0, 1))
    assert abs(crowding(counts)) < FAR


# --- neighbours know nothing of each other ---------------------------------------------------------------------------

HERE = {"runs": 1000, "quarters": 200}
NEIGHBOURS = {
    "quarters": {"quarter": 8101},
    "streams": {"stream": Stream.OFFER + 1},
    "kinds": {"kind": 1},
    "states": {"first": UZB},
    "powers": {"second": RUS},
    "the two actors in the other order": {"first": CHN, "second": KAZ},
    "runs": {"first_run": 1},
    "seeds": {"seed": 1},
    "seeds far apart": {"seed": 2**63},
    "a seed and a run": {"seed": 1, "first_run": 1},
}


@pytest.mark.parametrize("change", NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
def test_neighbours_are_unrelated(change):
    assert_unrelated(draws(**HERE), draws(**(HERE | change)))


def test_one_run_after_the_other_and_one_quarter_after_the_other_show_no_pattern():
    drawn = draws(**HERE)
    for step in (1, 2, 3, 4, 5, 8, 16, 20, 40, 64):
        assert_unrelated(drawn[:, step:], drawn[:, :-step])
        assert_unrelated(drawn[step:], drawn[:-step])


def test_the_sum_of_many_draws_spreads_as_independent_draws_do():
    sums = draws(runs=5000, quarters=100).sum(axis=1)
    assert abs(sums.var() / (100 / 12) - 1.0) < FAR * np.sqrt(2 / 5000)


def test_no_two_decisions_share_an_address():
    quarters = np.arange(8100, 8140)
    keys = [name_key(f"A{n:02}") for n in range(12)]
    words = [
        address(quarters, stream, first, second, kind)
        for stream in Stream
        for first, second in itertools.product(keys, keys)
        for kind in range(4)
    ]
    assert len(np.unique(words)) == np.size(words)


# --- adding something moves nothing ----------------------------------------------------------------------------------


def decide(codes, streams, kinds):
    """What one run draws for every pair, stream and kind, asked in the order given."""
    key = luck(3, 5)
    return {
        (one, other, stream, kind): uniform(
            key, address(np.array([8100]), stream, name_key(one), name_key(other), kind)
        )[0]
        for one, other in itertools.permutations(codes, 2)
        for stream in streams
        for kind in kinds
    }


def test_more_actors_streams_and_kinds_in_another_order_move_no_draw():
    few = decide(["KAZ", "CHN", "RUS"], [Stream.OFFER, Stream.ACCEPT], [0, 1])
    many = decide(["USA", "RUS", "UZB", "KAZ", "EUR", "CHN"], list(Stream)[::-1], [3, 2, 1, 0])
    assert {place: many[place] for place in few} == few


def test_a_draw_does_not_depend_on_how_many_are_drawn_beside_it():
    alone = draws(first_run=17, quarter=8123)
    among = draws(runs=40, quarters=60)
    assert alone[0, 0] == among[17, 23]


def test_every_stream_has_a_number_of_its_own():
    assert len(Stream.__members__) == len({int(stream) for stream in Stream})
    assert all(stream > 0 for stream in Stream)


# --- the ends --------------------------------------------------------------------------------------------------------


def unmix(word):
    """The one word that `mix` turns into this one, for whole numbers of Python."""
    word ^= (word >> 31) ^ (word >> 62)
    word = word * pow(0x94D049BB133111EB, -1, 2**64) % 2**64
    word ^= (word >> 27) ^ (word >> 54)
    word = word * pow(0xBF58476D1CE4E5B9, -1, 2**64) % 2**64
    return word ^ (word >> 30) ^ (word >> 60)


def drawn_from(key, word):
    """The draw of a run with this key at the very address whose scrambled word is `word`."""
    where = unmix((unmix(word) - key) % 2**64) ^ key
    return uniform(np.array([key], dtype=np.uint64), np.array([where], dtype=np.uint64))[0]


@pytest.mark.parametrize("key", [0, 1, GOLDEN, 2**64 - 1])
def test_neither_nought_nor_one_is_ever_drawn(key):
    assert drawn_from(key, 0) == 2.0**-53
    assert drawn_from(key, 2**64 - 1) == 1.0 - 2.0**-53
    assert drawn_from(key, 2**63) == 0.5 + 2.0**-53


# --- the mixer -------------------------------------------------------------------------------------------------------


def test_mix_gives_the_published_words_of_the_generator_it_comes_from():
    steps = np.array([GOLDEN * n % 2**64 for n in (1, 2, 3)], dtype=np.uint64)
    assert [hex(word) for word in mix(steps)] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"]


def test_mix_loses_nothing():
    words = np.random.default_rng(1).integers(0, 2**64, 1000, dtype=np.uint64)
    assert [unmix(int(word)) for word in mix(words)] == words.tolist()


def test_every_bit_is_set_half_of_the_time():
    for counted in (np.arange(MANY, dtype=np.uint64), lucks(0, 0, MANY), address(np.arange(MANY), 1, KAZ, CHN, 0)):
        assert np.all(np.abs(bits_of(mix(counted)).mean(axis=0) - 0.5) < FAR * 0.5 / np.sqrt(MANY))


@pytest.mark.parametrize("words", ["random", "small"])
def test_flipping_any_bit_flips_every_other_half_of_the_time(words):
    count = 20_000
    random = np.random.default_rng(2).integers(0, 2**64, count, dtype=np.uint64)
    # small numbers are the hard case: `uniform` scrambles twice for their sake
    start = random if words == "random" else mix(np.arange(count, dtype=np.uint64))
    plain = mix(start)
    for bit in range(64):
        flipped = bits_of(plain ^ mix(start ^ np.uint64(1 << bit))).mean(axis=0)
        assert np.all(np.abs(flipped - 0.5) < 6.0 * 0.5 / np.sqrt(count)), f"bit {bit}"


@pytest.mark.parametrize("side", ["luck", "address"])
def test_flipping_any_bit_of_luck_or_address_changes_the_draw_out_of_recognition(side):
    runs, where = lucks(0, 0, MANY // 10), address(np.arange(MANY // 10), 1, KAZ, CHN, 0)
    plain = uniform(runs, where)
    for bit in range(64):
        flip = np.uint64(1 << bit)
        other = uniform(runs ^ flip, where) if side == "luck" else uniform(runs, where ^ flip)
        assert abs(np.corrcoef(plain, other)[0, 1]) < FAR / np.sqrt(plain.size), f"bit {bit}"


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 42, 2**63, 2**64 - 1])
def test_keys_come_one_by_one_as_they_come_together(seed):
    together = lucks(seed, 100, 50)
    assert together.dtype == np.uint64
    assert [luck(seed, run) for run in range(100, 150)] == together.tolist()


def test_keys_do_not_depend_on_where_a_block_begins():
    assert np.array_equal(lucks(5, 0, 100)[60:], lucks(5, 60, 40))


def test_no_block_is_too_small():
    assert lucks(5, 3, 0).shape == (0,)


def test_seed_nought_is_a_seed():
    assert luck(0, 0) != 0
    assert not set(lucks(0, 0, 1000).tolist()) & set(lucks(1, 0, 1000).tolist())
    assert abs(draws(runs=MANY).mean() - 0.5) < FAR * np.sqrt(1 / 12 / MANY)


def test_no_two_runs_of_a_hundred_seeds_share_a_key():
    keys = np.concatenate([lucks(seed, 0, 2000) for seed in range(100)])
    assert len(np.unique(keys)) == keys.size


def test_name_keys_are_those_of_the_published_hash():
    assert name_key("") == 0xCBF29CE484222325
    assert name_key("a") == 0xAF63DC4C8601EC8C
    assert name_key("foobar") == 0x85944171F73967E8


def test_no_two_codes_share_a_key():
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    keys = {int(name_key("".join(code))) for code in itertools.product(letters, repeat=3)}
    assert len(keys) == 26**3
    assert name_key("KAZ") != name_key("ZAK") != name_key("kaz")


# --- machine code ----------------------------------------------------------------------------------------------------


def test_machine_code_draws_the_same_to_the_last_bit():
    compiler()  # this is what lets compiled code call chance

    @numba.njit(error_model="numpy")
    def loop(keys, quarter, first, second, out):
        for stream in range(out.shape[0]):
            for kind in range(out.shape[1]):
                where = address(quarter, stream, first, second, kind)
                for lane in range(out.shape[2]):
                    out[stream, kind, lane] = uniform(keys[lane], where)

    keys = lucks(11, 0, 64)
    found = np.empty((len(Stream), 4, 64))
    with np.errstate(over="ignore"):  # where compilation is switched off, words overflow one by one
        loop(keys, 8123, USA, UZB, found)
    for stream, kind in itertools.product(range(len(Stream)), range(4)):
        expected = uniform(keys, address(np.array([8123]), stream, USA, UZB, kind))
        assert np.array_equal(found[stream, kind], expected)
