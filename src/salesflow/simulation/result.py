"""What a simulation gives back: one row for each deal, and every deal as a live one."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, SupportsIndex

import attrs

from salesflow.calendars import Span, to_micros
from salesflow.deal import Deal
from salesflow.english import count_of
from salesflow.events import Event
from salesflow.given import whole
from salesflow.process.model import Process
from salesflow.process.parts import StageKind
from salesflow.rules.codes import NEVER as _NEVER
from salesflow.rules.codes import NONE, UNKNOWN
from salesflow.simulation.as_events import Teller, Told, cause_name
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.deal_table import deal_table
from salesflow.simulation.extras import np
from salesflow.simulation.frames import Tabular
from salesflow.simulation.kernel import codes
from salesflow.simulation.kernel.learning import MONEY_STEP
from salesflow.simulation.kernel.tables import Columns, Trace
from salesflow.simulation.outcomes import outcomes_of
from salesflow.simulation.plan import Plan
from salesflow.simulation.run import is_worth_it, run_deals
from salesflow.simulation.settling import MOST_DEALS, warmed_up
from salesflow.simulation.summary import Summary
from salesflow.vocabulary import word

if TYPE_CHECKING:
    from salesflow.history.log import EventLog

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "arrived_at": "when it came; NEVER: not by the end",
        "queued": "microseconds that it waited to be opened, where open deals are limited",
        "opened_at": "when it opened; NEVER: not by the end",
        "kind": "0 open, 1 won, 2 lost, 3 parked at the end; -1: not opened by then",
        "stage": "number of the stage at the end; -1: not opened by then",
        "entered_at": "when it came into that stage",
        "closed_at": "when it was won or lost; NEVER: it was not (censored)",
        "status": "0 ok, 1 due, 2 breached at the end; closed and parked deals are ok",
        "cause": "why it is in that stage, or never opened: a key of `CAUSES`",
        "rule": "number of the timer that moved it there; -1: none did",
        "value": "what it is worth, in units of the process's currency; nan: nobody knows",
        "owner": "number of the owner; -1: nobody",
        "events": "recorded events",
        "touches": "touches of ours, answered or not",
        "inbound": "replies and calls of the buyer's",
        "moves": "moves that were asked for and made",
        "refusals": "moves that were asked for and refused, each time",
        "deviations": "moves that were made with something in the way (mode warn or observe)",
        "holds": "how often it was put on hold",
        "overrides": "how often a rule or a criterion was let pass",
        "breaches": "how often a contact gap was breached",
        "first_breach_at": "when the first time; NEVER: never",
        "waited": "microseconds that it waited for a rep",
        "worked": "microseconds for which it kept a rep, nights and weekends within included",
        "visits": "per stage: how often it was entered (deals x stages)",
        "spent": "per stage: microseconds in it, up to the end (deals x stages)",
        "efforts": "per stage: how often a rep began the effort there (deals x stages)",
        "passed": "per rule: how often its end was passed (deals x rules)",
    }
)
"""What each column says; instants are microseconds since 1970-01-01 UTC."""

CAUSES: Mapping[int, str] = MappingProxyType(
    {code: name for code in range(codes.CAUSES) if (name := cause_name(code)) is not None}
)
"""Why a deal came into its stage, by code; 0, which is not here: it is still where it opened."""

NEVER = _NEVER
"""The instant that stands for none."""
_DEALS_AT_A_TIME = 1_000


@attrs.frozen(eq=False)
class Part:
    """
    Some deals of a run: what `stream` yields.

    Args:
        first: The number of the first of them.

        columns: As in `SimulationResult`.
    """

    first: int
    columns: Mapping[str, Any]

    def __len__(self) -> int:
        """Return how many deals it has."""
        return len(self.columns["stage"])


def part_of(first: int, columns: Columns) -> Part:
    """Return what the kernel filled as the columns that people read."""
    found: dict[str, Any] = {name: getattr(columns, name) for name in COLUMNS}
    value = found["value"]
    found["value"] = np.where(value == UNKNOWN, np.nan, value / MONEY_STEP)
    for name in ("visits", "spent", "efforts", "passed"):
        found[name] = found[name].reshape(len(columns.stage), -1)
    return Part(first, found)


@attrs.frozen(eq=False, kw_only=True, repr=False)
class SimulationResult(Tabular):
    """
    What became of every deal; open ones are kept, as they are at the end.

    Attributes:
        process: The process.

        behaviour: What people did.

        seed: From which the random numbers were made.

        until: The end: nothing happens later.

        columns: One array for each of `COLUMNS`, with one row for each deal, in the order of their
            opening. Read-only.
    """

    _texts = frozenset({"deal", "owner", "outcome", "stage", "rule"})

    process: Process
    behaviour: Behaviour
    seed: int
    until: dt.datetime
    columns: Mapping[str, Any]
    _plan: Plan
    _apart: Any

    def __len__(self) -> int:
        """Return how many deals there are."""
        return len(self.columns["stage"])

    def __repr__(self) -> str:
        counts = {kind.value: self.count(kind) for kind in StageKind}
        said = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
        return f"<SimulationResult of {count_of(len(self), 'deal')}: {said or 'none opened'}>"

    def __str__(self) -> str:
        return str(self.summary())

    @functools.cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages by their numbers."""
        return tuple(self._plan.book.stages)

    @functools.cached_property
    def rules(self) -> tuple[str, ...]:
        """The contact gaps and timers by their numbers."""
        return tuple(rule.id for rule in self._plan.book.rules)

    @functools.cached_property
    def owners(self) -> tuple[str, ...]:
        """The owners by their numbers."""
        return tuple(self.behaviour.owners)

    def count(self, kind: StageKind | str) -> int:
        """
        Return how many deals are in a stage of a kind at the end.

        Raises:
            ValueError: If there is no such kind.
        """
        number = tuple(StageKind).index(word("kind", StageKind, kind))
        return int((self.columns["kind"] == number).sum())

    def summary(self, *, warmup: Span | str | None = None) -> Summary:
        """
        Return the figures, each with its 95 % interval.

        Args:
            warmup: Deals that come so soon after the start are left out, as they found reps with
                nothing to do. None: none are.

        Raises:
            ValueError: If it is not a span, or ends after the known years.
        """
        if warmup is None:
            return self._summary
        since = warmed_up(self.process, self.behaviour, warmup)
        return Summary.of(self.columns, self.process, self.behaviour, self.until, since)

    @functools.cached_property
    def _summary(self) -> Summary:
        return Summary.of(self.columns, self.process, self.behaviour, self.until)

    def _table(self) -> dict[str, Any]:
        ids = [self.id(number) for number in range(len(self))]
        outcomes = outcomes_of(self.columns, self.process)
        names = {"owner": self.owners, "stage": self.stages, "rule": self.rules}
        return {"deal": ids, **deal_table(self.columns, outcomes, names)}

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def id(self, number: int) -> str:
        """
        Return the id of a deal.

        Raises:
            IndexError: If there is none of that number.
            TypeError: If it is no number.
        """
        return f"sim-{self._place(number)}"

    def _place(self, number: SupportsIndex) -> int:
        """Return the number of a deal, such as one of numpy's, as an int."""
        if not isinstance(number, SupportsIndex):
            raise TypeError(
                f"deal {number!r:.60}: expected its number, counted from 0; the deal of row 3 of "
                "the table is number 3, and has the id 'sim-3'."
            )
        place = operator.index(number)
        if not 0 <= place < len(self):
            raise IndexError(f"deal {place}: there are {len(self):,}, counted from 0.")
        return place

    def owner(self, number: int) -> str | None:
        """
        Return who a deal belongs to; None: nobody.

        Raises:
            IndexError: If there is none of that number.
            TypeError: If it is no number.
        """
        owner = int(self.columns["owner"][self._place(number)])
        return None if owner == NONE else self.owners[owner]

    def events(self, number: int) -> tuple[Event, ...]:
        """
        Return what was recorded of a deal; empty if it has not opened by the end.

        A deal is made again from its random numbers: nothing of it was kept.

        Raises:
            IndexError: If there is none of that number.
            TypeError: If it is no number.
        """
        place = self._place(number)
        return self._rerun(place, place + 1, place).get(place, ())

    def deal(self, number: int) -> Deal:
        """
        Return a deal as a live one, with everything that was recorded.

        Raises:
            IndexError: If there is none of that number.
            TypeError: If it is no number.
            ValueError: If it has not opened by the end.
        """
        events = self.events(number)
        if not events:
            raise ValueError(f"deal {self.id(number)!r} has not opened by {self.until}.")
        return Deal.replay(self.process, events)

    def all_events(self, batch: int = _DEALS_AT_A_TIME) -> Iterator[tuple[str, tuple[Event, ...]]]:
        """
        Yield id and events of every deal that has opened, in order.

        Args:
            batch: How many deals are made again at a time.

        Raises:
            TypeError, ValueError: If that is not a whole number from 1 up.
        """
        batch = whole("batch", batch, 1, MOST_DEALS)
        for found in self._batches(batch):
            yield from found.items()

    def event_log(self) -> EventLog:
        """
        Return the events of every deal that has opened, as a log: to be audited, drawn or written.

        Raises:
            MissingExtraError: If polars, numpy or narwhals is not installed.

        >>> import salesflow as sf
        >>> result = sf.simulate(sf.load_process("six-step"), 20, seed=1)
        >>> found = sf.audit(result.event_log(), result.process, result.until)
        >>> found.summary.won == result.count("won")
        True
        """
        # Imported here: it takes an extra that a simulation can do without.
        from salesflow.history.log import EventLog

        # Part by part, so that they are not all objects of Python at one time.
        parts = self._batches(_DEALS_AT_A_TIME)
        return EventLog.concat(EventLog.from_events(part, self.process) for part in parts)

    def _batches(self, batch: int) -> Iterator[dict[str, tuple[Event, ...]]]:
        """Yield id and events of the deals that have opened, so many deals at a time."""
        batch = len(self) if self._plan.habits.reps else batch
        for first in range(0, len(self), batch):
            last = min(first + batch, len(self))
            found = self._rerun(first, last, codes.OF_ALL)
            yield {self.id(number): found[number] for number in sorted(found)}

    def _rerun(self, first: int, last: int, traced: int) -> dict[int, tuple[Event, ...]]:
        """Return the events of some deals, by number."""
        apart, until = self._apart[first:last], to_micros(self.until)
        # A few deals are sooner run plain than the compiled rules are loaded.
        fast = False
        if self._plan.habits.reps:
            # Deals that wait for each other are made again together.
            first, apart, fast = 0, self._apart, is_worth_it(len(self))
        chunk = run_deals(self._plan, first, apart, until, fast=fast, traced=traced)
        return {
            number: Teller(self._plan, number, self.id(number), self.owner(number)).events(told)
            for number, told in _by_deal(chunk.trace).items()
        }


def _by_deal(trace: Trace) -> dict[int, list[Told]]:
    """Return what was written down, deal by deal."""
    count = int(trace.found[0])
    columns = [getattr(trace, name)[:count].tolist() for name in ("deal", *Told._fields)]
    found: dict[int, list[Told]] = {}
    for deal, *told in zip(*columns, strict=True):
        found.setdefault(deal, []).append(Told(*told))
    return found
