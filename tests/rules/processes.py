"""
Random processes that use all of the language, drawn from anything with the methods of a `Random`.

What is rare in real processes is frequent here: short spans, several clocks that end at one
instant, rules that watch closed stages.
"""

import datetime as dt
import functools
from typing import NamedTuple

from salesflow.calendars import Calendar, Span
from salesflow.process.model import Process
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Criterion,
    Escalation,
    Fact,
    Holds,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Role,
    Stage,
    Timer,
    TouchClass,
)

DATES = (dt.date(2026, 2, 27), dt.date(2026, 3, 8), dt.date(2026, 3, 9), dt.date(2025, 12, 31))
KINDS = ("call", "meeting", "email", "note", "white_paper", "site_visit", "crm_update")
REASONS = ("old", "dull")
UNITS = (
    *("minutes", "hours", "days", "weeks"),
    *("business minutes", "business hours", "business days"),
)
LONGER = ("hours", "days", "days", "weeks", "business hours", "business days", "business days")
FACT_TYPES = {
    "need": "bool",
    "fit": "bool",
    "budget": "money",
    "people": "int",
    "segment": "one_of",
    "due_on": "date",
    "asked_on": "date",
}
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
    "need": (True, True, False),
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
SINCE = (
    *("touch", "touch:two_way", "touch:capped", "stage", "stage", "stage_total", "stage_total"),
    *("opened", "opened", "fact:need", "fact:need", "fact:budget", "fact:due_on"),
    *("date:due_on", "date:due_on", "date:asked_on", "activity:call", "activity:note"),
)
UNTIL = (
    *("touch", "touch:two_way", "touch:inbound", "touch:outward", "fact:fit", "fact:need"),
    *("fact:people", "activity:call", "activity:meeting", "activity:note"),
)


class Theme(NamedTuple):
    """What the rules of one process are about, so that they meet each other often."""

    units: tuple[str, ...]
    since: tuple[str, ...]
    postponed: float
    """The share of timers that something puts off."""


