"""Random behaviours for a process, drawn from anything with the methods of a `Random`."""

import datetime as dt

from salesflow.process.moves import expand_moves
from salesflow.process.parts import FactType, StageKind
from salesflow.rules.book import rule_book
from salesflow.simulation import Behaviour
from salesflow.simulation.checks import roles_that_override
from salesflow.simulation.distributions import (
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Mixture,
    Weibull,
)
from salesflow.simulation.parts import (
    Arrivals,
    Cooling,
    Hold,
    Inbound,
    Learning,
    Override,
    Replies,
    StageLife,
    Touches,
)

START = dt.datetime(2026, 2, 20, 9, tzinfo=dt.UTC)
SPANS = ("5 hours", "7 hours", "1 day", "2 days", "9 days", "3 business hours", "20 business hours")
VALUES = {
    FactType.BOOL: (True, False),
    FactType.INT: (1, 2, 3),
    FactType.MONEY: (10, 50, 100),
    FactType.TEXT: ("x", "y"),
}


def maybe(rng, what, share=0.5):
    return what() if rng.random() < share else None


def span_of(rng):
    return rng.choice(SPANS)


def duration(rng, depth=0):
    """A distribution of any family; several set things for one instant as often as not."""
    span = span_of(rng)
    simple = (
        lambda: Fixed(span),
        lambda: Fixed(span),
        lambda: Exponential(span),
        lambda: Weibull(span, shape=rng.choice([0.5, 1, 3])),
        lambda: Lognormal("10 days", median=rng.choice(["1 hour", "9 days"])),
        lambda: Gamma(span, shape=rng.choice([0.4, 1, 5.5])),
        lambda: Erlang(span, steps=rng.randint(1, 4)),
    )
    if depth == 0 and rng.random() < 0.2:
        parts = Fixed("1 day"), Erlang("2 days", steps=2), Mixture([Exponential("1 hour")])
        return Mixture(parts, weights=[rng.random() for _ in parts])
    return rng.choice(simple)()


def share(rng):
    return rng.choice([0.0, 0.3, 0.8, 1.0])


def learning(rng, process, fact, stages):
    """How a fact becomes known; now and then twice in one stage."""
    said = {}
    match fact.type:
        case FactType.DATE:
            said["amount"] = Fixed(rng.choice([0, 3, 30]))
        case FactType.MONEY if rng.random() < 0.5:
            said["amount"] = Exponential(100)
        case FactType.ONE_OF:
            said["values"] = fact.values
        case _:
            said["values"] = rng.sample(VALUES[fact.type], rng.randint(1, 2))
    return Learning(
        fact=fact.id,
        stage=maybe(rng, lambda: rng.choice(stages), 0.7),
        after=maybe(rng, lambda: duration(rng)),
        share=rng.choice([0.5, 1.0]),
        role=maybe(rng, lambda: rng.choice(process.roles).id, 0.4) if process.roles else None,
        **said,
    )


def life(rng, stage, targets, *, can_lose):
    """What happens in a stage."""
    if stage.kind in (StageKind.PARKED, StageKind.LOST):
        revive = maybe(rng, lambda: duration(rng), 0.9)
        return StageLife(stage=stage.id, revive=revive, revived=share(rng))
    times = {
        "work": duration(rng),
        "effort": maybe(rng, lambda: duration(rng), 0.2),
    }
    if can_lose:
        times["lose"] = maybe(rng, lambda: duration(rng), 0.2)
        times["no_decision"] = maybe(rng, lambda: duration(rng), 0.2)
    then = {to: rng.random() for to in targets if rng.random() < 0.7}
    work_to = {to: duration(rng) for to in then if rng.random() < 0.2}
    return StageLife(stage=stage.id, then=then, work_to=work_to, **times)


def hold(rng, process, opened):
    """How deals are put on hold, and how long: more than is planned, or less."""
    return Hold(
        stage=maybe(rng, lambda: rng.choice(opened)),
        after=duration(rng),
        lasts=duration(rng),
        share=share(rng),
        planned=maybe(rng, lambda: duration(rng)),
        reason=rng.choice(["", *process.holds.reasons]),
    )


def overrides(rng, process):
    """Which rules and criteria are let pass: some of those that somebody may override."""
    targets = list(rule_book(process).targets)
    able = {name: roles_that_override(process, name) for name in targets}
    return [
        Override(
            target=name,
            lasts=duration(rng),
            share=share(rng),
            after=maybe(rng, lambda: duration(rng)),
            ahead=rng.choice(["1 minute", "1 day", "3 days"]),
            role=maybe(rng, lambda name=name: rng.choice(able[name])),
        )
        for name in targets
        if able[name] and rng.random() < 0.4
    ]


def random_behaviour(rng, process):
    """A behaviour that fits a process, with much going on at once."""
    book = rule_book(process)
    kinds = [kind for kind, nature in book.natures.items() if nature.reaches]
    opened = [stage.id for stage in process.open_stages]
    moves = expand_moves(process)
    lost = {stage.id for stage in process.stages if stage.kind is StageKind.LOST}
    can_lose = {move.from_stage for move in moves if move.to_stage in lost}
    facts = [
        learning(rng, process, fact, opened)
        for fact in process.all_facts.values()
        for _ in range(rng.choice([0, 1, 1, 2]))
    ]
    return Behaviour(
        arrivals=Arrivals(every=maybe(rng, lambda: duration(rng)), start=START),
        owners=rng.choice([{}, {"dana": 1.0}, {"dana": 1.0, "kim": 2.0}]),
        stages=[
            life(
                rng,
                stage,
                [move.to_stage for move in moves if move.from_stage == stage.id],
                can_lose=stage.id in can_lose,
            )
            for stage in process.stages
            if stage.kind is not StageKind.WON
            and rng.random() < (0.3 if stage.kind is StageKind.LOST else 0.95)
        ],
        touches=maybe(
            rng,
            lambda: Touches(
                every=maybe(rng, lambda: duration(rng), 0.8),
                kinds=dict.fromkeys(rng.sample(kinds, min(2, len(kinds))), 1),
                answered=share(rng),
                booked=share(rng),
                heeds=share(rng),
                ahead=rng.choice(["1 minute", "1 hour", "1 day"]),
                forgets=share(rng),
            ),
            0.9,
        ),
        replies=maybe(
            rng, lambda: Replies(share=share(rng), after=duration(rng), kind=rng.choice(kinds))
        ),
        inbound=maybe(rng, lambda: Inbound(every=duration(rng), kind=rng.choice(kinds))),
        cooling=maybe(
            rng,
            lambda: Cooling(
                half=rng.choice(["3 days", "20 days"]),
                grace=maybe(rng, lambda: "1 day"),
                shape=rng.choice([1, 2, 0.5]),
                touch=rng.choice(list(process.touch_classes)),
            ),
        )
        if can_lose >= set(opened)
        else None,
        facts=facts,
        holds=[hold(rng, process, opened) for _ in range(rng.choice([0, 0, 1, 2]))],
        overrides=overrides(rng, process),
    )
