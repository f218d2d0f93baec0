"""A small process, and instants of March 2026, for the tests of stores."""

from __future__ import annotations

import datetime as dt

import salesflow as sf
from salesflow.events import Activity, Learned, Moved, Opened

TEXT = """
format = 1

[process]
id = "ours"
version = "1"
currency = "USD"

[calendar]
timezone = "Europe/Berlin"

[roles]
rep = {}
boss = { may_override = ["*"] }

[facts]
need = { type = "bool", valid_for = "60 days" }

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
notice = "4 days"
move_to = "lost"

[[plays]]
id = "look"
activity = "research"
stages = ["talk"]
within = "2 days"
"""
OURS = sf.load_process(TEXT)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def opening(deal: str, at: dt.datetime = MONDAY, **said: object) -> Opened:
    """A deal begins."""
    return Opened(id=f"{deal}/0", deal=deal, occurred_at=at, **({"owner": "dana"} | said))


def call(name: str, at: dt.datetime, **said: object) -> Activity:
    """Somebody calls."""
    return Activity(id=name, kind="call", occurred_at=at, **said)


def moved(name: str, to: str, at: dt.datetime, **said: object) -> Moved:
    """Somebody moves it."""
    return Moved(id=name, to=to, occurred_at=at, **said)


def learned(name: str, at: dt.datetime, **facts: object) -> Learned:
    """Somebody learns something."""
    return Learned(id=name, occurred_at=at, facts=facts)


def rows(store, table: str) -> list[tuple]:
    """All rows of a table, in order."""
    order = "deal, seq" if table == "events" else "1, 2"
    query = f"SELECT * FROM salesflow_{table} ORDER BY {order}"  # noqa: S608 - our own names
    return store.database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(query)])


def outbox(store, deal: str | None = None) -> list[tuple[str, str, int]]:
    """What is in the outbox: kind, what it is about, and how often it was tried; in order."""
    query = "SELECT deal, key, kind, tries FROM salesflow_outbox ORDER BY id"
    found = store.database.read(lambda c: c.exec_driver_sql(query).all())
    return [
        (kind, key.removeprefix(f"{of}/"), tries)
        for of, key, kind, tries in found
        if deal in {None, of}
    ]


def kinds(store, deal: str | None = None) -> list[str]:
    """The kinds of what is in the outbox, in order."""
    return [kind for kind, _, _ in outbox(store, deal)]


def deliver(store) -> None:
    """Take note that everything in the outbox was sent."""
    query = (
        "UPDATE salesflow_outbox SET tries = tries + 1, status = 'sent' WHERE status = 'waiting'"
    )
    store.database.write(lambda c: c.exec_driver_sql(query))
