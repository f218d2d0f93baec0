"""
Random histories, drawn from anything that has the methods of `random.Random`.

Instants are chosen where rules are most likely to be wrong: a span after something that happened,
a microsecond before or after that, several things at one instant, and right at a deadline.
"""

import datetime as dt

import attrs
from tests.rules.processes import DATES, KINDS, VALUES, calendars, maybe, random_process, some
from tests.rules.slow_deal import SlowDeal
from tests.rules.slow_model import ladder, slow_calendar

from salesflow.events import (
    Activity,
    Assigned,
    Held,
    Learned,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Retracted,
)

__all__ = [
    "KINDS",
    "MICROSECOND",
    "OPENINGS",
    "OUTCOMES",
    "VALUES",
    "calendars",
    "instants",
    "known_instants",
    "nows",
    "random_event",
    "random_history",
    "random_process",
]

MICROSECOND = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
OUTCOMES = (None, None, None, "voicemail", "bounced", "dull")
STATUSES = (*("done",) * 5, *("planned",) * 3, "no_show", "cancelled")
HAPPENINGS = (
    *("activity",) * 9,
    *("learned",) * 6,
    *("moved",) * 5,
    *("held",) * 2,
    *("resumed", "overridden", "overridden", "reopened", "retracted", "other"),
)
MIXES = (
    *(HAPPENINGS,) * 4,
    HAPPENINGS + ("held",) * 8 + ("resumed",) * 3,
    HAPPENINGS + ("activity",) * 14,
    HAPPENINGS + ("learned",) * 10,
    HAPPENINGS + ("overridden",) * 6 + ("held",) * 3,
    HAPPENINGS + ("moved",) * 8 + ("reopened",) * 4,
)
"""Of some things a deal sees many, so that they meet each other."""
OPENINGS = tuple(
    dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    for text in (
        "2026-03-02 10:00",
        "2026-03-06 15:00",
        "2026-03-07 23:59:59.999999",
        "2026-03-08 06:30",
        "2026-10-31 20:30",
        "2026-11-01 05:30",
        "2026-11-01 06:30",
        "2026-10-24 12:00",
    )
)


def spans_of(process):
    """Every length of time that a process names."""
    rules = (*process.contact_gaps, *process.timers)
    found = [step.span for rule in rules for step in ladder(rule) if step.span[0]]
    windows = [timer.postpone for timer in process.timers if timer.postpone]
    named = [span for w in windows for span in (w.inbound, w.planned, w.at_most)]
    named += [process.holds.longest, *(fact.valid_for for fact in process.facts)]
    return found + [(span.count, span.unit.value) for span in named if span]


def instants(rng, process, count):
    """Instants in no order, the first is the opening; most lie where something may be due."""
    calendar = slow_calendar(process.calendar)
    spans = spans_of(process)
    known = [rng.choice(OPENINGS)]
    ends = [calendar.end_of_day(date) for date in some(rng, DATES, 1)]
    known += [end for end in ends if abs(end - known[0]) < 20 * 24 * HOUR]
    while len(known) < count + 1:
        anchor = rng.choice(known)
        if spans and rng.random() < 0.6:
            at = calendar.after(anchor, *rng.choice(spans))
        elif rng.random() < 0.3:
            at = anchor
        else:
            at = anchor + rng.choice((0, 1, 30, 100, -2)) * HOUR
        known.append(at + rng.choice((0, 0, 1, -1)) * MICROSECOND)
    return known


def random_event(rng, process, number, at, before=(), *, mix=HAPPENINGS):
    """An event; one that takes another back takes back one of those *before*."""
    origin = {
        "id": f"{rng.choice('xyz')}{number}",
        "occurred_at": at,
        "seq": rng.choice((0, 0, 1, 2)),
        "source": rng.choice(("", "", "crm")),
        "recorded_at": maybe(rng, 0.2, lambda: at + rng.choice((0, 1, 30, 200)) * HOUR),
    }
    what = rng.choice(mix)
    if what == "overridden" and not targets(process):
        what = "activity"
    return MAKERS[what](rng, process, origin, before)


def named_by_clocks(process, *sources):
    """What the clocks of the timers name, of some sources."""
    said = [text for timer in process.timers for text in (timer.since, timer.until) if text]
    pairs = [text.partition(":") for text in said]
    return [name for source, _, name in pairs if source in sources]


def activity(rng, process, origin, _before):
    at = origin["occurred_at"]
    wanted = named_by_clocks(process, "activity") or KINDS
    return Activity(
        kind=rng.choice(wanted if rng.random() < 0.3 else KINDS),
        activity_id=maybe(rng, 0.5, lambda: rng.choice(("m1", "m2"))),
        status=rng.choice(STATUSES),
        starts_at=at + rng.choice((0, 2, 26, 75, 170, -5)) * HOUR,
        direction=rng.choice((None, "in", "in", "out", "out")),
        outcome=rng.choice(OUTCOMES),
        **origin,
    )


def learned(rng, process, origin, _before):
    names = some(rng, tuple(VALUES), 2) or ["need"]
    wanted = named_by_clocks(process, "fact", "date")
    if wanted and rng.random() < 0.6:
        names = dict.fromkeys([*names, rng.choice(wanted)])
    facts = {name: rng.choice(VALUES[name]) for name in names}
    if rng.random() < 0.6:
        near = origin["occurred_at"].date() + rng.choice((-3, 0, 1, 2, 4, 9)) * dt.timedelta(days=1)
        facts |= {name: near for name in facts if name.endswith("_on")}
    return Learned(facts=facts, role=rng.choice((None, "rep", "boss")), **origin)


