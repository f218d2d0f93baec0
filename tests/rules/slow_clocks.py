"""The clocks of the rules: what starts and stops them, what they skip, when they end."""

import datetime as dt
import functools
from typing import NamedTuple

from tests.rules.slow_story import Story, is_a

TIME_THAT_STOPS = {"opened", "fact", "activity"}
"""Sources whose clocks skip the closed and parked time of stages that their rule does not name."""


class Run(NamedTuple):
    """One run of a clock."""

    start: dt.datetime
    key: object
    """Each rung acts once for one key."""
    number: int = 0
    """For a date: the place on the tape since which it has been this date."""


def source_of(rule):
    """What starts the clock of a rule, and which one: a touch without a class is any touch."""
    return named(rule.since if hasattr(rule, "since") else f"touch:{rule.touch}")


@functools.cache
def named(text):
    what, _, name = text.partition(":")
    return what, name or "any"


def counted(span):
    return span.count, span.unit.value


class Clocks(Story):
    """A story, and what the clocks of its rules say."""

    def clock(self, rule, at):
        """The run of a rule's clock at an instant; None if it was not started or is stopped."""
        run = self.started(rule, at)
        return None if run is None or self.is_stopped(rule, run) else run

    def started(self, rule, at):
        """What started the clock last; its key is its start, with the stage or the date."""
        what, name = source_of(rule)
        if what == "date":
            return self.started_by_date(name, at)
        if what in {"stage", "stage_total"}:
            visits = [visit.at for visit in self.visits if visit.stage == self.stage]
            start = visits[-1] if what == "stage" else visits[0]
            return Run(start, (start, self.stage))
        match what:
            case "touch":
                starts = [max([self.fresh_at, *self.touches(name)[-1:]])]
            case "opened":
                starts = [self.opened_at]
            case "activity":
                starts = self.done(name)[-1:]
            case "fact":
                starts = [learning.at for learning in self.run(name, at)[:1]]
        return Run(starts[0], starts[0]) if starts else None

    def started_by_date(self, name, at):
        """A date clock starts at the end of the day that a fact names."""
        dates = self.run_of_date(name, at)
        if not dates:
            return None
        return Run(self.calendar.end_of_day(dates[0].value), dates[0].value, dates[0].number)

    # What stops it.

    def is_stopped(self, rule, run):
        if getattr(rule, "until", None) is None:
            return False
        what, name = named(rule.until)
        if source_of(rule)[0] != "date":
            return any(at > run.start for at in self.occurrences(what, name))
        if what != "fact":
            return bool(self.occurrences(what, name))
        # It must have been true at some time since the date has been this date.
        return any(
            self.run(name, self.tape[number].at, number)
            for number in range(run.number, len(self.tape))
        )

    def occurrences(self, what, name):
        """When there was what stops a clock."""
        if what == "touch":
            return self.touches(name)
        return self.done(name) if what == "activity" else self.runs_begun(name)

    # What it skips.

    def skipped(self, rule):
        """The spans that a rule's clock does not count."""
        what, _ = source_of(rule)
        if what == "date" and rule.after is None:
            return ()
        return (*self.holds, *self.away(rule, what))

    def away(self, rule, what):
        """Where it is now it has been until now."""
        visits = zip(self.visits, [*(visit.at for visit in self.visits[1:]), self.at], strict=True)
        if what == "stage_total":
            return [(visit.at, left) for visit, left in visits if visit.stage != self.stage]
        if what not in TIME_THAT_STOPS:
            return []
        return [
            (visit.at, left)
            for visit, left in visits
            if self.is_away(visit.stage) and visit.stage not in rule.stages
        ]

    def after_start(self, rule, run, span):
        """So long after the start of the clock, as it counts."""
        return self.out_of_hold(self.calendar.after(run.start, *span, self.skipped(rule)))

    def after(self, start, span):
        """So long after any instant, holds not counted."""
        return self.calendar.after(start, *counted(span), self.holds)

    # When it ends.

    def plain_end(self, rule, run):
        """The end before anything puts it off."""
        if hasattr(rule, "max"):
            return self.after_start(rule, run, counted(rule.max))
        if rule.after:
            return self.after_start(rule, run, counted(rule.after))
        if rule.before:
            return self.out_of_hold(self.calendar.before(run.key, *counted(rule.before)))
        return self.out_of_hold(run.start)

    def end(self, rule, run):
        """The last instant in time: what postpones a timer, then what overrides it."""
        end = self.plain_end(rule, run)
        if hasattr(rule, "max"):
            return end
        if rule.postpone:
            end = self.postponed(rule.postpone, run, end)
        return self.out_of_hold(max([end, *self.overrides(rule.id)]))

    def postponed(self, postpone, run, end):
        reasons = [end]
        if postpone.inbound:
            reasons += [self.after(at, postpone.inbound) for at in self.touches("inbound")[-1:]]
        if postpone.planned:
            nearest = sorted(at for at in self.plans() if at >= run.start)[:1]
            latest = sorted(at for at in self.plans_done() if at >= run.start)[-1:]
            reasons += [self.after(at, postpone.planned) for at in (*nearest, *latest)]
        if postpone.at_most:
            return min(max(reasons), self.after(end, postpone.at_most))
        return max(reasons)

    def overrides(self, target):
        """Until when somebody lets a rule or a criterion pass."""
        return [
            entry.event.until
            for entry in self.tape
            if is_a(entry, "Overridden") and entry.event.target == target
        ]

    def is_overridden(self, target, at):
        return any(at <= until for until in self.overrides(target))

    # When its notices are due.

    def notice(self, rule, run):
        """A notice comes so long before the plain end, counted from the start of the clock."""
        count, unit = counted(rule.notice)
        if rule.before:
            early = self.calendar.before(run.key, rule.before.count + count, unit)
            return self.out_of_hold(early)
        return self.after_start(rule, run, (rule.after.count - count, unit))

    def second_notice(self, rule, run):
        """A postponed end has its own notice, counted back from it, never before the first."""
        early = self.calendar.back(self.end(rule, run), *counted(rule.notice))
        return max(self.notice(rule, run), self.out_of_hold(early))
