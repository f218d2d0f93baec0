"""
Random processes and histories, drawn from anything that has the methods of `random.Random`.

Instants are chosen where rules are most likely to be wrong: a span after something that happened,
a microsecond before or after that, several things at one instant.
"""

import datetime as dt
import functools

from tests.rules.slow_model import ladder, slow_calendar

from salesflow.calendars import Calendar, Span
from salesflow.events import Activity, Assigned, Learned, Moved, Opened
from salesflow.process.model import Process
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Escalation,
    Fact,
    Move,
    Role,
    Stage,
    Timer,
    TouchClass,
)

MICROSECOND = dt.timedelta(microseconds=1)
DATES = (dt.date(2026, 2, 27), dt.date(2026, 3, 8), dt.date(2026, 3, 9), dt.date(2025, 12, 31))
KINDS = ("call", "meeting", "email", "note", "white_paper", "site_visit", "crm_update")
OUTCOMES = (None, None, None, "voicemail", "bounced", "dull")
UNITS = (
    *("minutes", "hours", "days", "weeks"),
    *("business minutes", "business hours", "business days"),
)
FACTS = (
    Fact(id="need", type="bool"),
    Fact(id="fit", type="bool"),
    Fact(id="budget", type="money"),
    Fact(id="people", type="int"),
    Fact(id="segment", type="one_of", values=["smb", "big"]),
    Fact(id="due_on", type="date"),
    Fact(id="asked_on", type="date"),
)
GATES = (
    "need",
    "not need",
    "fit",
    "not (need and fit)",
    "need or people >= 2",
    "budget >= 50",
    "budget > value",
    "1 <= people < 3",
    "not people == 2",
    "segment in ['big']",
    "segment not in ['big', 'smb']",
    "segment != 'smb'",
    "due_on >= '2026-03-08'",
    "due_on < asked_on or need",
)
VALUES = {
    "need": (True, False),
    "fit": (True, False),
    "budget": (49, 50, "50.5", "80 EUR", "70 USD"),
    "value": (10, "60 USD", "60 GBP"),
    "people": (0, 1, 2, 3),
    "segment": ("smb", "big"),
    "due_on": DATES,
    "asked_on": ("2026-03-08", *DATES),
}
TOUCHES = (
    TouchClass(id="capped", unanswered_cap=1),
    TouchClass(id="outward", direction="outbound", unanswered_cap=2, not_outcomes=["dull"]),
    TouchClass(id="expert", kinds=["meeting", "white_paper", "site_visit"]),
)
TOUCH_NAMES = ("any", "two_way", "inbound", *(touch.id for touch in TOUCHES))
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


@functools.cache
def calendars():
    """Zones and hours of every sort; made once, because their tables take time."""
    office = {"mon-fri": ["09:00-17:00"]}
    split = {"mon-thu": ["09:00-12:00", "13:00-17:00"], "sun": ["00:30-24:00"]}
    return (
        Calendar("UTC"),
        Calendar("UTC", office),
        Calendar("America/New_York", office, holidays={"add": ["2026-03-09"]}),
        Calendar("America/New_York", split, special={"2026-03-08": ["01:00-04:00"]}),
        Calendar("Europe/London", {"sun-thu": ["00:00-24:00"]}),
        Calendar("Australia/Lord_Howe", split),
        Calendar("America/Havana"),
        Calendar("Asia/Kolkata", office, holidays={"add": ["2026-03-03"]}),
    )


def some(rng, items, most):
    """Up to *most* different items, in their order."""
    chosen = [item for item in items if rng.random() < most / len(items)]
    return chosen[:most]


def span(rng):
    return Span.parse(f"{rng.choice((1, 1, 2, 3, 5))} {rng.choice(UNITS)}")


def maybe(rng, share, make):
    return make() if rng.random() < share else None


def random_process(rng, mode=None):
    stages = random_stages(rng)
    names = [stage.id for stage in stages]
    moves = []
    for _ in range(rng.choice((0, 0, 1, 3))):
        move = random_move(rng, stages)
        if all((move.from_stage, move.to_stage) != (m.from_stage, m.to_stage) for m in moves):
            moves.append(move)
    return Process(
        id="random",
        version="1",
        currency="USD",
        mode=mode or rng.choice(("enforce", "enforce", "warn", "observe")),
        back=rng.choice(("any", "any", "listed")),
        out=rng.choice(("any", "any", "listed")),
        calendar=rng.choice(calendars()),
        stages=stages,
        moves=moves,
        facts=FACTS,
        roles=[Role(id="rep"), Role(id="boss")],
        touches=TOUCHES,
        activities=[ActivityKind(id="site_visit", like="meeting"), ActivityKind(id="crm_update")],
        contact_gaps=[random_gap(rng, f"gap_{n}", names) for n in range(rng.randint(0, 3))],
        timers=[random_timer(rng, f"timer_{n}", stages) for n in range(rng.randint(0, 4))],
    )


def random_stages(rng):
    """Two to four open stages, one to win, some to lose and to park, not always at the end."""
    stages = [
        Stage(id=name, exit=some(rng, GATES, 2))
        for name in ("a", "b", "c", "d")[: rng.randint(2, 4)]
    ]
    others = [Stage(id="won", kind="won"), Stage(id="lost", kind="lost", reasons=["old", "dull"])]
    others += some(
        rng, (Stage(id="park", kind="parked"), Stage(id="rest", kind="parked")), 2
    ) + some(rng, (Stage(id="gone", kind="lost"),), 1)
    for other in others:
        stages.insert(rng.choice((len(stages), rng.randint(1, len(stages)))), other)
    return stages


