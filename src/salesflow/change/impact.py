"""What a new process does to running deals, deal by deal, as data."""

from __future__ import annotations

import datetime as dt
import enum
import zoneinfo
from collections import Counter
from typing import Any

import attrs

from salesflow.deal import Raised
from salesflow.deal.state import DealStatus
from salesflow.english import count_of
from salesflow.markup import heading, line, page, table
from salesflow.plain import Plain
from salesflow.process.parts import StageKind

FORMAT = 1
"""The version of the JSON form that this release writes."""
MOST_SHOWN = 20
"""The most problems that are shown; the data has all of them."""


class RuleTurn(enum.StrEnum):
    """What happens to the clock of a rule."""

    GOES_ON = "goes on"
    """From where it started."""
    COUNTS_ANEW = "counts anew"
    """The new process counts it from another start."""
    BEGINS = "begins"
    ENDS = "ends"


@attrs.frozen(kw_only=True)
class DeadlineShift:
    """
    A deadline that differs under the new process.

    Args:
        rule: The contact gap or timer.

        rung: As in `salesflow.Deadline`.

        was: When it was due; None: there was no such deadline.

        now: When it is due; None: there is no such deadline.
    """

    rule: str
    rung: str
    was: dt.datetime | None
    now: dt.datetime | None

    @property
    def by(self) -> dt.timedelta | None:
        """How much later it is due; earlier is negative. None if it appears or disappears."""
        return None if self.was is None or self.now is None else self.now - self.was

    def __str__(self) -> str:
        return self.says("UTC")

    def says(self, timezone: str) -> str:
        """Return it in words, its instants on the clocks of a zone."""
        was, now = (
            at and f"{at.astimezone(zoneinfo.ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
            for at in (self.was, self.now)
        )
        if was is None:
            said = f"comes {now}"
        elif now is None:
            said = f"goes (was {was})"
        else:
            said = f"{was} → {now}"
        return f"{self.rule} {self.rung} {said}"


