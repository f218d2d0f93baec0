"""
The tables of a store.

`EVENTS` is the truth: one row for each event, appended and never edited. `PROCESSES` holds what a
deal runs under. `DEALS` has one row for each deal, which is locked by whoever writes to the deal;
its columns below ``watermark_us`` follow from the events. `OUTBOX` holds the effects that are
promised.

Instants are integers, microseconds since 1970 in UTC, in columns that end in ``_us``. Text that is
searched or sorted goes by its code points, on both databases.
"""

from __future__ import annotations

from salesflow.store.extras import sa

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite counts up only columns that it calls INTEGER."""

METADATA = sa.MetaData()

SCHEMA = sa.Table(
    "salesflow_schema",
    METADATA,
    sa.Column(
        "one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False
    ),
    sa.Column("version", sa.Integer, nullable=False),
    sqlite_strict=True,
)
"""The version of the tables; one row."""

PROCESSES = sa.Table(
    "salesflow_processes",
    METADATA,
    # What `Process.hash` says of the process as it was given.
    sa.Column("hash", TEXT, primary_key=True),
    # The same with its calendars frozen: the hash of the process that deals are loaded with.
    sa.Column("frozen_hash", TEXT, nullable=False, unique=True),
    sa.Column("id", TEXT, nullable=False),
    sa.Column("version", TEXT, nullable=False),
    sa.Column("text", TEXT, nullable=False),
    # JSON: the holidays that count, by the path of the calendar.
    sa.Column("calendars", TEXT, nullable=False),
    # The release of the time zone data at that time; it is not frozen.
    sa.Column("zones", TEXT, nullable=False),
    sqlite_strict=True,
)
"""Every process that deals run under: never changed, so that a deal replays without its file."""

DEALS = sa.Table(
    "salesflow_deals",
    METADATA,
    sa.Column("deal", TEXT, primary_key=True),
    # What it runs under, in the end.
    sa.Column("process", TEXT, sa.ForeignKey(PROCESSES.c.hash), nullable=False),
    # How many events are kept: the number of the latest.
    sa.Column("version", NUMBER, nullable=False),
    # The hash of the latest event, with which its chain ends.
    sa.Column("tail", TEXT, nullable=False),
    # The latest instant that the deal was told of. It never goes back; what follows holds at it.
    sa.Column("watermark_us", NUMBER, nullable=False),
    # From then on a sweep has something to do; NULL: with time alone it never will. It is never
    # before the watermark, so a clock that has gone back undoes nothing.
    sa.Column("wake_us", NUMBER),
    # NULL where the deal was not open yet: stage, kind, status.
    sa.Column("stage", TEXT),
    sa.Column("kind", TEXT),
    sa.Column("status", TEXT),
    sa.Column("owner", TEXT),
    # A decimal number as text, because SQLite has none.
    sa.Column("value", TEXT),
    sa.Column("next_deadline_us", NUMBER),
    # From then on the deal may want something.
    sa.Column("wanted_us", NUMBER),
    # When the first event that is dated after the watermark counts.
    sa.Column("ahead_us", NUMBER),
    # The latest instant at which somebody worked on it for some minutes.
    sa.Column("worked_us", NUMBER),
    # Why the latest sweep could not deal with it, and how often in a row; NULL and 0: it could.
    sa.Column("error", TEXT),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)
"""One row for each deal."""

EVENTS = sa.Table(
    "salesflow_events",
    METADATA,
    sa.Column("deal", TEXT, sa.ForeignKey(DEALS.c.deal), primary_key=True),
    # From 1, in the order of arrival, without gaps.
    sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("id", TEXT, nullable=False),
    sa.Column("type", TEXT, nullable=False),
    sa.Column("occurred_us", NUMBER, nullable=False),
    sa.Column("known_us", NUMBER, nullable=False),
    # `Event.to_dict` as JSON in ASCII with sorted keys: nothing is lost on the way.
    sa.Column("body", TEXT, nullable=False),
    # SHA-256 of the hash before it, the deal, the number and the body.
    sa.Column("hash", TEXT, nullable=False),
    sa.UniqueConstraint("deal", "id", name="salesflow_events_id"),
    sqlite_strict=True,
)
"""The truth."""

OUTBOX = sa.Table(
    "salesflow_outbox",
    METADATA,
    # The order in which effects were promised; never used twice.
    sa.Column("id", NUMBER, sa.Identity(), primary_key=True),
    sa.Column("deal", TEXT, sa.ForeignKey(DEALS.c.deal), nullable=False),
    # `Effect.key`; each is promised once.
    sa.Column("key", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    # JSON: the effect.
    sa.Column("body", TEXT, nullable=False),
    # The owner of the deal when it was promised.
    sa.Column("owner", TEXT),
    sa.Column("promised_us", NUMBER, nullable=False),
    # waiting, sent or failed.
    sa.Column("status", TEXT, nullable=False, server_default="waiting"),
    # How often sending was begun. From 1 on somebody may have been told; while it is 0 the promise
    # may be withdrawn, which deletes the row.
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    # Not to be tried before; whoever begins to send moves it ahead, so that nobody else does.
    sa.Column("try_us", NUMBER, nullable=False),
    sa.Column("sent_us", NUMBER),
    # Why the latest try came to nothing.
    sa.Column("error", TEXT),
    sa.UniqueConstraint("deal", "key", name="salesflow_outbox_key"),
    sa.CheckConstraint("status IN ('waiting', 'sent', 'failed')", name="salesflow_outbox_status"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Effects: promised in the transaction that finds them due, and sent after that."""


