"""
Random numbers without a state: each is computed from what it is for.

`philox` is Philox4x32 with ten rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC '11. Its key is the seed; what the number is for
(deal, purpose, which time) is its counter. So a number depends on nothing else: not on how many
others were drawn, not on who draws it, not on the order of the deals.
"""

from __future__ import annotations

WORD = 0xFFFFFFFF
"""The bits of a word: 32 of them, so that a product of two fits into 64 bits."""
FIRST_FACTOR, SECOND_FACTOR = 0xD2511F53, 0xCD9E8D57
FIRST_STEP, SECOND_STEP = 0x9E3779B9, 0xBB67AE85
"""By which the key changes from round to round."""
ROUNDS = 10


def philox(c0: int, c1: int, c2: int, c3: int, low: int, high: int) -> tuple[int, int, int, int]:
    """
    Return four random words of 32 bits.

    The counter is *c0* to *c3*, the key *low* and *high*; all are words of 32 bits.
    """
    for _ in range(ROUNDS):
        one, two = c0 * FIRST_FACTOR, c2 * SECOND_FACTOR
        # Where products wrap around at 64 bits, the shift drags the sign along: the mask cuts it.
        c0, c1, c2, c3 = (
            ((two >> 32) & WORD) ^ c1 ^ low,
            two & WORD,
            ((one >> 32) & WORD) ^ c3 ^ high,
            one & WORD,
        )
        low = (low + FIRST_STEP) & WORD
        high = (high + SECOND_STEP) & WORD
    return c0, c1, c2, c3


def uniform(low: int, high: int, deal: int, purpose: int, turn: int, part: int) -> float:
    """
    Return a number between 0 and 1, neither of them included: one of 2**52 steps.

    It is made of the seed (*low* and *high*, words of 32 bits), the number of the *deal*, what it
    is for (*purpose*), which time it is that this comes up (*turn*) and, where one draw takes
    several numbers, which of them (*part*).
    """
    one, two, _, _ = philox(turn, part, purpose, deal, low, high)
    return ((one << 20 | two >> 12) + 0.5) * 2.0**-52
