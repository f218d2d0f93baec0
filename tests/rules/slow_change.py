"""
The referee's deal that comes under other processes: for each of them a tape of its own.

A tape begins with what stands from the time before: where the deal was, what was held, logged and
learned, in the words of the process. What acted then is asked for where it would act again.
"""

import functools

import attrs
from tests.rules.slow_clocks import source_of
from tests.rules.slow_commands import Commands
from tests.rules.slow_deal import SlowDeal, is_a
from tests.rules.slow_story import Entry, SlowRaised, slow_calendar

from salesflow.events import Held, Moved
from salesflow.process.values import parse_fact_value

STAGES = {"stage", "stage_total"}


class Tape(list):
    """What has happened, for one process; the first *told* entries are of the time before it."""

    def __init__(self, entries, process, began=None, told=0, acts=()):
        super().__init__(entries)
        self.process, self.began, self.told, self.acts = process, began, told, acts

    def first(self, number):
        return Tape(self[:number], self.process, self.began, self.told, self.acts)


class SlowChange(SlowDeal):
    """A deal, its events, and the processes that they name by their hashes."""

    def __init__(self, processes, events, *, other_end=False):
        self.processes = processes
        found = [event for event in events if is_a(event, "Migrated")]
        self.migrations = sorted({m.id: m for m in found}.values(), key=lambda m: m.occurred_at)
        first = processes[self.migrations[0].from_process]
        super().__init__(first, events, other_end=other_end)

    def calendar_for(self, event):
        """A day is read by the calendar that counts at the instant by which it is given."""
        begun = [m for m in self.migrations if m.occurred_at <= event.occurred_at]
        if is_a(event, "Opened") or not begun:
            return super().calendar_for(event)
        return self.calendar_of(begun[-1])

    def calendar_of(self, migration):
        process = self.processes[migration.to_process]
        return slow_calendar(process.calendar_of(migration.calendar))

    def moment(self, tape, at=None):
        return MigratedMoment(tape, at)

    def find_happened(self, now):
        return self.tapes(now)[-1]

    @functools.cache  # noqa: B019 - deals of tests do not live long
    def tapes(self, now):
        """The tapes of all processes so far, in order."""
        tapes = [Tape([], self.process)]
        for entry in self.events:
            if entry.at > now:
                break
            self.go_on(tapes[-1], lambda raised, at=entry.at: raised.acted_at < at)
            if is_a(entry.event, "Migrated"):
                tapes.append(self.retold(tapes[-1], entry))
            else:
                tapes[-1].append(entry)
        self.go_on(tapes[-1], lambda raised: raised.acted_at <= now and raised.due_at < now)
        return tapes

    def go_on(self, tape, is_seen):
        while tape:
            raised = self.moment(tape).next_act()
            if raised is None or not is_seen(raised):
                break
            tape.append(Entry(raised.acted_at, raised=raised))

    def history(self, now):
        return [entry for tape in self.tapes(now) for entry in tape if not entry.past]

    def deviations(self, now):
        found = []
        for tape in self.tapes(now):
            for number in range(tape.told + 1, len(tape)):
                entry = tape[number]
                if entry.event is None or is_a(entry.event, "Opened"):
                    continue
                before = self.moment(tape.first(number), entry.at)
                passed = before.against_recorded(entry)
                if passed:
                    found.append((entry.event.id, before.stage, passed))
        return found

    def is_uncertain(self, now):
        if not any(entry.event.precision == "day" for entry in self.events):
            return False
        other = SlowChange(self.processes, self.recorded, other_end=not self.other_end)
        return other.opened_at > now or self.verdict(now) != other.verdict(now)

    # A new tape.

    def retold(self, tape, migrated):
        migration = migrated.event
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
        acts = [*tape.acts, *(Act.of(e.raised, tape.process) for e in tape if e.raised)]
        acts = [act.renamed(migration.stages) for act in acts]
        entries.append(migrated)
        return Tape(entries, process, migrated.at, len(entries) - 1, acts)


@attrs.frozen
class Act:
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
        return attrs.evolve(self, key=(start, stages.get(stage, stage)))


def shape(rule):
    what, _ = source_of(rule)
    return "stage" if what in STAGES else "date" if what == "date" else "instant"


class MigratedMoment(Commands):
    """A deal at an instant, which may have come under this process at some earlier one."""

    def __init__(self, tape, at):
        super().__init__(tape.process, tape, at)

    def act_of(self, rule, step, run):
        return super().act_of(rule, step, run) or self.act_before(rule, step, run)

    def act_before(self, rule, step, run):
        """
        What a step did under an earlier process, in this run of its clock.

        It stands if by this process it was overdue when the deal came under it, also where it has
        no place while the deal is closed. That is asked once: then, or when the clock has come back
        to this run.
        """
        mode = self.mode_of(rule)
        done = [
            act
            for act in self.tape.acts
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
        if due >= self.tape.began:
            return None
        at, to = done[-1].at, step.to
        raised = SlowRaised(
            rule.id, step.name, due, at, self.stage, moved=False, key=run.key, to=to
        )
        return Entry(at, raised=raised)

    def asked(self, rule, run):
        """The moment since when the clock has been in this run, from the migration on."""
        last = len(self.tape)
        while last > self.tape.told + 1:
            earlier = MigratedMoment(self.tape.first(last - 1), None)
            before = earlier.started(rule, earlier.at)
            if before is None or before.key != run.key:
                break
            last -= 1
        return MigratedMoment(self.tape.first(last), None)


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
    return [entry._replace(event=event, past=True)]


def can_hold(process, name, value):
    """Whether a process has a fact that may have such a value."""
    try:
        parse_fact_value(process.all_facts[name], value, process.currency)
    except (KeyError, TypeError, ValueError):
        return False
    return True
