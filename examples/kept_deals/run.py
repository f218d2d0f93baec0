"""
A month of a small team whose deals are kept in a file.

Two workers sweep the store, each by a clock of its own, one of which is slow; one of them is away
for a week. Calls are told when they come, some late, some twice. What is printed is what people are
told, and in the end how the deals stand.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import tempfile
from pathlib import Path

import salesflow as sf
from salesflow.events import Activity, Moved
from salesflow.store import Message, Store

PROCESS = sf.load_process("""
format = 1

[process]
id = "ours"
version = "1"

[calendar]
timezone = "Europe/Berlin"

[roles]
rep = {}
boss = {}

[facts]
need = { type = "bool" }

[[stages]]
id = "talk"
exit = ["need"]

[[stages]]
id = "offer"

[[stages]]
id = "won"
kind = "won"

[[stages]]
id = "lost"
kind = "lost"

[[contact_gaps]]
id = "touch"
warn = "3 days"
max = "5 days"
escalate = [{ after = "8 days", to = "boss" }]

[[timers]]
id = "gone_cold"
since = "touch"
after = "14 days"
move_to = "lost"
""")

HOUR = dt.timedelta(hours=1)
AWAY = range(16, 23)
"""The days on which one of the workers is away."""


def at(day: int, hour: int = 9) -> dt.datetime:
    """Return a morning of March 2026; the 2nd is a Monday."""
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def happen(store: Store, day: int) -> None:
    """Let happen what happens on a day."""
    match day:
        case 4:
            store.change("ACME", lambda deal: deal.log("call", at=at(4), by="dana"), at(4))
        case 9:
            # The telephone system tells late of a call, and tells it twice.
            call = Activity(id="tel:1", kind="call", occurred_at=at(6), recorded_at=at(9))
            store.append("BOLT", [call, call], at(9))
            store.append("BOLT", [call], at(9))
        case 10:
            # Somebody moves a deal in the CRM, past its gate.
            moved = Moved(id="crm:7", to="offer", occurred_at=at(10), source="crm")
            store.append("ACME", [moved], at(10))
        case 11:
            store.change("ACME", lambda deal: deal.learn(at=at(11), need=True), at(11))


def tell(day: int, message: Message) -> None:
    """Tell people."""
    print(f"{at(day):%a %d}  {message.deal_id}  {message.effect}")


def main() -> None:
    """Run the example."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.db"
        with sf.Store(path) as store, sf.Store(path) as slow:
            for name in ("ACME", "BOLT", "COG"):
                store.open(PROCESS, id=name, at=at(2), owner="dana")
            for day in range(3, 32):
                happen(store, day)
                if day not in AWAY:
                    store.sweep(at(day, 10))
                # The clock of this one is two hours behind.
                slow.sweep(at(day, 10) - 2 * HOUR)
                store.deliver(at(day, 10), functools.partial(tell, day), workers=1)
            for row in store.rows():
                print(f"{row.deal_id}: {row.stage}, {row.status}, {row.version} events")
            assert store.verify() is None


if __name__ == "__main__":
    main()
