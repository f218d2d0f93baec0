# ruff: noqa: INP001 - a hook of the documentation, not part of a package
"""What a page of the documentation shows: an output has empty lines where doctest wants a word."""

from __future__ import annotations

import re

BLANK = re.compile(r"^<BLANKLINE>$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Show the empty lines of an output as what they are."""
    return BLANK.sub("", markdown)
