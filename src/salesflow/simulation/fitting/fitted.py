"""The fit: a behaviour learned from a history, what it was learned from, and what was not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.english import clock_text, count_of
from salesflow.errors import LogError
from salesflow.given import given
from salesflow.history.audit import audit
from salesflow.history.log import EventLog
from salesflow.markup import heading, line, page, table
from salesflow.plain import plain
from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.fitting.contact import SeenContact, contact_of
from salesflow.simulation.fitting.fit_check import FitCheck, check_fit
from salesflow.simulation.fitting.knowledge import SeenFact, facts_of
from salesflow.simulation.fitting.notes import notes_of
from salesflow.simulation.fitting.seen import Clock, Seen, seen_in
from salesflow.simulation.fitting.stages_seen import SeenStage, stages_of
from salesflow.simulation.fitting.waiting import span_of
from salesflow.simulation.frames import Tabular
from salesflow.simulation.parts import Arrivals, StageLife
from salesflow.text_tables import aligned

FORMAT = 1
"""The version of the JSON form."""
PART_HEADS = ("", "seen", "going on")


@attrs.frozen(kw_only=True)
class FittedPart:
    """
    What one part of a behaviour was learned from.

    Args:
        part: The part, as a behaviour file names it, such as ``stages.proposal``.

        seen: How often it was seen: deals, visits to the stage, touches.

        going_on: How many of these had not ended, so that they only say "longer than this".
    """

    part: str
    seen: int
    going_on: int = 0

    def cells(self) -> tuple[str, str, str]:
        """Return what is shown of it."""
        return self.part, f"{self.seen:,}", f"{self.going_on:,}" if self.going_on else ""


@attrs.frozen(kw_only=True, repr=False)
class Fit(Tabular):
    """
    A behaviour learned from a history.

    Args:
        process: The process whose stages and activities these are.

        as_of: The instant up to which the history was read.

        deals: How many deals had opened by then.

        behaviour: What people and buyers did, for `salesflow.simulate`.

        parts: What each part of it was learned from.

        notes: What the history could not tell, and what is assumed instead.
    """

    process: Process
    as_of: dt.datetime
    deals: int
    behaviour: Behaviour
    parts: tuple[FittedPart, ...]
    notes: tuple[str, ...]
    _seen: Seen = attrs.field(eq=False)

    def check(self, *, runs: int = 20, seed: int = 1, fast: bool | None = None) -> FitCheck:
        """
        Simulate the history again, and hold what comes out against what was.

        Deals open when they did, 5,000 of them at most, and are looked at when the history ends;
        every rule only observes, as in an audit. So this asks whether the behaviour is a fair
        picture of its own history, not whether it foretells the next one.

        Args:
            runs: How often (>= 2). A figure has the interval of 95 of 100 further runs.

            seed: Of the first run; the others have the next ones.

            fast: As in `salesflow.simulate`.

        Raises:
            ValueError: If there are fewer than two runs, or the process counts working time and
                its calendar does not know all years of the history.
        """
        return check_fit(self.process, self.behaviour, self._seen, runs, seed, fast=fast)

    def _table(self) -> dict[str, list[Any]]:
        names = attrs.fields_dict(FittedPart)
        return {name: [getattr(part, name) for part in self.parts] for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data; the behaviour is the text of its file."""
        return {
            "format": FORMAT,
            "type": "fit",
            "process_id": self.process.id,
            "process_version": self.process.version,
            "process_hash": self.process.hash,
            "as_of": plain(self.as_of),
            "deals": self.deals,
            "parts": plain(self.parts),
            "notes": list(self.notes),
            "behaviour": self.behaviour.dump(),
        }

    def __repr__(self) -> str:
        return f"<Fit of {self.process.id} to {count_of(self.deals, 'deal')}>"

    def __str__(self) -> str:
        learned = aligned([PART_HEADS, *(part.cells() for part in self.parts)])
        return "\n".join([str(self.behaviour), "", "Learned from", *learned, "", *self.notes])

    def _repr_html_(self) -> str:
        learned = table(PART_HEADS, [part.cells() for part in self.parts])
        notes = page(heading("Learned from"), learned, *map(line, self.notes))
        return f"{self.behaviour._repr_html_()}{notes}"


