"""What a database error means, in words that say what to do."""

from __future__ import annotations

from salesflow.errors import StoreError, StoreUnavailable
from salesflow.store.extras import sa

_TRANSIENT = {"40001", "40P01"}
"""Serialization failure, deadlock: the same again may pass."""
_RACES = 3
"""So often somebody may come second."""
_SQLITE = {
    "SQLITE_FULL": ("the disk is full, or the database has reached its largest size", "Make room."),
    "SQLITE_READONLY": ("it is read-only", "Is the file, or its folder, write-protected?"),
    "SQLITE_IOERR": ("the disk cannot be read or written", "Is it there? Is it full?"),
    "SQLITE_CORRUPT": ("the file is damaged", "Restore a backup."),
    "SQLITE_NOTADB": ("the file is not an SQLite database", "Is the path right?"),
    "SQLITE_CANTOPEN": ("the file cannot be opened", "Does its folder exist? May it be written?"),
}
_POSTGRES = {
    "53100": ("the disk is full", "Make room."),
    "25006": ("it is read-only", "Is it a replica?"),
    "42501": ("the user has no right to do it", "Grant it."),
}
_BUSY = {*_TRANSIENT, "55P03", "57014"}


def is_worth_another_try(error: sa.exc.DBAPIError, tried: int) -> bool:
    """
    Return whether the whole transaction may pass if it is done again at once.

    Args:
        error: What SQLAlchemy raised.

        tried: How often it was tried.
    """
    state = str(getattr(error.orig, "sqlstate", "") or "")
    # Of two who open one deal at once, one comes second; the next time it finds the deal.
    may_be_second = isinstance(error, sa.exc.IntegrityError) and tried < _RACES
    return error.connection_invalidated or state in _TRANSIENT or _is_cut(state) or may_be_second


def store_error(where: str, error: sa.exc.DBAPIError) -> StoreError:
    """
    Return what an error of a database means.

    Args:
        where: The database, without its password.

        error: What SQLAlchemy raised.
    """
    detail = str(error.orig).strip()
    name = _name(error)
    state = str(getattr(error.orig, "sqlstate", "") or "")
    # What the driver adds on further lines is advice of its own.
    because = f"({detail.partition(chr(10))[0]})"
    if is_busy(error) or state in _BUSY:
        return busy(where, because)
    if _is_refused(error, detail):
        return StoreError(
            f"store {where}: the server refuses the connection {because}. Check the URL."
        )
    if _is_lost(error, state):
        return StoreUnavailable(
            f"store {where}: the connection was lost, or there is none {because}. "
            "Is the database running? Try again later."
        )
    known = next((said for code, said in _SQLITE.items() if name.startswith(code)), None)
    known = known or _POSTGRES.get(state)
    if known is None:
        return StoreError(f"store {where}: {detail}")
    seen, to_do = known
    return StoreError(f"store {where}: {seen} {because}. {to_do}")


def busy(where: str, because: str) -> StoreUnavailable:
    """Return that others held a database for too long."""
    return StoreUnavailable(f"store {where}: it was busy for too long {because}. Try again later.")


def is_busy(error: BaseException) -> bool:
    """Return whether others held SQLite's file for longer than anybody waits."""
    busy_or_locked = ("SQLITE_BUSY", "SQLITE_LOCKED")
    return isinstance(error, sa.exc.DBAPIError) and _name(error).startswith(busy_or_locked)


def _name(error: sa.exc.DBAPIError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", "") or "")


def _is_lost(error: sa.exc.DBAPIError, state: str) -> bool:
    """Return whether the database is not there, or not any more."""
    is_postgres = type(error.orig).__module__.startswith("psycopg")
    never_came = is_postgres and not state and isinstance(error, sa.exc.OperationalError)
    return error.connection_invalidated or _is_cut(state) or never_came


def _is_cut(state: str) -> bool:
    """Return whether the server ended the connection, or what it was doing."""
    return state.startswith(("08", "57P", "25P"))


def _is_refused(error: sa.exc.DBAPIError, detail: str) -> bool:
    """Return whether a server was reached that wants another name, user or password."""
    # Before there is a connection the driver has no code for it, only words.
    no_code = getattr(error.orig, "sqlstate", "") is None
    return no_code and any(words in detail for words in ("does not exist", "authentication failed"))
