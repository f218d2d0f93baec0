"""How wide the columns of a table are, where it has to fit."""

from __future__ import annotations

import operator
from collections.abc import Collection, Sequence

from rich.cells import cell_len

_MOST_ROWS = 40
"""So many rows decide where cells are wrapped; no word is broken in any of them."""

_SHORTEST = 4
"""A part of a word that can be read."""


def fitted(columns: Sequence[Sequence[str]], room: int, numbers: Collection[int] = ()) -> list[int]:
    """
    Return the widths at which a table has few lines, and no broken words if that can be.

    Numbers are broken last of all: half a number is another number.

    Args:
        columns: The title of each, and its cells.

        room: What they may take together.

        numbers: The columns of numbers, by their places.

    >>> table = [["owner", "Violet Mclelland", "Zane Levy"], ["win rate", "63 %", "64 %"]]
    >>> [fitted(table, room) for room in (30, 22, 16, 8)]
    [[16, 8], [16, 6], [12, 4], [4, 4]]
    """
    widths = [max(cell_len(line) for cell in column for line in _lines(cell)) for column in columns]
    if sum(widths) <= room:
        return widths
    cells = [
        [[[*map(cell_len, line.split())] for line in _lines(cell)] for cell in column]
        for column in columns
    ]
    least = [
        max((word for cell in column for line in cell for word in line), default=1)
        for column in cells
    ]
    if sum(least) >= room:
        floors = [
            max((word for cell in column[1:] for line in cell for word in line), default=1)
            if place in numbers
            else _SHORTEST
            for place, column in enumerate(cells)
        ]
        return _cut(_cut(least, floors, room), [1] * len(floors), room)
    cells = [column[:_MOST_ROWS] for column in cells]
    heights = [_heights(column, width) for column, width in zip(cells, widths, strict=True)]
    while sum(widths) > room:
        lower = {
            place: _heights(cells[place], width - 1)
            for place, width in enumerate(widths)
            if width > least[place]
        }
        place = min(lower, key=lambda at: (_size(heights, at, lower[at]), -widths[at]))
        widths[place] -= 1
        heights[place] = lower[place]
    return widths


def _cut(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    """Return widths that fit, taken from the widest; none below its floor."""
    found = list(widths)
    while sum(found) > room and any(map(operator.gt, found, floors)):
        above = [width if width > floor else 0 for width, floor in zip(found, floors, strict=True)]
        found[above.index(max(above))] -= 1
    return found


def _size(heights: Sequence[Sequence[int]], place: int, lower: Sequence[int]) -> int:
    """Return twice the lines if one column gets other heights; those of titles count half."""
    columns = (lower if at == place else column for at, column in enumerate(heights))
    rows: list[int] = [max(row) for row in zip(*columns, strict=True)]
    return 2 * sum(rows) - rows[0]


def _lines(cell: str) -> list[str]:
    """Return the lines that a cell has however wide it is."""
    return cell.split("\n")


def _heights(cells: Sequence[Sequence[Sequence[int]]], width: int) -> list[int]:
    """Return how many lines each cell takes, given the lengths of the words of each line."""
    return [sum(_height(words, width) for words in lines) for lines in cells]


def _height(words: Sequence[int], width: int) -> int:
    lines, used = 1, -1
    for word in words:
        if used + 1 + word > width and used >= 0:
            lines, used = lines + 1, -1
        used += 1 + word
    return lines
