"""The colours of a drawing, light and dark, and its style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Theme = Literal["auto", "light", "dark"]

LIGHT = {
    "page": "#ffffff",
    "ink": "#1f2933",
    "soft": "#5b6773",
    "line": "#8793a0",
    "open": "#f4f7fb",
    "open-edge": "#4a6fa5",
    "won": "#eaf6ee",
    "won-edge": "#2e7d4f",
    "lost": "#faf1ef",
    "lost-edge": "#a8553f",
    "parked": "#f6f4ea",
    "parked-edge": "#8a7430",
    "chip": "#e7edf5",
    "here": "#1d4ed8",
    "used": "#b9cdf0",
    "late": "#f3bfb0",
}
DARK = {
    "page": "#0d1117",
    "ink": "#e6edf3",
    "soft": "#9aa7b4",
    "line": "#6b7885",
    "open": "#172030",
    "open-edge": "#7aa2dc",
    "won": "#12261a",
    "won-edge": "#5fb583",
    "lost": "#2a1a16",
    "lost-edge": "#d58a75",
    "parked": "#262214",
    "parked-edge": "#c4ab5c",
    "chip": "#202c3d",
    "here": "#7fb0ff",
    "used": "#31507f",
    "late": "#7a3527",
}
_SHAPES = """\
.sf-draw text{font-family:Inter,"Segoe UI",system-ui,"Helvetica Neue",Arial,"DejaVu Sans",\
sans-serif}
.sf-draw .sf-box{stroke-width:1.5}
.sf-draw .sf-parked .sf-box{stroke-dasharray:5 3}
.sf-draw .sf-inner{fill:none;stroke-width:1}
.sf-draw .sf-sign{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.sf-draw .sf-number{font-weight:700}
.sf-draw .sf-here .sf-box{stroke-width:3.5}
.sf-draw .sf-pill-text{font-weight:700}
.sf-draw .sf-tally{fill:none;stroke-width:1.2}
.sf-draw .sf-tally-text{font-weight:700}
.sf-draw .sf-icon{fill:none;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}
.sf-draw .sf-line{fill:none;stroke-width:1.4;stroke-linejoin:round}
.sf-draw .sf-forward .sf-line{stroke-width:1.8}
.sf-draw .sf-back .sf-line{stroke-dasharray:5 4}
.sf-draw .sf-timer .sf-line{stroke-dasharray:1.5 3.5;stroke-linecap:round}
"""
"""What is the same in every theme."""

_COLOURED = (
    ("text", "fill:ink"),
    (".sf-page", "fill:page"),
    (".sf-soft", "fill:soft"),
    (".sf-open .sf-box", "fill:open;stroke:open-edge"),
    (".sf-won .sf-box", "fill:won;stroke:won-edge"),
    (".sf-lost .sf-box", "fill:lost;stroke:lost-edge"),
    (".sf-parked .sf-box", "fill:parked;stroke:parked-edge"),
    (".sf-inner", "stroke:won-edge"),
    (".sf-open .sf-mark", "fill:open-edge"),
    (".sf-won .sf-mark", "fill:won-edge"),
    (".sf-lost .sf-mark", "fill:lost-edge"),
    (".sf-parked .sf-mark", "fill:parked-edge"),
    (".sf-sign", "stroke:page"),
    (".sf-number", "fill:page"),
    (".sf-here .sf-box", "stroke:here"),
    (".sf-pill", "fill:here"),
    (".sf-pill-text", "fill:page"),
    (".sf-tally", "stroke:here"),
    (".sf-tally-text", "fill:here"),
    (".sf-chip", "fill:chip"),
    (".sf-used", "fill:used"),
    (".sf-late", "fill:late"),
    (".sf-icon", "stroke:soft"),
    (".sf-line", "stroke:line"),
    (".sf-tip", "fill:line"),
    (".sf-forward .sf-line", "stroke:open-edge"),
    (".sf-forward .sf-tip", "fill:open-edge"),
    (".sf-clear", "fill:page"),
)
"""What has a colour, and which; of two that fit alike, the later one holds."""


def style_sheet(theme: Theme) -> str:
    """
    Return the style sheet; ``auto`` follows what the reader's system prefers.

    Every colour is written out where it is used, and dark ones only add to that: what draws an SVG
    outside of a browser mostly knows neither variables nor media queries.
    """
    sheet = _SHAPES + _colours(theme, DARK if theme == "dark" else LIGHT)
    if theme == "auto":
        sheet += f"@media (prefers-color-scheme:dark){{\n{_colours(theme, DARK)}}}\n"
    return sheet


def _colours(theme: Theme, colours: Mapping[str, str]) -> str:
    """Return the rules that give colours, for drawings of one theme."""
    return "".join(
        f".sf-draw.sf-{theme} {what}{{{_named(said, colours)}}}\n" for what, said in _COLOURED
    )


def _named(said: str, colours: Mapping[str, str]) -> str:
    """Return declarations with colours in place of their names."""
    parts = (each.partition(":") for each in said.split(";"))
    return ";".join(f"{key}:{colours[name]}" for key, _, name in parts)
