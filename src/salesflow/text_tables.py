"""Tables as plain text, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """
    Return rows as lines, their columns two blanks apart.

    Args:
        rows: Each with as many cells as the first.

        left: How many columns begin on one line; the others, which hold numbers, end on one.

    >>> aligned([("won", "1"), ("lost", "12")])
    ['won    1', 'lost  12']
    """
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            [*map(str.ljust, row[:left], widths), *map(str.rjust, row[left:], widths[left:])]
        ).rstrip()
        for row in cells
    ]
