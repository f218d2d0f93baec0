"""Parsing TOML from anywhere, and saying what was probably meant where it is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from salesflow.process.locate import lines_of
from salesflow.process.text_limits import Unreadable, check

_PLACE = re.compile(r"(.*) \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)", re.DOTALL)
_KEY = r"[ \t]*(?P<what>[\w.\"'-]{1,60})[ \t]*"
_QUOTE_IT = 'text must be in quotes: "{what}"'
_LINES = (
    (
        "cannot declare",
        r"[ \t]*\[+[ \t]*(?P<what>[^\]\n]{1,60}?)[ \t]*\]",
        "[{what}] stands twice; join the two, or write [[{what}]] for a list",
    ),
    ("cannot overwrite", rf"{_KEY}=", "{what} is set twice here; remove one"),
    (
        "cannot overwrite",
        r"[ \t]*(?P<what>\[)",
        "this table was begun before in another form; write it in one of them",
    ),
    ("expected '='", rf"{_KEY}:", "a colon after {what}; write {what} ="),
    ("expected newline", r"[^=\n]*=[ \t]*(?P<what>[0-9]+ [a-z ]{1,60})", _QUOTE_IT),
)
"""What the parser says of a usual mistake, how its line looks, and what helps to correct it."""

_VALUES = (
    (r"(?P<what>[\u00ab\u2018-\u201f])", "typographic quotation marks; write straight ones"),
    (r"(?P<what>True|False)\b", "true and false are written in small letters"),
    (r"(?P<what>[^\W\d][\w -]{0,59})", _QUOTE_IT),
)
"""How an invalid value looks, and what helps to correct it."""


def parse_toml(text: str) -> dict[str, Any]:
    """
    Return the tables of a TOML text.

    Raises:
        Unreadable: If it is no TOML, or more of it than is read.
    """
    check(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, offset = _placed(text, str(error))
        reason, offset = _meant(text, reason, offset)
        raise Unreadable(f"this is not valid TOML: {reason}", offset) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"this cannot be read as TOML: {error}", 0) from None


def _placed(text: str, message: str) -> tuple[str, int]:
    """Return what the parser says, and where in *text*."""
    found = _PLACE.fullmatch(message)
    if found is None:
        return message, 0
    reason = found[1][:1].lower() + found[1][1:]
    if found[2] is None:
        return f"{reason} at the end of the file", len(text)
    return reason, lines_of(text)[int(found[2]) - 1] + int(found[3]) - 1


def _meant(text: str, reason: str, offset: int) -> tuple[str, int]:
    """Return the reason and the place of a usual mistake in words that help to correct it."""
    line = text.rfind("\n", 0, offset) + 1
    usual = [(line, pattern, meant) for said, pattern, meant in _LINES if reason.startswith(said)]
    if reason.startswith("invalid value"):
        usual = [(offset, pattern, meant) for pattern, meant in _VALUES]
    for place, pattern, meant in usual:
        found = re.compile(pattern).match(text, place)
        if found:
            return meant.format(what=found["what"].strip()), found.start("what")
    return reason, offset
