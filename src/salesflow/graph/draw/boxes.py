"""The stages of a drawing: their size, how many in a row, and what is in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

from salesflow.graph.draw.metrics import shorten, text_width, wrap, wrapped_width
from salesflow.graph.draw.plan import Plan
from salesflow.graph.draw.shapes import Badge, Box
from salesflow.graph.draw.words import (
    RuleWords,
    Sort,
    Tally,
    back_from_parking,
    name_of,
    share_words,
    stage_words,
)
from salesflow.process.parts import Stage, StageKind

TITLE_SIZE = 13.5
META_SIZE = 11
LABEL_SIZE = META_SIZE - 0.5
BADGE_SIZE = 11
BADGE_HEIGHT = 20
BADGE_LINE = 14
PILL = BADGE_HEIGHT + 4
"""The height of a line that says where deals are."""
BADGE_ICON = 20
"""Room for the icon of a badge, and what is before it."""
PERCENT = 62
"""Room for the used share at the end of a badge."""

MARGIN = 24
GAP = 34
_NARROWEST, _WIDEST = 104, 172
_WIDEST_IN_ROWS = 248
"""Where the spine wraps, there is room beside it so that less of a text is cut."""
_INNER = 11
LINE = 17
_MOST_BADGES = 4


@attrs.frozen(kw_only=True)
class Highlight:
    """
    The deals shown in a drawing: one of them, or how many there are.

    Args:
        position: The stage that one deal is in; None: no deal is shown.

        used: Shares of its clocks that are used up, by rule.

        tallies: The deals in each stage, where that is shown.
    """

    position: str | None = None
    used: Mapping[str, float] = attrs.field(factory=dict)
    tallies: Mapping[str, Tally] = attrs.field(factory=dict)

    def share(self, rule: RuleWords, stage: str | None = None) -> float | None:
        """Return the used share to show; *stage* is where the badge is, None above all stages."""
        is_rule = rule.sort is not Sort.PLAY
        here = is_rule and self.position in rule.stages and stage in (None, self.position)
        return self.used.get(rule.id) if here else None


@attrs.frozen(kw_only=True)
class Grid:
    """
    The columns of the spine.

    Args:
        box_width: The width of every stage.

        left: Where the first column starts.

        columns: Stages in a row.

        rows: Rows of the spine.
    """

    box_width: float
    left: float
    columns: int
    rows: int

    def x(self, column: float) -> float:
        """Return where a column starts."""
        return self.left + column * (self.box_width + GAP)

    @property
    def right(self) -> float:
        """Where the last column ends."""
        return self.x(self.columns - 1) + self.box_width


def grid(
    plan: Plan,
    own: Mapping[str, Sequence[RuleWords]],
    width: float,
    sides: tuple[float, float] = (0, 0),
) -> Grid:
    """
    Return the columns for a drawing of about *width* pixels.

    Args:
        plan: What is drawn.

        own: The rules that are shown in each stage.

        width: The width of the whole drawing; wider if a few stages side by side need it.

        sides: Room for lines left and right of the stages.
    """
    stages = (*plan.spine, *plan.aside)
    wanted = max(_wanted_width(stage, plan, own.get(stage.id, ())) for stage in stages)
    narrowest = min(_WIDEST, max(_NARROWEST, wanted))
    room = width - 2 * MARGIN - sum(sides) + GAP
    most = max(2, len(plan.aside), int(room // (narrowest + GAP)))
    count = len(plan.spine)
    rows = math.ceil(count / most)
    columns = max(math.ceil(count / rows), len(plan.aside))
    widest = _WIDEST if rows == 1 else _WIDEST_IN_ROWS
    box_width = max(narrowest, min(widest, room / columns - GAP))
    return Grid(
        box_width=float(math.floor(box_width)),
        left=MARGIN + sides[0],
        columns=columns,
        rows=rows,
    )


def _wanted_width(stage: Stage, plan: Plan, rules: Sequence[RuleWords]) -> float:
    meta = stage_words(stage, criteria=plan.criteria[stage.id])
    # The title of a play may be cut, and so may what is below a span and the name of a date;
    # the span itself may not.
    spans = [
        rule.notes[0].partition(" before ")[0] if rule.sort is Sort.PLAY else rule.short
        for rule in rules
    ]
    badges = [BADGE_ICON + text_width(span, BADGE_SIZE) for span in spans]
    title = wrapped_width(name_of(stage), TITLE_SIZE, bold=True)
    return 2 * _INNER + max(title, text_width(meta, META_SIZE), *badges, 0)


def box(
    stage: Stage,
    plan: Plan,
    rules: Sequence[RuleWords],
    highlight: Highlight,
    *,
    at: tuple[float, float],
    width: float,
) -> Box:
    """Return *stage* as a box whose top left corner is *at*, as high as its content."""
    x, y = at
    inner = width - 2 * _INNER
    title = wrap(name_of(stage), inner, TITLE_SIZE, bold=True)
    meta = shorten(stage_words(stage, criteria=plan.criteria[stage.id]), inner, META_SIZE)
    shown = rules if len(rules) <= _MOST_BADGES else rules[: _MOST_BADGES - 1]
    is_position, tally = stage.id == highlight.position, highlight.tallies.get(stage.id)
    top = y + 18 + LINE * (len(title) + bool(meta)) + PILL * (is_position + (tally is not None))
    badges: list[Badge] = []
    for rule in shown:
        badges.append(_badge(rule, highlight, stage.id, at=(x + 8, top), width=width))
        top += badges[-1].height + 4
    more = len(rules) - len(shown)
    top += (BADGE_HEIGHT if more else 0) + (4 if badges else 6)
    number = plan.spine.index(stage) + 1 if stage in plan.spine else None
    return Box(
        stage=stage,
        number=number,
        x=x,
        y=y,
        width=width,
        height=top - y,
        title=title,
        meta=meta,
        badges=tuple(badges),
        more=more,
        is_position=is_position,
        tally=tally
        and attrs.evolve(tally, short=shorten(tally.short, inner, LABEL_SIZE, bold=True)),
        ways_out=back_from_parking(plan.aside) if stage.kind is StageKind.PARKED else "",
    )


def _badge(
    rule: RuleWords, highlight: Highlight, stage: str, *, at: tuple[float, float], width: float
) -> Badge:
    used = highlight.share(rule, stage)
    room = width - 16 - BADGE_ICON - 6
    lines = [shorten(rule.short, room, BADGE_SIZE)]
    lines += [shorten(note, room, BADGE_SIZE) for note in rule.notes]
    if used is not None:
        lines.append(share_words(used))
    return Badge(
        rule=rule,
        lines=tuple(lines),
        share="",
        x=at[0],
        y=at[1],
        width=width - 16,
        height=BADGE_HEIGHT + BADGE_LINE * (len(lines) - 1),
        used=used,
    )


def strip(
    rules: Sequence[RuleWords], highlight: Highlight, *, at: tuple[float, float], right: float
) -> tuple[Badge, ...]:
    """Return *rules* as badges from *at* on, in as many rows as they need up to *right*."""
    left, y = at
    x = left
    badges: list[Badge] = []
    for rule in rules:
        used = highlight.share(rule)
        extra = BADGE_ICON + 10 + (0 if used is None else PERCENT)
        text = shorten(rule.brief, right - left - extra, BADGE_SIZE)
        width = math.ceil(text_width(text, BADGE_SIZE) + extra)
        if x > left and x + width > right:
            x, y = left, y + BADGE_HEIGHT + 6
        badges.append(
            Badge(
                rule=rule,
                lines=(text,),
                share="" if used is None else share_words(used),
                x=x,
                y=y,
                width=width,
                height=BADGE_HEIGHT,
                used=used,
            )
        )
        x += width + 8
    return tuple(badges)
