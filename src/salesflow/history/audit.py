"""The audit: a whole history judged by the rules of a process."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import DAY
from salesflow.deal.state import DealStatus
from salesflow.errors import Code
from salesflow.history.extras import np
from salesflow.history.log import EventLog
from salesflow.history.run import Ints, Outcome, run
from salesflow.history.statements import Flags
from salesflow.history.verdicts import (
    Audit,
    DealVerdict,
    RuleSummary,
    Step,
    StepCount,
    Summary,
)
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.process.parts import ContactGap, StageKind
from salesflow.process.values import MONEY_PLACES
from salesflow.rules import codes

_STATUS = {
    codes.OK: DealStatus.OK,
    codes.DUE: DealStatus.DUE,
    codes.BREACHED: DealStatus.BREACHED,
}
_CODES = {
    codes.NO_SUCH_MOVE: Code.NO_SUCH_MOVE,
    codes.CLOSED: Code.CLOSED,
    codes.GAP: Code.GAP,
    codes.CRITERION: Code.CRITERION,
    codes.ROLE: Code.ROLE,
    codes.REASON: Code.REASON,
    codes.TOO_EARLY: Code.HISTORY,
}


def audit(
    log: EventLog, process: Process, as_of: dt.datetime, *, fast: bool | None = None
) -> Audit:
    """
    Run a whole history through the rules of a process.

    Every rule only observes, whatever its mode: what happened is not changed, and every deal is
    where its history says.

    Args:
        log: The history.

        process: The rules; the log may have been read with another version of it that has the same
            stages, activities and facts.

        as_of: The instant of the verdicts; aware. What is dated later is not taken in.

        fast: True: by the compiled rules; the first time ever, compiling them takes about half a
            minute. False: by the plain ones. None: by the compiled ones if numba is installed and
            the log is worth it: it has a million events, or 25,000 where they have been compiled
            before. The verdicts are the same.

    Raises:
        MissingExtraError: If *fast* and numba is not installed.
        EventError: If the process does not have a stage or a fact of the log.
        TypeError: If *log* is no event log, or *as_of* no datetime.
        ValueError: If *as_of* has no zone.
    """
    if not isinstance(log, EventLog):
        raise TypeError(f"log: {shown(log)}, expected an EventLog. Make it by EventLog.from_csv.")
    until = to_micros(as_of)
    outcome = run(log, process, until, fast=fast)
    steps = _Steps(outcome)
    return Audit(
        process_id=process.id,
        process_version=process.version,
        process_hash=process.hash,
        as_of=to_datetime(until),
        summary=_summary(log, outcome, steps, until),
        deals=tuple(_deals(log, outcome, steps, until)),
        deviations=steps.counted,
        quality=log.quality,
    )


class _Steps:
    """What recorded moves passed over, by kind and by deal."""

    def __init__(self, outcome: Outcome) -> None:
        found, first = outcome.deviations, np.asarray(outcome.rows.first)
        rows = np.asarray(found.row)
        to = np.asarray(outcome.rows.subject)[rows]
        self.deal: Ints = np.searchsorted(first, rows, side="right") - 1
        table = np.stack(
            [np.asarray(found.origin), to, np.asarray(found.code), np.asarray(found.which)]
        )
        kinds, self.kind = np.unique(table, axis=1, return_inverse=True)
        self.steps = tuple(_step(outcome, kind) for kind in kinds.T.tolist())
        _, begins = np.unique(self.deal, return_index=True)
        # The obstacles of one move stand together; all of them count as first.
        self.first = dict(zip(self.deal[begins].tolist(), self.kind[begins].tolist(), strict=True))
        self.counted = tuple(self._counted(begins))

    def _counted(self, begins: Ints) -> Iterator[StepCount]:
        """Yield how often each step was taken, most frequent first."""
        counts = np.bincount(self.kind, minlength=len(self.steps))
        firsts = np.bincount(self.kind[begins], minlength=len(self.steps))
        for number in np.argsort(-counts, kind="stable").tolist():
            yield StepCount(
                step=self.steps[number],
                count=int(counts[number]),
                deals=len(np.unique(self.deal[self.kind == number])),
                first=int(firsts[number]),
            )


def _step(outcome: Outcome, kind: list[int]) -> Step:
    """Return one kind of deviation in names."""
    origin, to, code, which = kind
    book = outcome.book
    rule = None
    if code == codes.GAP:
        rule = book.rules[which].id
    elif code == codes.CRITERION:
        rule = book.criteria[which].id
    stages = book.process.stages
    return Step(from_stage=stages[origin].id, to_stage=stages[to].id, code=_CODES[code], rule=rule)


def _kinds(outcome: Outcome) -> Ints:
    """Return what the stage of each deal means; NONE if the deal is not open yet."""
    stage = np.asarray(outcome.verdicts.stage)
    kinds = np.asarray(outcome.book.tables.stage_kind)
    return np.where(stage == codes.NONE, codes.NONE, kinds[stage])


def _summary(log: EventLog, outcome: Outcome, steps: _Steps, until: int) -> Summary:
    kinds = _kinds(outcome)
    status = np.asarray(outcome.verdicts.status)
    is_open = kinds == codes.OPEN
    return Summary(
        deals=len(log.deals),
        open=_count(is_open),
        won=_count(kinds == codes.WON),
        lost=_count(kinds == codes.LOST),
        parked=_count(kinds == codes.PARKED),
        not_open_yet=_count(kinds == codes.NONE),
        ok=_count(is_open & (status == codes.OK)),
        due=_count(is_open & (status == codes.DUE)),
        breached=_count(is_open & (status == codes.BREACHED)),
        rules=tuple(_rule(outcome, kinds, number) for number in range(len(outcome.book.rules))),
        deviating=len(steps.first),
        rows_after=_count(np.asarray(outcome.rows.at) > until),
    )


def _rule(outcome: Outcome, kinds: Ints, number: int) -> RuleSummary:
    """Return one rule over the whole log."""
    rule = outcome.book.rules[number]
    passed = np.asarray(outcome.acts.deal)[_ends(outcome, number)]
    deals = np.unique(passed)
    by_rule = np.asarray(outcome.verdicts.standing).reshape(len(kinds), len(outcome.book.rules))
    standing = np.where(kinds == codes.OPEN, by_rule[:, number], codes.NONE)
    move_to = None if isinstance(rule, ContactGap) else rule.move_to
    ended = Counter(list(StageKind)[kind].value for kind in kinds[deals].tolist())
    return RuleSummary(
        rule=rule.id,
        is_gap=isinstance(rule, ContactGap),
        move_to=move_to,
        breaches=len(passed),
        deals=len(deals),
        breached_now=_count(standing == codes.BREACHED),
        due_now=_count(standing == codes.DUE),
        ended=dict(ended) if move_to else {},
    )


def _ends(outcome: Outcome, number: int | None = None) -> Flags:
    """Return which acts are the end of a rule: of this one, or of any."""
    ends = [rung.is_end and (number is None or rung.rule == number) for rung in outcome.book.rungs]
    found: Flags = np.array(ends, dtype=bool)[np.asarray(outcome.acts.rung)]
    return found


def _count(where: Any) -> int:  # noqa: ANN401 - a mask
    return int(np.count_nonzero(where))


def _deals(log: EventLog, outcome: Outcome, steps: _Steps, until: int) -> Iterator[DealVerdict]:
    """Yield the verdict on every deal."""
    count = len(log.deals)
    breaches = np.bincount(np.asarray(outcome.acts.deal)[_ends(outcome)], minlength=count).tolist()
    deviations = np.bincount(steps.deal, minlength=count).tolist()
    opened = np.asarray(outcome.rows.at)[np.asarray(outcome.rows.first[:-1])].tolist()
    verdicts = outcome.verdicts
    columns = (
        verdicts.stage,
        verdicts.entered_at,
        verdicts.status,
        verdicts.next_rung,
        verdicts.next_due,
        verdicts.touched,
        verdicts.worth,
    )
    book = outcome.book
    stages = book.process.stages
    owners = log.owners(until)
    for deal, (stage, entered, status, rung, due, touched, worth) in enumerate(
        zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    ):
        is_open = stage != codes.NONE
        step = steps.first.get(deal)
        acts_next = is_open and rung != codes.NONE
        yield DealVerdict(
            id=log.deals[deal],
            owner=owners[deal],
            stage=stages[stage].id if is_open else None,
            kind=stages[stage].kind if is_open else None,
            status=_STATUS[status] if is_open else None,
            opened_at=to_datetime(opened[deal]),
            entered_at=to_datetime(entered) if is_open else None,
            last_touch_at=to_datetime(touched) if is_open and touched > codes.LONG_AGO else None,
            rule=book.rules[book.rungs[rung].rule].id if acts_next else None,
            rung=book.rungs[rung].name if acts_next else None,
            due_at=to_datetime(due) if acts_next else None,
            days_left=(due - until) / DAY if acts_next else None,
            breaches=breaches[deal],
            deviations=deviations[deal],
            first_deviation=None if step is None else steps.steps[step],
            value=_money(worth) if is_open and worth != codes.UNKNOWN else None,
        )


def _money(code: int) -> Decimal:
    """Return the amount that a code of the rules stands for."""
    amount = Decimal(code).scaleb(-MONEY_PLACES)
    return amount.quantize(1) if amount == amount.to_integral_value() else amount.normalize()
