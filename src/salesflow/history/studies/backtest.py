"""The same history under other rules: what they would have seen, refused and ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import DAY
from salesflow.given import given
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.log import EventLog
from salesflow.history.report.breakdown import total
from salesflow.history.report.ending import end_of, warning_of
from salesflow.history.report.frames import instants, kinds_of, money, named
from salesflow.history.run import run
from salesflow.history.studies.trials import Backtest, Became, Trial
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.process.parts import StageKind
from salesflow.rules import codes

AS_IT_IS = "as it is"
Change = Mapping[str, object] | Process
"""Other values at some paths of the process, or another process."""


def backtest(
    log: EventLog,
    process: Process,
    changes: Change | Sequence[Change],
    as_of: dt.datetime,
    *,
    fast: bool | None = None,
) -> Backtest:
    """
    Run a history under other rules, and say deal by deal what they would have changed.

    Every rule is taken as enforced, whatever its mode, and only observes: what happened is not
    changed. So each trial says what the rules would have seen, refused and ended first.

    Args:
        log: The history.

        process: The rules as they are.

        changes: Other values by their paths, such as ``{"contact_gaps.touch.max": "3 days"}``, or a
            whole process; or several of these, each a trial of its own.

        as_of: The instant of the verdicts; aware.

        fast: As in `salesflow.audit`.

    Raises:
        ProcessError: If a path leads nowhere, or what comes out is not a process.
        EventError: If a process does not have a stage or a fact of the log.
        TypeError: If *log* is not an event log, *process* not a process, a change is neither, or
            *as_of* no datetime.
        ValueError: If *as_of* has no zone, or there is no change.
    """
    given("log", log, EventLog)
    given("process", process, Process)
    until = to_micros(as_of, "as_of")
    at = to_datetime(until)
    ends_at = end_of(log, at)
    if isinstance(changes, str):
        raise TypeError(f"changes: {shown(changes)}, expected paths with values, or a process")
    asked = [changes] if isinstance(changes, Mapping | Process) else list(changes)
    if not asked:
        raise ValueError("changes: there are none. Name a path and its other value.")
    variants = [_variant(process, change) for change in asked]
    base = _Run(log, process, until, fast=fast)
    runs = [_Run(log, variant, until, fast=fast) for _, variant in variants]
    labels = [label for label, _ in variants]
    return Backtest(
        process_id=process.id,
        process_version=process.version,
        currency=process.currency,
        timezone=process.calendar.timezone,
        as_of=at,
        log_ends_at=ends_at,
        warning=warning_of(log, process, at, ends_at),
        deals=int(np.count_nonzero(base.kind != codes.NONE)),
        base=_trial(AS_IT_IS, base, base),
        trials=tuple(_trial(name, each, base) for name, each in zip(labels, runs, strict=True)),
        frames=tuple(_frame(log, each, base, until) for each in runs),
    )


def _variant(process: Process, change: Change) -> tuple[str, Process]:
    """Return what is different, and the process with it."""
    if isinstance(change, Process):
        return f"{change.id} {change.version}", change
    if not isinstance(change, Mapping):
        raise TypeError(f"changes: {shown(change)}, expected paths with values, or a process")
    label = ", ".join(f"{path} = {value}" for path, value in change.items())
    return label, process.replace(change)


class _Run:
    """What one set of rules would have done with each deal; NEVER is when it would not have."""

    def __init__(self, log: EventLog, process: Process, until: int, *, fast: bool | None) -> None:
        outcome = run(log, process, until, fast=fast)
        self.process, self.outcome = process, outcome
        self.kind = kinds_of(outcome)
        acts, rungs, stages = outcome.acts, outcome.book.rungs, outcome.book.stages
        kinds = outcome.book.tables.stage_kind
        rung = np.asarray(acts.rung)
        is_late = np.array([r.is_end and r.kind != codes.MOVE for r in rungs], dtype=bool)
        is_kill = np.array(
            [r.kind == codes.MOVE and kinds[stages[r.to or ""]] == codes.LOST for r in rungs],
            dtype=bool,
        )
        self.late_at, _ = self._first(is_late[rung])
        self.late = np.bincount(np.asarray(acts.deal)[is_late[rung]], minlength=len(self.kind))
        self.killed_at, self.killed_by = self._first(is_kill[rung])
        self.blocked = np.unique(np.asarray(outcome.deviations.row))

    def _first(self, where: Flags) -> tuple[Ints, Ints]:
        """Return when some acts came first for each deal, and the number of their rule."""
        acts, rungs = self.outcome.acts, self.outcome.book.rungs
        deal = np.asarray(acts.deal)[where][::-1]  # the first of each deal is written last
        at = np.full(len(self.kind), codes.NEVER, dtype=np.int64)
        rule = np.full(len(self.kind), codes.NONE, dtype=np.int64)
        rules = np.array([rung.rule for rung in rungs], dtype=np.int64)
        at[deal] = np.asarray(acts.at)[where][::-1]
        rule[deal] = rules[np.asarray(acts.rung)[where][::-1]]
        return at, rule

    def deals_of(self, rows: Ints) -> Ints:
        """Return whose some rows are."""
        return np.searchsorted(np.asarray(self.outcome.rows.first), rows, side="right") - 1


def _trial(label: str, mine: _Run, base: _Run) -> Trial:
    late, was_late = mine.late_at < codes.NEVER, base.late_at < codes.NEVER
    killed, was_killed = mine.killed_at < codes.NEVER, base.killed_at < codes.NEVER
    kind, both = base.kind, late & was_late
    earlier = (base.late_at[both] - mine.late_at[both]) / DAY
    won_blocked = kind[mine.deals_of(mine.blocked)] == codes.WON
    worth = np.asarray(base.outcome.verdicts.worth)
    lost_value = killed & (kind == codes.WON) & (worth != codes.UNKNOWN)
    return Trial(
        label=label,
        process_hash=mine.process.hash,
        late=_became(kind[late]),
        newly_late=_became(kind[late & ~was_late]),
        no_longer_late=_became(kind[was_late & ~late]),
        earlier_days=float(np.median(earlier)) if len(earlier) else None,
        blocked=len(mine.blocked),
        blocked_in_won=int(np.count_nonzero(won_blocked)),
        killed=_became(kind[killed]),
        newly_killed=_became(kind[killed & ~was_killed]),
        no_longer_killed=_became(kind[was_killed & ~killed]),
        killed_won_value=total(money(worth, lost_value)),
    )


def _became(kind: Ints) -> Became:
    counts = np.bincount(kind, minlength=len(StageKind)).tolist()
    still = counts[codes.OPEN] + counts[codes.PARKED]
    return Became(won=counts[codes.WON], lost=counts[codes.LOST], open=still)


def _frame(log: EventLog, mine: _Run, base: _Run, until: int) -> pl.DataFrame:
    """Return one row for each deal: what these rules would have done, and what became of it."""
    late, was_late = mine.late_at < codes.NEVER, base.late_at < codes.NEVER
    killed, was_killed = mine.killed_at < codes.NEVER, base.killed_at < codes.NEVER
    kind, verdicts = base.kind, base.outcome.verdicts
    is_closed = (kind == codes.WON) | (kind == codes.LOST)
    entered, worth = np.asarray(verdicts.entered_at), np.asarray(verdicts.worth)
    deals = len(kind)
    new = np.setdiff1d(mine.blocked, base.blocked)
    rules = [rule.id for rule in mine.outcome.book.rules]
    both = pl.Series(late & was_late)
    earlier = pl.Series((base.late_at - mine.late_at) / DAY).set(~both, None)
    return pl.DataFrame(
        {
            "deal": pl.Series(log.deals, dtype=pl.String),
            "owner": pl.Series(log.origin.owners(until), dtype=pl.String),
            "kind": named([each.value for each in StageKind], kind, kind != codes.NONE),
            "closed_at": instants(entered, is_closed),
            "value": money(worth, worth != codes.UNKNOWN),
            "late": mine.late,
            "late_as_it_is": base.late,
            "first_late_at": instants(mine.late_at, late),
            "earlier_days": earlier,
            "newly_late": late & ~was_late,
            "blocked": np.bincount(mine.deals_of(mine.blocked), minlength=deals),
            "newly_blocked": np.bincount(mine.deals_of(new), minlength=deals),
            "killed_at": instants(mine.killed_at, killed),
            "killed_by": named(rules, mine.killed_by, killed),
            "newly_killed": killed & ~was_killed,
            "killed_but_won": killed & (kind == codes.WON),
        }
    )
