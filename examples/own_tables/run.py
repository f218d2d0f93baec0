"""
A month in the life of a deal, kept in tables of our own.

The host has two tables: the events of its deals, and the keys of the effects that it has performed.
Each morning it performs what is due; now and then somebody does something, and the CRM tells of it
at once, days later, or twice. What is printed is what people would have heard.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator

import salesflow as sf
from salesflow.events import Activity, Moved

PROCESS = sf.load_process("""
format = 1

[process]
id = "ours"
version = "1"

[calendar]
timezone = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }

[roles]
rep = {}
boss = { may_override = ["*"] }

[facts]
need = { type = "bool" }

[holds]
longest = "10 business days"
reasons = ["legal"]
end_on_inbound = true

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
warn = "3 business days"
max = "5 business days"

[[timers]]
id = "gone_cold"
since = "touch"
after = "10 business days"
notice = "3 business days"
move_to = "lost"
postpone = { planned = "2 business days" }
""")

TABLES = """
CREATE TABLE event (deal TEXT, id TEXT, body TEXT, PRIMARY KEY (deal, id));
CREATE TABLE performed (key TEXT PRIMARY KEY, deal TEXT);
"""


def at(day: int, hour: int = 9) -> dt.datetime:
    """Return a morning of March 2026; the 2nd is a Monday."""
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


class Host:
    """Deals in a database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def load(self, deal: str) -> sf.Deal:
        """Return a deal."""
        rows = self.database.execute("SELECT body FROM event WHERE deal = ?", [deal])
        return sf.Deal.replay(PROCESS, [sf.event_from_dict(json.loads(body)) for (body,) in rows])

    @contextlib.contextmanager
    def changed(self, deal: str) -> Iterator[sf.Deal]:
        """Load a deal, and keep what is recorded."""
        loaded = self.load(deal)
        yield loaded
        self.keep(loaded)

    def keep(self, deal: sf.Deal) -> None:
        """Insert the new events of a deal."""
        rows = [(deal.id, event.id, json.dumps(event.to_dict())) for event in deal.new_events]
        with self.database:
            self.database.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
        deal.saved()

    def perform(self, deal: str, now: dt.datetime) -> None:
        """Tell what is due, once."""
        rows = self.database.execute("SELECT key FROM performed WHERE deal = ?", [deal])
        for effect in self.load(deal).effects(now, sent={key for (key,) in rows}):
            if effect.status == "due":
                with self.database:
                    self.database.execute("INSERT INTO performed VALUES (?, ?)", (effect.key, deal))
                print(f"{now:%a %d}  {words(effect)}")


def words(effect: sf.Effect) -> str:
    """Return what people hear."""
    match effect.kind:
        case "move":
            return f"CRM: lost by {effect.rule}"
        case "revert":
            return f"CRM: back to {effect.to}, please. {effect.obstacles[0]}"
        case "rescind":
            return f"dana: forget the {effect.rung} of {effect.rule}"
        case _:
            return f"dana: {effect.rung} of {effect.rule}"


def live(host: Host) -> None:
    """Let March go by."""
    deal = sf.Deal.open(PROCESS, id="ACME-17", at=at(2), owner="dana")
    host.keep(deal)
    for day in range(3, 32):
        happen(host, day)
        host.perform("ACME-17", at(day))
    print(host.load("ACME-17").state(at(31)).stage)


def happen(host: Host, day: int) -> None:
    """Let happen what happens on a day."""
    with host.changed("ACME-17") as deal:
        match day:
            case 10:
                # The CRM tells late of a call, and of a move that nobody had asked for.
                deal.record(
                    Activity(id="crm:1", kind="call", occurred_at=at(4, 15), recorded_at=at(10, 8))
                )
                deal.record(Moved(id="crm:2", to="offer", occurred_at=at(9, 15), source="crm"))
            case 11:
                deal.learn(at=at(11, 8), need=True, by="dana")
                deal.log("meeting", at=at(11, 8), by="dana", minutes=60)
            case 13:
                deal.hold(at=at(13, 8), until=at(25), reason="legal", by="dana")
            case 18:
                deal.log("email", at=at(18, 8), direction="in")
            case 20:
                deal.plan("meeting", at=at(20, 8), starts_at=at(30, 14), activity_id="signing")


def main() -> None:
    """Run the example."""
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES)
        live(Host(database))


if __name__ == "__main__":
    main()
