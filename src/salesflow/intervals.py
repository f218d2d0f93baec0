"""Intervals: how far from what was seen the truth may lie, for one figure or a column of them."""

from __future__ import annotations

from typing import Any, TypeVar

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals are 95 % ones."""

_T95 = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)
"""The 97.5 % points of Student's t distribution, for 1 to 30 degrees of freedom."""

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


def student95(freedom: int) -> float:
    """
    Return the 97.5 % point of Student's t distribution, to four figures.

    Beyond the table by the first terms of its expansion about the normal one: R. A. Fisher and E.
    A. Cornish, "The percentile points of distributions having known cumulants", Technometrics 2
    (1960), 209-225.
    """
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = Z95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