@attrs.frozen(kw_only=True)
class DealImpact(Plain):
    """
    What the new process does to one deal at an instant.

    Args:
        deal_id: The deal.

        process: The id and version of the process that it runs under.

        stage: Where it is.

        to: What that stage is called in the new process.

        ends: Where it is after everything overdue has acted; *to* if time does not move it.

        kind: The kind of that stage.

        status: Its status under the old process.

        becomes: Its status under the new one.

        acts: What acts immediately.

        deadlines: The future deadlines that differ.

        rules: What happens to the running clocks, by rule.

        freed: Stages that it can newly move to, by their names in the new process.

        blocked: Stages that it can no longer move to.

        dropped: Known facts that the new process does not have, or whose values it cannot hold.
    """

    deal_id: str
    process: str
    stage: str
    to: str
    ends: str
    kind: StageKind
    status: DealStatus
    becomes: DealStatus
    acts: tuple[Raised, ...] = ()
    deadlines: tuple[DeadlineShift, ...] = ()
    rules: dict[str, RuleTurn] = attrs.field(factory=dict, hash=False)
    freed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def is_moved(self) -> bool:
        """Whether time moves it immediately."""
        return any(raised.moved for raised in self.acts)

    @property
    def is_killed(self) -> bool:
        """Whether it is lost immediately."""
        return self.is_moved and self.kind is StageKind.LOST

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing changes for it."""
        turns = set(self.rules.values()) - {RuleTurn.GOES_ON}
        told = (self.acts, self.deadlines, self.freed, self.blocked, self.dropped, turns)
        return not any(told) and self.status is self.becomes

    @property
    def next_shift(self) -> DeadlineShift | None:
        """The first deadline that differs, by its new instant; None: none does."""
        return min(self.deadlines, key=lambda shift: str(shift.now or shift.was), default=None)


@attrs.frozen(kw_only=True)
class Impact:
    """
    What a new process does to some deals if they are migrated to it at an instant.

    Args:
        new: The id and version of the new process.

        at: The instant.

        deals: One for each deal that can be migrated.

        problems: Everything that prevents it. Empty: nothing does.

        already: How many deals already run under it.
    """

    new: str
    at: dt.datetime
    deals: tuple[DealImpact, ...]
    problems: tuple[str, ...] = ()
    already: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many deals each thing happens to; several may happen to one deal."""
        asked = {
            "unchanged": lambda deal: deal.is_unchanged,
            "with other deadlines": lambda deal: bool(deal.deadlines),
            "with acts at once": lambda deal: bool(deal.acts),
            "moved at once": lambda deal: deal.is_moved and not deal.is_killed,
            "killed at once": lambda deal: deal.is_killed,
            "with moves freed": lambda deal: bool(deal.freed),
            "with moves blocked": lambda deal: bool(deal.blocked),
            "with facts dropped": lambda deal: bool(deal.dropped),
        }
        return {name: sum(map(ask, self.deals)) for name, ask in asked.items()}

    def statuses(self) -> dict[tuple[str, str], int]:
        """Return how many deals change from one status to another."""
        return dict(Counter((str(deal.status), str(deal.becomes)) for deal in self.deals))

    @property
    def headline(self) -> str:
        """How many deals there are, and when."""
        deals = count_of(len(self.deals), "deal")
        more = f", {self.already:,} already run under it" if self.already else ""
        return f"{deals} under {self.new} at {self.at:%Y-%m-%d %H:%M} UTC{more}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What happens to how many deals, then what prevents the migration."""
        said = [f"{number:,} {name}" for name, number in self.counts().items() if number]
        wrong = [f"cannot be applied: {problem}" for problem in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - MOST_SHOWN
        return (*said, *wrong, *([f"and {count_of(more, 'more problem')}"] if more > 0 else []))

    @property
    def in_brief(self) -> str:
        """How many deals it is about, and how many problems there are."""
        wrong = f", {count_of(len(self.problems), 'problem')}" if self.problems else ""
        return f"{self.headline}{wrong}"

    def __repr__(self) -> str:
        return f"<Impact on {self.in_brief}>"

    def __str__(self) -> str:
        rows = (
            ", ".join(filter(None, row_of(deal))) for deal in self.deals if not deal.is_unchanged
        )
        return "\n".join([f"{self.headline}:", *(f"  {line}" for line in (*self.lines, *rows))])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "format": FORMAT,
            "type": "impact",
            "new": self.new,
            "at": self.at.isoformat(),
            "already": self.already,
            "counts": self.counts(),
            "problems": list(self.problems),
            "deals": [deal.to_dict() for deal in self.deals],
        }

    def _repr_html_(self) -> str:
        rows = (row_of(deal) for deal in self.deals if not deal.is_unchanged)
        return page(
            heading(self.headline), *map(line, self.lines), table(HEADS, rows, left=len(HEADS))
        )


HEADS = ("deal", "stage", "status", "at once", "next deadline that moves", "moves")
"""The titles of what `row_of` returns."""


def row_of(deal: DealImpact, timezone: str = "UTC") -> tuple[str, ...]:
    """Return a deal as the cells of a table, instants on the clocks of a zone."""
    path = [deal.stage, deal.to, deal.ends] if deal.is_moved else [deal.stage, deal.to]
    stages = " → ".join(dict.fromkeys(path))
    # A closed deal is in time, but for a lost one that is not what matters.
    becomes = deal.kind.value if deal.is_killed else deal.becomes.value
    status = " → ".join(dict.fromkeys((deal.status.value, becomes)))
    acts = ", ".join(f"{raised.rule} {raised.rung}" for raised in deal.acts)
    shift = "" if deal.next_shift is None else deal.next_shift.says(timezone)
    moves = [*(f"+{name}" for name in deal.freed), *(f"-{name}" for name in deal.blocked)]
    return deal.deal_id, stages, status, acts, shift, " ".join(moves)
