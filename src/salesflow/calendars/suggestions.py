"""Did you mean: the known word that a mistyped one is closest to."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """
    Return ``" Did you mean 'x'?"`` if a known word is close to *word*, else an empty string.

    Upper and lower case do not matter.

    >>> did_you_mean("dasy", ["hours", "days"])
    " Did you mean 'days'?"
    >>> did_you_mean("bananas", ["hours", "days"])
    ''
    """
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""
