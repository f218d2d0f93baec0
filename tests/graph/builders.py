"""Small processes for the tests of the graph, and random ones with a bit of everything."""

from __future__ import annotations

from hypothesis import strategies as st

from salesflow.calendars import Calendar
from salesflow.graph import check_process
from salesflow.process import (
    ContactGap,
    Fact,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Process,
    Role,
    Stage,
    Timer,
    TouchClass,
)

TALK = Stage(id="talk")
SHOW = Stage(id="show")
SIGN = Stage(id="sign")
DONE = Stage(id="done", kind="won")
LOST = Stage(id="lost", kind="lost")
NAP = Stage(id="nap", kind="parked")
STAGES = (TALK, SHOW, SIGN, DONE, LOST, NAP)

TOUCH = ContactGap(id="touch", max="5 days")
COLD = Timer(id="cold", since="touch", after="30 days", move_to="lost")
OLD = Timer(id="old", since="opened", after="400 days")


def process(**changes):
    """A process with nothing but an info or two, with *changes*."""
    parts = {
        "id": "small",
        "version": "1",
        "stages": STAGES,
        "contact_gaps": [TOUCH],
        "timers": [COLD],
    }
    return Process(**(parts | changes))


def timer(**changes):
    """A timer on the age of a stage."""
    return Timer(**({"id": "t", "since": "stage", "after": "9 days", "move_to": "lost"} | changes))


def gap(**changes):
    """A contact gap beside the process's own."""
    return ContactGap(**({"id": "g", "max": "5 days"} | changes))


def codes(of, *begin):
    """Code and path of what is found in a process, of the codes that begin so."""
    return [
        (found.code, found.path)
        for found in check_process(of)
        if found.code.startswith(begin or "SF")
    ]


def pairs(moves):
    """What moves lead from where to where."""
    return [(move.from_stage, move.to_stage) for move in moves]


titles = st.sampled_from(
    [
        "",
        "Sign",
        '1st Meeting: "a" #x; {z}',
        "Validation of every single document",
        "Überprüfung</text>&\n\t",
        "Donaudampfschifffahrtsgesellschaft",
        "日本語の段階です 😀",
        "New Direction tbd",
    ]
)
spans = st.sampled_from(["1 day", "3 days", "20 business days", "10 business minutes", "2 weeks"])
postponements = st.sampled_from(
    [
        None,
        None,
        Postponement(inbound="2 business days", at_most="9 days"),
        Postponement(planned="3 days"),
    ]
)


def _some(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=3)


@st.composite
def _kinds(draw):
    kinds = draw(st.lists(st.sampled_from(["open", "open", "won", "lost", "parked"]), max_size=12))
    kinds = ["open", *kinds, "won"]
    if draw(st.booleans()):
        kinds[1:1] = ["open"] * draw(st.integers(1, 25))
    return kinds


@st.composite
def _timers(draw, ids, ends):
    since = draw(
        st.sampled_from(
            ["touch", "touch:any", "stage", "stage_total", "opened", "date:due", "activity:call"]
        )
    )
    span = {"after": draw(spans)}
    if since == "date:due":
        span = draw(st.sampled_from([{"before": "10 business days"}, {"after": "3 days"}, {}]))
    return {
        "since": since,
        **span,
        "until": draw(st.sampled_from([None, None, "touch:inbound", "activity:meeting"])),
        "postpone": draw(postponements),
        "move_to": draw(st.sampled_from(ends)),
        "stages": draw(_some(ids)),
        "mode": draw(st.sampled_from([None, "warn", "observe", "enforce"])),
    }


