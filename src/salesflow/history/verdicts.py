"""What an audit found, as frozen data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import attrs

from salesflow.deal.state import DealStatus
from salesflow.errors import Code
from salesflow.history.plain import plain
from salesflow.history.quality import Quality
from salesflow.history.screen import screen
from salesflow.process.parts import StageKind

FORMAT = 1
"""The version of the JSON form of an audit."""


@attrs.frozen(kw_only=True)
class RuleSummary:
    """
    One contact gap or timer over the whole log.

    Args:
        rule: Its id.

        is_gap: Whether it is a contact gap.

        move_to: Where the timer would move a deal; None: nowhere.

        breaches: How often a deal went past its end, while the rule applied.

        deals: How many deals ever did.

        breached_now: Open deals that are past its end now.

        due_now: Open deals that are past its warning or notice, and not past its end.

        ended: For a timer with *move_to*: what became of the deals that it would have moved, as
            they stand now: stage kinds and counts. Empty for the rest.
    """

    rule: str
    is_gap: bool
    move_to: str | None
    breaches: int
    deals: int
    breached_now: int
    due_now: int
    ended: dict[str, int]


@attrs.frozen(kw_only=True)
class Summary:
    """
    How the deals stand at ``as_of``.

    Args:
        deals: Deals of the log.

        open, won, lost, parked: By the stage that they are in.

        not_open_yet: Deals that open after ``as_of``.

        ok, due, breached: The open ones, by their status.

        rules: Rule by rule, in the order of the process.

        deviating: Deals with at least one move that the process does not allow.

        rows_after: Events that are dated after ``as_of`` and were not taken in.
    """

    deals: int
    open: int
    won: int
    lost: int
    parked: int
    not_open_yet: int
    ok: int
    due: int
    breached: int
    rules: tuple[RuleSummary, ...]
    deviating: int
    rows_after: int


@attrs.frozen(kw_only=True)
class Step:
    """
    One way in which a recorded move went past the process.

    Args:
        from_stage, to_stage: The move.

        code: What kind of obstacle it passed.

        rule: The contact gap or criterion; None for the rest.
    """

    from_stage: str
    to_stage: str
    code: Code
    rule: str | None

    def __str__(self) -> str:
        what = _WORDS[self.code].format(rule=self.rule)
        return f"{self.from_stage} → {self.to_stage}: {what}"


_WORDS = {
    Code.NO_SUCH_MOVE: "no such move",
    Code.CLOSED: "the deal was closed",
    Code.GAP: "contact gap {rule!r} was breached",
    Code.CRITERION: "criterion {rule!r} was not met",
}


@attrs.frozen(kw_only=True)
class StepCount:
    """
    How often a step was taken.

    Args:
        step: The step.

        count: How often.

        deals: By how many deals.

        first: For how many of them it was the first thing that went past the process.
    """

    step: Step
    count: int
    deals: int
    first: int


@attrs.frozen(kw_only=True)
class DealVerdict:
    """
    How one deal stands at ``as_of``.

    Args:
        id: The deal.

        owner: Who it belongs to; None: nobody.

        stage: Where it is; None: it is not open yet, and the rest is empty.

        kind: What being there means.

        status: The worst of its rules; closed and parked deals are ``ok``.

        opened_at: When it began.

        entered_at: When it came into its stage.

        last_touch_at: The latest touch of any class; None: none yet.

        rule, rung, due_at: What acts next if nothing else happens; None: nothing.

        days_left: Days (of 24 hours) from ``as_of`` to *due_at*.

        breaches: How often it went past the end of a rule.

        deviations: Obstacles that its recorded moves passed over.

        first_deviation: The first of them.

        value: What it is worth, as last told in the process's currency; None: not told.
    """

    id: str
    owner: str | None
    stage: str | None
    kind: StageKind | None
    status: DealStatus | None
    opened_at: dt.datetime
    entered_at: dt.datetime | None
    last_touch_at: dt.datetime | None
    rule: str | None
    rung: str | None
    due_at: dt.datetime | None
    days_left: float | None
    breaches: int
    deviations: int
    first_deviation: Step | None
    value: Decimal | None


@attrs.frozen(kw_only=True)
class Audit:
    """
    A history, judged by the rules of a process.

    Every rule only observes: the history is what happened, and time moves no deal. So a timer that
    would have closed a deal says so, and the deal goes on as it did.

    Args:
        process_id, process_version, process_hash: The rules.

        as_of: The instant of all verdicts. What is dated later is not taken in; a deal that is
            looked at exactly at a deadline is in time.

        summary: The figures.

        deals: The verdict on every deal, by id.

        deviations: What recorded moves passed over, most frequent first.

        quality: What the log could not tell.
    """

    process_id: str
    process_version: str
    process_hash: str
    as_of: dt.datetime
    summary: Summary
    deals: tuple[DealVerdict, ...] = attrs.field(repr=lambda deals: f"<{len(deals):,} deals>")
    deviations: tuple[StepCount, ...]
    quality: Quality

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data; the form has a version."""
        return {"format": FORMAT, "type": "audit", **plain(self)}

    def __str__(self) -> str:
        return screen(self)
