"""The shapes of a laid-out drawing: where everything is, in pixels from the top left corner."""

from __future__ import annotations

import attrs

from salesflow.graph.draw.words import RuleWords, Tally
from salesflow.process.parts import Stage

Point = tuple[float, float]


@attrs.frozen(kw_only=True)
class Badge:
    """
    A rule, shown in a stage or above all of them.

    Args:
        rule: What it says.

        lines: The parts of it that fit, on one or two lines.

        x, y, width, height: Its box.

        share: The text at its right end; may be empty.

        used: Share of its clock that is used up; None: not shown.
    """

    rule: RuleWords
    lines: tuple[str, ...]
    share: str
    x: float
    y: float
    width: float
    height: float
    used: float | None = None


@attrs.frozen(kw_only=True)
class Box:
    """
    A stage.

    Args:
        stage: The stage.

        number: Its place on the spine, from 1; None for lost and parked stages.

        x, y, width, height: Its box.

        title: One or two lines.

        meta: The line under the title; may be empty.

        badges: Its own rules, one below the other.

        more: How many more rules there are than are shown.

        is_position: Whether the deal is here.

        tally: The deals of a pipeline that are here; None: not shown.

        ways_out: Where deals go from here, if it has no lines that show it; otherwise empty.
    """

    stage: Stage
    number: int | None
    x: float
    y: float
    width: float
    height: float
    title: tuple[str, ...]
    meta: str
    badges: tuple[Badge, ...]
    more: int
    is_position: bool
    tally: Tally | None
    ways_out: str

    @property
    def middle(self) -> float:
        """The x of its centre."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


@attrs.frozen(kw_only=True)
class Line:
    """
    A line of horizontal and vertical pieces.

    Args:
        points: Its corners; at least two.

        kind: ``forward``, ``back``, ``out`` or ``timer``.

        arrow: Whether it ends in an arrowhead.

        dot: Whether it ends in a dot, where it joins another line.

        says: What it stands for, as a tooltip and for screen readers; may be empty.
    """

    points: tuple[Point, ...]
    kind: str
    arrow: bool = True
    dot: bool = False
    says: str = ""


@attrs.frozen(kw_only=True)
class Label:
    """
    A text beside a line.

    Args:
        x, y: The middle of its baseline.

        text: What it says.

        width: Room that it takes, and is cleared behind it.

        kind: The kind of its line.
    """

    x: float
    y: float
    text: str
    width: float
    kind: str


@attrs.frozen(kw_only=True)
class Layout:
    """
    A drawing with a place for everything.

    Args:
        width, height: Its size.

        heading, subheading: The texts at the top.

        badges: The rules of every open stage.

        badges_heading: The text before them; empty if there are none.

        badges_y: Its baseline.

        boxes: The stages, in the order of the spine, then the lost and parked ones.

        lines, labels: The moves.
    """

    width: float
    height: float
    heading: str
    subheading: str
    badges: tuple[Badge, ...]
    badges_heading: str
    badges_y: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
