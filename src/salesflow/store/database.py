"""A database of either kind: it sets up connections and repeats transactions."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from salesflow.errors import StoreClosed, StoreError, StoreUnavailable
from salesflow.events import UNKEPT
from salesflow.store import failures, postgres, sqlite
from salesflow.store.extras import check_psycopg, sa
from salesflow.store.line import InVain, Line

T = TypeVar("T")

TRIES = 6
"""How often a transaction is tried if its connection is lost or others get in the way."""
_PAUSE_SECONDS = 0.05
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_KINDS = ("sqlite", "postgresql+psycopg")
_HALF_A_URL = re.compile(r"(sqlite|postgres(ql)?)(\+\w+)?:")
"""How a URL begins; as a path it would make a file of that name."""


class Again(Exception):  # noqa: N818 - not an error: the transaction is done again
    """Somebody else has changed what this transaction went by."""


class Database:
    """
    SQLite or PostgreSQL.

    Safe to use from many threads. A forked process makes its own: connections that two processes
    write to lose or mix up what is said.

    Args:
        where: A path, or a URL such as ``sqlite:///deals.db`` or
            ``postgresql+psycopg://user@host/name``.

        timeout: How long a transaction may wait for others or be idle.

    Raises:
        StoreError: If it is another kind of database, or *where* cannot be the name of one.
        TypeError: If *where* is neither text nor a path.
        MissingExtraError: If the driver for PostgreSQL is not installed.
    """

    def __init__(self, where: str | os.PathLike[str], timeout: dt.timedelta) -> None:
        self.url = _url(where)
        self._seconds = timeout.total_seconds()
        self._is_told = self._is_closed = False
        self._process = os.getpid()
        self._line = Line(self._seconds, failures.is_busy) if self.is_sqlite else None
        self.engine = self._sqlite() if self.is_sqlite else self._postgres()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def is_there(self) -> bool:
        """Whether there may be a database: SQLite would make a file that is asked for."""
        name = self.url.database or ""
        is_file = self.is_sqlite and not self._is_memory and not name.startswith("file:")
        try:
            return not is_file or bool(Path(name).stat())
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # whoever opens it is told why that cannot be

    @property
    def _is_memory(self) -> bool:
        """Whether it is gone when it is closed; all threads share its one connection."""
        return self.is_sqlite and self.url.database in {None, "", ":memory:"}

    def __str__(self) -> str:
        # A password may stand in the query, too.
        query = {
            name: "***" if "password" in name else value for name, value in self.url.query.items()
        }
        return self.url.set(query=query).render_as_string(hide_password=True)

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what *work* finds in one transaction; all that it sees is of one instant."""
        options: dict[str, Any] = {"salesflow_begin": "BEGIN"}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return self._run(work, options, self._line if self._is_memory else None)

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """
        Do *work* in one transaction: either all of it is stored, or nothing.

        It may be repeated from the beginning (also if it raises `Again`), so it must not touch
        anything but the connection. It sees what others committed before it began, and on SQLite
        nobody else writes meanwhile.

        Raises:
            StoreClosed: If it was closed.
            StoreError: If the database refuses, or cannot be reached, or this process was forked
                from the one that it belongs to.
        """
        return self._run(work, {}, self._line)

    def close(self) -> None:
        """Close all connections; from now on every transaction is refused."""
        self._is_closed = True
        # A forked process leaves the connections to whose they are.
        self.engine.dispose(close=self._is_ours)

    @property
    def _is_ours(self) -> bool:
        return os.getpid() == self._process

    def _run(
        self,
        work: Callable[[sa.Connection], T],
        options: dict[str, Any],
        line: Line | None,
    ) -> T:
        if not self._is_ours:
            msg = (
                f"store {self}: it was opened before this process was forked, and is of the other "
                "one. Open a Store in each process, after the fork."
            )
            raise StoreError(msg)
        for number in range(1, TRIES + 1):
            if self._is_closed:
                raise StoreClosed(str(self))
            try:
                turn = line.turn() if line else contextlib.nullcontext()
                with turn, self.engine.connect() as connection:
                    connection.execution_options(**options)
                    with connection.begin():
                        return work(connection)
            except Again:
                continue
            except InVain:
                raise failures.busy(str(self), "(others have waited for nothing)") from None
            except sa.exc.TimeoutError as error:
                msg = f"store {self}: all connections are in use. Try again later."
                raise StoreUnavailable(msg) from error
            except sa.exc.DBAPIError as error:
                if number == TRIES or not failures.is_worth_another_try(error, number):
                    raise failures.store_error(str(self), error) from error
                # Not all at once: whoever got in each other's way would do so again.
                time.sleep(_PAUSE_SECONDS * 2**number * random.uniform(0.5, 1))  # noqa: S311
        msg = f"store {self}: other transactions got in the way {TRIES} times. Try again later."
        raise StoreUnavailable(msg)

    def _sqlite(self) -> sa.Engine:
        sqlite.check_version()
        options: dict[str, Any] = {}
        if self._is_memory:
            options = {"poolclass": sa.pool.StaticPool}
        engine = sa.create_engine(self.url, connect_args={"check_same_thread": False}, **options)
        sa.event.listen(engine, "connect", self._connect_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _connect_sqlite(self, connection: sqlite3.Connection, _: object) -> None:
        with _closed_on_failure(connection):
            journal = sqlite.set_up(connection, self._seconds)
        if not self._is_told:
            self._is_told = True
            sqlite.tell_journal(journal)

    def _postgres(self) -> sa.Engine:
        check_psycopg()
        engine = sa.create_engine(self.url, pool_pre_ping=True)
        sa.event.listen(engine, "connect", self._connect_postgres)
        sa.event.listen(engine, "after_cursor_execute", _watch_again)
        return engine

    def _connect_postgres(self, connection: Any, _: object) -> None:  # noqa: ANN401
        with _closed_on_failure(connection):
            fsync = postgres.set_up(connection, self._seconds)
        if not self._is_told:
            self._is_told = True
            postgres.tell_durability(fsync)


@contextlib.contextmanager
def _closed_on_failure(connection: Any) -> Iterator[None]:  # noqa: ANN401 - of the driver
    """Close a connection that cannot be set up: nobody else knows of it yet."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _watch_again(connection: sa.Connection, *said: object) -> None:
    """
    Make the server watch again for a worker that hangs.

    The driver sends many rows in a pipeline, after which PostgreSQL 15 does not end an idle
    transaction; any plain statement fixes that.
    """
    is_many = said[-1]
    if is_many:
        cursor = connection.connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """
    Begin a transaction; the driver is kept from doing so itself.

    A transaction that reads and then writes would fail at once if somebody else has written in
    between, however long it may wait; so a writer says so at the beginning.
    """
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("salesflow_begin", "BEGIN IMMEDIATE"))


def _url(where: str | os.PathLike[str]) -> sa.URL:
    text: object = os.fspath(where) if isinstance(where, os.PathLike) else where
    if not isinstance(text, str):
        msg = f"store: got {where!r:.60}. {_EXPECTED}"
        raise TypeError(msg)
    url = _url_of(text) if "://" in text else _url_of_path(text)
    if UNKEPT.search(f"{text}{url.database}"):
        msg = f"store: NUL or a lone surrogate cannot stand in its name. {_EXPECTED}"
        raise StoreError(msg)
    return url


def _url_of_path(text: str) -> sa.URL:
    if not text.strip() or _HALF_A_URL.match(text):
        # Of half a URL there may be a password in the other half.
        msg = f"store: got {text.partition(':')[0]!r}, which names no database. {_EXPECTED}"
        raise StoreError(msg)
    return sa.URL.create("sqlite", database=str(Path(text)))


def _url_of(text: str) -> sa.URL:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        msg = f"store: {text.partition('://')[0]}://… is not a URL. {_EXPECTED}"
        raise StoreError(msg) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _KINDS:
        msg = f"store: unsupported kind of database {url.drivername!r}. {_EXPECTED}"
        raise StoreError(msg)
    return url


_EXPECTED = "Expected a path, 'sqlite:///deals.db' or 'postgresql+psycopg://user@host/name'."