@st.composite
def flows(draw):
    """Processes with any shape of stages, moves, gaps, timers and plays, and little else."""
    stages = [
        Stage(
            id=f"s{n}",
            kind=kind,
            title=draw(titles),
            win_probability=draw(st.none() | st.just(0.3)),
            revive=draw(st.sampled_from([None, "inbound"])) if kind == "parked" else None,
        )
        for n, kind in enumerate(draw(_kinds()))
    ]
    possible = [
        (one.id, other.id)
        for one in stages
        for other in stages
        if one is not other
        and one.kind in ("open", "parked")
        and (one.kind, other.kind) != ("parked", "won")
    ]
    chosen = draw(st.lists(st.sampled_from(possible), unique=True, max_size=8))
    ids = [stage.id for stage in stages]
    ends = [None, *(stage.id for stage in stages if stage.kind != "won")]
    return Process(
        id="flow",
        version="1",
        title=draw(titles),
        mode=draw(st.sampled_from(["enforce", "warn"])),
        back=draw(st.sampled_from(["any", "listed"])),
        out=draw(st.sampled_from(["any", "listed"])),
        facts=[Fact(id="due", type="date")],
        roles=[Role(id="rep")],
        stages=stages,
        moves=[Move(from_stage=a, to_stage=b, title=draw(titles)) for a, b in chosen],
        contact_gaps=[
            ContactGap(id=f"g{n}", max=draw(spans), stages=draw(_some(ids)))
            for n in range(draw(st.integers(0, 3)))
        ],
        timers=[
            Timer(id=f"t{n}", **draw(_timers(ids, ends))) for n in range(draw(st.integers(0, 6)))
        ],
        plays=[
            Play(id=f"p{n}", title=draw(titles), activity="call", every="2 days", role="rep")
            for n in range(draw(st.integers(0, 2)))
        ],
    )


CALENDARS = (
    Calendar("UTC"),
    Calendar("America/New_York", hours={"mon-fri": ["09:00-12:00", "13:00-17:00"]}),
    Calendar("Europe/Berlin", hours={"mon-sat": ["08:00-20:00"]}, holidays=["2026-12-25"]),
    Calendar("Pacific/Apia", hours={"sun-thu": ["09:00-17:00"]}),
)
_lengths = st.sampled_from(
    [
        "1 day",
        "3 days",
        "9 days",
        "2 weeks",
        "30 hours",
        "72 hours",
        "2 business days",
        "7 business days",
        "10 business hours",
        "45 business minutes",
    ]
)
_touches = (
    TouchClass(id="deep", kinds=["email", "call"], unanswered_cap=2),
    TouchClass(id="sent", direction="outbound", kinds=["letter"], unanswered_cap=1),
    TouchClass(id="answer", direction="two_way", kinds=["email"]),
)
_sources = st.sampled_from(
    [
        *("touch", "touch:two_way", "touch:deep", "touch:sent", "touch:answer", "touch:inbound"),
        *("stage", "stage", "stage", "stage_total", "opened"),
        *("fact:flag", "date:day", "activity:call"),
    ]
)
_stops = st.sampled_from(
    [*[None] * 5, "touch", "touch:deep", "touch:inbound", "activity:meeting", "fact:flag"]
)
_delays = st.sampled_from(
    [
        *[None] * 4,
        Postponement(inbound="2 days", at_most="30 hours"),
        Postponement(inbound="7 business days"),
        Postponement(planned="3 days"),
    ]
)


@st.composite
def clockworks(draw):
    """Processes in which time does much: timers of every kind that move deals to and fro."""
    kinds = ["open", *draw(st.lists(st.sampled_from(["open", "open", "parked", "lost"])))[:5]]
    stages = [Stage(id=f"s{n}", kind=kind) for n, kind in enumerate([*kinds, "won", "lost"])]
    ids = [stage.id for stage in stages]
    ends = [None, *(stage.id for stage in stages if stage.kind != "won")]
    timers = []
    for n in range(draw(st.integers(1, 6))):
        since, until = draw(_sources), draw(_stops)
        timers.append(
            Timer(
                id=f"t{n}",
                since=since,
                # A process refuses what starts and stops one clock.
                until=None if until == since else until,
                after=draw(_lengths),
                move_to=draw(st.sampled_from(ends)),
                postpone=draw(_delays),
                stages=draw(st.just([]) | _some(ids)),
                mode=draw(st.sampled_from([None, None, None, "warn"])),
                when=draw(st.sampled_from([*[None] * 5, "flag", "not flag"])),
            )
        )
    others = [NamedCalendar(id="other", calendar=draw(st.sampled_from(CALENDARS)))]
    return Process(
        id="clockwork",
        version="1",
        stages=stages,
        facts=[Fact(id="flag", type="bool"), Fact(id="day", type="date")],
        touches=_touches,
        timers=timers,
        calendar=draw(st.sampled_from(CALENDARS)),
        calendars=draw(st.sampled_from([[], others])),
    )
