"""The audit: a whole history judged by the rules of a process."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
from collections.abc import Iterable, Iterator

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.indicators import check_days
from salesflow.errors import Code
from salesflow.given import given
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.integers import changes, order_by
from salesflow.history.report.breakdown import pulse_of
from salesflow.history.report.ending import end_of, warning_of
from salesflow.history.report.frames import deal_frame, gap_frame, in_order, kinds_of, visit_frame
from salesflow.history.report.labels import FIRST_STEP
from salesflow.history.report.people import people_of
from salesflow.history.report.result import Audit
from salesflow.history.report.verdicts import RuleSummary, Step, StepCount, Summary
from salesflow.history.run import Outcome, run, uncertain
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, StageKind
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.obstacles import blocks
from salesflow.rules.reverts import asks_back

_CODES = {
    codes.NO_SUCH_MOVE: Code.NO_SUCH_MOVE,
    codes.CLOSED: Code.CLOSED,
    codes.GAP: Code.GAP,
    codes.CRITERION: Code.CRITERION,
    codes.ROLE: Code.ROLE,
    codes.REASON: Code.REASON,
    codes.TOO_EARLY: Code.HISTORY,
    codes.HOLD_LENGTH: Code.HOLD_LENGTH,
    codes.HOLD_COUNT: Code.HOLD_COUNT,
    codes.NO_HOLD: Code.NO_HOLD,
    codes.NO_RIGHT: Code.NO_RIGHT,
    codes.NOT_CLOSED: Code.NOT_CLOSED,
    codes.HOLD_EMPTY: Code.HOLD_EMPTY,
}
_MOVES = (codes.MOVED, codes.REOPENED)
"""What a deal is brought into a stage by; the rest is recorded where it is."""


def audit(
    log: EventLog | Iterable[EventLog],
    process: Process,
    as_of: dt.datetime,
    *,
    fast: bool | None = None,
    days: int = 7,
    executor: concurrent.futures.Executor | None = None,
) -> Audit:
    """
    Run a whole history through the rules of a process.

    Every rule only observes, whatever its mode: what happened is not changed, and every deal is
    where its history says. Moves that the process would have refused are deviations; while the
    obstacle stands, the move counts as one to take back.

    Args:
        log: The history; or parts of it, each with different deals, which are read one after the
            other.

        process: The rules; the log may have been read with another version of the process that has
            the same stages, activities and facts.

        as_of: The instant of the verdicts; aware. Anything dated later is left out.

        fast: True: use compiled rules; the first time on a machine, compiling takes about ten
            seconds. False: use plain rules. None: use compiled rules if numba is installed and the
            log is large enough: 300,000 events, or 25,000 if they have been compiled before. The
            verdicts are the same.

        days: The number of past days over which logged minutes are counted.

        executor: Runs shares of the deals in parallel: processes, threads (which are parallel only
            with compiled rules), or any other executor. None: compiled rules take a thread for each
            core where the log has 500,000 events or more; plain ones run here. The result is the
            same.

    Raises:
        MissingExtraError: If *fast* and numba is not installed.
        UnknownName: If the process does not have a stage, a fact or a kind of activity of the log.
        TypeError: If *log* is not an event log, *as_of* not a datetime, or *days* not a number.
        ValueError: If *as_of* has no zone, or *days* is negative.
    """
    given("process", process, Process)
    if not isinstance(log, EventLog):
        log = EventLog.concat(log)
    until = to_micros(as_of, "as_of")
    check_days(days)
    outcome = run(log, process, until, fast=fast, executor=executor)
    steps = _Steps(outcome)
    people = people_of(log, outcome.book)
    deals = deal_frame(log, outcome, people, until=until, days=days)
    unsure = uncertain(log, outcome, until, fast=fast, executor=executor)
    deals = deals.with_columns(
        *_counts(outcome, steps, len(log.deals)),
        pl.Series("uncertain", unsure),
        pl.Series("revert_due", steps.to_take_back(outcome, len(log.deals))),
    )
    deals = in_order(deals)
    at = to_datetime(until)
    ends_at = end_of(log, at)
    return Audit(
        process_id=process.id,
        process_version=process.version,
        process_hash=process.hash,
        currency=process.currency,
        timezone=process.calendar.timezone,
        as_of=at,
        log_ends_at=ends_at,
        warning=warning_of(log, process, at, ends_at),
        pulse=pulse_of(deals, at),
        summary=_summary(log, outcome, steps, until),
        deviations=steps.counted,
        quality=log.quality,
        stages=tuple((stage.id, stage.kind) for stage in process.stages),
        stage_names=process.stage_names,
        untold_facts=tuple(name for name in _asked_for(process) if name not in log.facts),
        roleless_criteria=tuple(_roleless(outcome)),
        frames={
            "deals": deals,
            "gaps": gap_frame(log, outcome, people),
            "visits": visit_frame(log, outcome, until),
        },
    )


def _asked_for(process: Process) -> Iterator[str]:
    """Yield the facts that the gates of a process read, each once, in their order."""
    exits = [stage.exit for stage in process.stages] + [move.exit for move in process.moves]
    every = (criterion for criteria in exits for criterion in criteria)
    read = (name for each in every for name in process.facts_of(each.expression))
    yield from dict.fromkeys(read)


def _roleless(outcome: Outcome) -> Iterator[str]:
    """Yield the criteria that ask in which role something was learned, if none of it says so."""
    learned = np.asarray(outcome.rows.kind) == codes.LEARNED
    if learned.any() and (np.asarray(outcome.rows.who)[learned] == codes.NONE).all():
        yield from (criterion.id for criterion in outcome.book.criteria if criterion.by)


class _Steps:
    """What recorded moves ignored, by kind and by deal."""

    def __init__(self, outcome: Outcome) -> None:
        found, first = outcome.deviations, np.asarray(outcome.rows.first)
        rows, code = np.asarray(found.row), np.asarray(found.code)
        subject = np.asarray(outcome.rows.subject)[rows]
        is_move = np.isin(np.asarray(outcome.rows.kind)[rows], _MOVES)
        to = np.where(is_move, subject, codes.NONE)
        which = np.where(code == codes.NO_RIGHT, subject, np.asarray(found.which))
        self.deal: Ints = np.searchsorted(first, rows, side="right") - 1
        kinds, self.kind = _kinds_of(np.asarray(found.origin), to, code, which)
        self.steps = tuple(_step(outcome, kind) for kind in kinds)
        self._codes = [(code, which) for _, _, code, which in kinds]
        begins = np.flatnonzero(changes(self.deal))
        # The obstacles of one move stand together; all of them count as first.
        self.first = dict(zip(self.deal[begins].tolist(), self.kind[begins].tolist(), strict=True))
        self.counted = tuple(self._counted(begins))

    def to_take_back(self, outcome: Outcome, deals: int) -> Flags:
        """Return which deals are where a move has brought them that the process forbids still."""
        asks = np.array([self._asks(outcome.book, *kind) for kind in self._codes], dtype=bool)
        stands = np.asarray(outcome.deviations.stands) == 1
        found = np.zeros(deals, dtype=bool)
        found[self.deal[stands][asks[self.kind[stands]]]] = True
        return found

    @staticmethod
    def _asks(book: RuleBook, code: int, which: int) -> bool:
        """Return whether obstacles of a kind ask for a move to be taken back."""
        is_refusal = blocks(book.tables, book.mode, code, which)
        return asks_back(book.mode, int(is_refusal), int(code == codes.GAP))

    def _counted(self, begins: Ints) -> Iterator[StepCount]:
        """Yield how often each step was taken, most frequent first."""
        by_kind = order_by(self.deal, self.kind)
        kind, deal = self.kind[by_kind], self.deal[by_kind]
        kinds = len(self.steps)
        counts, deals, firsts = (
            np.bincount(each, minlength=kinds)
            for each in (kind, kind[changes(kind, deal)], self.kind[begins])
        )
        for number in np.argsort(-counts, kind="stable").tolist():
            yield StepCount(
                step=self.steps[number],
                count=int(counts[number]),
                deals=int(deals[number]),
                first=int(firsts[number]),
            )


def _kinds_of(*columns: Ints) -> tuple[list[list[int]], Ints]:
    """Return the distinct rows of some columns in order, and which of them each row is."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    lows = [int(column.min(initial=0)) for column in columns]
    sizes = [int(c.max(initial=0)) - low + 1 for c, low in zip(columns, lows, strict=True)]
    for column, low, size in zip(columns, lows, sizes, strict=True):
        key = key * size + (column - low)
    # There are few kinds: what may be is counted, which is faster than putting it in order.
    there = np.flatnonzero(np.bincount(key))
    number = np.zeros(int(there.max(initial=0)) + 1, dtype=np.int64)
    number[there] = np.arange(len(there))
    rest, found = there, []
    for low, size in zip(reversed(lows), reversed(sizes), strict=True):
        found.append(rest % size + low)
        rest = rest // size
    return np.array(found[::-1]).T.tolist(), number[key]


