"""What was the case at an instant: the latest of many entries, deal by deal."""

from __future__ import annotations

from salesflow.history.extras import Ints, np

_MOST = 2**62
"""Numbers from here on do not fit."""


def latest(deal: Ints, at: Ints, asked_deal: Ints, asked_at: Ints) -> Ints:
    """
    Return, for each deal and instant that are asked for, the place of its latest entry until then.

    Args:
        deal: The deal of each entry; entries are sorted by deal, then instant.

        at: The instant of each entry; one at the very instant that is asked for counts.

        asked_deal: The deals that are asked for.

        asked_at: The instants that are asked for.

    Returns:
        Of several entries at one instant the last one; -1 where a deal has none yet.
    """
    if not len(deal) or not len(asked_deal):
        return np.full(len(asked_deal), -1, dtype=np.int64)
    # A deal and an instant as one number that sorts as they do.
    deals, begin = int(deal[-1]) + 1, int(at.min())
    since = at - begin
    span = int(since.max())
    # Instants mostly count seconds or minutes, in microseconds.
    step = 1 if deals * (span + 2) < _MOST else max(int(np.gcd.reduce(since)), 1)
    steps = span // step + 2
    if deals * steps < _MOST:
        entries = deal * steps + since // step + 1
        asked = asked_deal * steps + np.clip((asked_at - begin) // step + 1, 0, steps - 1)
    else:
        known = np.unique(at)
        steps = len(known) + 1
        entries = deal * steps + np.searchsorted(known, at, "right")
        asked = asked_deal * steps + np.searchsorted(known, asked_at, "right")
    place = np.searchsorted(entries, asked, "right") - 1
    return np.where((place >= 0) & (deal[place] == asked_deal), place, -1)
