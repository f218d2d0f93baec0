"""What a store asks of SQLite, so that nothing that it has said yes to is lost."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from typing import Any

from salesflow.errors import StoreError

LOG = logging.getLogger("salesflow.store")

OLDEST = (3, 37, 0)
"""The first SQLite with strict tables."""

Version = tuple[int, int, int]
_EXTRA = 3
"""Not only FULL: else a rollback journal that was deleted may be back after a power failure."""
_ASKED = {
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "synchronous": _EXTRA,
    # Only macOS has another answer than its usual one, which leaves data in the disk's own memory.
    "fullfsync": 1,
    "checkpoint_fullfsync": 1,
}


def is_safe_with_wal(version: Version) -> bool:
    """
    Return whether a release of SQLite keeps its word with a write-ahead log.

    Before 3.51.3, two connections in that mode could lose what was committed. Two older branches
    got the repair as well.
    """
    is_repaired_branch = version[:2] == (3, 44) and version >= (3, 44, 6)
    is_repaired_branch |= version[:2] == (3, 50) and version >= (3, 50, 7)
    return version >= (3, 51, 3) or is_repaired_branch


def check_version(version: Version = sqlite3.sqlite_version_info) -> None:
    """
    Refuse a release of SQLite that is too old.

    Raises:
        StoreError: If it is.
    """
    if version < OLDEST:
        msg = (
            f"SQLite {_text(version)}: a store needs {_text(OLDEST)} or newer. "
            "Use a newer Python, or PostgreSQL."
        )
        raise StoreError(msg)


def set_up(
    connection: Any,  # noqa: ANN401 - of the driver
    timeout_seconds: float,
    version: Version = sqlite3.sqlite_version_info,
) -> str:
    """
    Set up a new connection.

    Args:
        connection: The connection; transactions are begun by us and by nobody else.

        timeout_seconds: How long it waits for others.

        version: The release of SQLite.

    Returns:
        How it journals: ``wal``, ``delete`` or, for a database that has no file, ``memory``.

    Raises:
        StoreError: If the database does not do as it was asked.
    """
    connection.isolation_level = None
    _ask(connection, f"busy_timeout = {int(timeout_seconds * 1000)}")
    for name, value in _ASKED.items():
        _ask(connection, f"{name} = {value}")
        if (got := _ask(connection, name)) != value:
            msg = f"SQLite: asked for {name} = {value}, got {got!r}. Is it a real SQLite?"
            raise StoreError(msg)
    return _journal(connection, version)


def _journal(connection: Any, version: Version) -> str:  # noqa: ANN401
    """
    Have the database journal in the best way that is safe.

    With a rollback journal each write costs more; see the page on how deals are kept.
    """
    wanted = "wal" if is_safe_with_wal(version) else "delete"
    got = str(_ask(connection, "journal_mode"))
    # Queries for the mode that it is in would still want to write.
    if got not in {wanted, "memory"}:
        # Who may only read, or not while others do, keeps the mode that is.
        with contextlib.suppress(sqlite3.OperationalError):
            got = str(_ask(connection, f"journal_mode = {wanted}"))
    if got == "wal" and wanted != "wal":
        msg = (
            f"SQLite {_text(version)} can lose data in journal_mode wal, which this database is "
            "in. Close it everywhere, or use SQLite 3.51.3 or newer."
        )
        raise StoreError(msg)
    if got in {"off", "persist", "truncate"}:
        msg = f"SQLite: asked for journal_mode {wanted}, got {got!r}. Use another file system."
        raise StoreError(msg)
    return got


def tell_journal(journal: str, version: Version = sqlite3.sqlite_version_info) -> None:
    """Say once in the log why a database does not journal in the fastest way."""
    if journal != "delete":
        return
    if is_safe_with_wal(version):
        LOG.info("SQLite: this file cannot have a write-ahead log; writes are slower.")
        return
    LOG.info(
        "SQLite %s can lose data with a write-ahead log: a rollback journal is used, and writes "
        "are slower. From 3.51.3 on a store uses the log.",
        _text(version),
    )


def _ask(connection: Any, pragma: str) -> Any:  # noqa: ANN401
    row = connection.execute(f"PRAGMA {pragma}").fetchone()
    return None if row is None else row[0]


def _text(version: Version) -> str:
    return ".".join(map(str, version))
