"""What a store asks of PostgreSQL, so that nothing is lost and no worker that hangs writes late."""

from __future__ import annotations

import logging
from typing import Any

from salesflow.errors import StoreError

LOG = logging.getLogger("salesflow.store")


def set_up(connection: Any, timeout_seconds: float) -> str:  # noqa: ANN401 - of the driver
    """
    Set up a new connection.

    Args:
        connection: The connection.

        timeout_seconds: How long it waits for others, how long one statement may take, and how
            long a transaction may stand still. A worker that hangs for longer has lost its
            connection, and with it its locks: it cannot write late.

    Returns:
        Whether the server sees to it that what is committed is on the disk: ``on`` or ``off``.

    Raises:
        StoreError: If the database does not keep text as UTF-8.
    """
    millis = int(timeout_seconds * 1000)
    was, connection.autocommit = connection.autocommit, True
    with connection.cursor() as cursor:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET {name} = {millis}")
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone()
        cursor.execute("SHOW fsync")
        (fsync,) = cursor.fetchone()
    connection.autocommit = was
    if encoding != "UTF8":
        msg = f"PostgreSQL: the database stores text as {encoding}, expected UTF8. Create another."
        raise StoreError(msg)
    return str(fsync)


def tell_durability(fsync: str) -> None:
    """Say once in the log if the server may lose what it has said yes to."""
    if fsync != "on":
        LOG.warning(
            "PostgreSQL: fsync is %s, so a power failure may lose or damage deals. Turn it on.",
            fsync,
        )
