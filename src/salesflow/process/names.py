"""Names and texts of a process: their form, and which known one was probably meant."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from salesflow.errors import UnknownName
from salesflow.vocabulary import closest

NAME_PATTERN = "[a-z][a-z0-9_]{0,63}"
PROCESS_NAME_PATTERN = "[a-z][a-z0-9_-]{0,63}"
CURRENCY_PATTERN = "[A-Z]{3}"

NAME = re.compile(NAME_PATTERN)
PROCESS_NAME = re.compile(PROCESS_NAME_PATTERN)
CURRENCY = re.compile(CURRENCY_PATTERN)

# PostgreSQL refuses NUL, and the others control terminals; a title needs none of them.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

LONGEST_SHOWN = 60
"""The number of characters of a wrong value that a message repeats."""
LONGEST_LIST = 400
"""The number of characters of a list of known names that a message repeats."""
MOST_COMPARED = 500
"""Known names that a wrong one is compared with: a file may have thousands of both."""


def unfit_character(text: str) -> str | None:
    """Return the first control character or lone surrogate of *text* as `U+0007`, or None."""
    found = _UNFIT.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def did_you_mean(wrong: object, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'proof'?"``, or an empty text if no known name is close."""
    name = closest(wrong, itertools.islice(known, MOST_COMPARED))
    return "" if name is None else f"; did you mean {shown(name)}?"


def unknown_name(
    process_id: str, sort: str, name: str, known: Iterable[str], event_id: str | None = None
) -> UnknownName:
    """
    Return the error for a name that a process does not have.

    Args:
        process_id: The process.

        sort: What the name should refer to, such as ``stage``.

        name: The name.

        known: The names that it has.

        event_id: The event with the name; None: it does not come from an event.
    """
    names = tuple(known)
    meant = closest(name, names[:MOST_COMPARED])
    return UnknownName(process_id, sort, name, names, meant=meant, event_id=event_id)


def listed(names: Iterable[str]) -> str:
    """Return the names as ``a, b, c``, or ``(none)``; the end of a long list is left out."""
    text = ", ".join(names) or "(none)"
    return text if len(text) <= LONGEST_LIST else f"{text[: LONGEST_LIST - 1]}…"


def shown(value: object) -> str:
    """Return *value* for a message: short, on one line, never the inside of a table or list."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # int has a limit on the digits that it prints
        return "a huge number"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
