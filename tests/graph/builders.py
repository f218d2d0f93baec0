"""Small processes for the tests of the graph, and random ones with a bit of everything."""

from __future__ import annotations

from hypothesis import strategies as st

from salesflow.process import ContactGap, Move, Process, Stage, Timer

TALK = Stage(id="talk")
SHOW = Stage(id="show")
SIGN = Stage(id="sign")
DONE = Stage(id="done", kind="won")
LOST = Stage(id="lost", kind="lost")
NAP = Stage(id="nap", kind="parked")
STAGES = (TALK, SHOW, SIGN, DONE, LOST, NAP)

TOUCH = ContactGap(id="touch", max="5 days")
COLD = Timer(id="cold", since="touch", after="30 days", move_to="lost")


def process(**changes):
    """A process without a finding, with *changes*."""
    parts = {
        "id": "small",
        "version": "1",
        "stages": STAGES,
        "contact_gaps": [TOUCH],
        "timers": [COLD],
    }
    return Process(**(parts | changes))


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
    ]
)
spans = st.sampled_from(["1 day", "3 days", "20 business days", "10 business minutes", "2 weeks"])


def _some(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=3)


@st.composite
def flows(draw):
    """Processes with any shape of stages, moves, gaps and timers, and nothing else."""
    kinds = draw(st.lists(st.sampled_from(["open", "open", "won", "lost", "parked"]), max_size=12))
    kinds = ["open", *kinds, "won"]
    if draw(st.booleans()):
        kinds[1:1] = ["open"] * draw(st.integers(1, 25))
    stages = [
        Stage(
            id=f"s{n}",
            kind=kind,
            title=draw(titles),
            win_probability=draw(st.none() | st.just(0.3)),
        )
        for n, kind in enumerate(kinds)
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
    modes = st.sampled_from([None, "warn", "observe", "enforce"])
    return Process(
        id="flow",
        version="1",
        title=draw(titles),
        mode=draw(st.sampled_from(["enforce", "warn"])),
        back=draw(st.sampled_from(["any", "listed"])),
        out=draw(st.sampled_from(["any", "listed"])),
        stages=stages,
        moves=[Move(from_stage=a, to_stage=b, title=draw(titles)) for a, b in chosen],
        contact_gaps=[
            ContactGap(id=f"g{n}", max=draw(spans), stages=draw(_some(ids)))
            for n in range(draw(st.integers(0, 3)))
        ],
        timers=[
            Timer(
                id=f"t{n}",
                since=draw(st.sampled_from(["touch", "touch:any", "stage", "opened"])),
                after=draw(spans),
                move_to=draw(st.sampled_from(ends)),
                stages=draw(_some(ids)),
                mode=draw(modes),
            )
            for n in range(draw(st.integers(0, 6)))
        ],
    )
