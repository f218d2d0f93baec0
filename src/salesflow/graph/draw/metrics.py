"""
The width of a text, without a font: always a little more than it will really be.

The table holds the wider of DejaVu Sans and its bold weight (scaled down), which is wider than the
other fonts that the drawings name. A text that fits here fits everywhere.
"""

from __future__ import annotations

import re
import unicodedata

_BY_WIDTH = {
    280: "'",
    320: " ijl",
    340: ",./IJ\\|",
    360: ":;",
    380: "-·",
    400: "f",
    420: "!()[]",
    440: "t",
    460: "r",
    480: '"',
    500: "*_`–°’",
    540: "?sz",
    560: "c",
    580: "L",
    600: "kvxy",
    620: "FTaeo",
    640: "$0123456789Ebdghnpqu{}",
    660: "PSY",
    700: "ABCKRVXZ",
    740: "U",
    760: "HN",
    780: "&DG",
    800: "OQ",
    840: "#+<=>^w~←→≤",
    900: "M",
    960: "%",
    980: "m",
    1000: "@W…",
}
_WIDTHS = {char: width for width, chars in _BY_WIDTH.items() for char in chars}
_LETTER = (
    1000  # any other letter; measured: at most 0.99 em, Arabic at the end of a word a bit more
)
_IDEOGRAPH = 1000  # and kana: one em in every font
_OTHER = 1400  # emoji are drawn wider by some systems
_BOLD = 1.12
# Punctuation, which stands before the kana, does not begin a line.
_BREAK = re.compile(r" |(?<=[\u3001-\u9fff])(?=[\u3041-\u9fff])")
_NO_WIDTH = ("Mn", "Me", "Cf")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper bound of the width of *text* in pixels at *size* pixels."""
    thousandths = sum(_char_width(char) for char in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def _char_width(char: str) -> int:
    known = _WIDTHS.get(char)
    if known is not None:
        return known
    base = unicodedata.normalize("NFD", char)[0]
    if base in _WIDTHS:
        return _WIDTHS[base]
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    if unicodedata.category(char) in ("Ll", "Lu") or "\u0590" <= char <= "\u06ff":
        return _LETTER
    return _IDEOGRAPH if "\u3001" <= char <= "\u9fff" else _OTHER


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return *text*, cut with an ellipsis where it would be wider than *width*."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(f"{text}…", size, bold=bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return *text* on one or two lines of at most *width*, broken where it may be, or cut."""
    if text_width(text, size, bold=bold) <= width:
        return (text,)
    for first, rest in reversed(_halves(text)):
        if text_width(first, size, bold=bold) <= width:
            return first, shorten(rest, width, size, bold=bold)
    return (shorten(text, width, size, bold=bold),)


def wrapped_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the smallest width at which `wrap` does not cut *text*."""
    return min(
        max(text_width(half, size, bold=bold) for half in halves)
        for halves in [*_halves(text), (text, "")]
    )


def _halves(text: str) -> list[tuple[str, str]]:
    """Return the ways to break *text* into two lines: at a blank, or between two ideographs."""
    return [(text[: at.start()], text[at.end() :]) for at in _BREAK.finditer(text)]
