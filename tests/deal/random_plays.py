"""Random processes with plays, and histories in which plays are done, planned and taken back."""

import datetime as dt
import random

import attrs
from hypothesis import strategies as st
from tests.rules.builder import MICROSECOND, instants, random_history
from tests.rules.processes import DATES, GATES, KINDS, maybe, random_process, some, span

from salesflow.deal import Deal
from salesflow.events import Activity, Learned
from salesflow.process import Play

PLAYS = ("first", "second", "third")
SPANS = ("within", "after", "before", "every")


def random_play(rng, name, process):
    """A play of any kind, in some stages."""
    when = rng.choice(SPANS)
    units = ("days", "business days") if when == "before" else ("days", "business hours", "hours")
    return Play(
        id=name,
        activity=rng.choice(KINDS),
        role=rng.choice((None, "rep")),
        stages=maybe(rng, 0.4, lambda: some(rng, [s.id for s in process.stages], 2)) or (),
        when=maybe(rng, 0.2, lambda: rng.choice(GATES)),
        date="due_on" if when == "before" else None,
        **{when: span(rng, units)},
    )


def with_plays(rng, event):
    """The same event; an activity may do a play, and says how long it took."""
    if isinstance(event, Activity) and rng.random() < 0.6:
        play = rng.choice((None, *PLAYS, "unheard_of"))
        return attrs.evolve(event, play=play, minutes=rng.choice((None, 10, 45)))
    return event


@attrs.frozen(kw_only=True)
class PlayCase:
    """A process with plays, a history in no order, and instants at which something may change."""

    seed: int
    process: object = attrs.field(repr=False)
    events: list = attrs.field(repr=False)
    nows: list = attrs.field(repr=False)

    @property
    def deal(self):
        return Deal.replay(self.process, self.events)


def make_play_case(seed):
    rng = random.Random(seed)
    process = random_process(rng, rng.choice((None, "warn")))
    if rng.random() < 0.6:
        process = calmer(rng, process)
    plays = [random_play(rng, name, process) for name in PLAYS[: rng.choice((0, 1, 1, 2, 3))]]
    process = attrs.evolve(process, plays=plays)
    history = random_history(rng, process, rng.choice((3, 6, 12)))
    opening = history[0]
    if rng.random() < 0.7:
        at = opening.occurred_at
        history.append(
            Learned(id="date", occurred_at=at, facts={"due_on": rng.choice(DATES)}, seq=9)
        )
    events = [with_plays(rng, event) for event in history]
    nows = changes(rng, Deal.replay(process, events), instants(rng, process, 8))
    return PlayCase(seed=seed, process=process, events=events, nows=nows)


def calmer(rng, process):
    """The same process with few rules: its deals often want nothing."""
    return attrs.evolve(
        process,
        contact_gaps=process.contact_gaps[: rng.choice((0, 1))],
        timers=process.timers[: rng.choice((0, 1))],
        roles=[attrs.evolve(role, may_override=["*"]) for role in process.roles],
    )


def changes(rng, deal, others):
    """Instants right where something changes, and others, from the opening on."""
    found = [deal.opened_at, *others, *(event.occurred_at for event in deal.events)]
    for at in [at for at in found if at >= deal.opened_at][:6]:
        found += [deadline.due_at for deadline in deal.deadlines(at)]
        found += [at for play in deal.plays(at) for at in (play.from_at, play.due_at)]
    for event in deal.events:
        if isinstance(event, Activity) and event.starts_at:
            found += [event.starts_at, event.starts_at.replace(hour=5, minute=0)]
    near = [at + rng.choice((-1, 0, 0, 1)) * MICROSECOND for at in rng.sample(found, len(found))]
    near += [at - rng.choice((1, 5, 23)) * dt.timedelta(hours=1) for at in near[:15]]
    return [at for at in near[:40] if at >= deal.opened_at] or [deal.opened_at]


play_cases = st.integers(0, 2**40).map(make_play_case)
"""A seed says it all: what fails is repeated by `make_play_case`."""
