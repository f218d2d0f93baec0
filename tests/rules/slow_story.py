"""
What has happened to a deal, looked through again for every question.

A tape is the list of everything up to some instant: recorded events in the order in which they
count, and rungs that acted. Nothing is kept from one tape to the next.
"""

import datetime as dt
import functools
from decimal import Decimal
from typing import NamedTuple

import attrs
from tests.rules.slow_time import SlowCalendar, union

TAKES_PLACE = {"call", "meeting"}
REACHES = TAKES_PLACE | {
    *("email", "message", "letter", "article", "white_paper", "case_study", "proposal"),
}
NEVER_REACHED = {"bounced", "auto_reply", "opened", "clicked"}
NOT_ANSWERED = {"voicemail", "no_answer"}
CLOSED = {"won", "lost"}

slow_calendar = functools.cache(SlowCalendar)


@functools.lru_cache
def calendar_named(process, name):
    return slow_calendar(process.calendar_of(name))


@functools.lru_cache
def kinds_of_stages(process):
    """The kind of each stage, in the order of the file."""
    return {stage.id: stage.kind.value for stage in process.stages}


@attrs.frozen(eq=False)
class Entry:
    """Something that happened, a recorded event or a rung that acted; it equals only itself."""

    at: dt.datetime
    event: object = None
    raised: object = None
    own: dt.datetime = None
    """When the event itself says that it happened: perhaps before the opening."""
    past: bool = False
    """Whether it is of the time under another process: what it did then is told beside it."""


class SlowRaised(NamedTuple):
    rule: str
    rung: str
    due_at: dt.datetime
    acted_at: dt.datetime
    stage: str
    moved: bool
    key: object
    """Which run of the clock it was; each rung acts once in a run."""
    to: str | None = None


class Visit(NamedTuple):
    stage: str
    at: dt.datetime
    number: int
    """The place on the tape of what brought the deal there."""


class Learning(NamedTuple):
    """A fact was given a value."""

    at: dt.datetime
    value: object
    told: object
    role: str | None
    until: dt.datetime | None
    """The last instant at which it stands."""
    number: int

    def stands(self, at):
        return self.value is not None and (self.until is None or at <= self.until)


def is_a(entry, *names):
    return type(entry.event).__name__ in names