def _step(outcome: Outcome, kind: list[int]) -> Step:
    """Return one kind of deviation in names."""
    origin, to, code, which = kind
    book = outcome.book
    rule = None
    if code == codes.GAP:
        rule = book.rules[which].id
    elif code == codes.CRITERION:
        rule = book.criteria[which].id
    elif code == codes.NO_RIGHT:
        rule = (*book.targets,)[which]
    stages = book.process.stages
    to_stage = None if to == codes.NONE else stages[to].id
    return Step(from_stage=stages[origin].id, to_stage=to_stage, code=_CODES[code], rule=rule)


def _summary(log: EventLog, outcome: Outcome, steps: _Steps, until: int) -> Summary:
    kinds = kinds_of(outcome)
    status = np.asarray(outcome.verdicts.status)
    is_open = kinds == codes.OPEN
    ends, rule = outcome.ends()
    passed = np.asarray(outcome.acts.deal)[ends]
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
        rules=tuple(
            _rule(outcome, kinds, number, passed[rule == number])
            for number in range(len(outcome.book.rules))
        ),
        deviating=len(steps.first),
        rows_after=log.origin.later_than(until),
    )


def _rule(outcome: Outcome, kinds: Ints, number: int, passed: Ints) -> RuleSummary:
    """Return one rule over the whole log; *passed* is the deal of each end of it."""
    rule = outcome.book.rules[number]
    deals = passed[changes(passed)]
    by_rule = np.asarray(outcome.verdicts.standing).reshape(len(kinds), len(outcome.book.rules))
    standing = np.where(kinds == codes.OPEN, by_rule[:, number], codes.NONE)
    move_to = None if isinstance(rule, ContactGap) else rule.move_to
    counts = np.bincount(kinds[deals], minlength=len(StageKind)).tolist()
    ended = {kind.value: count for kind, count in zip(StageKind, counts, strict=True) if count}
    return RuleSummary(
        rule=rule.id,
        is_gap=isinstance(rule, ContactGap),
        move_to=move_to,
        breaches=len(passed),
        deals=len(deals),
        breached_now=_count(standing == codes.BREACHED),
        due_now=_count(standing == codes.DUE),
        ended=ended if move_to else {},
    )


def _count(where: Flags) -> int:
    return int(np.count_nonzero(where))


def _counts(outcome: Outcome, steps: _Steps, deals: int) -> Iterator[pl.Series]:
    """Yield, for each deal, what it passed over: rules and obstacles, and the first of these."""
    ends, _ = outcome.ends()
    yield pl.Series("breaches", np.bincount(np.asarray(outcome.acts.deal)[ends], minlength=deals))
    yield pl.Series("deviations", np.bincount(steps.deal, minlength=deals))
    kind = np.full(deals, len(steps.steps), dtype=np.int64)
    kind[list(steps.first)] = list(steps.first.values())
    told = [(each.from_stage, each.to_stage, each.code.value, each.rule) for each in steps.steps]
    for name, texts in zip(FIRST_STEP, zip(*told, (None,) * 4, strict=True), strict=True):
        yield pl.Series(name, texts, dtype=pl.String).gather(kind)