def random_move(rng, stages):
    left = [stage for stage in stages if stage.kind in {"open", "parked"}]
    origin = rng.choice(left)
    to = rng.choice(
        [s for s in stages if s is not origin and {s.kind, origin.kind} != {"won", "parked"}]
    )
    return Move(
        from_stage=origin.id,
        to_stage=to.id,
        by=some(rng, ("rep", "boss"), 1),
        exit=some(rng, GATES, 2),
        reason_required=rng.random() < 0.3,
    )


def about(rng, names):
    """What any rule may say: where and when it applies, who hears of it, how strict it is."""
    return {
        "stages": maybe(rng, 0.4, lambda: some(rng, names, 3)) or (),
        "when": maybe(rng, 0.3, lambda: rng.choice(GATES)),
        "escalate": [
            Escalation(after=span(rng), to="boss") for _ in range(rng.choice((0, 0, 1, 2)))
        ],
        "mode": rng.choice((None, None, "enforce", "warn", "observe")),
    }


def random_gap(rng, name, names):
    longest = span(rng)
    shortest = maybe(rng, 0.6, lambda: span(rng))
    if shortest and shortest.measure == longest.measure and shortest.amount > longest.amount:
        shortest, longest = longest, shortest
    return ContactGap(
        id=name, touch=rng.choice(TOUCH_NAMES), warn=shortest, max=longest, **about(rng, names)
    )


def random_timer(rng, name, stages):
    since = rng.choice(
        (
            *("touch", "touch:two_way", "touch:capped", "stage", "stage", "opened", "opened"),
            *(
                "fact:need",
                "fact:need",
                "fact:budget",
                "fact:due_on",
                "date:due_on",
                "date:asked_on",
            ),
        )
    )
    after = None if since.startswith("date") and rng.random() < 0.5 else span(rng)
    notice = None
    if after and rng.random() < 0.4:
        notice = Span(rng.randint(1, after.count), after.unit)
    move_to = maybe(rng, 0.5, lambda: rng.choice([s.id for s in stages if s.kind != "won"]))
    return Timer(
        id=name,
        since=since,
        after=after,
        notice=notice,
        move_to=move_to,
        reason="old" if move_to else "",
        **about(rng, [stage.id for stage in stages]),
    )


def instants(rng, process, count):
    """Instants in no order, the first is the opening; most lie where something may be due."""
    calendar = slow_calendar(process.calendar)
    spans = [
        step.span
        for rule in (*process.contact_gaps, *process.timers)
        for step in ladder(rule)
        if step.span[0]
    ]
    known = [rng.choice(OPENINGS)]
    known += [calendar.end_of_day(date) for date in some(rng, DATES, 1)]
    while len(known) < count + 1:
        anchor = rng.choice(known)
        if spans and rng.random() < 0.6:
            at = calendar.after(anchor, *rng.choice(spans))
        elif rng.random() < 0.3:
            at = anchor
        else:
            at = anchor + dt.timedelta(hours=rng.choice((0, 1, 30, 100, -2)))
        known.append(at + rng.choice((0, 0, 1, -1)) * MICROSECOND)
    return known


def random_event(rng, process, number, at):
    origin = {
        "id": f"{rng.choice('xyz')}{number}",
        "occurred_at": at,
        "seq": rng.choice((0, 0, 1, 2)),
        "source": rng.choice(("", "", "crm")),
    }
    what = rng.choice(("activity",) * 3 + ("learned",) * 3 + ("moved",) * 3 + ("other",))
    if what == "activity":
        return Activity(
            kind=rng.choice(KINDS),
            status=rng.choice(("done", "done", "done", "no_show", "cancelled")),
            direction=rng.choice((None, "in", "out", "out")),
            outcome=rng.choice(OUTCOMES),
            **origin,
        )
    if what == "learned":
        names = some(rng, tuple(VALUES), 3) or ["need"]
        return Learned(facts={name: rng.choice(VALUES[name]) for name in names}, **origin)
    if what == "moved":
        return Moved(
            to=rng.choice(process.stages).id,
            role=rng.choice((None, "rep", "boss")),
            reason=rng.choice((None, "old", "odd")),
            **origin,
        )
    if rng.random() < 0.5:
        return Assigned(owner=rng.choice(("dana", "kim")), **origin)
    return Opened(deal="D", stage=rng.choice((None, rng.choice(process.stages).id)), **origin)


def random_history(rng, process, most=12):
    """An opening and up to *most* other events, in the order of numbers, not of time."""
    times = instants(rng, process, rng.randint(0, most))
    opening = Opened(
        id="o",
        deal="D",
        occurred_at=times[0],
        stage=maybe(rng, 0.3, lambda: rng.choice(process.stages).id),
    )
    rest = times[1:]
    events = [random_event(rng, process, n, at) for n, at in enumerate(rest)]
    return [opening, *events]


def nows(rng, process, events, count):
    """Instants to look at the deal: where events are, where something may be due, much later."""
    calendar = slow_calendar(process.calendar)
    opened = min(e.occurred_at for e in events if isinstance(e, Opened))
    steps = [
        step.span for rule in (*process.contact_gaps, *process.timers) for step in ladder(rule)
    ]
    found = [max(e.occurred_at for e in events) + dt.timedelta(days=40)]
    while len(found) < count:
        at = max(rng.choice(events).occurred_at, opened)
        if steps and rng.random() < 0.7:
            at = calendar.after(at, *rng.choice(steps))
        found.append(max(at + rng.choice((-1, 0, 0, 1)) * MICROSECOND, opened))
    return sorted(found)
