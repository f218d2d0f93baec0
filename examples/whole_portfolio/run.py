"""
A portfolio of thousands of deals in memory, on compiled rules: what to do today, and how it stands.

`compile_rules` comes before the deals are loaded; on a machine on which nobody has called it before
it takes about half a minute, otherwise a second. Needs ``pip install "salesflow[fast]"``.
"""

from __future__ import annotations

import collections
import datetime as dt
import gc
import random

import salesflow as sf
from salesflow.events import Activity, Event, Opened

MONDAY, DAY = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC), dt.timedelta(days=1)
REPS = ("ann", "bo", "cy", "dana")


def stored(deals: int) -> list[list[Event]]:
    """Return what a host has stored: deals that opened in March, and a few calls each."""
    draw = random.Random(1)  # noqa: S311 - no secrets
    found: list[list[Event]] = []
    for number in range(deals):
        deal, at = f"D-{number:04}", MONDAY + draw.random() * 25 * DAY
        owner = REPS[number % len(REPS)]
        events: list[Event] = [Opened(id=f"{deal}/0", deal=deal, occurred_at=at, owner=owner)]
        for call in range(draw.randrange(4)):
            at += draw.random() * 6 * DAY
            events.append(Activity(id=f"{deal}/{call + 1}", kind="call", occurred_at=at))
        found.append(events)
    return found


def main() -> None:
    """Load the deals, and ask them on two days in a row."""
    process, histories = sf.load_process("six-step"), stored(4_000)
    plain = [sf.Deal.replay(process, events) for events in histories[:100]]

    sf.compile_rules()
    deals = [sf.Deal.replay(process, events) for events in histories]
    gc.freeze()  # they are there to stay: the garbage collector need not look at them again

    for now in (MONDAY + 28 * DAY, MONDAY + 29 * DAY):
        items = sf.agenda(deals, now, who="dana")
        counts = collections.Counter(str(item.urgency) for item in items)
        print(f"{now:%a %d %B}: dana has {', '.join(f'{n} {word}' for word, n in counts.items())}")
        print(f"  first of all {items[0]}")
    print(sf.pulse(deals, MONDAY + 29 * DAY))
    now = MONDAY + 29 * DAY
    print("as on plain rules:", sf.agenda(plain, now) == sf.agenda(deals[:100], now))


if __name__ == "__main__":
    main()
