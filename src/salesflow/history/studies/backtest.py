"""The same history under other rules: what they would have seen, refused and ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import DAY
from salesflow.history.extras import np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.cells import Flags
from salesflow.history.reading.instants import Ints
from salesflow.history.report.breakdown import total
from salesflow.history.report.frames import instants, kinds_of, money, named
from salesflow.history.report.html import heading, line, page, table
from salesflow.history.report.plain import plain
from salesflow.history.run import run
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.process.parts import StageKind
from salesflow.rules import codes

FORMAT = 1
"""The version of the JSON form."""
AS_IT_IS = "as it is"
HONEST = (
    "The history is what happened without these rules. Under them people would have acted "
    "otherwise: a deal that somebody was reminded of may have been saved, and a move that was "
    "refused may have been made a call later."
)
HEADS = (
    "rules",
    "late",
    "won",
    "lost",
    "open",
    "blocked",
    "in won",
    "killed",
    "won",
    "lost",
    "open",
)

Change = Mapping[str, object] | Process
"""Other values at some paths of the process, or another process."""


@attrs.frozen(kw_only=True)
class Became:
    """
    What became of some deals in truth.

    Args:
        won, lost, open: How many stand so at the instant of the back-test; parked ones are open.
    """

    won: int
    lost: int
    open: int

    @property
    def deals(self) -> int:
        """All of them."""
        return self.won + self.lost + self.open


@attrs.frozen(kw_only=True)
class Trial:
    """
    A history under one set of rules, all of them enforced.

    Args:
        label: What is different about it.

        process_hash: The rules.

        late: What became of the deals that ever went past the end of a contact gap, or of a timer
            that moves nothing.

        newly_late: The same of those that the rules as they are do not find so.

        earlier_days: Of the deals that both find late: how many days earlier these rules do, half
            of them by so much or more; below 0: later. None: there is no such deal.

        blocked: Recorded moves that would have been refused.

        blocked_in_won: How many of them in deals that were won.

        killed: What became of the deals that a timer would have moved to a lost stage.

        newly_killed: The same of those that the rules as they are do not kill.

        killed_won_value: What the won deals among the killed are worth, as far as it was told.
    """

    label: str
    process_hash: str
    late: Became
    newly_late: Became
    earlier_days: float | None
    blocked: int
    blocked_in_won: int
    killed: Became
    newly_killed: Became
    killed_won_value: Decimal

    def cells(self) -> tuple[str, ...]:
        """Return what is shown of it, with its label first."""
        late, killed = self.late, self.killed
        numbers = (
            *(late.deals, late.won, late.lost, late.open),
            *(self.blocked, self.blocked_in_won),
            *(killed.deals, killed.won, killed.lost, killed.open),
        )
        return (self.label, *(f"{number:,}" for number in numbers))


def _same(one: tuple[pl.DataFrame, ...], other: tuple[pl.DataFrame, ...]) -> bool:
    return len(one) == len(other) and all(map(pl.DataFrame.equals, one, other))


@attrs.frozen(kw_only=True, repr=False)
class Backtest:
    """
    One history under several sets of rules.

    Args:
        process_id, process_version: The rules as they are.

        currency: Of all values; None: the process names none.

        as_of: The instant of all verdicts.

        deals: How many deals had been opened by then.

        base: The rules as they are.

        trials: The others, in the order in which they were given.
    """

    process_id: str
    process_version: str
    currency: str | None
    as_of: dt.datetime
    deals: int
    base: Trial
    trials: tuple[Trial, ...]
    _frames: tuple[pl.DataFrame, ...] = attrs.field(eq=attrs.cmp_using(eq=_same))

    def to_polars(self, trial: int | None = None) -> pl.DataFrame:
        """
        Return a table as a polars DataFrame.

        Args:
            trial: The number of a trial, from 0: one row for each deal, with what is different.
                None: one row for each set of rules, first the rules as they are.

        Raises:
            IndexError: If there is no such trial.
        """
        if trial is None:
            return pl.DataFrame([_summary_row(each) for each in (self.base, *self.trials)])
        if not 0 <= trial < len(self.trials):
            raise IndexError(f"trial: {trial}, there are {len(self.trials)}, from 0")
        return self._frames[trial].clone()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data; the form has a version."""
        names = [name for name in attrs.fields_dict(Backtest) if name != "_frames"]
        found = {name: plain(getattr(self, name)) for name in names}
        return {"format": FORMAT, "type": "backtest", "note": HONEST, **found}

    def __repr__(self) -> str:
        return f"<Backtest of {self.deals:,} deals by {len(self.trials)} other rules>"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        yield self.title
        yield ""
        rows = [HEADS, *(trial.cells() for trial in (self.base, *self.trials))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [f"{row[0]:<{widths[0]}}", *map(str.rjust, row[1:], widths[1:])]
            yield "  ".join(cells).rstrip()
        yield ""
        yield from self.notes()

    @property
    def title(self) -> str:
        """What was tried on what."""
        head = f"{self.process_id} {self.process_version} under other rules"
        return f"{head}, as of {self.as_of:%Y-%m-%d %H:%M} UTC: {self.deals:,} deals"

    def notes(self) -> Iterator[str]:
        """Yield what each trial would have changed, and what that does not say."""
        for trial in self.trials:
            new, dead = trial.newly_late, trial.newly_killed
            earlier = ""
            if trial.earlier_days:
                when = "earlier" if trial.earlier_days > 0 else "later"
                earlier = f", half of the others {abs(trial.earlier_days):,.1f} days {when} or more"
            yield f"{trial.label}: {new.deals:,} more deals late{earlier}"
            if dead.deals:
                yield (
                    f"  {dead.deals:,} more killed; in truth {dead.won:,} of them were won, "
                    f"{dead.lost:,} lost, {dead.open:,} are open"
                )
        yield HONEST

    def _repr_html_(self) -> str:
        rows = [trial.cells() for trial in (self.base, *self.trials)]
        *notes, honest = self.notes()
        return page(
            heading(self.title),
            table(HEADS, rows),
            *(line(note.strip()) for note in notes),
            line(honest, faint=True),
        )


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
        ProcessError: If a path leads nowhere, or what comes out is no process.
        EventError: If a process does not have a stage or a fact of the log.
        TypeError: If *log* is no event log, a change is neither, or *as_of* no datetime.
        ValueError: If *as_of* has no zone, or there is no change.
    """
    if not isinstance(log, EventLog):
        raise TypeError(f"log: {shown(log)}, expected an EventLog. Make it by EventLog.from_csv.")
    until = to_micros(as_of)
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
        as_of=to_datetime(until),
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
        earlier_days=float(np.median(earlier)) if len(earlier) else None,
        blocked=len(mine.blocked),
        blocked_in_won=int(np.count_nonzero(won_blocked)),
        killed=_became(kind[killed]),
        newly_killed=_became(kind[killed & ~was_killed]),
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
            "owner": pl.Series(log.owners(until), dtype=pl.String),
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


def _summary_row(trial: Trial) -> dict[str, Any]:
    row: dict[str, Any] = {"rules": trial.label}
    for name in ("late", "newly_late", "killed", "newly_killed"):
        became: Became = getattr(trial, name)
        row |= {name: became.deals} | {f"{name}_{k}": getattr(became, k) for k in _ENDS}
    names = ("blocked", "blocked_in_won", "earlier_days", "killed_won_value")
    return row | {name: getattr(trial, name) for name in names}


_ENDS = ("won", "lost", "open")
