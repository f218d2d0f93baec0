import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from salesflow.history.report import asof

entries = st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50)), max_size=20)


class TestLatest:
    @given(known=entries, asked=entries, is_wide=st.booleans())
    def test_against_a_slow_loop(self, known, asked, is_wide):
        """The last entry of the deal up to the instant, inside; also where numbers grow large."""
        known = sorted(known)
        scale = 2**54 if is_wide else 1
        deal, at, asked_deal, asked_at = (
            np.array([row[place] * (scale if place else 1) for row in rows], dtype=np.int64)
            for rows in (known, asked)
            for place in (0, 1)
        )
        expected = [
            max((n for n, (d, a) in enumerate(known) if d == deal and a <= instant), default=-1)
            for deal, instant in asked
        ]

        assert asof.latest(deal, at, asked_deal, asked_at).tolist() == expected
