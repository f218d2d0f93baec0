"""The result of a back-test: each set of rules, and what really became of the deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.english import count_of, moment
from salesflow.history.extras import pl
from salesflow.history.report.export import to_pandas
from salesflow.history.report.html import heading, line, page, table
from salesflow.plain import fields_of
from salesflow.text_tables import aligned

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""The version of the JSON form."""
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


@attrs.frozen(kw_only=True)
class Became:
    """
    What really became of some deals.

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

        no_longer_late: The same of those that only the rules as they are find so.

        earlier_days: Of the deals that both find late: how many days earlier these rules do, half
            of them by so much or more; below 0: later. None: there is no such deal.

        blocked: Recorded moves that would have been refused.

        blocked_in_won: How many of them in deals that were won.

        killed: What became of the deals that a timer would have moved to a lost stage.

        newly_killed: The same of those that the rules as they are do not kill.

        no_longer_killed: The same of those that only the rules as they are kill.

        killed_won_value: What the won deals among the killed are worth, as far as it was told.
    """

    label: str
    process_hash: str
    late: Became
    newly_late: Became
    no_longer_late: Became
    earlier_days: float | None
    blocked: int
    blocked_in_won: int
    killed: Became
    newly_killed: Became
    no_longer_killed: Became
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

        timezone: Of the process's calendar; instants are told in it.

        as_of: The instant of all verdicts.

        log_ends_at: When the log ends: its latest event, but for a few that are dated far later.
            None: there is none.

        warning: What makes the verdicts doubtful, in words; None: nothing does. The log ends more
            than a week before *as_of*, or the calendar does not know all of its years.

        deals: How many deals had been opened by then.

        base: The rules as they are.

        trials: The others, in the order in which they were given.
    """

    process_id: str
    process_version: str
    currency: str | None
    timezone: str
    as_of: dt.datetime
    log_ends_at: dt.datetime | None
    warning: str | None
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
            rows = [_summary_row(each) for each in (self.base, *self.trials)]
            return pl.DataFrame(rows, schema_overrides=_KINDS)
        if not 0 <= trial < len(self.trials):
            raise IndexError(f"trial: {trial}, there are {len(self.trials)}, from 0")
        return self._frames[trial].clone()

    def to_pandas(self, trial: int | None = None) -> pd.DataFrame:
        """
        Return a table as a pandas DataFrame.

        Args:
            trial: As in `to_polars`.

        Raises:
            IndexError: If there is no such trial.
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars(trial))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data; the form has a version."""
        found = fields_of(self)
        said = {"warning": found.pop("warning"), "note": HONEST}
        return {"format": FORMAT, "type": "backtest", **said, **found}

    def __repr__(self) -> str:
        trials = count_of(len(self.trials), "other set of rules", "other sets of rules")
        return f"<Backtest of {count_of(self.deals, 'deal')} by {trials}>"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        yield self.title
        if self.warning:
            yield f"Warning: {self.warning}"
        yield ""
        yield from aligned([HEADS, *(trial.cells() for trial in (self.base, *self.trials))])
        yield ""
        yield from self.notes()

    @property
    def title(self) -> str:
        """What was tried on what."""
        head = f"{self.process_id} {self.process_version} under other rules"
        when = moment(self.as_of, self.timezone)
        return f"{head}, as of {when}: {count_of(self.deals, 'deal')}"

    def notes(self) -> Iterator[str]:
        """Yield what each trial would have changed, and what that does not say."""
        for trial in self.trials:
            fewer = trial.no_longer_late.deals
            earlier = f", {fewer:,} fewer" if fewer else ""
            if trial.earlier_days:
                when = "earlier" if trial.earlier_days > 0 else "later"
                earlier += (
                    f", half of the others {abs(trial.earlier_days):,.1f} days {when} or more"
                )
            yield f"{trial.label}: {count_of(trial.newly_late.deals, 'more deal')} late{earlier}"
            for word, dead in (("more", trial.newly_killed), ("fewer", trial.no_longer_killed)):
                if dead.deals:
                    yield (
                        f"  {dead.deals:,} {word} killed; in fact {dead.won:,} won, "
                        f"{dead.lost:,} lost, {dead.open:,} open"
                    )
        yield HONEST

    def _repr_html_(self) -> str:
        rows = [trial.cells() for trial in (self.base, *self.trials)]
        *notes, honest = self.notes()
        return page(
            heading(self.title),
            *([line(f"Warning: {self.warning}")] if self.warning else []),
            table(HEADS, rows),
            *(line(note.strip()) for note in notes),
            line(honest, faint=True),
        )


def _summary_row(trial: Trial) -> dict[str, Any]:
    row: dict[str, Any] = {"rules": trial.label}
    for name in _FATES:
        became: Became = getattr(trial, name)
        row |= {name: became.deals} | {f"{name}_{k}": getattr(became, k) for k in _ENDS}
    names = ("blocked", "blocked_in_won", "earlier_days", "killed_won_value")
    return row | {name: getattr(trial, name) for name in names}


_FATES = (
    *("late", "newly_late", "no_longer_late"),
    *("killed", "newly_killed", "no_longer_killed"),
)
_ENDS = ("won", "lost", "open")
_KINDS: dict[str, pl.DataType] = {
    "earlier_days": pl.Float64(),
    "killed_won_value": pl.Decimal(38, 4),
}
