"""Did you mean: the known word that a mistyped one is closest to, for every message."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_COMPARED = 60
"""Characters of a wrong word that are compared: it may come from anywhere."""


def closest(wrong: object, known: Iterable[str]) -> str | None:
    """
    Return the known word that *wrong* was probably meant to be, or None.

    Upper and lower case do not matter; where only they differ, the first in the alphabet is meant.

    >>> closest("Dasy", ["hours", "days"])
    'days'
    """
    if not isinstance(wrong, str):
        return None
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(wrong[:LONGEST_COMPARED].casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """
    Return ``" Did you mean 'x'?"`` if a known word is close to *word*, else an empty string.

    >>> did_you_mean("dasy", ["hours", "days"])
    " Did you mean 'days'?"
    >>> did_you_mean("bananas", ["hours", "days"])
    ''
    """
    name = closest(word, known)
    return "" if name is None else f" Did you mean {name!r}?"
