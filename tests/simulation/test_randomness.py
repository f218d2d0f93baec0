"""Random numbers without a state: against published vectors, numpy and plain counting."""

import math
import random
import statistics

import numpy as np
import pytest

from salesflow.simulation.kernel.chance.numbers import exp_of, log_of, normal_at, power_of
from salesflow.simulation.kernel.chance.randomness import WORD, philox, uniform


def philox_of(width, counter, key, factors, steps):
    """The same algorithm for words of any width, in the words of the paper's figure."""
    mask = (1 << width) - 1
    c, k = list(counter), list(key)
    for _ in range(10):
        high0, low0 = divmod(c[0] * factors[0], 1 << width)
        high1, low1 = divmod(c[2] * factors[1], 1 << width)
        c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
        k = [(k[0] + steps[0]) & mask, (k[1] + steps[1]) & mask]
    return c


class TestPhilox:
    @pytest.mark.parametrize(
        ("counter", "key", "expected"),
        [
            pytest.param(
                (0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8), id="zeros"
            ),
            pytest.param(
                (WORD,) * 4,
                (WORD,) * 2,
                (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
                id="ones",
            ),
            pytest.param(
                (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
                (0xA4093822, 0x299F31D0),
                (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
                id="pi",
            ),
        ],
    )
    def test_published_vectors(self, counter, key, expected):
        """The known answers that come with the paper's library."""
        assert philox(*counter, *key) == expected

    def test_numpy_is_the_same_with_wider_words(self):
        """One text of the algorithm is numpy's Philox at 64 bits, and ours at 32."""
        wide = (0xD2E7470EE14C6C93, 0xCA5A826395121157), (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
        narrow = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)
        rng = random.Random(4)
        for _ in range(50):
            counter = [rng.getrandbits(64) for _ in range(4)]
            key = [rng.getrandbits(64) for _ in range(2)]
            # numpy counts up before it draws.
            counter[0] = max(counter[0], 1)
            before = np.array([counter[0] - 1, *counter[1:]], dtype=np.uint64)
            keys = np.array(key, dtype=np.uint64)
            drawn = np.random.Philox(counter=before, key=keys).random_raw(4).tolist()
            small = [number >> 32 for number in (*counter, *key)]

            assert philox_of(64, counter, key, *wide) == drawn
            assert philox_of(32, small[:4], small[4:], *narrow) == list(philox(*small))


class TestUniform:
    def test_evenly_spread(self):
        """A hundred bins of forty thousand numbers: chi-squared as it should be."""
        numbers = [uniform(7, 0, deal, 3, turn, 0) for deal in range(200) for turn in range(200)]
        counts, _ = np.histogram(numbers, bins=100, range=(0, 1))
        chi = ((counts - 400) ** 2 / 400).sum()

        assert min(numbers) > 0
        assert max(numbers) < 1
        assert 62 < chi < 145  # 99 % of chi-squared with 99 degrees, and some more
        assert abs(np.mean(numbers) - 0.5) < 2.6 * math.sqrt(1 / 12 / 40_000)

    @pytest.mark.parametrize("place", range(6))
    def test_everything_that_it_is_for_counts(self, place):
        """Another seed, deal, purpose, turn or part is another number, without a correlation."""
        given = [5, 0, 2, 9, 1, 0]
        pairs = []
        for number in range(2_000):
            given[2] = number if place != 2 else 2
            given[4] = number if place == 2 else 1
            other = [*given]
            other[place] += 1
            pairs.append((uniform(*given), uniform(*other)))

        assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 3 / math.sqrt(2_000)


class TestNumbers:
    """Against the mathematical library of the system."""

    def test_logarithm(self):
        """To a few units in the last place, over all that a float can hold."""
        rng = random.Random(1)
        for _ in range(3_000):
            x = 10 ** rng.uniform(-300, 300)

            assert math.isclose(log_of(x), math.log(x), rel_tol=5e-16)

    def test_exponential(self):
        """The same; beyond its limits it is nothing, or as much as there is."""
        rng = random.Random(2)
        for _ in range(3_000):
            x = rng.uniform(-690, 690)

            assert math.isclose(exp_of(x), math.exp(x), rel_tol=1e-15)
        assert exp_of(-701) == 0
        assert exp_of(5_000) == exp_of(700)
        assert exp_of(0) == 1

    def test_power(self):
        """Of nothing it is nothing, and the first power is the number itself."""
        assert power_of(0, 0.5) == power_of(-1, 2) == 0
        assert power_of(7.25, 1) == 7.25
        assert math.isclose(power_of(7.25, 2.5), 7.25**2.5, rel_tol=1e-14)

    def test_normal(self):
        """Against Python's own, from the far tails to the middle."""
        rng, standard = random.Random(3), statistics.NormalDist()
        for _ in range(3_000):
            share = rng.choice([rng.random(), 10 ** rng.uniform(-300, -1)])

            assert math.isclose(normal_at(share), standard.inv_cdf(share), rel_tol=1e-11)
        assert normal_at(0.5) == 0
        assert normal_at(1 - 1e-12) == pytest.approx(-normal_at(1e-12), rel=1e-4)
