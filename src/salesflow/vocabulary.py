"""Words of closed lists, and which known word somebody meant: for every message."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterable
from typing import TypeVar

LONGEST_COMPARED = 60
"""Characters of a wrong word that are compared: it may come from anywhere."""

_TELLING = 3
"""Characters by which texts can be told to be close or not: ``size >= 2`` is to ``size >= 1``."""


def closest(wrong: object, known: Iterable[str]) -> str | None:
    """
    Return the known word that *wrong* was probably meant to be, or None.

    Upper and lower case do not matter; where only they differ, the first in the alphabet is meant.
    Words that both begin with do not count: ``Stage: Pilot`` is not close to ``Stage: Won``.

    >>> closest("Dasy", ["hours", "days"])
    'days'
    """
    if not isinstance(wrong, str):
        return None
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    folded = wrong[:LONGEST_COMPARED].casefold()
    close = difflib.get_close_matches(folded, by_folded)
    return next((by_folded[name] for name in close if _is_close(folded, name)), None)


def _is_close(wrong: str, known: str) -> bool:
    """Tell whether two texts are close without the words that both begin with."""
    words = [re.findall(r"\w+|\W+", text) for text in (wrong, known)]
    differ = (place for place, (one, other) in enumerate(zip(*words, strict=False)) if one != other)
    same = next(differ, min(map(len, words)))
    rest = ["".join(told[same:]) for told in words]
    return min(map(len, rest)) < _TELLING or bool(difflib.get_close_matches(rest[0], rest[1:]))


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """
    Return ``" Did you mean 'x'?"`` if a known word is close to *word*, else an empty string.

    >>> did_you_mean("dasy", ["hours", "days"])
    " Did you mean 'days'?"
    >>> did_you_mean("bananas", ["hours", "days"])
    ''
    """
    name = closest(word, known)
    return "" if name is None else f" Did you mean {name!r}?"


class Word(enum.StrEnum):
    """
    A closed list of words, which says what it holds if it is asked for another one.

    >>> class Size(Word):
    ...     SMALL = "small"
    ...     LARGE = "large"
    >>> Size("smal")
    Traceback (most recent call last):
        ...
    ValueError: got 'smal', expected one of small, large. Did you mean 'small'?
    """

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = [word.value for word in cls]
        msg = f"got {value!r}, expected one of {', '.join(known)}.{did_you_mean(value, known)}"
        raise ValueError(msg)


W = TypeVar("W", bound=Word)


def word(name: str, words: type[W], value: str) -> W:
    """
    Return the word of a list that somebody says, or name the argument if it is none.

    Args:
        name: The argument.

        words: The list.

        value: What is said.

    Raises:
        ValueError: If it is none of them.
    """
    # A call of an enumeration costs more than the rest of an event.
    if isinstance(value, words):
        return value
    try:
        return words(value)
    except ValueError as error:
        msg = f"{name!r}: {error}"
        raise ValueError(msg) from None
