"""Pieces of HTML for notebooks, in the colours of whatever page they stand on."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

STYLE = """
.salesflow { font: 14px/1.45 system-ui, sans-serif; max-width: 62rem; color: inherit; }
.salesflow h4 { margin: 1em 0 .3em; font-size: 1em; font-weight: 600; }
.salesflow p { margin: .2em 0; }
.salesflow .faint { opacity: .72; }
.salesflow .part { margin-left: 1.2em; }
.salesflow table { border-collapse: collapse; margin: .2em 0; background: none; color: inherit;
  font: inherit; }
.salesflow th, .salesflow td { padding: .15em .7em .15em 0; text-align: left; border: 0;
  background: none; color: inherit; }
.salesflow th { font-weight: 600; border-bottom: 1px solid; }
.salesflow .n { text-align: right; font-variant-numeric: tabular-nums; }
.salesflow .bar { display: flex; height: .7em; max-width: 40rem; gap: 2px; margin: .3em 0; }
.salesflow .bar i { display: block; min-width: 2px; }
""".strip()


def page(*parts: str) -> str:
    """Return a whole piece: the parts, and how they look."""
    return f'<div class="salesflow"><style>{STYLE}</style>{"".join(parts)}</div>'


def heading(text: str) -> str:
    """Return a heading."""
    return f"<h4>{html.escape(text)}</h4>"


def line(text: str, *, faint: bool = False) -> str:
    """Return a line of text; one that begins with blanks is a part of the one above."""
    looks = [name for name, is_so in (("faint", faint), ("part", text.startswith(" "))) if is_so]
    kind = f' class="{" ".join(looks)}"' if looks else ""
    return f"<p{kind}>{html.escape(text.strip())}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return a table; all but the first *left* columns are numbers."""
    cells = [_row("th", head, left), *(_row("td", row, left) for row in rows)]
    return f"<table><thead>{cells[0]}</thead><tbody>{''.join(cells[1:])}</tbody></table>"


def _row(tag: str, cells: Sequence[str], left: int) -> str:
    made = (
        f"<{tag}{'' if place < left else ' class=n'}>{html.escape(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )
    return f"<tr>{''.join(made)}</tr>"