THEMES = (
    Theme(UNITS, SINCE, 0.3),
    Theme(UNITS, SINCE, 0.3),
    Theme(LONGER, SINCE, 0.4),
    Theme(LONGER, ("date:due_on", "date:due_on", "date:asked_on"), 0.3),
    Theme(LONGER, ("stage", "stage_total", "stage_total", "opened"), 0.3),
    Theme(LONGER, ("fact:need", "fact:people", "activity:call", "touch"), 0.3),
    Theme(LONGER, ("opened", "touch", "stage", "fact:need", "date:due_on"), 0.9),
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


def span(rng, units=UNITS):
    return Span.parse(f"{rng.choice((1, 1, 2, 3, 5))} {rng.choice(units)}")


def maybe(rng, share, make):
    return make() if rng.random() < share else None


def random_process(rng, mode=None):
    criteria = random_criteria(rng)
    stages = random_stages(rng, criteria)
    names = [stage.id for stage in stages]
    moves = []
    for _ in range(rng.choice((0, 0, 1, 3))):
        move = random_move(rng, stages, criteria)
        if all((move.from_stage, move.to_stage) != (m.from_stage, m.to_stage) for m in moves):
            moves.append(move)
    theme = rng.choice(THEMES)
    gaps = [random_gap(rng, theme, f"gap_{n}", names) for n in range(rng.randint(0, 3))]
    timers = [random_timer(rng, theme, f"timer_{n}", stages) for n in range(rng.randint(0, 5))]
    rules = [rule.id for rule in (*gaps, *timers)]
    used = [c.id for part in (*stages, *moves) for c in part.exit]
    return Process(
        id="random",
        version="1",
        currency="USD",
        mode=mode or rng.choice(("enforce", "enforce", "warn", "observe")),
        back=rng.choice(("any", "any", "listed")),
        out=rng.choice(("any", "any", "listed")),
        calendar=rng.choice(calendars()),
        calendars=[
            NamedCalendar(id=name, calendar=rng.choice(calendars()))
            for name in some(rng, ("north", "south"), 1)
        ],
        stages=stages,
        moves=moves,
        facts=[random_fact(rng, *fact) for fact in FACT_TYPES.items()],
        roles=[
            Role(id="rep", may_override=some(rng, sorted({*rules, *used}) or ["*"], 2)),
            Role(id="boss", may_override=rng.choice((["*"], ["*"], rules[:1]))),
        ],
        touches=TOUCHES,
        activities=[ActivityKind(id="site_visit", like="meeting"), ActivityKind(id="crm_update")],
        holds=random_limits(rng),
        contact_gaps=gaps,
        timers=timers,
        plays=maybe(rng, 0.2, lambda: [Play(id="play", activity="call", every="1 day")]) or (),
    )


def random_fact(rng, name, fact_type):
    return Fact(
        id=name,
        type=fact_type,
        values=["smb", "big"] if fact_type == "one_of" else (),
        valid_for=maybe(rng, 0.25, lambda: span(rng, LONGER)),
    )


def random_criteria(rng):
    """Plain gates, and two with a name of their own that may ask who learned their facts."""
    named = [
        Criterion(id=f"rule_{n}", expression=rng.choice(GATES), by=some(rng, ("rep", "boss"), 1))
        for n in range(2)
    ]
    return (*rng.sample(GATES, 6), *named)


def random_limits(rng):
    return Holds(
        longest=maybe(rng, 0.3, lambda: span(rng)),
        per_deal=maybe(rng, 0.3, lambda: rng.choice((1, 1, 2))),
        reasons=maybe(rng, 0.3, lambda: ["legal", "away"]) or (),
        end_on_inbound=rng.random() < 0.4,
    )


def random_stages(rng, criteria):
    """Two to four open stages, one to win, some to lose and to park, not always at the end."""
    stages = [
        Stage(id=name, exit=some(rng, criteria, 2))
        for name in ("a", "b", "c", "d")[: rng.randint(2, 4)]
    ]
    others = [Stage(id="won", kind="won"), Stage(id="lost", kind="lost", reasons=REASONS)]
    parked = [
        Stage(id=name, kind="parked", revive=rng.choice((None, "inbound")))
        for name in ("park", "rest")
    ]
    others += some(rng, parked, 2) + some(rng, (Stage(id="gone", kind="lost"),), 1)
    for other in others:
        stages.insert(rng.choice((len(stages), rng.randint(1, len(stages)))), other)
    return stages


def random_move(rng, stages, criteria):
    left = [stage for stage in stages if stage.kind in {"open", "parked"}]
    origin = rng.choice(left)
    to = rng.choice(
        [s for s in stages if s is not origin and {s.kind, origin.kind} != {"won", "parked"}]
    )
    return Move(
        from_stage=origin.id,
        to_stage=to.id,
        by=some(rng, ("rep", "boss"), 1),
        exit=some(rng, criteria, 2),
        reason_required=rng.random() < 0.3,
    )


def about(rng, theme, names):
    """What any rule may say: where and when it applies, who hears of it, how strict it is."""
    return {
        "stages": maybe(rng, 0.3, lambda: some(rng, names, 3)) or (),
        "when": maybe(rng, 0.2, lambda: rng.choice(GATES)),
        "escalate": [
            Escalation(after=span(rng, theme.units), to="boss")
            for _ in range(rng.choice((0, 0, 1, 2)))
        ],
        "mode": rng.choice((None, None, "enforce", "warn", "observe")),
    }


def random_gap(rng, theme, name, names):
    longest = span(rng, theme.units)
    shortest = maybe(rng, 0.6, lambda: span(rng, theme.units))
    if shortest and shortest.measure == longest.measure and shortest.amount > longest.amount:
        shortest, longest = longest, shortest
    return ContactGap(
        id=name,
        touch=rng.choice(TOUCH_NAMES),
        warn=shortest,
        max=longest,
        **about(rng, theme, names),
    )


def random_timer(rng, theme, name, stages):
    since = rng.choice(theme.since)
    move_to = maybe(rng, 0.45, lambda: rng.choice(targets(stages)))
    # Two stages that time moves a deal between must not do it every minute.
    units = LONGER if move_to and since == "stage" else theme.units
    after, before = span(rng, units), None
    if since.startswith("date"):
        day = span(rng, ("days", "business days"))
        after, before = rng.choice(((None, None), (after, None), (None, day)))
    return Timer(
        id=name,
        since=since,
        until=maybe(rng, 0.35, lambda: rng.choice([u for u in UNTIL if u != since])),
        after=after,
        before=before,
        notice=random_notice(rng, after, before),
        move_to=move_to,
        reason="old" if move_to else "",
        postpone=maybe(rng, theme.postponed, lambda: random_postponement(rng, theme)),
        **about(rng, theme, [stage.id for stage in stages]),
    )


def targets(stages):
    """Where time may move a deal: not often to where nothing more happens."""
    open_stages = [stage.id for stage in stages if stage.kind == "open"]
    return [stage.id for stage in stages if stage.kind != "won"] + open_stages


def random_notice(rng, after, before):
    if rng.random() < 0.5:
        return None
    if before:
        return Span(rng.randint(1, 3), before.unit)
    return Span(rng.randint(1, after.count), after.unit) if after else None


def random_postponement(rng, theme):
    which = rng.choice(("inbound", "planned", "planned", "both"))
    return Postponement(
        inbound=span(rng, theme.units) if which in {"inbound", "both"} else None,
        planned=span(rng, theme.units) if which in {"planned", "both"} else None,
        at_most=maybe(rng, 0.4, lambda: span(rng, theme.units)),
    )
