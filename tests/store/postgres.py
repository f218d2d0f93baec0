"""
A PostgreSQL of our own for tests: started from what is installed, gone when they end.

It listens on a socket in a temporary folder and nowhere else. PostgreSQL refuses to run as root, so
root starts it as somebody else. Whoever is killed before they stop it has left a guard that does.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

WANTED = "SALESFLOW_TEST_POSTGRES"
"""Set to ``required``: a PostgreSQL that is not there is an error, not half of the tests less."""
_USUAL = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_MINIMAL = """
listen_addresses = ''
max_connections = 40
shared_buffers = '32MB'
max_wal_size = '256MB'
autovacuum = off
"""
_GUARD = """
cat >/dev/null
kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")" && sleep 1
rm -rf "$0"
"""
"""Waits until nobody holds the other end of its input any more; QUIT is to stop at once."""


def binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, the newest there is; None: there is none."""
    found = [path for pattern in _USUAL for path in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *sorted(found, reverse=True)]
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


class Server:
    """A running server."""

    def __init__(self, folder: Path, bin_folder: Path, *, durable: bool) -> None:
        self.folder, self._bin, self._numbers = folder, bin_folder, itertools.count()
        self._as = _somebody()
        if self._as:
            os.chown(folder, self._as.pw_uid, self._as.pw_gid)
        data = folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C")
        settings = _MINIMAL + f"unix_socket_directories = '{folder}'\n"
        if not durable:
            settings += "fsync = off\nfull_page_writes = off\n"
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings)
        self.start()

    def start(self) -> None:
        """Start it."""
        self._run(
            "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-s", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-s", "-m", mode, "stop")

    def new_database(self) -> str:
        """Return the URL of a new, empty place; a schema is made in no time, a database is not."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(
            f"host={self.folder} user=tests dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        place = f"host={self.folder}&options=-csearch_path%3D{name}"
        return f"postgresql+psycopg://tests@/postgres?{place}"

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._bin / program), *map(str, arguments)]
        user = {"user": self._as.pw_uid, "group": self._as.pw_gid} if self._as else {}
        # The server keeps what it was given open: a pipe would never end.
        log = self.folder / "commands.log"
        with log.open("ab") as output:
            done = subprocess.run(
                command,
                stdout=output,
                stderr=output,
                check=False,
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C"},
                **user,
            )
        if done.returncode:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} failed:\n{said}")


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """
    Run a server.

    Args:
        durable: Whether it writes through to the disk; most tests are quicker without.
    """
    folder = binaries()
    if folder is None:
        raise LookupError("PostgreSQL is not installed (initdb and pg_ctl were not found)")
    # A socket's path must be short.
    scratch = Path(tempfile.mkdtemp(prefix="sf-pg-"))
    with _guarded(scratch):
        running = Server(scratch, folder, durable=durable)
        try:
            yield running
        finally:
            running.stop("immediate")
            shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _guarded(folder: Path) -> Iterator[None]:
    """Have the server of a folder stopped and the folder removed if this process is killed."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # What is sent to all of this terminal is not for it.
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.communicate()


def _somebody() -> pwd.struct_passwd | None:
    """Return who is to run it, if we are root; None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("root cannot run PostgreSQL, and there is no user postgres or nobody")
