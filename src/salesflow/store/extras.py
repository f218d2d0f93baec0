"""The door to the libraries of the extras ``store`` and ``postgres``: missing ones are named."""

from __future__ import annotations

import importlib.util

from salesflow.errors import MissingExtraError

try:
    import sqlalchemy as sa
except ImportError as error:
    raise MissingExtraError(error.name or "sqlalchemy", "store") from None

__all__ = ["check_psycopg", "sa"]


def check_psycopg() -> None:
    """Refuse to go on without the driver for PostgreSQL."""
    if importlib.util.find_spec("psycopg") is None:
        raise MissingExtraError("psycopg", "postgres")
