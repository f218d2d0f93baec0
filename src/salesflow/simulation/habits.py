"""Habits: a behaviour and a process translated into the numbers of the kernel."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import EXACT, OPEN_TIME, CalendarTables
from salesflow.process.model import Process
from salesflow.process.parts import FactType, StageKind
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.codes import NONE
from salesflow.rules.programs import fact_code
from salesflow.rules.tabulate import MODES
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.distributions import Distribution, Fixed, Piece
from salesflow.simulation.kernel import codes
from salesflow.simulation.kernel.tables import Habits
from salesflow.simulation.parts import Learning, Queue, StageLife, Touches

NO_ANSWER = "no_answer"
"""The outcome of a call or a meeting that did not take place."""


def purpose(*words: str) -> int:
    """
    Return the number by which the random numbers of one purpose are drawn.

    It is made of the words and of nothing else, so that whatever is added to a behaviour or to a
    process, the rest of a deal's life is drawn as before.
    """
    digest = hashlib.blake2s("/".join(words).encode(), digest_size=4).digest()
    return int.from_bytes(digest)


@attrs.frozen
class Variant:
    """
    A way in which an activity happens.

    Args:
        kind: Of the process.

        is_inbound: Whether the buyer reached us.

        outcome: None: nothing special.
    """

    kind: str
    is_inbound: bool = False
    outcome: str | None = None


@attrs.frozen(eq=False)
class Plan:
    """
    Everything that a run is made of.

    Args:
        process: The process.

        behaviour: What people do.

        book: The process, ready to be run.

        calendar: Of all the deals.

        habits: The behaviour, ready to be run.

        variants: The activities that *habits* numbers.
    """

    process: Process
    behaviour: Behaviour
    book: RuleBook
    calendar: CalendarTables
    habits: Habits
    variants: tuple[Variant, ...]


def plan_of(process: Process, behaviour: Behaviour, seed: int) -> Plan:
    """Return what a run of *process* with *behaviour* is made of."""
    book = rule_book(process)
    writer = _Writer(process, book)
    variants = tuple(_variants(book, behaviour))
    habits = Habits(
        seed_low=seed & 0xFFFFFFFF,
        seed_high=seed >> 32,
        mode=MODES[process.mode],
        start=to_micros(behaviour.arrivals.start),
        **writer.arrivals(behaviour),
        **writer.stages(behaviour),
        **writer.touches(behaviour, variants),
        **writer.buyer(behaviour, variants),
        **writer.facts(behaviour.facts),
        **_of_reps(behaviour),
        **writer.distributions(),
    )
    calendar = book.calendar()
    if OPEN_TIME in writer.measures:
        calendar = process.calendar.tables
    return Plan(process, behaviour, book, calendar, habits, variants)


def _upto(weights: Iterable[float]) -> tuple[float, ...]:
    """Return shares, added up."""
    found = tuple(weights)
    total = math.fsum(found)
    return tuple(share / total for share in itertools.accumulate(found))


def _variants(book: RuleBook, behaviour: Behaviour) -> Iterable[Variant]:
    """Yield our touches first, then the buyer's."""
    yield from (variant for variant, _ in _own(book, behaviour.touches or Touches()))
    for said in (behaviour.replies, behaviour.inbound):
        yield Variant(said.kind if said else "email", is_inbound=True)


def _own(book: RuleBook, touches: Touches) -> Iterable[tuple[Variant, float]]:
    """Yield the ways in which we touch a buyer, with their weights."""
    for kind, weight in touches.kinds.items():
        answered = touches.answered if book.natures[kind].takes_place else 1.0
        yield Variant(kind), weight * answered
        if answered < 1.0:
            yield Variant(kind, outcome=NO_ANSWER), weight * (1.0 - answered)


_QUEUES = {queue: number for number, queue in enumerate(Queue)}


def _of_reps(behaviour: Behaviour) -> dict[str, Any]:
    capacity = behaviour.capacity
    if capacity is None:
        return {"reps": 0, "owned": 0, "queue": 0, "rep_pace": ()}
    reps = capacity.reps
    if capacity.own:
        # Owner number n is rep number n; who owns nothing has nothing to do.
        by_id = {rep.id: rep for rep in reps}
        reps = tuple(by_id[owner] for owner in behaviour.owners)
    return {
        "reps": len(reps),
        "owned": int(capacity.own),
        "queue": _QUEUES[capacity.queue],
        "rep_pace": tuple(1.0 / rep.share for rep in reps),
    }


