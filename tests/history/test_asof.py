import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from salesflow.history.report import asof

entries = st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50)), max_size=20)


class TestLatest:
    @example(known=[(0, -50), (4, 49), (4, 50)], asked=[(4, 49), (0, 50)], scale=2**56, odd=True)
    @given(known=entries, asked=entries, scale=st.sampled_from([1, 2**56]), odd=st.booleans())
    def test_against_a_slow_loop(self, known, asked, scale, odd):
        """The last entry of the deal up to the instant, inside; also where numbers grow large."""
        known, asked = (
            [(deal, at * scale + (at % 7 if odd and scale > 7 else 0)) for deal, at in rows]
            for rows in (sorted(known), asked)
        )
        deal, at, asked_deal, asked_at = (
            np.array([row[place] for row in rows], dtype=np.int64)
            for rows in (known, asked)
            for place in (0, 1)
        )
        expected = [
            max((n for n, (d, a) in enumerate(known) if d == deal and a <= instant), default=-1)
            for deal, instant in asked
        ]

        assert asof.latest(deal, at, asked_deal, asked_at).tolist() == expected
