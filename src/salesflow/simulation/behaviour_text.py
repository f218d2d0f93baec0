"""A behaviour in words: what is assumed, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from salesflow.english import percent
from salesflow.simulation.parts import Hold, Learning, Override, Parts, StageLife


def explained(behaviour: Parts) -> Iterator[str]:
    """Yield what is assumed, line by line."""
    yield titled(behaviour)
    yield from (f"  {head:<16}{line}" for head, line in told(behaviour))


def titled(behaviour: Parts) -> str:
    """Return what a behaviour is called."""
    return behaviour.title or "behaviour"


def told(behaviour: Parts) -> Iterator[tuple[str, str]]:
    """Yield what is assumed, each line with what it is about, if that is not said above it."""
    yield from _headed("deals", _arrivals(behaviour))
    for life in behaviour.stages:
        yield from _headed(life.stage, _stage(life))
    yield from _headed("touches", _touches(behaviour))
    yield from _headed("buyers", _buyers(behaviour))
    yield from _headed("learned", map(_learned, behaviour.facts))
    yield from _headed("holds", map(_hold, behaviour.holds))
    yield from _headed("overrides", map(_override, behaviour.overrides))
    yield from _headed("reps", _reps(behaviour))


def _headed(head: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield lines with a head beside the first."""
    for number, line in enumerate(lines):
        yield "" if number else head, line


def _arrivals(behaviour: Parts) -> Iterator[str]:
    arrivals = behaviour.arrivals
    start = f"{arrivals.start:%Y-%m-%d %H:%M} {arrivals.start.tzname()}"
    if arrivals.at:
        yield f"open at {len(arrivals.at)} fixed instants"
    elif arrivals.every is None:
        yield f"all open at {start}"
    else:
        yield f"one opens every {arrivals.every}, from {start}"
    if behaviour.owners:
        yield f"owners: {_shares(behaviour.owners)}"


def _shares(weights: Mapping[str, float]) -> str:
    total = sum(weights.values())
    return ", ".join(f"{name} {percent(weight / total)}" for name, weight in weights.items())


def _stage(life: StageLife) -> Iterator[str]:
    if life.effort is not None:
        yield f"keeps a rep for {life.effort}"
    if life.work is not None:
        yield f"takes {life.work}"
    for to, time in life.work_to.items():
        yield f"where it goes to {to}, takes {time}"
    if life.then:
        yield f"then goes to {_shares(life.then)}"
    if life.lose is not None:
        yield f"the buyer says no after {life.lose}"
    if life.no_decision is not None:
        yield f"the buyer gives up deciding after {life.no_decision}"
    if life.patience is not None:
        yield f"the buyer waits for a rep for {life.patience}"
    if life.revive is not None:
        yield f"{percent(life.revived)} come back, after {life.revive}"


def _touches(behaviour: Parts) -> Iterator[str]:
    touches = behaviour.touches
    if touches is None:
        yield "none of ours"
        return
    every = "only as the rules want it" if touches.every is None else f"every {touches.every}"
    yield f"{every}: {_shares(touches.kinds)}"
    yield f"{percent(touches.answered)} of calls and meetings take place"
    booked, forgets, heeds = map(percent, (touches.booked, touches.forgets, touches.heeds))
    yield f"{booked} are put into the diary, {forgets} are forgotten once"
    yield f"{heeds} are made {touches.ahead} before the contact gap ends at the latest"
    if touches.minutes is not None:
        yield f"one keeps a rep for {touches.minutes}"


def _buyers(behaviour: Parts) -> Iterator[str]:
    replies, inbound, cooling = behaviour.replies, behaviour.inbound, behaviour.cooling
    if replies is not None:
        yield f"answer {percent(replies.share)} of our touches, after {replies.after}"
    if inbound is not None:
        yield f"call by themselves every {inbound.every}"
    if cooling is None:
        yield "never cool"
    else:
        grace = f", the first {cooling.grace} of it harmless" if cooling.grace else ""
        yield f"half of them are gone after {cooling.half} of silence{grace}"


def _learned(said: Learning) -> str:
    value = _values(said) if said.values else str(said.amount)
    where = f"in {said.stage}" if said.stage else "from the opening on"
    when = f"{where}, after {said.after}" if said.after else where
    share = "" if said.share == 1 else f"{percent(said.share)} of the time "
    return f"{said.fact} = {value} {share}{when}"


def _values(said: Learning) -> str:
    """Return the values of a fact, and how often each is drawn where that is said."""
    total = sum(said.weights)
    often = [f" {percent(weight / total)}" for weight in said.weights] or [""] * len(said.values)
    return " or ".join(f"{value}{share}" for value, share in zip(said.values, often, strict=True))


def _hold(said: Hold) -> str:
    where = f"in {said.stage}" if said.stage else "from the opening on"
    planned = "" if said.planned is None else f", planned for {said.planned}"
    why = f" ({said.reason})" if said.reason else ""
    return f"{percent(said.share)} {where} after {said.after}: {said.lasts}{planned}{why}"


def _override(said: Override) -> str:
    when = "" if said.after is None else f" after {said.after}"
    who = f" by {said.role}" if said.role else ""
    return f"{said.target} is let pass {percent(said.share)} of the time{when}{who}: {said.lasts}"


def _reps(behaviour: Parts) -> Iterator[str]:
    capacity = behaviour.capacity
    if capacity is None:
        yield "do everything at once"
        return
    own = "on their own deals only" if capacity.own else "on any deal"
    yield f"{len(capacity.reps)}, one thing at a time, {own}, the {capacity.queue} first"
    for rep in capacity.reps:
        if rep.calendar is not None:
            hours = rep.calendar
            said = hours if isinstance(hours, str) else str(hours.to_dict())
            yield f"{rep.id} works in hours of their own: {said}"
    limits = [f"{rep.open_limit} of {rep.id}" for rep in capacity.reps if rep.open_limit]
    if capacity.open_limit is not None:
        limits.insert(0, f"{capacity.open_limit} in all")
    if limits:
        yield f"no more than so many deals are open: {', '.join(limits)}"
        wait = "for ever" if capacity.patience is None else str(capacity.patience)
        yield f"above that, buyers wait for theirs to be opened: {wait}"
