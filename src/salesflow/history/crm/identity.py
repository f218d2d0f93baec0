"""
Ids of events that follow from what they say.

The same fact has the same id whichever way it reached us, so that telling it twice changes nothing.
An id says in plain words what it is about; behind them stands a digest of everything that the
source said, so that two different facts never share an id.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json

_DIGITS = 10
"""Hexadecimal digits of the digest: only facts about one thing at one instant have to differ."""


def identity(source: str, *about: str, at: dt.datetime, said: tuple[object, ...]) -> str:
    """
    Return the id of an event.

    Args:
        source: Where it comes from.

        about: What it is about, from the whole to the part.

        at: When it happened.

        said: Everything that the source said about it.

    >>> identity(
    ...     "crm", "deal", "7", "stage", at=dt.datetime(2026, 3, 5, tzinfo=dt.UTC), said=("2",)
    ... )
    'crm:deal:7:stage:2026-03-05T00:00:00+00:00:68a90152c0'
    """
    text = json.dumps(said, separators=(",", ":"), default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    return ":".join((source, *about, at.isoformat(), digest))
