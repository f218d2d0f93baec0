"""
Logarithm, exponential and normal quantile by the four operations alone.

Those are exact to the last bit on every machine, which the mathematical libraries of different
systems are not: so one seed gives the same deals everywhere, plain and compiled.
"""

from __future__ import annotations

from math import frexp, ldexp, sqrt

LN_2 = 0.6931471805599453
LN_2_HIGH = 0.6931471803691238
"""The same with its last bits cut off, so that small multiples of it are exact."""
LN_2_LOW = LN_2 - LN_2_HIGH + 2.3190468138462996e-17
"""What is missing from it; the second number is what a float cannot hold of the logarithm of 2."""
HALF_ROOT = 0.7071067811865476
LARGEST = 700.0
"""Beyond this, either way, an exponential is as good as without limit, or nothing."""
MIDDLE, FAR = 0.425, 5.0
"""Where the three rational functions of the normal quantile take turns."""


def log_of(x: float) -> float:
    """Return the natural logarithm of a number above 0, to a few units in the last place."""
    mantissa, power = frexp(x)
    if mantissa < HALF_ROOT:
        mantissa *= 2.0
        power -= 1
    # log m = 2 artanh((m - 1) / (m + 1)), and the argument is at most 0.172.
    part = (mantissa - 1.0) / (mantissa + 1.0)
    square = part * part
    total = 0.0
    for odd in range(21, 0, -2):
        total = total * square + 1.0 / odd
    return 2.0 * part * total + power * LN_2


def exp_of(x: float) -> float:
    """Return e to the power of *x*, to a few units in the last place."""
    x = min(x, LARGEST)
    if x < -LARGEST:
        return 0.0
    power = int(x / LN_2 + (0.5 if x > 0 else -0.5))
    rest = (x - power * LN_2_HIGH) - power * LN_2_LOW
    total = 1.0
    for term in range(15, 0, -1):
        total = 1.0 + total * rest / term
    return ldexp(total, power)


def power_of(x: float, exponent: float) -> float:
    """Return *x*, which is not negative, to the power of *exponent*, which is above 0."""
    if x <= 0.0:
        return 0.0
    return x if exponent == 1.0 else exp_of(exponent * log_of(x))


def normal_at(share: float) -> float:
    """
    Return the value below which a *share* of a standard normal distribution lies.

    By the rational functions of M. J. Wichura, "The percentage points of the normal distribution",
    Applied Statistics 37 (1988), algorithm AS 241, PPND16: sixteen figures.
    """
    away = share - 0.5
    if abs(away) <= MIDDLE:
        r = 0.180625 - away * away
        above = (
            (
                (
                    (
                        (
                            (2509.0809287301226727 * r + 33430.575583588128105) * r
                            + 67265.770927008700853
                        )
                        * r
                        + 45921.953931549871457
                    )
                    * r
                    + 13731.693765509461125
                )
                * r
                + 1971.5909503065514427
            )
            * r
            + 133.14166789178437745
        ) * r + 3.387132872796366608
        below = (
            (
                (
                    (
                        (
                            (5226.495278852854561 * r + 28729.085735721942674) * r
                            + 39307.89580009271061
                        )
                        * r
                        + 21213.794301586595867
                    )
                    * r
                    + 5394.1960214247511077
                )
                * r
                + 687.1870074920579083
            )
            * r
            + 42.313330701600911252
        ) * r + 1.0
        return away * above / below
    tail = share if away < 0.0 else 1.0 - share
    r = sqrt(-log_of(tail))
    if r <= FAR:
        r -= 1.6
        above = (
            (
                (
                    (
                        (
                            (7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r
                            + 0.24178072517745061177
                        )
                        * r
                        + 1.27045825245236838258
                    )
                    * r
                    + 3.64784832476320460504
                )
                * r
                + 5.7694972214606914055
            )
            * r
            + 4.6303378461565452959
        ) * r + 1.42343711074968357734
        below = (
            (
                (
                    (
                        (
                            (1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r
                            + 0.0151986665636164571966
                        )
                        * r
                        + 0.14810397642748007459
                    )
                    * r
                    + 0.68976733498510000455
                )
                * r
                + 1.6763848301838038494
            )
            * r
            + 2.05319162663775882187
        ) * r + 1.0
    else:
        r -= 5.0
        above = (
            (
                (
                    (
                        (
                            (2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                            + 0.0012426609473880784386
                        )
                        * r
                        + 0.026532189526576123093
                    )
                    * r
                    + 0.29656057182850489123
                )
                * r
                + 1.7848265399172913358
            )
            * r
            + 5.4637849111641143699
        ) * r + 6.6579046435011037772
        below = (
            (
                (
                    (
                        (
                            (2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
                            + 1.8463183175100546818e-5
                        )
                        * r
                        + 7.868691311456132591e-4
                    )
                    * r
                    + 0.0148753612908506148525
                )
                * r
                + 0.13692988092273580531
            )
            * r
            + 0.59983220655588793769
        ) * r + 1.0
    return -above / below if away < 0.0 else above / below
