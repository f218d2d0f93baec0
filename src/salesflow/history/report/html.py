"""Pieces of HTML for the notebooks of a history; see `salesflow.markup` for those of all."""

from __future__ import annotations

from collections.abc import Mapping

from salesflow.markup import heading, line, page, table

__all__ = ["COLOURS", "bar", "heading", "line", "page", "table"]

COLOURS = {"breached": "#d55e00", "due": "#e69f00", "ok": "#009e73"}
"""One colour for each verdict, told apart by the colour-blind as well; words stand beside them."""


def bar(counts: Mapping[str, int]) -> str:
    """Return how many there are of each verdict, in words and as one bar."""
    parts = "".join(
        f'<i style="flex:{count} 0 0;background:{COLOURS[word]}" title="{count:,} {word}"></i>'
        for word, count in counts.items()
        if count
    )
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    return f'{line(said)}<div class="bar" aria-hidden="true">{parts}</div>'
