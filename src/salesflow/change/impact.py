"""What a new process does to deals that run: as data, deal by deal."""

from __future__ import annotations

import datetime as dt
import enum
import html
from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from salesflow.deal import Raised
from salesflow.deal.state import DealStatus
from salesflow.process.parts import StageKind

FORMAT = 1
"""The version of the JSON form that this release writes."""


class RuleTurn(enum.StrEnum):
    """What becomes of the clock of a rule."""

    GOES_ON = "goes on"
    """From where it started."""
    COUNTS_ANEW = "counts anew"
    """The new process counts it from another start."""
    BEGINS = "begins"
    ENDS = "ends"


@attrs.frozen(kw_only=True)
class DeadlineShift:
    """
    A deadline that is another one under the new process.

    Args:
        rule: The contact gap or timer.

        rung: As in `salesflow.Deadline`.

        was: When it was due; None: it was not to come.

        now: When it is due; None: it is not to come.
    """

    rule: str
    rung: str
    was: dt.datetime | None
    now: dt.datetime | None

    @property
    def by(self) -> dt.timedelta | None:
        """How much later it is due; earlier is negative. None if it comes or goes."""
        return None if self.was is None or self.now is None else self.now - self.was

    def __str__(self) -> str:
        name = f"{self.rule} {self.rung}"
        if self.was is None:
            return f"{name} comes {_at(self.now)}"
        if self.now is None:
            return f"{name} goes (was {_at(self.was)})"
        return f"{name} {_at(self.was)} → {_at(self.now)}"


def _at(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "never"


@attrs.frozen(kw_only=True)
class DealImpact:
    """
    What the new process does to one deal at an instant.

    Args:
        deal_id: The deal.

        process: The id and version of the process that it runs under.

        stage: Where it is.

        to: What that stage is called in the new process.

        ends: Where it is once what is overdue has acted; the same as *to* if time moves it nowhere.

        kind: What being there means.

        status: How it stands under the old process.

        becomes: How it stands under the new one.

        acts: What acts at once.

        deadlines: Those that are to come and are other ones.

        rules: What becomes of the clocks that run, by rule.

        freed: Stages that it could not move to and now could, in the words of the new process.

        blocked: The other way round.

        dropped: Facts that are known and that the new process does not know, or cannot hold.
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
        """Whether time moves it at once."""
        return any(raised.moved for raised in self.acts)

    @property
    def is_killed(self) -> bool:
        """Whether it is lost at once."""
        return self.is_moved and self.kind is StageKind.LOST

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing that it does or is asked for is another."""
        turns = set(self.rules.values()) - {RuleTurn.GOES_ON}
        told = (self.acts, self.deadlines, self.freed, self.blocked, self.dropped, turns)
        return not any(told) and self.status is self.becomes

    @property
    def next_shift(self) -> DeadlineShift | None:
        """The first deadline that is another one, by its new instant; None: none is."""
        return min(self.deadlines, key=lambda shift: str(shift.now or shift.was), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "deal": self.deal_id,
            "process": self.process,
            "stage": self.stage,
            "to": self.to,
            "ends": self.ends,
            "status": self.status.value,
            "becomes": self.becomes.value,
            "acts": [
                {"rule": raised.rule, "rung": raised.rung, "due_at": raised.due_at.isoformat()}
                for raised in self.acts
            ],
            "deadlines": [
                {
                    "rule": shift.rule,
                    "rung": shift.rung,
                    "was": shift.was and shift.was.isoformat(),
                    "now": shift.now and shift.now.isoformat(),
                }
                for shift in self.deadlines
            ],
            "rules": {rule: turn.value for rule, turn in self.rules.items()},
            "freed": list(self.freed),
            "blocked": list(self.blocked),
            "dropped": list(self.dropped),
        }


@attrs.frozen(kw_only=True)
class Impact:
    """
    What a new process does to some deals, if they come under it at an instant.

    Args:
        new: The id and version of the new process.

        at: The instant.

        deals: One for each deal that can come under it.

        problems: Why it cannot be done, all at once. Empty: it can.

        already: How many deals run under it already.
    """

    new: str
    at: dt.datetime
    deals: tuple[DealImpact, ...]
    problems: tuple[str, ...] = ()
    already: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many deals each thing happens to; one deal may have several."""
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
        """Return how many deals go from one status to another."""
        return dict(Counter((str(deal.status), str(deal.becomes)) for deal in self.deals))

    @property
    def headline(self) -> str:
        """How many deals there are, and when."""
        deals = "1 deal" if len(self.deals) == 1 else f"{len(self.deals):,} deals"
        more = f", {self.already:,} run under it already" if self.already else ""
        return f"{deals} under {self.new} at {self.at:%Y-%m-%d %H:%M} UTC{more}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What happens to how many deals; then what stands in the way."""
        said = [f"{number:,} {name}" for name, number in self.counts().items() if number]
        wrong = [f"cannot be applied: {problem}" for problem in self.problems]
        return (*said, *wrong)

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
            "counts": self.counts(),
            "problems": list(self.problems),
            "deals": [deal.to_dict() for deal in self.deals],
        }

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in HEADS)
        rows = "".join(_html_row(row_of(deal)) for deal in self.deals if not deal.is_unchanged)
        said = html.escape("; ".join((self.headline, *self.lines)))
        return f"<table><caption>{said}</caption><tr>{head}</tr>{rows}</table>"


def _html_row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


HEADS = ("deal", "stage", "status", "at once", "next deadline that moves", "moves")
"""The titles of what `row_of` returns."""


def row_of(deal: DealImpact) -> tuple[str, ...]:
    """Return a deal as the cells of a table."""
    path = [deal.stage, deal.to, deal.ends] if deal.is_moved else [deal.stage, deal.to]
    stages = " → ".join(dict.fromkeys(path))
    # A closed deal is in time, which is not what one wants to know of one that is lost.
    becomes = deal.kind.value if deal.is_killed else deal.becomes.value
    status = " → ".join(dict.fromkeys((deal.status.value, becomes)))
    acts = ", ".join(f"{raised.rule} {raised.rung}" for raised in deal.acts)
    shift = "" if deal.next_shift is None else str(deal.next_shift)
    moves = [*(f"+{name}" for name in deal.freed), *(f"-{name}" for name in deal.blocked)]
    return deal.deal_id, stages, status, acts, shift, " ".join(moves)
