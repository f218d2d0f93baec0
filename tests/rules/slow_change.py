"""
The referee's deal that comes under other processes: for each of them a tape of its own.

A tape begins with what stands from the time before: where the deal was, what was held, logged and
learned, in the words of the process. What acted then is asked for where it would act again. By its
first entry, an opening of its own, one knows which process a tape is of.
"""

import functools
from typing import NamedTuple

import attrs
from tests.rules.slow_clocks import source_of
from tests.rules.slow_commands import Commands
from tests.rules.slow_deal import SlowDeal, is_a
from tests.rules.slow_story import Entry, SlowRaised, slow_calendar

from salesflow.events import Held, Moved
from salesflow.process.values import parse_fact_value

STAGES = {"stage", "stage_total"}


class Chapter(NamedTuple):
    """A process, and what stands from the time before it."""

    process: object
    began: object = None
    told: int = 0
    """How many entries of its tape are of the time before."""
    acts: tuple = ()
    before: tuple = ()
    """The tape of the process before."""


class SlowChange(SlowDeal):
    """A deal, its events, and the processes that they name by their hashes."""

    def __init__(self, processes, events, *, other_end=False):
        self.processes = processes
        found = [event for event in events if is_a(event, "Migrated")]
        self.migrations = sorted({m.id: m for m in found}.values(), key=lambda m: m.occurred_at)
        first = processes[self.migrations[0].from_process]
        super().__init__(first, events, other_end=other_end)
        self.chapters = {self.events[0]: Chapter(first)}
        self.retold = functools.cache(self.find_retold)

    def calendar_for(self, event):
        """A day is read by the calendar that counts at the instant by which it is given."""
        begun = [m for m in self.migrations if m.occurred_at <= event.occurred_at]
        if is_a(event, "Opened") or not begun:
            return super().calendar_for(event)
        return self.calendar_of(begun[-1])

    def calendar_of(self, migration):
        process = self.processes[migration.to_process]
        return slow_calendar(process.calendar_of(migration.calendar))

    def find_moment(self, tape, at=None):
        return MigratedMoment(self, tape, at)

    def take(self, tape, entry):
        return self.retold(tape, entry) if is_a(entry.event, "Migrated") else (*tape, entry)

    def tapes(self, now):
        tapes = [self.happened(now)]
        while before := self.chapters[tapes[0][0]].before:
            tapes.insert(0, before)
        return tapes

    @functools.cached_property
    def at_other_ends(self):
        return SlowChange(self.processes, self.recorded, other_end=not self.other_end)

    # A new tape.

    def find_retold(self, tape, migrated):
        chapter, migration = self.chapters[tape[0]], migrated.event
        process = self.processes[migration.to_process]
        then = self.moment(tape, migrated.at)
        led = {
            visit.number: migration.stages.get(visit.stage, visit.stage) for visit in then.visits
        }
        opening = attrs.evolve(tape[0].event, stage=led[0], calendar=migration.calendar)
        entries = [Entry(tape[0].at, opening, own=tape[0].own, past=True)]
        for number, entry in enumerate(tape[1:], 1):
            entries += told(entry, process, migration)
            if number in led:
                entries.append(past(entry.at, Moved, to=led[number]))
        entries += [past(begins, Held, until=ends) for begins, ends in then.holds]
        entries.sort(key=lambda entry: entry.at)
        # How many were recorded counts, also where they were one.
        for _ in range(then.holds_recorded - len(then.holds)):
            entries.append(past(migrated.at, Held, until=migrated.at))
        acts = [*chapter.acts, *(Act.of(e.raised, chapter.process) for e in tape if e.raised)]
        acts = [act.renamed(migration.stages) for act in acts]
        self.chapters[entries[0]] = Chapter(process, migrated.at, len(entries), acts, tape)
        return (*entries, migrated)


class Act(NamedTuple):
    """What has acted under an earlier process: which step of which rule, in which run."""

    at: object
    rule: str
    rung: str
    mode: str
    shape: str
    key: object

    @classmethod
    def of(cls, raised, process):
        (rule,) = (r for r in (*process.contact_gaps, *process.timers) if r.id == raised.rule)
        mode = (rule.mode or process.mode).value
        return cls(raised.acted_at, raised.rule, raised.rung, mode, shape(rule), raised.key)

    def renamed(self, stages):
        if self.shape != "stage":
            return self
        start, stage = self.key
        return self._replace(key=(start, stages.get(stage, stage)))


def shape(rule):
    what, _ = source_of(rule)
    return "stage" if what in STAGES else "date" if what == "date" else "instant"


class MigratedMoment(Commands):
    """A deal at an instant, which may have come under this process at some earlier one."""

    def __init__(self, deal, tape, at):
        self.deal, self.chapter = deal, deal.chapters[tape[0]]
        super().__init__(self.chapter.process, tape, at)

    def act_of(self, rule, step, run):
        return super().act_of(rule, step, run) or self.act_before(rule, step, run)

    def act_before(self, rule, step, run):
        """
        What a step did under an earlier process, in this run of its clock.

        It stands if by this process it was overdue when the deal came under it, also where it has
        no place while the deal is closed. That is asked once: then, or when the clock first came
        back to this run.
        """
        mode = self.mode_of(rule)
        done = [
            act
            for act in self.chapter.acts
            if (act.rule, act.rung, act.shape) == (rule.id, step.name, shape(rule))
            and act.key == run.key
            and not (act.mode == "observe" != mode)
            and not (step.kind == "move" and mode == "enforce" != act.mode)
        ]
        if not done:
            return None
        asked = self.asked(rule, run)
        if not asked.is_announced(rule, step, run):
            return None
        due = asked.due_at(rule, step, run)
        if due >= self.chapter.began:
            return None
        at, to = done[-1].at, step.to
        raised = SlowRaised(
            rule.id, step.name, due, at, self.stage, moved=False, key=run.key, to=to
        )
        return Entry(at, raised=raised)

    def asked(self, rule, run):
        """The first moment from the migration on in which the clock was in this run."""
        for last in range(self.chapter.told + 1, len(self.tape)):
            moment = self.deal.moment(self.tape[:last])
            before = moment.latest_run(rule)
            if before is not None and before.key == run.key:
                return moment
        return self.deal.moment(self.tape)

    def latest_run(self, rule):
        """The run that a clock is in, or was in when its fact expired."""
        what, name = source_of(rule)
        is_known = what in {"fact", "date"} and name in self.latest
        until = self.latest[name].until if is_known else None
        return self.started(rule, self.at if until is None else min(self.at, until))


def past(at, kind, **said):
    event = kind(id="told", occurred_at=at, reason="told", **said)
    return Entry(at, event, own=at, past=True)


def told(entry, process, migration):
    """What an entry still says under the next process."""
    event = entry.event
    if is_a(event, "Learned"):
        names = {migration.facts.get(name, name): name for name in event.facts}
        said = {new: event.facts[old] for new, old in names.items()}
        facts = {name: v for name, v in said.items() if can_hold(process, name, v)}
        event = attrs.evolve(event, facts=facts)
    elif type(event).__name__ not in {"Activity", "Overridden", "Assigned"}:
        return []
    return [attrs.evolve(entry, event=event, past=True)]


def can_hold(process, name, value):
    """Whether a process has a fact that may have such a value."""
    try:
        parse_fact_value(process.all_facts[name], value, process.currency)
    except (KeyError, TypeError, ValueError):
        return False
    return True
