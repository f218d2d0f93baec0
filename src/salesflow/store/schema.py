"""Which version the tables of a store have: made, brought up to date, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from salesflow.errors import StoreError
from salesflow.store.database import Database
from salesflow.store.extras import sa
from salesflow.store.tables import METADATA, SCHEMA, guards

Step = Callable[[sa.Connection], None]

MIGRATIONS: tuple[Step, ...] = ()
"""What leads from version 1 to 2, from 2 to 3, and so on."""

_LOCK = 0x5A1E5F10
"""The advisory lock under which PostgreSQL lets one process at a time change the tables."""


def prepare(
    database: Database, migrations: Sequence[Step] = MIGRATIONS, *, create: bool = True
) -> None:
    """
    Make the tables of a store, or bring them up to date, in one transaction.

    A store that is up to date is only read.

    Args:
        database: The database.

        migrations: What leads from each version to the next.

        create: Whether to make the tables if there are none.

    Raises:
        StoreError: If a newer release has written the store, there are tables of its names
            without a version, or there are none and none are to be made. Nothing has changed then.
    """
    current = len(migrations) + 1
    version = database.read(_version) if create or database.is_there else None
    if version is None and not create:
        msg = (
            f"store {database}: there is no such store. Is it the right place? "
            "To begin a new one: Store(…, create=True), or salesflow sweep --create."
        )
        raise StoreError(msg)
    _refuse_newer(version, current)
    if version != current:
        database.write(lambda connection: _bring_up(connection, migrations))


def _bring_up(connection: sa.Connection, migrations: Sequence[Step]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    # Asked again: somebody else may have done it meanwhile.
    version, current = _version(connection), len(migrations) + 1
    _refuse_newer(version, current)
    if version is None:
        METADATA.create_all(connection)
        for statement in guards(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(sa.insert(SCHEMA).values(one=1, version=current))
        return
    for step in migrations[version - 1 :]:
        step(connection)
    connection.execute(sa.update(SCHEMA).values(version=current))


def _version(connection: sa.Connection) -> int | None:
    """Return the version of the tables; None: there are none, not even of half a store."""
    inspector = sa.inspect(connection)
    found = [name for name in METADATA.tables if inspector.has_table(name)]
    version = connection.scalar(sa.select(SCHEMA.c.version)) if SCHEMA.name in found else None
    if found and version is None:
        msg = (
            f"store: the database has {', '.join(found)}, but no version of a store. "
            "Restore a backup, or use another database."
        )
        raise StoreError(msg)
    return version


def _refuse_newer(version: int | None, current: int) -> None:
    if version is not None and version > current:
        msg = (
            f"store: its tables have version {version}, this release knows {current}. "
            "A newer salesflow has written it: upgrade salesflow."
        )
        raise StoreError(msg)
