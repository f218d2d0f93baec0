"""The table that everybody makes first, and that misleads: the win rate by the longest gap."""

from __future__ import annotations

import attrs

from salesflow.calendars.arithmetic import DAY
from salesflow.english import percent
from salesflow.history.extras import np
from salesflow.history.studies.dealdays import LOST, OPEN, WON, Spans

LONGEST = (0, 3, 5, 8, 14, 30)
"""Where its rows begin, in whole days."""


@attrs.frozen(kw_only=True)
class NaiveRow:
    """
    Closed deals by the longest silence of their life.

    Args:
        low, high: Days, both inside; *high* is None: so many and more.

        won, lost: How they ended.
    """

    low: int
    high: int | None
    won: int
    lost: int

    @property
    def win_rate(self) -> float | None:
        """The share of won deals; None: there are none."""
        closed = self.won + self.lost
        return self.won / closed if closed else None

    def cells(self) -> tuple[str, ...]:
        """Return it as texts: days, won, lost, win rate."""
        share = "" if self.win_rate is None else percent(self.win_rate)
        return words_of(self.low, self.high), f"{self.won:,}", f"{self.lost:,}", share


def words_of(low: int, high: int | None) -> str:
    """Return a band of days in words."""
    if high is None:
        return f"{low} and more"
    return f"{low}" if low == high else f"{low} to {high}"


def naive_rows(spans: Spans) -> tuple[NaiveRow, ...]:
    """Return the win rate by the longest gap; of several closes of a deal the last one counts."""
    deals = int(spans.deal.max(initial=-1)) + 1
    longest = np.zeros(deals, dtype=np.int64)
    np.maximum.at(longest, spans.deal, (spans.end - spans.start) // DAY)
    outcome = np.full(deals, OPEN, dtype=np.int64)
    outcome[spans.deal] = spans.outcome  # the last span of each deal is written last
    band = np.searchsorted(LONGEST, longest, side="right") - 1
    ends = [*(begin - 1 for begin in LONGEST[1:]), None]
    return tuple(
        NaiveRow(
            low=low,
            high=high,
            won=int(np.count_nonzero((band == number) & (outcome == WON))),
            lost=int(np.count_nonzero((band == number) & (outcome == LOST))),
        )
        for number, (low, high) in enumerate(zip(LONGEST, ends, strict=True))
    )
