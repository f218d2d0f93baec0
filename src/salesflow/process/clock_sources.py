"""The words for what starts and what stops the clock of a timer."""

from __future__ import annotations

from collections.abc import Iterable

NAMED = {"touch": "class", "fact": "fact", "date": "fact", "activity": "kind"}
"""Sources that name something, and what they name; a touch may leave it out."""

SINCE = ("touch", "touch:", "stage", "stage_total", "opened", "fact:", "date:", "activity:")
"""What can start a clock; what ends in a colon is followed by a name."""

UNTIL = ("touch", "touch:", "fact:", "activity:")
"""What can stop one."""


def is_source(text: str, words: Iterable[str]) -> bool:
    """Tell whether *text* is one of the *words*, with a name where one belongs."""
    source, colon, name = text.partition(":")
    return source + colon in words and bool(name) == bool(colon)


def in_words(words: Iterable[str]) -> str:
    """Return the *words* for a message: ``touch, touch:<class> or fact:<fact>``."""
    *first, last = (f"{w}<{NAMED[w[:-1]]}>" if w.endswith(":") else w for w in words)
    return " or ".join(filter(None, [", ".join(first), last]))