def moved(rng, process, origin, _before):
    open_stages = [stage.id for stage in process.open_stages]
    return Moved(
        to=rng.choice([stage.id for stage in process.stages] + 2 * open_stages),
        role=rng.choice((None, "rep", "boss")),
        reason=rng.choice((None, "old", "odd")),
        **origin,
    )


def held(rng, process, origin, _before):
    at = origin["occurred_at"]
    until = at + rng.choice((1, 5, 30, 100, 250, 0, -3)) * HOUR
    spans = spans_of(process)
    if spans and rng.random() < 0.4:
        until = slow_calendar(process.calendar).after(at, *rng.choice(spans))
    until += rng.choice((0, 0, 1, -1)) * MICROSECOND
    return Held(until=until, reason=rng.choice(("legal", "away", "odd", "")), **origin)


def resumed(_rng, _process, origin, _before):
    return Resumed(**origin)


def targets(process):
    """The ids of what can be overridden."""
    rules = [rule.id for rule in (*process.contact_gaps, *process.timers)]
    return rules * 3 + [c.id for part in (*process.stages, *process.moves) for c in part.exit]


def overridden(rng, process, origin, _before):
    return Overridden(
        target=rng.choice(targets(process)),
        until=origin["occurred_at"] + rng.choice((1, 30, 100, 250, -1)) * HOUR,
        reason="on site all week",
        role=rng.choice((None, "rep", "boss")),
        **origin,
    )


def reopened(rng, process, origin, _before):
    return Reopened(to=maybe(rng, 0.4, lambda: rng.choice(process.stages).id), **origin)


def retracted(rng, _process, origin, before):
    known = [event.id for event in before if not isinstance(event, (Opened, Retracted))]
    return Retracted(target=rng.choice(known or ["unheard_of"]), **origin)


def other(rng, process, origin, _before):
    if rng.random() < 0.5:
        return Assigned(owner=rng.choice(("dana", "kim")), **origin)
    return Opened(
        deal="D",
        stage=maybe(rng, 0.5, lambda: rng.choice(process.stages).id),
        calendar=random_calendar(rng, process),
        **origin,
    )


MAKERS = {
    maker.__name__: maker
    for maker in (
        *(activity, learned, moved, held, resumed, overridden, reopened, retracted, other),
    )
}


def random_calendar(rng, process):
    return rng.choice((None, *(row.id for row in process.calendars)))


def random_history(rng, process, most=12):
    """An opening and up to *most* other events, in the order of numbers, not of time."""
    times = instants(rng, process, max(rng.randint(0, most), rng.randint(0, most)))
    opening = Opened(
        id="o",
        deal="D",
        occurred_at=times[0],
        stage=maybe(rng, 0.2, lambda: rng.choice(process.stages).id),
        calendar=random_calendar(rng, process),
    )
    events, mix = [opening], rng.choice(MIXES)
    share = rng.choice((0, 0, 0, 0.3))
    for number, at in enumerate(times[1:]):
        if number > 2 and rng.random() < 0.15:
            at = at_a_deadline(rng, process, events) or at  # noqa: PLW2901 - a better one
        events.append(random_event(rng, process, number, at, events, mix=mix))
    return [by_day(rng, event) if rng.random() < share else event for event in events]


def by_day(rng, event):
    """The same event, of which only the day is known."""
    told = event.occurred_at + rng.choice((0, 1, 10, 30, 200)) * HOUR
    return attrs.evolve(event, precision="day", recorded_at=told)


def opened_twice(rng, process, events):
    """The same history, opened once more within hours; of one of the two only the day is known."""
    opening, *others = events
    again = attrs.evolve(
        opening,
        id="again",
        occurred_at=opening.occurred_at + rng.choice((-6, -1, 0, 1, 6)) * HOUR,
        # In another zone, its day may begin after the other opening was recorded.
        precision="instant",
        recorded_at=None,
        calendar=random_calendar(rng, process),
    )
    known, vague = rng.sample((opening, again), 2)
    return [known, by_day(rng, vague), *others]


def at_a_deadline(rng, process, events):
    """An instant at which something is due on the deal so far, or right beside it; or None."""
    slow = SlowDeal(process, events)
    due = [rung.due_at for rung in slow.at(slow.events[-1].at).deadlines]
    return rng.choice(due) + rng.choice((0, 0, 1, -1)) * MICROSECOND if due else None


def nows(rng, slow, count):
    """Instants to look at the deal: where events are, where something may be due, much later."""
    spans = spans_of(slow.process)
    known = [entry.at for entry in slow.events]
    ends = [e.event.until for e in slow.events if isinstance(e.event, (Held, Overridden))]
    found = [max(known) + 40 * 24 * HOUR]
    while len(found) < count:
        at = max(rng.choice(known + ends), slow.opened_at)
        due = [rung.due_at for rung in slow.at(at).deadlines]
        if due and rng.random() < 0.5:
            at = rng.choice(due)
        elif spans and rng.random() < 0.5:
            at = slow.calendar.after(at, *rng.choice(spans))
        found.append(max(at + rng.choice((-1, 0, 0, 1)) * MICROSECOND, slow.opened_at))
    return sorted(found)


def known_instants(rng, events, count):
    """Instants at which we knew what we had been told by then: at least one opening."""
    told = min(event.known_at for event in events if isinstance(event, Opened))
    late = [max(event.known_at, told) for event in events]
    return sorted(
        max(rng.choice(late) + rng.choice((-1, 0, 1)) * MICROSECOND, told) for _ in range(count)
    )
