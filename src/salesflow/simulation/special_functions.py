"""Functions of mathematics that the standard library does not have."""

from __future__ import annotations

import math


def gamma_share(shape: float, x: float) -> float:
    """
    Return the share of the gamma distribution of that *shape* and scale 1 that is at most *x*.

    By its power series where that converges soon, else by the continued fraction of the rest.
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        step = shape
        while term > total * 1e-17:
            step += 1.0
            term *= x / step
            total += term
        return min(1.0, front * total)
    # The rest is front / (x + 1 - a - (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …))),
    # computed by the method of Lentz.
    tiny = 1e-300
    b = x + 1.0 - shape
    c, d = 1.0 / tiny, 1.0 / b
    value = d
    for step in range(1, 100_000):
        factor = -step * (step - shape)
        b += 2.0
        d = factor * d + b
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = b + factor / c
        c = c if abs(c) > tiny else tiny
        change = c * d
        value *= change
        if abs(change - 1.0) < 1e-16:  # noqa: PLR2004 - nothing changes any more
            break
    return max(0.0, 1.0 - front * value)
