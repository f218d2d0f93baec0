"""Random cases of deals that come under other processes."""

import datetime as dt
import random

import attrs
from tests.rules.builder import nows, random_history, random_process
from tests.rules.slow_change import SlowChange
from tests.rules.slow_deal import SlowDeal

from salesflow.calendars import Span
from salesflow.deal import Deal
from salesflow.events import Migrated, Moved, Opened, Reopened, Retracted

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
STAYS = (dt.timedelta(microseconds=1), HOUR, 30 * HOUR, 100 * HOUR, 300 * HOUR, 900 * HOUR)
CLOSED = ("won", "lost")


@attrs.frozen(kw_only=True)
class Change:
    """Processes, the first of them first, a history through all of them, instants to look."""

    seed: int
    rng: random.Random = attrs.field(repr=False)
    processes: list = attrs.field(repr=False)
    events: list = attrs.field(repr=False)
    nows: list = attrs.field(repr=False)

    @property
    def deal(self):
        *before, last = self.processes
        return Deal.replay(last, self.events, earlier=before)

    @property
    def slow(self):
        return SlowChange({p.hash: p for p in self.processes}, self.events)


def make_change(seed):
    """
    A case of one migration or two, at instants where something may be due.

    In some the deal is closed or parked before a migration and comes back after it.
    """
    rng = random.Random(seed)
    processes = [random_process(rng) for _ in range(rng.choice((2, 2, 2, 3)))]
    goes_away = rng.random() < 0.5
    if rng.random() < (0.8 if goes_away else 0.3):
        processes = [processes[0], *(varied(rng, processes[0]) for _ in processes[1:])]
    events = random_history(rng, processes[0])
    instants = nows(rng, SlowDeal(processes[0], events), 6)
    at = sorted(rng.sample(instants[:-1], len(processes) - 1))
    journey = []
    if goes_away:
        at, journey = away(rng, at, processes)
        back = journey[-1].occurred_at
        instants = sorted([*instants[2:], back + rng.choice((0, 1, 30)) * HOUR, back + 40 * DAY])
    known = [event for event in events if not isinstance(event, Opened) or event.id == "o"]
    migrations = [
        migration(rng, number, when, *processes[number : number + 2])
        for number, when in enumerate(at)
    ]
    events = [*fitting(rng, known, migrations, processes), *migrations, *journey]
    return Change(seed=seed, rng=rng, processes=processes, events=events, nows=instants)


def varied(rng, process):
    """The same process with other spans and modes: what people change most."""
    other = random_process(rng)
    gaps = {gap.id: gap for gap in other.contact_gaps}
    changes = {
        f"contact_gaps.{gap.id}.{field}": getattr(gaps[gap.id], field)
        for gap in process.contact_gaps
        if gap.id in gaps and gap.warn is None
        for field in ("max", "mode")
    }
    for timer in process.timers:
        if timer.after and rng.random() < 0.7:
            longer = Span(timer.after.count + rng.choice((1, 2, 5)), timer.after.unit)
            changes[f"timers.{timer.id}.after"] = longer
    changes |= {"mode": other.mode, "calendar": other.calendar, "version": str(rng.random())}
    return process.replace(changes)


def away(rng, at, processes):
    """
    Later instants for the migrations, and two moves: away before one of them, and back after it.

    It goes when something may be due or has just acted, and stays for hours or for days.
    """
    number = rng.randrange(len(at))
    left = at[number] + rng.choice((0, 0, 1, 30)) * HOUR
    lag = left - at[number] + rng.choice(STAYS)
    at = [*at[:number], *(instant + lag for instant in at[number:])]
    back = at[number] + rng.choice(STAYS)
    between = sum(instant <= back for instant in at)
    gone = rng.choice([s.id for s in processes[number].stages if s.kind != "open"])
    home = rng.choice(processes[between].open_stages).id
    moves = [
        Moved(id="away", occurred_at=left, to=gone),
        rng.choice(
            (
                Moved(id="back", occurred_at=back, to=home),
                Reopened(id="back", occurred_at=back, to=rng.choice((None, home))),
            )
        ),
    ]
    return at, moves


def migration(rng, number, at, old, new):
    """Every stage has its place; closed ones stay what they are."""
    stages = {}
    for stage in old.stages:
        fit = [s.id for s in new.stages if is_fit(stage, s)]
        if stage.id not in fit or rng.random() < 0.2:
            stages[stage.id] = rng.choice(fit)
    return Migrated(
        id=f"m{number}",
        occurred_at=at,
        from_process=old.hash,
        to_process=new.hash,
        stages={name: to for name, to in stages.items() if to != name},
        facts=rng.choice(({}, {}, {"need": "fit"}, {"asked_on": "due_on"})),
        calendar=rng.choice((None, *(row.id for row in new.calendars))),
    )


def is_fit(stage, other):
    closed = stage.kind in CLOSED
    return other.kind == stage.kind if closed else other.kind not in CLOSED


def fitting(rng, events, migrations, processes):
    """The events as the processes of their time may say them."""
    found = []
    for event in events:
        number = sum(m.occurred_at <= event.occurred_at for m in migrations)
        process = processes[number]
        fitted = event
        # At the end of its day it would name what is not there.
        near = any(abs(m.occurred_at - event.occurred_at) < 2 * DAY for m in migrations)
        names = hasattr(event, "to") or hasattr(event, "target")
        if names and event.precision == "day" and near:
            continue
        if getattr(event, "to", None) is not None:
            fitted = attrs.evolve(event, to=rng.choice(process.stages).id)
        if hasattr(event, "target") and not isinstance(event, Retracted):
            rules = [rule.id for rule in (*process.contact_gaps, *process.timers)]
            if not rules:
                continue
            fitted = attrs.evolve(event, target=rng.choice(rules))
        found.append(fitted)
    return found
