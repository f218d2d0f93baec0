"""The colours of a drawing, light and dark, and its style sheet."""

from __future__ import annotations

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
_SHEET = """\
.sf-draw text{font-family:Inter,"Segoe UI",system-ui,"Helvetica Neue",Arial,"DejaVu Sans",\
sans-serif;fill:var(--sf-ink)}
.sf-draw .sf-page{fill:var(--sf-page)}
.sf-draw .sf-soft{fill:var(--sf-soft)}
.sf-draw .sf-box{stroke-width:1.5}
.sf-draw .sf-open .sf-box{fill:var(--sf-open);stroke:var(--sf-open-edge)}
.sf-draw .sf-won .sf-box{fill:var(--sf-won);stroke:var(--sf-won-edge)}
.sf-draw .sf-lost .sf-box{fill:var(--sf-lost);stroke:var(--sf-lost-edge)}
.sf-draw .sf-parked .sf-box{fill:var(--sf-parked);stroke:var(--sf-parked-edge);stroke-dasharray:5 3}
.sf-draw .sf-inner{fill:none;stroke:var(--sf-won-edge);stroke-width:1}
.sf-draw .sf-open .sf-mark{fill:var(--sf-open-edge)}
.sf-draw .sf-won .sf-mark{fill:var(--sf-won-edge)}
.sf-draw .sf-lost .sf-mark{fill:var(--sf-lost-edge)}
.sf-draw .sf-parked .sf-mark{fill:var(--sf-parked-edge)}
.sf-draw .sf-sign{fill:none;stroke:var(--sf-page);stroke-width:2;stroke-linecap:round;\
stroke-linejoin:round}
.sf-draw .sf-number{fill:var(--sf-page);font-weight:700}
.sf-draw .sf-here .sf-box{stroke:var(--sf-here);stroke-width:3.5}
.sf-draw .sf-pill{fill:var(--sf-here)}
.sf-draw .sf-pill-text{fill:var(--sf-page);font-weight:700}
.sf-draw .sf-tally{fill:none;stroke:var(--sf-here);stroke-width:1.2}
.sf-draw .sf-tally-text{fill:var(--sf-here);font-weight:700}
.sf-draw .sf-chip{fill:var(--sf-chip)}
.sf-draw .sf-used{fill:var(--sf-used)}
.sf-draw .sf-late{fill:var(--sf-late)}
.sf-draw .sf-icon{fill:none;stroke:var(--sf-soft);stroke-width:1.3;stroke-linecap:round;\
stroke-linejoin:round}
.sf-draw .sf-line{fill:none;stroke:var(--sf-line);stroke-width:1.4;stroke-linejoin:round}
.sf-draw .sf-tip{fill:var(--sf-line)}
.sf-draw .sf-forward .sf-line{stroke:var(--sf-open-edge);stroke-width:1.8}
.sf-draw .sf-forward .sf-tip{fill:var(--sf-open-edge)}
.sf-draw .sf-back .sf-line{stroke-dasharray:5 4}
.sf-draw .sf-timer .sf-line{stroke-dasharray:1.5 3.5;stroke-linecap:round}
.sf-draw .sf-clear{fill:var(--sf-page)}
"""


def style_sheet(theme: Theme) -> str:
    """Return the style sheet; ``auto`` follows what the reader's system prefers."""
    first = _variables(".sf-draw.sf-dark" if theme == "dark" else f".sf-draw.sf-{theme}", theme)
    if theme == "auto":
        first += f"@media (prefers-color-scheme:dark){{{_variables('.sf-draw.sf-auto', 'dark')}}}\n"
    return first + _SHEET


def _variables(selector: str, theme: Theme) -> str:
    colours = DARK if theme == "dark" else LIGHT
    inside = ";".join(f"--sf-{name}:{colour}" for name, colour in colours.items())
    return f"{selector}{{{inside}}}\n"
