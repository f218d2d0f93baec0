"""
A store on an SQLite whose files are ours: `apsw` as a driver, over files that are watched.

The SQLite that comes with Python lets nobody between itself and its files; that of `apsw` does. So
here it is given the few words of a driver that SQLAlchemy uses, and whatever it writes, cuts off,
deletes and has put on the disk is told to somebody first, who may refuse.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import apsw

from salesflow.store import database
from salesflow.store.extras import sa

Told = Callable[..., None]
"""Called with what is about to happen: a word, a file (by its number, and its name), the rest."""

_NUMBERS = itertools.count()
_KEPT = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class Files(apsw.VFS):
    """The files of the machine, each change of which is told before it is made."""

    def __init__(self, told: Told) -> None:
        self.name = f"watched-{next(_NUMBERS)}"
        self.told = told
        super().__init__(self.name, "")

    def xOpen(self, name, flags):  # noqa: N802 - the name is SQLite's
        """Open a file; one of which nobody has to know is not watched."""
        if name is None or not flags[0] & _KEPT:
            return apsw.VFSFile("", name, flags)
        return _File(self.told, name, flags)

    def xDelete(self, name, is_synced):  # noqa: N802
        """Delete a file; *is_synced*: and have that on the disk."""
        if Path(name).exists():
            self.told("delete", Path(name).name, is_synced)
        super().xDelete(name, is_synced)


class _File(apsw.VFSFile):
    def __init__(self, told: Told, name, flags) -> None:
        path = Path(name if isinstance(name, str) else name.filename())
        if not path.exists():
            told("create", path.name)
        # On Unix the first time that a new journal is put on the disk, so is its folder.
        is_new_journal = flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _JOURNALS
        self._has_folder_to_do = bool(is_new_journal)
        self._told = functools.partial(self._tell, told, path.name)
        super().__init__("", name, flags)

    @staticmethod
    def _tell(told: Told, name: str, what: str, *said: object) -> None:
        told(what, name, *said)

    def xWrite(self, data, offset):  # noqa: N802
        self._told("write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802
        self._told("truncate", size)
        super().xTruncate(size)

    def xSync(self, flags):  # noqa: ARG002, N802 - nobody cuts the power of this machine
        self._told("sync", self._has_folder_to_do)
        self._has_folder_to_do = False


class Driver:
    """
    What SQLAlchemy wants of a driver for SQLite.

    Args:
        files: Those that it is to use.

        set_up: Statements that each connection begins with.
    """

    paramstyle, threadsafety, apilevel = "qmark", 1, "2.0"
    sqlite_version_info = tuple(map(int, apsw.sqlite_lib_version().split(".")))
    sqlite_version = apsw.sqlite_lib_version()
    Error, DatabaseError = sqlite3.Error, sqlite3.DatabaseError
    OperationalError, IntegrityError = sqlite3.OperationalError, sqlite3.IntegrityError
    ProgrammingError, InterfaceError = sqlite3.ProgrammingError, sqlite3.InterfaceError
    InternalError, DataError = sqlite3.InternalError, sqlite3.DataError
    NotSupportedError = sqlite3.NotSupportedError

    def __init__(self, files: Files, *set_up: str) -> None:
        self.files, self._set_up = files, set_up

    def connect(self, path, **_: object) -> Connection:
        """Open a database."""
        with _translated():
            connection = Connection(path, vfs=self.files.name)
            for statement in self._set_up:
                connection.execute(statement).fetchall()
            return connection


class Connection(apsw.Connection):
    """A connection, with the words of a driver; transactions are begun by whoever uses it."""

    isolation_level = ""

    def cursor(self) -> Cursor:
        return Cursor(super().cursor())

    def execute(self, sql, parameters=()) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def create_function(self, name, count, function, *, deterministic=False) -> None:
        self.create_scalar_function(name, function, count, deterministic=deterministic)


class Cursor:
    """A cursor; all that a statement finds is read at once."""

    arraysize = 1

    def __init__(self, cursor) -> None:
        self._cursor, self._rows = cursor, iter(())
        # Once it has found its last row, a statement does not say any more what it finds.
        cursor.exec_trace = self._begun
        self.description, self.rowcount, self.lastrowid = None, -1, None

    def _begun(self, cursor, *_: object) -> bool:
        columns = cursor.get_description()
        self.description = tuple((name, *[None] * 6) for name, _ in columns) or None
        return True

    def execute(self, sql, parameters=()) -> Cursor:
        return self._run(self._cursor.execute, sql, parameters)

    def executemany(self, sql, many) -> Cursor:
        return self._run(self._cursor.executemany, sql, many)

    def _run(self, how, sql, parameters) -> Cursor:
        connection = self._cursor.connection
        before = connection.total_changes()
        with _translated():
            self._rows = iter(how(sql, parameters).fetchall())
        self.rowcount = connection.total_changes() - before
        self.lastrowid = connection.last_insert_rowid()
        return self

    def fetchone(self):
        return next(self._rows, None)

    def fetchmany(self, size=1):
        return list(itertools.islice(self._rows, size))

    def fetchall(self):
        return list(self._rows)

    def close(self) -> None:
        self._cursor.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Raise an error of SQLite as the driver of Python does, with its name."""
    try:
        yield
    except apsw.Error as error:
        kind = sqlite3.OperationalError
        if isinstance(error, apsw.ConstraintError):
            kind = sqlite3.IntegrityError
        elif isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
            kind = sqlite3.DatabaseError
        other = kind(str(error))
        code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        other.sqlite_errorname = apsw.mapping_extended_result_codes.get(
            code, apsw.mapping_result_codes.get(code & 0xFF)
        )
        raise other from error


@contextlib.contextmanager
def driven_by(driver: Driver, *, wal: bool) -> Iterator[None]:
    """Have stores use a driver, and journal in one of the two ways."""
    made = functools.partial(sa.create_engine, module=driver)
    with (
        mock.patch.object(sa, "create_engine", made),
        mock.patch.object(database.sqlite, "is_safe_with_wal", return_value=wal),
    ):
        yield
