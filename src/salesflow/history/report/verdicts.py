"""What an audit says of rules, moves, deals and gaps, as frozen data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import attrs

from salesflow.deal.state import DealStatus
from salesflow.errors import Code
from salesflow.process.parts import StageKind


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
    One way in which something recorded went past the process.

    Args:
        from_stage: Where the deal was.

        to_stage: Where it was brought. None: nowhere, or a reopening that does not say where; what
            was recorded is a hold, its end, or an override.

        code: What kind of obstacle it passed.

        rule: The contact gap or criterion, or what was overridden; None for the rest.
    """

    from_stage: str
    to_stage: str | None
    code: Code
    rule: str | None

    def __str__(self) -> str:
        where = self.from_stage if self.to_stage is None else f"{self.from_stage} → {self.to_stage}"
        return f"{where}: {self.passed_over}"

    @property
    def passed_over(self) -> str:
        """What it passed over, in words."""
        return _WORDS[self.code].format(rule=self.rule)


_WORDS = {
    Code.NO_SUCH_MOVE: "no such move",
    Code.CLOSED: "the deal was closed",
    Code.GAP: "contact gap {rule!r} was breached",
    Code.CRITERION: "criterion {rule!r} was not met",
    Code.ROLE: "not by a role that may",
    Code.REASON: "without a reason that the process knows",
    Code.HISTORY: "dated before something that came first",
    Code.HOLD_LENGTH: "the hold was too long",
    Code.HOLD_COUNT: "one hold too many",
    Code.NO_HOLD: "there was no hold to end",
    Code.NO_RIGHT: "{rule!r} was overridden without the right",
    Code.NOT_CLOSED: "reopened while it was open",
    Code.HOLD_EMPTY: "the hold held nothing",
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
        deal_id: The deal.

        owner: Who it belongs to; None: nobody.

        stage: Where it is; None: it is not open yet, and the rest is empty.

        kind: What being there means.

        status: The worst of its rules; closed and parked deals are ``ok``.

        opened_at: When it began.

        entered_at: When it came into its stage.

        closed_at: When it was won or lost; None: it is neither.

        last_touch_at: The latest touch of any class; None: none yet.

        status_rule: The first rule by which it is breached or due; None: it is neither.

        rule, rung, due_at: What acts next if nothing else happens; None: nothing.

        days_left: Days (of 24 hours) from ``as_of`` to *due_at*.

        due_soon: Whether it is open and *due_at* comes within three days.

        gate_open: Whether it is open and some forward move is open to it.

        on_hold: Whether it is open or parked and its time does not count at the moment.

        breaches: How often it went past the end of a rule.

        deviations: Obstacles that its recorded moves ignored.

        first_deviation: The first of them.

        revert_due: Whether it is where a move has brought it that the process forbids still: one to
            take back, as the modes of the process have it.

        uncertain: Whether it would stand otherwise if the events of which only the day is known had
            been at the other end of it. Of tables this is not asked; `Quality` counts their dates.

        value: What it is worth, as last told in the process's currency; None: not told. As long as
            it is open, this is at stake.

        age_days: Days from the opening to the close or ``as_of``.

        open_days: How many of these it was in open stages.

        older_than: Of an open deal, the share of the won deals that were won at a younger age, from
            0 to 1; None: it is not open, or none was won.

        minutes, selling_minutes: What was logged of it in the last days, and how much was selling.

        labels: The facts by which deals may be told apart (words, whole numbers, yes and no), as
            they were last told.
    """

    deal_id: str
    owner: str | None
    stage: str | None
    kind: StageKind | None
    status: DealStatus | None
    opened_at: dt.datetime
    entered_at: dt.datetime | None
    closed_at: dt.datetime | None
    last_touch_at: dt.datetime | None
    status_rule: str | None
    rule: str | None
    rung: str | None
    due_at: dt.datetime | None
    days_left: float | None
    due_soon: bool
    gate_open: bool
    on_hold: bool
    breaches: int
    deviations: int
    first_deviation: Step | None
    revert_due: bool
    uncertain: bool
    value: Decimal | None
    age_days: float | None
    open_days: float
    older_than: float | None
    minutes: int
    selling_minutes: int
    labels: Mapping[str, str]


@attrs.frozen(kw_only=True)
class GapVerdict:
    """
    One gap between touches, as one contact gap of the process saw it.

    It lasts from a touch, or the opening, to the next touch, or until the rule watched the deal no
    longer: since it was moved, or a fact that the rule asks for was learned or has expired.

    Args:
        deal_id: Whose.

        owner: Whom the deal belonged to when it ended; None: nobody.

        by: Who ended it; None: not given, or it still runs.

        rule: The contact gap.

        stage: Where the deal was when it ended; if a move ended it, where that came from.

        from_at, to_at: Its beginning, and its end or ``as_of``.

        ended_by: ``touch``, ``move``, ``fact`` (one that was learned, or has expired: the rule
            applies no longer), ``other`` or ``running``.

        days: How long it was, in days of 24 hours.

        counted: What counts of it, in *unit*, by the process's calendar; None: the calendar does
            not know the time.

        allowed: The longest gap that the rule allows, in *unit*.

        unit: Of both, such as ``business days``.

        severity: *counted* as a share of *allowed*. In business days only whole days count, so that
            1.0 may be late.

        late: Whether it went past its end: the verdict of the rules.
    """

    deal_id: str
    owner: str | None
    by: str | None
    rule: str
    stage: str
    from_at: dt.datetime
    to_at: dt.datetime
    ended_by: str
    days: float
    counted: float | None
    allowed: int
    unit: str
    severity: float | None
    late: bool
