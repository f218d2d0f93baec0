"""A laid-out drawing as SVG text; needs no other program and no font."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from salesflow.graph.draw.boxes import (
    BADGE_HEIGHT,
    BADGE_ICON,
    BADGE_LINE,
    BADGE_SIZE,
    LABEL_SIZE,
    LINE,
    MARGIN,
    META_SIZE,
    PILL,
    TITLE_SIZE,
)
from salesflow.graph.draw.layout import HEADING_SIZE
from salesflow.graph.draw.paths import icon, line_path, outline, px, sign, tip
from salesflow.graph.draw.shapes import Badge, Box, Label, Layout, Line
from salesflow.graph.draw.style import Theme, style_sheet
from salesflow.graph.draw.words import name_of
from salesflow.process.parts import StageKind

_HERE = "the deal is here"


def svg_text(layout: Layout, *, description: str, theme: Theme) -> str:
    """
    Return *layout* as the text of an SVG file.

    Args:
        layout: The drawing.

        description: The same in words, for screen readers.

        theme: ``light``, ``dark``, or ``auto``: what the reader's system prefers.
    """
    body = "\n".join(_body(layout))
    # Two drawings on one page must not share ids.
    key = hashlib.sha256((description + body).encode()).hexdigest()[:8]
    width, height = px(layout.width), px(layout.height)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sf-draw sf-{theme}" role="img"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' aria-labelledby="sf-t-{key} sf-d-{key}">'
    )
    return "\n".join(
        (
            root,
            f'<title id="sf-t-{key}">{escape(layout.heading)}</title>',
            f'<desc id="sf-d-{key}">{escape(description)}</desc>',
            f"<style>\n{style_sheet(theme)}</style>",
            f'<rect class="sf-page" width="{width}" height="{height}" rx="8"/>',
            body,
            "</svg>\n",
        )
    )


def _body(layout: Layout) -> Iterator[str]:
    yield _text(MARGIN, 34, layout.heading, HEADING_SIZE, weight=700)
    yield _text(MARGIN, 51, layout.subheading, META_SIZE, kind="sf-soft")
    if layout.badges_heading:
        yield _text(MARGIN, layout.badges_y, layout.badges_heading, META_SIZE, kind="sf-soft")
    yield from (_badge(badge) for badge in layout.badges)
    yield from (_line(line) for line in layout.lines)
    yield from (_label(label) for label in layout.labels)
    yield from (_box(box) for box in layout.boxes)


def _box(box: Box) -> str:
    kind = f"sf-stage sf-{box.stage.kind}" + (" sf-here" if box.is_position else "")
    says = f"{name_of(box.stage)} ({box.stage.kind})" + (f": {_HERE}" if box.is_position else "")
    says += f": {box.tally.long}" if box.tally else ""
    says += f". {box.ways_out}" if box.ways_out else ""
    parts = [f'<g class="{kind}" data-stage={quoteattr(box.stage.id)}>', _title(says)]
    parts += outline(box)
    parts += sign(box)
    if box.number is not None and box.stage.kind is StageKind.OPEN:
        number, disc = str(box.number), box.x + 18
        parts.append(_text(disc, box.y + 4, number, LABEL_SIZE, kind="sf-number", anchor="middle"))
    y = box.y + 29
    for line in box.title:
        parts.append(_text(box.x + 12, y, line, TITLE_SIZE, weight=600))
        y += LINE
    if box.meta:
        parts.append(_text(box.x + 12, y - 1, box.meta, META_SIZE, kind="sf-soft"))
        y += LINE
    if box.is_position:
        parts += _pill(box, y - 11, _HERE, kind="sf-pill")
        y += PILL
    if box.tally is not None:
        parts += _pill(box, y - 11, box.tally.short, kind="sf-tally")
    parts += [_badge(badge) for badge in box.badges]
    if box.more:
        last = box.badges[-1]
        y = last.y + last.height + 18
        parts.append(_text(last.x + 4, y, f"+ {box.more} more", META_SIZE, kind="sf-soft"))
    return "\n".join([*parts, "</g>"])


def _pill(box: Box, y: float, text: str, *, kind: str) -> list[str]:
    width = box.width - 16
    shape = f'<rect class="{kind}" x="{px(box.x + 8)}" y="{px(y)}"'
    return [
        f'{shape} width="{px(width)}" height="{BADGE_HEIGHT}" rx="{BADGE_HEIGHT / 2:g}"/>',
        _text(box.middle, y + 14, text, LABEL_SIZE, kind=f"{kind}-text", anchor="middle"),
    ]


def _badge(badge: Badge) -> str:
    x, y, size = px(badge.x), px(badge.y), f'height="{px(badge.height)}" rx="5"'
    parts = ['<g class="sf-badge">', _title(badge.rule.long)]
    parts.append(f'<rect class="sf-chip" x="{x}" y="{y}" width="{px(badge.width)}" {size}/>')
    if badge.used is not None:
        full = px(badge.width * min(1.0, max(0.0, badge.used)))
        kind = "sf-late" if badge.used > 1 else "sf-used"
        parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{full}" {size}/>')
    parts.append(icon(badge))
    left, low = badge.x + BADGE_ICON + 2, badge.y
    for line in badge.lines:
        low += BADGE_LINE
        parts.append(_text(left, low, line, BADGE_SIZE))
    if badge.share:
        right = badge.x + badge.width - 5
        parts.append(_text(right, low, badge.share, BADGE_SIZE, anchor="end", weight=600))
    return "\n".join([*parts, "</g>"])


def _line(line: Line) -> str:
    parts = [f'<g class="sf-{line.kind}">']
    if line.says:
        parts.append(_title(line.says))
    parts.append(f'<path class="sf-line" d="{line_path(line)}"/>')
    if line.arrow:
        parts.append(f'<path class="sf-tip" d="{tip(line)}"/>')
    if line.dot:
        x, y = line.points[-1]
        parts.append(f'<circle class="sf-tip" cx="{px(x)}" cy="{px(y)}" r="2.6"/>')
    return "\n".join([*parts, "</g>"])


def _label(label: Label) -> str:
    left, top = px(label.x - label.width / 2), px(label.y - 7)
    return "\n".join(
        (
            f'<rect class="sf-clear" x="{left}" y="{top}" width="{px(label.width)}" height="14"/>',
            _text(label.x, label.y + 3.5, label.text, LABEL_SIZE, kind="sf-soft", anchor="middle"),
        )
    )


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    kind: str = "",
    anchor: str = "",
    weight: int = 0,
) -> str:
    extra = f' class="{kind}"' if kind else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    extra += f' font-weight="{weight}"' if weight else ""
    return f'<text x="{px(x)}" y="{px(y)}" font-size="{size:g}"{extra}>{escape(text)}</text>'
