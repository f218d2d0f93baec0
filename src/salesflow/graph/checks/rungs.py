"""
Checks on rules (SF3xx): which rung acts before another, and which never acts.

A rung is called dead only if no history of events can make it act. A timer may always be overridden
by somebody who records that, so no timer's end makes the rungs after it dead: the messages about
them say so. Two clocks are compared only where the answer is the same for every start, in every
calendar of the process, over any hold; where it is not certain, nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey, same_length
from salesflow.process.flaws import render
from salesflow.process.lookups import rules
from salesflow.process.parts import ContactGap, FactType, Rule, StageKind, Timer

_RESTING = (StageKind.LOST, StageKind.PARKED)


def check_rungs(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with each rule of a process by itself, and together with one other."""
    for at, rule in rules(survey.process):
        path = render(at)
        yield from _never_acts(survey, path, rule)
        yield from _behind_an_end(survey, path, rule)
        yield from _escalations_that_wait(survey, path, rule)
        yield from _escalations_after_a_date(path, rule)
    for place, timer in enumerate(survey.process.timers):
        yield from _of_a_timer(survey, f"timers[{place}]", timer)
    yield from _plays_too_late(survey)


def _never_acts(survey: Survey, path: str, rule: Rule) -> Iterator[Finding]:
    """SF306: no history makes the rule act, or its timer move a deal."""
    what = "gap" if isinstance(rule, ContactGap) else "timer"
    if not survey.can_apply(rule):
        source, name = rule.clock
        is_flag = source == "fact" and survey.process.all_facts[name].type is FactType.BOOL
        runs = f" while {name!r}, which starts its clock, is true" if is_flag else ""
        yield finding(
            "SF306",
            f"{path}.when",
            f"{what} {rule.id!r} never acts: its condition can never be true{runs}",
            "Change the condition, or remove the rule",
        )
    if isinstance(rule, ContactGap):
        return
    if rule.move_to is not None and not survey.left_by[rule.id]:
        yield finding(
            "SF306",
            f"{path}.move_to",
            f"timer {rule.id!r} never moves a deal: it watches nothing but closed stages and the"
            f" stage that it moves to, {rule.move_to!r}",
            "Let it watch the stages that it should move deals out of",
        )
    source, name = rule.clock
    if source == "date" and rule.stop == ("fact", name):
        yield finding(
            "SF306",
            f"{path}.until",
            f"timer {rule.id!r} never acts: its clock only runs while {name!r} is known, which"
            " stops it",
            "Wait for something else, or leave it out",
        )


def _behind_an_end(survey: Survey, path: str, rule: Rule) -> Iterator[Finding]:
    """SF301: a timer on the same clock takes the deal away before a rung of the rule is due."""
    for key, span, does in _rungs(rule):
        timer = _taken_away(survey, rule, span)
        if timer is None:
            continue
        who, exception, further = "it", "its end is overridden or put off", ""
        if timer is not rule:
            who, exception = "that timer", f"timer {timer.id!r} is overridden"
            if timer.postpone and timer.postpone.at_most:
                further = f", put off by {timer.postpone.at_most} at most"
        yield finding(
            "SF301",
            f"{path}.{key}",
            f"{does} only where {exception}: {who} moves the deal to {timer.move_to!r} after"
            f" {timer.after} on the same clock{further}, before {span}",
            "Make it shorter, or let the timer wait longer",
        )
        return


def _rungs(rule: Rule) -> Iterator[tuple[str, Span, str]]:
    """Yield key, span and a name of each rung of a rule, in the order in which they act."""
    if isinstance(rule, ContactGap):
        if rule.warn is not None:
            yield "warn", rule.warn, f"gap {rule.id!r} warns"
        yield "max", rule.max, f"gap {rule.id!r} is breached"
    elif rule.after is not None:
        yield "after", rule.after, f"timer {rule.id!r} ends"
    else:
        return
    for place, step in enumerate(rule.escalate):
        yield f"escalate[{place}].after", step.after, f"{rule.id!r} escalates to {step.to!r}"


def _taken_away(survey: Survey, rule: Rule, span: Span) -> Timer | None:
    """Return a timer that, unless put off, takes the deal from *rule* before *span* is over."""
    if rule.clock[0] not in ("touch", "stage"):
        # The other clocks go on after a deal is reopened, and no timer moves it a second time.
        return None
    watched = survey.watched[rule.id]
    for timer in survey.leaving[next(stage for stage in survey.kinds if stage in watched)]:
        # A deal that comes back from a lost or parked stage, or into its stage, has a fresh clock;
        # in another open stage the silence goes on.
        restarts = timer.clock[0] == "stage" or survey.kinds[timer.move_to or ""] in _RESTING
        if (
            timer.clock == rule.clock
            and restarts
            and watched <= survey.left_by[timer.id]
            and timer.when in (None, rule.when)
            and (timer is rule or timer.stop in (None, _stop(rule)))
            and _ends_before(survey, timer, rule, span)
        ):
            return timer
    return None


def _stop(rule: Rule) -> tuple[str, str] | None:
    return rule.stop if isinstance(rule, Timer) else None


def _ends_before(survey: Survey, timer: Timer, rule: Rule, span: Span) -> bool:
    """Return whether *timer* certainly ends before *span* is over, if nobody overrides it."""
    if timer.after is None:
        return False
    if timer.postpone is None or timer is rule:
        return survey.is_surely_shorter(timer.after, span)
    most = timer.postpone.at_most
    return most is not None and survey.is_surely_shorter(timer.after, span, further=most)


