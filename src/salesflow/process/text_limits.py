"""
Limits on what a text may cost before any parser sees it.

`tomllib` takes 1.5 GB for a dotted key of 20,000 parts (40 KB of text), and overflows the stack on
deep nesting. So sizes are checked first, in one pass over the tokens that matter.
"""

from __future__ import annotations

import re

from salesflow.errors import Problem
from salesflow.process.locate import lines_of, place_of

LARGEST_FILE = 256 * 1024
"""Bytes of UTF-8 that a process file may have."""
MOST_KEY_PARTS = 16
"""Parts that a dotted key may have."""
DEEPEST_NESTING = 32
"""Brackets and braces that may be open at once."""
LONGEST_BARE = 64
"""Characters that a number or a bare key may have."""

# Possessive: an unclosed string is found in one pass. It then matches as its bare quotes.
_TOKEN = re.compile(
    r'''
      (?P<string>
        """ (?: [^"\\] | \\. | "(?!"") )*+ "{3,5}
      | '{3} (?: [^'] | '(?!'') )*+ '{3,5}
      | " (?: [^"\\\n] | \\[^\n] )*+ "
      | ' [^'\n]*+ '
      )
    | (?P<unclosed> ["'] )
    | (?P<comment> \#[^\n]* )
    | (?P<bare> [A-Za-z0-9_+:-]+ )
    | (?P<point> \. )
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<end> [=,\n] )
    ''',
    re.DOTALL | re.VERBOSE,
)


class Unreadable(Exception):  # noqa: N818 - a signal to the loader, which makes the error
    """
    A text is larger or more deeply nested than a file may be, or it is no TOML.

    Attributes:
        reason: What was seen, what was expected.

        offset: Where in the text.
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason, offset)
        self.reason = reason
        self.offset = offset

    def as_problem(self, text: str) -> Problem:
        """Return it as the problem that people see, at its place in *text*."""
        return Problem("", self.reason, *place_of(lines_of(text), self.offset))


def check(text: str) -> None:
    """
    Refuse a text that would cost too much to parse.

    Raises:
        Unreadable: If it is too large, nested too deeply, or has a key of too many parts or a
            number of too many digits.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_FILE:
        raise Unreadable(f"{size:,} bytes, expected at most {LARGEST_FILE:,}", 0)
    surrogate = re.search("[\ud800-\udfff]", text)
    if surrogate:
        raise Unreadable(f"U+{ord(surrogate[0]):04X} is a lone surrogate", surrogate.start())
    _check_tokens(text)


def _check_tokens(text: str) -> None:
    level = parts = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "unclosed":
            # No parser reads past this.
            return
        level += (kind == "open") - (kind == "close")
        # What stands between two of these is a key or a single value.
        parts = 0 if kind in ("open", "close", "end", "comment") else parts + (kind == "point")
        if level > DEEPEST_NESTING:
            raise Unreadable(f"nested deeper than {DEEPEST_NESTING} levels", token.start())
        if parts >= MOST_KEY_PARTS:
            raise Unreadable(f"a key of more than {MOST_KEY_PARTS} parts", token.start())
        if kind == "bare" and len(token[0]) > LONGEST_BARE:
            raise Unreadable(
                f"{len(token[0])} characters without a break, expected at most {LONGEST_BARE}",
                token.start(),
            )