def fit(log: EventLog, process: Process, as_of: dt.datetime, *, fast: bool | None = None) -> Fit:
    """
    Learn from a history what people and buyers do.

    Shares and times are as they were seen, with what goes on still counted for as long as it has
    lasted: the estimators of Kaplan and Meier, and of Aalen and Johansen where a stage may lead to
    several. No law is assumed for them; openings, and what buyers send unasked, are taken to be
    memoryless. The rules of the process are not asked for.

    Args:
        log: The history.

        process: Whose stages and activities these are.

        as_of: What is later is not looked at; aware.

        fast: As in `salesflow.audit`.

    Raises:
        UnknownName: If the process does not have a stage, a fact or a kind of activity of the log.
        TypeError: If *log* is not an event log, or *as_of* not a datetime.
        ValueError: If *as_of* has no zone.
        LogError: If no deal had opened by then.

    >>> import salesflow as sf
    >>> process = sf.load_process("six-step")
    >>> past = sf.simulate(process, 40, seed=2)
    >>> found = fit(past.event_log(), process, past.until)
    >>> found
    <Fit of six-step to 40 deals>
    >>> found.behaviour.stages[0].stage
    'qualify'
    """
    given("log", log, EventLog)
    until = to_micros(as_of, "as_of")
    seen = seen_in(log, process, audit(log, process, as_of, fast=fast), until)
    if not len(seen.visits):
        asked = clock_text(as_of, process.calendar.timezone)
        raise LogError("the log", (f"no deal had opened by {asked}. Look at a later instant.",))
    stages, contact, facts = list(stages_of(seen)), contact_of(seen), list(facts_of(seen))
    deals = len(seen.deals)
    behaviour = Behaviour(
        title=f"fitted to {count_of(deals, 'deal')} of {process.id}, up to {as_of:%Y-%m-%d}",
        arrivals=_arrivals(seen),
        owners=dict(seen.deals["owner"].drop_nulls().value_counts(sort=True).iter_rows()),
        stages=[each.life for each in stages if each.life != StageLife(stage=each.life.stage)],
        touches=contact.touches,
        replies=contact.replies,
        inbound=contact.inbound,
        facts=[each.learning for each in facts],
    )
    behaviour.check(process)
    return Fit(
        process=process,
        as_of=to_datetime(until),
        deals=deals,
        behaviour=behaviour,
        parts=tuple(_parts(deals, stages, contact, facts)),
        notes=tuple(notes_of(seen, stages, contact, facts)),
        seen=seen,
    )


def _arrivals(seen: Seen) -> Arrivals:
    """Return how far apart deals open, from the end of the history on; all at once if they did."""
    opened = seen.deals["opened_at"].dt.epoch("us").sort().to_numpy()
    clock = Clock.of(seen.process, opened)
    lasted = int(clock.between(opened[:1], opened[-1:])[0])
    start = to_datetime(seen.until)
    if not lasted:
        return Arrivals(start=start)
    every = span_of(lasted / (len(opened) - 1), in_working_time=clock.in_working_time)
    return Arrivals(every=Exponential(every), start=start)


def _parts(
    deals: int, stages: Iterable[SeenStage], contact: SeenContact, facts: Iterable[SeenFact]
) -> Iterator[FittedPart]:
    yield FittedPart(part="arrivals", seen=deals)
    for stage in stages:
        part = f"stages.{stage.life.stage}"
        yield FittedPart(part=part, seen=stage.visits, going_on=stage.going_on)
    yield FittedPart(part="touches", seen=contact.ours, going_on=contact.waits)
    yield FittedPart(part="replies, inbound", seen=contact.theirs)
    for fact in facts:
        if fact.deals:
            yield FittedPart(part=f"facts.{fact.learning.fact}", seen=fact.deals)