class Story:
    """Where a deal has been, what was held, logged and learned, up to the end of a tape."""

    def __init__(self, process, tape):
        self.process, self.tape = process, tape
        self.kinds = kinds_of_stages(process)
        self.order = list(self.kinds)
        self.calendar = calendar_named(process, tape[0].event.calendar)
        self.opened_at = tape[0].at
        self.last_at = tape[-1].at
        self.visits = self.find_visits()
        self.stage = self.visits[-1].stage
        self.kind = self.kinds[self.stage]
        self.found_touches = {}

    # Where it has been.

    def find_visits(self):
        visits = [Visit(self.tape[0].event.stage or self.order[0], self.opened_at, 0)]
        for number, entry in enumerate(self.tape):
            to = self.destination(entry, visits)
            if to and to != visits[-1].stage:
                visits.append(Visit(to, entry.at, number))
        return visits

    def destination(self, entry, visits):
        """The stage that something brings the deal to, or None."""
        here = visits[-1].stage
        if is_a(entry, "Moved"):
            return entry.event.to
        if is_a(entry, "Reopened"):
            # An open deal stays where it is unless another stage is named.
            return entry.event.to or (self.latest_open(visits) if self.is_away(here) else None)
        if is_a(entry, "Activity") and not entry.past and self.is_inbound(entry.event):
            revives = self.process.stage(here).revive is not None
            return self.latest_open(visits) if revives else None
        if entry.raised and entry.raised.moved:
            return entry.raised.to
        return None

    def is_away(self, stage):
        return self.kinds[stage] != "open"

    def latest_open(self, visits):
        """The latest open stage, the first one if it was in none: where a deal comes back to."""
        seen = [visit.stage for visit in visits if not self.is_away(visit.stage)]
        return seen[-1] if seen else next(s for s in self.order if not self.is_away(s))

    @property
    def came_from(self):
        return self.latest_open(self.visits)

    @property
    def entered_at(self):
        return self.visits[-1].at

    @functools.cached_property
    def steps(self):
        """Every (visit that ended, visit that followed)."""
        return list(zip(self.visits, self.visits[1:], strict=False))

    @functools.cached_property
    def returns(self):
        """The visits that began by leaving a closed or parked stage."""
        return [later for visit, later in self.steps if self.is_away(visit.stage)]

    @property
    def fresh_at(self):
        """When touch clocks began afresh: the opening, or the last return from being away."""
        return self.returns[-1].at if self.returns else self.opened_at

    @property
    def owner(self):
        given = [entry.event.owner for entry in self.tape if is_a(entry, "Assigned")]
        return given[-1] if given else self.tape[0].event.owner

    # What was held.

    @functools.cached_property
    def holds(self):
        """Every recorded hold up to what ended it, all of them taken together."""
        return self.holds_of(enumerate(self.tape))

    def holds_before(self, at):
        """The same without the holds that begin at an instant."""
        numbered = enumerate(self.tape)
        return self.holds_of((n, e) for n, e in numbered if not (is_a(e, "Held") and e.at == at))

    def holds_of(self, numbered):
        spans = []
        for number, entry in numbered:
            if is_a(entry, "Held"):
                spans.append((entry.at, max(entry.at, entry.event.until)))
            elif spans and self.ends_holds(entry, number):
                spans = [(begins, min(ends, entry.at)) for begins, ends in spans]
        return union(spans)

    def ends_holds(self, entry, number):
        """
        Whether something ends the holds so far.

        It is a resumption, a close, leaving a closed or parked stage, or an inbound touch if the
        process says so.
        """
        if entry.past:
            return False
        if is_a(entry, "Activity") and self.is_inbound(entry.event):
            ends = self.process.holds.end_on_inbound
        else:
            ends = is_a(entry, "Resumed")
        return ends or any(
            self.is_away(visit.stage) or self.kinds[later.stage] in CLOSED
            for visit, later in self.steps
            if later.number == number
        )

    def out_of_hold(self, at):
        """The end of the hold that an instant lies strictly inside; else the instant."""
        return next((ends for begins, ends in self.holds if begins < at < ends), at)

    # What was logged.

    def nature(self, kind):
        return next((a.like for a in self.process.activities if a.id == kind), kind)

    def reached_buyer(self, activity):
        done = activity.status == "done" and activity.outcome not in NEVER_REACHED
        return done and self.nature(activity.kind) in REACHES

    def is_two_way(self, activity):
        happened = self.nature(activity.kind) in TAKES_PLACE
        return activity.direction == "in" or (happened and activity.outcome not in NOT_ANSWERED)

    def is_inbound(self, activity):
        return self.reached_buyer(activity) and activity.direction == "in"

    def belongs(self, activity, touch):
        if touch.kinds and activity.kind not in touch.kinds:
            return False
        if activity.outcome in touch.not_outcomes:
            return False
        return {
            "any": True,
            "two_way": self.is_two_way(activity),
            "inbound": activity.direction == "in",
            "outbound": activity.direction != "in",
        }[touch.direction.value]

    @functools.cached_property
    def standing(self):
        """Every (number, entry) of an activity that no later one revised."""
        activities = [(n, entry) for n, entry in enumerate(self.tape) if is_a(entry, "Activity")]
        latest = {entry.event.activity_id: number for number, entry in activities}
        return [
            (number, entry)
            for number, entry in activities
            if entry.event.activity_id is None or latest[entry.event.activity_id] == number
        ]

    def touches(self, name):
        """When there were touches of a class that count, as far as they stand."""
        if name not in self.found_touches:
            self.found_touches[name] = self.find_touches(name)
        return self.found_touches[name]

    def find_touches(self, name):
        touch = self.process.touch_classes[name]
        fresh = {visit.number for visit in self.returns}
        attempts, counted = 0, []
        standing = dict(self.standing)
        for number in range(len(self.tape)):
            attempts = 0 if number in fresh else attempts
            entry = standing.get(number)
            if entry is None or not self.reached_buyer(entry.event):
                continue
            two_way = self.is_two_way(entry.event)
            if two_way:
                attempts = 0
            if self.belongs(entry.event, touch):
                attempts += not two_way
                if touch.unanswered_cap is None or attempts <= touch.unanswered_cap:
                    counted.append(entry.at)
        return counted

    def done(self, kind):
        """When activities of that very kind were done, as far as they stand."""
        return [
            entry.at
            for _, entry in self.standing
            if entry.event.status == "done" and entry.event.kind == kind
        ]

    def plans(self):
        """When a touch is planned for: what stands as planned and can reach the buyer."""
        return [
            entry.event.starts_at
            for _, entry in self.standing
            if entry.event.status == "planned" and self.nature(entry.event.kind) in REACHES
        ]

    def plans_done(self):
        """When activities took place that can reach the buyer and had been planned before."""
        return [
            entry.at
            for number, entry in self.standing
            if entry.event.status == "done"
            and self.nature(entry.event.kind) in REACHES
            and self.was_planned(entry.event.activity_id, number)
        ]

    def was_planned(self, activity_id, number):
        return activity_id is not None and any(
            entry.event.status == "planned"
            for entry in self.tape[:number]
            if is_a(entry, "Activity") and entry.event.activity_id == activity_id
        )

    # What was learned.

    @functools.cached_property
    def learned(self):
        """For each fact every time that it was given a value, in order."""
        found = {name: [] for name in self.process.all_facts}
        for number, entry in enumerate(self.tape):
            if is_a(entry, "Learned"):
                for name in entry.event.facts:
                    found[name].append(self.learning(name, entry, number))
        return found

    def learning(self, name, entry, number):
        """A fact stands from its place on, for so long after its own instant."""
        valid_for = self.process.all_facts[name].valid_for
        until = None
        if valid_for:
            until = self.calendar.after(entry.own, valid_for.count, valid_for.unit.value)
        told = entry.event.facts[name]
        return Learning(entry.at, self.read(name, told), told, entry.event.role, until, number)

    def read(self, name, told):
        """What a recorded value means; None for money in a foreign currency."""
        fact_type = self.process.all_facts[name].type.value
        if fact_type == "money":
            amount, _, currency = str(told).partition(" ")
            return Decimal(amount) if currency in {"", self.process.currency} else None
        if fact_type == "date" and isinstance(told, str):
            return dt.date.fromisoformat(told)
        return told

    @functools.cached_property
    def latest(self):
        """What was learned last about each fact."""
        return {name: history[-1] for name, history in self.learned.items() if history}

    def facts(self, at, by=()):
        """What is known at an instant: of all that was learned, or of what some roles learned."""
        return {
            name: learning.value
            for name, learning in self.latest.items()
            if learning.stands(at) and (not by or learning.role in by)
        }

    def told(self, at):
        """What was said and has not expired, in the words in which it was said."""
        return {
            name: learning.told
            for name, learning in self.latest.items()
            if learning.until is None or at <= learning.until
        }

    def run(self, name, at, number=None):
        """
        The learnings since when a fact has been true (other types: known), none if it is not.

        With a *number*: as it was right after that place on the tape.
        """
        is_bool = self.process.all_facts[name].type.value == "bool"
        history = [
            known for known in self.learned[name] if number is None or known.number <= number
        ]
        return unbroken(history, at, lambda value: value is True or not is_bool)

    def run_of_date(self, name, at):
        """The learnings since when a date fact has been the date that it is."""
        history = self.learned[name]
        return unbroken(history, at, lambda value: value == history[-1].value)

    def runs_begun(self, name):
        """When a fact began to be true (other types: known), each time."""
        runs = [self.run(name, known.at, known.number) for known in self.learned[name]]
        return [run[0].at for run in runs if len(run) == 1]


def unbroken(history, at, goes_on):
    """The latest learnings with nothing between them that ended the run."""
    run = []
    for learning in reversed(history):
        # It must have stood until it was learned again.
        if not learning.stands(at) or not goes_on(learning.value):
            break
        run.insert(0, learning)
        at = learning.at
    return run
