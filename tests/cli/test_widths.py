"""Tables that have to fit: few lines, no broken words, and never wider than the screen."""

import hypothesis.strategies as st
from hypothesis import given

from salesflow.cli.widths import fitted

WORDS = st.text("abcdefgh ", max_size=30)
TABLES = st.integers(1, 6).flatmap(
    lambda rows: st.lists(st.lists(WORDS, min_size=rows, max_size=rows), min_size=1, max_size=6)
)


def longest(column):
    return max((len(word) for cell in column for word in cell.split()), default=1)


@given(table=TABLES, room=st.integers(6, 120))
def test_they_fit(table, room):
    """Whatever stands in it; and where the longest words have room, none is broken."""
    widths = fitted(table, room)

    assert sum(widths) <= room
    if sum(map(longest, table)) <= room:
        assert all(w >= longest(c) for w, c in zip(widths, table, strict=True) if any(c))


def test_what_fits_is_left_alone():
    """Nothing is wrapped for the sake of it."""
    assert fitted([["deal", "A"], ["what to do", "Touch the buyer"]], 19) == [4, 15]


def test_titles_are_wrapped_before_names():
    """A title stands there once, and many names below it."""
    names = ["owner", "Violet Mclelland", "Zane Levy", "Kary Hendrixson"]
    rates = ["win rate", "63 %", "64 %", "62 %"]

    assert fitted([names, rates], 21) == [16, 5]


def test_long_cells_are_wrapped_before_short_ones():
    """A line that is there anyway is used."""
    by = ["by", "Sun 20 Apr", "Fri 25 Apr"]
    what = ["what to do", "Catch up, or take it back to Close", "Touch the buyer"]

    assert fitted([what, by], 30) == [20, 10]


def test_wide_letters():
    """Letters of two columns count as two."""
    assert fitted([["who"], ["田中 太郎"]], 20) == [3, 9]


def test_numbers_are_not_broken():
    """Names and titles are, where there is no room: 84,65 and a 5 below it is another number."""
    table = [["owner", "Özdemir"], ["breached", "2"], ["at risk", "84,655"]]

    assert fitted(table, 17, {1, 2}) == [5, 6, 6]
    assert fitted(table, 12, {1, 2}) == [4, 2, 6]
    assert sum(fitted(table, 8, {1, 2})) == 8


def test_lines_that_a_cell_has_anyway():
    """A cell is as wide as its widest line, and as high as all of them."""
    table = [["when", "2026-03-09\n→ 2026-03-21"], ["moves", "+second_meeting +review"]]

    assert fitted(table, 40) == [12, 23]
    assert fitted(table, 30) == [12, 18]