def _escalations_that_wait(survey: Survey, path: str, rule: Rule) -> Iterator[Finding]:
    """SF310: an escalation whose own span ends before the end that it waits for."""
    end = rule.max if isinstance(rule, ContactGap) else rule.after
    for place, step in enumerate(rule.escalate):
        if end is not None and survey.is_surely_shorter(step.after, end):
            yield finding(
                "SF310",
                f"{path}.escalate[{place}].after",
                f"{rule.id!r} escalates to {step.to!r} at its end, after {end}: {step.after} counts"
                " from the start of the clock, and no escalation comes before the end",
                f"Write {end}, or the intended span from the start",
            )


def _escalations_after_a_date(path: str, rule: Rule) -> Iterator[Finding]:
    """SF319: a timer ends before a date, and its escalation counts from that date."""
    if not isinstance(rule, Timer) or rule.before is None:
        return
    for place, step in enumerate(rule.escalate):
        date = rule.clock[1]
        yield finding(
            "SF319",
            f"{path}.escalate[{place}].after",
            f"timer {rule.id!r} ends {rule.before} before {date!r}, but {step.to!r} hears of it"
            f" only {step.after} after that date: escalations count from the date",
            "For something to do before the date, add a play with before and a role",
        )


def _of_a_timer(survey: Survey, path: str, timer: Timer) -> Iterator[Finding]:
    yield from _stop_that_starts(survey, path, timer)
    end = timer.after or timer.before
    if timer.notice is not None and timer.after is not None and same_length(timer.notice, end):
        yield finding(
            "SF309",
            f"{path}.notice",
            f"the notice of timer {timer.id!r} comes as soon as its clock starts: {timer.notice}"
            f" before the end, which is {timer.after} after the start",
            "Make the notice shorter",
        )
    yield from _touch_that_postpones_nothing(survey, path, timer)
    yield from _fact_that_expires(survey, path, timer)


def _stop_that_starts(survey: Survey, path: str, timer: Timer) -> Iterator[Finding]:
    """SF307: whatever stops the clock also restarts it at the same instant."""
    if timer.stop is None:
        return
    (source, start), (stopper, stop) = timer.clock, timer.stop
    if source != stopper:
        return
    is_same = survey.counts_all_of(start, stop) if source == "touch" else start == stop
    if is_same:
        yield finding(
            "SF307",
            f"{path}.until",
            f"the clock of timer {timer.id!r} is never stopped: {timer.until} restarts it, because"
            f" it counts from {timer.since}",
            "Wait for something else, or leave it out",
        )


def _touch_that_postpones_nothing(survey: Survey, path: str, timer: Timer) -> Iterator[Finding]:
    """SF315: an inbound touch restarts the clock, and the new end is later than what it grants."""
    window = timer.postpone.inbound if timer.postpone else None
    source, touch = timer.clock
    if (
        window is not None
        and timer.after is not None
        and source == "touch"
        and survey.counts_all_of(touch, "inbound")
        and (survey.is_surely_shorter(window, timer.after) or same_length(window, timer.after))
    ):
        yield finding(
            "SF315",
            f"{path}.postpone.inbound",
            f"an inbound touch restarts the clock of timer {timer.id!r}, so {window} after the"
            f" touch is never later than the new end, {timer.after} after it",
            "Leave it out",
        )


def _fact_that_expires(survey: Survey, path: str, timer: Timer) -> Iterator[Finding]:
    """SF316: the clock stops when its fact expires, and that is before its end."""
    source, name = timer.clock
    if source != "fact" or timer.after is None:
        return
    lasts = survey.process.all_facts[name].valid_for
    if lasts is not None and survey.is_surely_shorter(lasts, timer.after):
        yield finding(
            "SF316",
            f"{path}.after",
            f"timer {timer.id!r} ends {timer.after} after {name!r} was learned, but that holds"
            f" for only {lasts}: the timer ends only if it is learned again in between",
            "Let the fact hold longer, or the timer end earlier",
        )


def _plays_too_late(survey: Survey) -> Iterator[Finding]:
    """SF317: every stage of a play is over before the play is due."""
    for place, play in enumerate(survey.process.plays):
        key, span = ("within", play.within) if play.within is not None else ("after", play.after)
        if span is None:
            continue
        stages = play.stages or tuple(stage.id for stage in survey.process.open_stages)
        enders = [_ender(survey, stage, play.when, span) for stage in stages]
        if all(enders):
            ends = ", ".join(dict.fromkeys(repr(timer.id) for timer in enders if timer))
            yield finding(
                "SF317",
                f"plays[{place}].{key}",
                f"play {play.id!r} is due {span} after its stage was entered, but timer {ends} ends"
                " the stage before that, unless it is overridden",
                "Make it earlier, or let the stage last longer",
            )


def _ender(survey: Survey, stage: str, when: str | None, span: Span) -> Timer | None:
    """Return a timer that, unless overridden, ends every visit to *stage* before *span* is over."""
    return next(
        (
            timer
            for timer in survey.limits[stage]
            if timer in survey.leaving[stage]
            and timer.after is not None
            and timer.when in (None, when)
            and survey.is_surely_shorter(timer.after, span)
        ),
        None,
    )