class _Writer:
    """Collects distributions while the rest is written."""

    def __init__(self, process: Process, book: RuleBook) -> None:
        self._process, self._book = process, book
        self._pieces: list[Piece] = []
        self._parts: list[list[tuple[int, float]]] = []
        self._known: dict[Distribution, int] = {}
        self.measures: set[int] = set()

    def number(self, dist: Distribution | None) -> int:
        """Return the number of a distribution, or NONE."""
        if dist is None:
            return NONE
        if dist not in self._known:
            pieces = tuple(dist.pieces())
            self.measures.update(piece.measure for piece in pieces)
            numbers = [self._add(piece) for piece in pieces]
            if len(numbers) == 1:
                self._known[dist] = numbers[0]
            else:
                self._known[dist] = self._add(Piece(codes.MIXTURE, pieces[0].measure, 0.0))
                shares = _upto(piece.weight for piece in pieces)
                self._parts[-1] = list(zip(numbers, shares, strict=True))
        return self._known[dist]

    def _add(self, piece: Piece) -> int:
        self._pieces.append(piece)
        self._parts.append([])
        return len(self._pieces) - 1

    def distributions(self) -> dict[str, Any]:
        """Return the fields of the distributions that were asked for."""
        parts = [pair for pairs in self._parts for pair in pairs]
        return {
            "family": tuple(piece.family for piece in self._pieces),
            "measure": tuple(piece.measure for piece in self._pieces),
            "scale": tuple(piece.scale for piece in self._pieces),
            "shape": tuple(piece.shape for piece in self._pieces),
            "part_first": tuple(itertools.accumulate(map(len, self._parts), initial=0)),
            "part": tuple(number for number, _ in parts),
            "part_upto": tuple(share for _, share in parts),
        }

    def arrivals(self, behaviour: Behaviour) -> dict[str, Any]:
        """Return when deals open, and whose they are."""
        every = behaviour.arrivals.every
        return {
            "arrival": self.number(every),
            "arrival_purpose": purpose("arrival"),
            "arrival_measure": EXACT if every is None else every.measure,
            "owner_upto": _upto(behaviour.owners.values()) if behaviour.owners else (),
            "owner_purpose": purpose("owner"),
        }

    def stages(self, behaviour: Behaviour) -> dict[str, Any]:
        """Return what happens in each stage."""
        lives = [
            behaviour.stage.get(stage.id) or StageLife(stage=stage.id)
            for stage in self._process.stages
        ]
        fields: dict[str, Any] = {
            "lost_to": tuple(self._lost_to(life.stage) for life in lives),
            "revive_chance": tuple(life.revived for life in lives),
        }
        kinds = {
            "effort": "effort",
            "work": "work",
            "lose": "lose",
            "undecided": "no_decision",
            "patience": "patience",
            "revive": "revive",
        }
        for name, attribute in kinds.items():
            fields[name] = tuple(self.number(_time(life, attribute)) for life in lives)
            fields[f"{name}_purpose"] = _purposes(attribute, lives)
        outcomes = [life.then for life in lives]
        stages = self._book.stages
        return {
            **fields,
            "outcome_first": tuple(itertools.accumulate(map(len, outcomes), initial=0)),
            "outcome_to": tuple(stages[name] for then in outcomes for name in then),
            "outcome_upto": tuple(
                share for then in outcomes if then for share in _upto(then.values())
            ),
            "outcome_purpose": _purposes("then", lives),
        }

    def _lost_to(self, stage: str) -> int:
        """Return the first lost stage that a deal may go to from a stage, or NONE."""
        for number, other in enumerate(self._process.stages):
            if other.kind is StageKind.LOST and (stage, other.id) in self._book.moves:
                return number
        return NONE

    def touches(self, behaviour: Behaviour, variants: Sequence[Variant]) -> dict[str, Any]:
        """Return how a rep keeps in contact."""
        said = behaviour.touches or Touches()
        bits = [
            self._book.touch_bits(each.kind, inbound=each.is_inbound, outcome=each.outcome)
            for each in variants
        ]
        shares = ("booked", "heeds", "forgets")
        return {
            "touch": self.number(said.every),
            "touch_purpose": purpose("touch"),
            **{name: getattr(said, name) for name in shares},
            **{f"{name}_purpose": purpose(name) for name in shares},
            "ahead": said.ahead.amount,
            "touch_first": len(variants) - 2,
            "variant_upto": _upto(weight for _, weight in _own(self._book, said)),
            "variant_purpose": purpose("kind"),
            "variant_bits": tuple(found for found, _ in bits),
            "variant_two_way": tuple(int(two_way) for _, two_way in bits),
            "variant_kind": tuple(self._book.kinds.get(each.kind, NONE) for each in variants),
            "touch_minutes": self.number(said.minutes),
            "touch_minutes_purpose": purpose("minutes"),
        }

    def buyer(self, behaviour: Behaviour, variants: Sequence[Variant]) -> dict[str, Any]:
        """Return how a buyer answers, calls and cools."""
        replies, inbound, cooling = behaviour.replies, behaviour.inbound, behaviour.cooling
        touches = list(self._process.touch_classes)
        grace = cooling.grace.amount if cooling and cooling.grace else 0
        half = cooling.half.amount - grace if cooling else 1
        shape = cooling.shape if cooling else 1.0
        return {
            "replies": replies.share if replies else 0.0,
            "reply": self.number(replies.after if replies else None),
            "reply_purpose": purpose("reply"),
            "reply_variant": len(variants) - 2,
            "inbound": self.number(inbound.every if inbound else None),
            "inbound_purpose": purpose("inbound"),
            "inbound_variant": len(variants) - 1,
            "cool_touch": touches.index(cooling.touch) if cooling else NONE,
            "cool_grace": float(grace),
            # At the half the hazard has added up to the logarithm of 2.
            "cool_scale": half / math.log(2.0) ** (1.0 / shape),
            "cool_shape": float(shape),
            "cool_purpose": purpose("cooling"),
        }

    def facts(self, facts: Sequence[Learning]) -> dict[str, Any]:
        """Return what is learned."""
        book, values = self._book, [self._codes(each) for each in facts]
        names = list(_own_names(facts))
        return {
            "fact": tuple(book.facts[each.fact] for each in facts),
            "fact_stage": tuple(
                NONE if each.stage is None else book.stages[each.stage] for each in facts
            ),
            "fact_after": tuple(self.number(each.after) for each in facts),
            "fact_chance": tuple(each.share for each in facts),
            "fact_purpose": tuple(purpose("fact", *name) for name in names),
            "fact_after_purpose": tuple(purpose("fact after", *name) for name in names),
            "fact_who": tuple(
                NONE if each.role is None else book.roles[each.role] for each in facts
            ),
            "fact_value": tuple(map(self._sort, facts)),
            "fact_draw": tuple(self.number(each.amount) for each in facts),
            "value_first": tuple(itertools.accumulate(map(len, values), initial=0)),
            "value_code": tuple(code for found in values for code in found),
            "value_upto": tuple(
                share
                for each, found in zip(facts, values, strict=True)
                if found
                for share in _upto(each.weights or [1.0] * len(found))
            ),
        }

    def _codes(self, each: Learning) -> list[int]:
        return [fact_code(self._book.fact_value(each.fact, raw)) for raw in each.values]

    def _sort(self, each: Learning) -> int:
        if each.values:
            return codes.ONE_VALUE
        is_date = self._process.all_facts[each.fact].type is FactType.DATE
        return codes.SOME_DATE if is_date else codes.SOME_MONEY


def _time(life: StageLife, attribute: str) -> Distribution | None:
    """Return how long something takes in a stage; after an effort, no work is ready at once."""
    if attribute == "work" and life.work is None and life.effort is not None:
        return Fixed(0)
    found: Distribution | None = getattr(life, attribute)
    return found


def _own_names(facts: Iterable[Learning]) -> Iterable[tuple[str, str, str]]:
    """Yield fact, stage and number of each row: a fact may be learned twice in one stage."""
    seen: dict[tuple[str, str], int] = {}
    for each in facts:
        name = each.fact, each.stage or ""
        seen[name] = seen.get(name, 0) + 1
        yield *name, str(seen[name])


def _purposes(what: str, lives: Iterable[StageLife]) -> tuple[int, ...]:
    return tuple(purpose(what, life.stage) for life in lives)
