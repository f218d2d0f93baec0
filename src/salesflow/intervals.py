"""Intervals: how far from what was seen the truth may lie, for one figure or a column of them."""

from __future__ import annotations

from typing import Any, TypeVar

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals are 95 % ones."""

Numbers = TypeVar("Numbers", bound=Any)
"""A number, or an array of them."""


def wilson(share: Numbers, of: Numbers) -> tuple[Numbers, Numbers]:
    """
    Return the ends of Wilson's interval of a share, which holds near 0 and 1 and for few cases.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212. At 0 and 1 they may be off by a last
    bit.

    Args:
        share: The share.

        of: Of how many cases (>= 1).
    """
    square = Z95**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 / (1 + square / of) * (share * (1 - share) / of + square / (4 * of**2)) ** 0.5
    return centre - half, centre + half