LIVE = "kind IN ('open', 'parked')"
"""Which deals are live, in the words of their index: in others it would not be found."""


def _index(name: str, table: sa.Table, *columns: str, where: str | None = None) -> sa.Index:
    condition = None if where is None else sa.text(where)
    return sa.Index(
        f"{table.name}_{name}",
        *(table.c[column] for column in columns),
        postgresql_where=condition,
        sqlite_where=condition,
    )


_index("wake", DEALS, "wake_us", "deal", where="wake_us IS NOT NULL")
_index("wanted", DEALS, "wanted_us", "deal", where="wanted_us IS NOT NULL")
_index("owner", DEALS, "owner", "wanted_us")
_index("watermark", DEALS, "watermark_us")
_index("live", DEALS, "deal", where=LIVE)
_index("kind", DEALS, "kind", "stage")
_index("ahead", DEALS, "ahead_us", where="ahead_us IS NOT NULL")
_index("worked", DEALS, "worked_us", where="worked_us IS NOT NULL")
_index("failing", DEALS, "deal", where="failures > 0")
_index("waiting", OUTBOX, "try_us", "id", where="status = 'waiting'")

_FIXED = (EVENTS, PROCESSES)

_SQLITE_GUARD = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: no {verb}'); END
"""
_SQLITE_NO_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} is append-only'); END
"""
_POSTGRES_REFUSE = """
CREATE FUNCTION salesflow_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only: no ' || lower(TG_OP);
END $$
"""
_POSTGRES_GUARD = """
CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION salesflow_refuse()
"""
_SAME = {
    EVENTS: "deal = NEW.deal AND (seq = NEW.seq OR id = NEW.id)",
    PROCESSES: "hash = NEW.hash OR frozen_hash = NEW.frozen_hash",
}


def guards(dialect: str) -> list[str]:
    """Return the statements that make tables append-only for everybody."""
    if dialect == "postgresql":
        return [_POSTGRES_REFUSE, *(_POSTGRES_GUARD.format(table=t.name) for t in _FIXED)]
    verbs = [
        _SQLITE_GUARD.format(table=table.name, verb=verb)
        for table in _FIXED
        for verb in ("update", "delete")
    ]
    # REPLACE deletes without asking the triggers of DELETE.
    inserts = [_SQLITE_NO_REPLACE.format(table=t.name, same=same) for t, same in _SAME.items()]
    return [*verbs, *inserts]
