"""Habits: a behaviour and a process translated into the numbers of the kernel."""

from __future__ import annotations

import bisect
import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import EXACT
from salesflow.process.model import Process
from salesflow.process.parts import FactType, StageKind
from salesflow.rules.book import RuleBook
from salesflow.rules.codes import GIVEN, NONE, UNSAID
from salesflow.rules.programs import fact_code
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.checks import roles_that_override
from salesflow.simulation.distribution_base import Distribution, Fixed, Piece
from salesflow.simulation.kernel import codes
from salesflow.simulation.parts import (
    Capacity,
    Hold,
    Learning,
    Override,
    Queue,
    Rep,
    StageLife,
    Touches,
)

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


def _upto(weights: Iterable[float]) -> tuple[float, ...]:
    """Return shares, added up."""
    found = tuple(weights)
    total = math.fsum(found)
    return tuple(share / total for share in itertools.accumulate(found))


def variants_of(book: RuleBook, behaviour: Behaviour) -> Iterable[Variant]:
    """Yield our touches first, then the buyer's."""
    yield from (variant for variant, _ in _our_variants(book, behaviour.touches or Touches()))
    for said in (behaviour.replies, behaviour.inbound):
        yield Variant(said.kind if said else "email", is_inbound=True)


def _our_variants(book: RuleBook, touches: Touches) -> Iterable[tuple[Variant, float]]:
    """Yield the ways in which we touch a buyer, with their weights."""
    for kind, weight in touches.kinds.items():
        answered = touches.answered if book.natures[kind].takes_place else 1.0
        yield Variant(kind), weight * answered
        if answered < 1.0:
            yield Variant(kind, outcome=NO_ANSWER), weight * (1.0 - answered)


_QUEUES = {queue: number for number, queue in enumerate(Queue)}


class HabitsWriter:
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
            "outcome_work": tuple(
                self.number(life.work_to.get(name)) for life in lives for name in life.then
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
            "variant_upto": _upto(weight for _, weight in _our_variants(self._book, said)),
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

    def reps(self, behaviour: Behaviour) -> dict[str, Any]:
        """Return what reps can do; none of them: everything at once."""
        capacity = behaviour.capacity or Capacity(reps=())
        by_id = {rep.id: rep for rep in capacity.reps}
        is_limited = any(rep.open_limit for rep in capacity.reps)
        # Owner number n is rep number n; who owns nothing has nothing to do.
        owners = [by_id[owner] for owner in behaviour.owners if capacity.own or is_limited]
        limits = (rep.open_limit or NONE for rep in owners)
        reps = owners if capacity.own else capacity.reps
        return {
            "reps": len(reps),
            "owned": int(capacity.own),
            "queue": _QUEUES[capacity.queue],
            "rep_pace": tuple(1.0 / rep.share for rep in reps),
            **self._shifts(reps, to_micros(behaviour.arrivals.start)),
            "open_limit": capacity.open_limit or NONE,
            "owner_limit": tuple(limits) if is_limited else (),
            "intake": self.number(capacity.patience),
            "intake_purpose": purpose("intake"),
        }

    def _shifts(self, reps: Sequence[Rep], begins: int) -> dict[str, Any]:
        """Return the hours of reps who have their own, from the beginning of the run on."""
        said = [rep.calendar for rep in reps]
        distinct = dict.fromkeys(each for each in said if each is not None)
        own = {each: number for number, each in enumerate(distinct)}
        found: dict[str, list[int]] = {"opens": [], "shuts": [], "worked": []}
        first = [0]
        for each in own:
            calendar = self._process.calendar_of(each) if isinstance(each, str) else each
            tables = calendar.tables
            place = bisect.bisect_right(tables.shuts, begins)
            found["opens"] += tables.opens[place:]
            found["shuts"] += tables.shuts[place:]
            found["worked"] += tables.worked[place:-1]
            first.append(len(found["opens"]))
        numbers = [NONE if each is None else own[each] for each in said]
        return {
            "rep_shifts": tuple(numbers) if own else (),
            "shift_first": tuple(first),
            **{f"shift_{name}": tuple(values) for name, values in found.items()},
        }

    def facts(self, facts: Sequence[Learning]) -> dict[str, Any]:
        """Return what is learned."""
        book, values = self._book, [self._codes(each) for each in facts]
        names = list(_numbered((each.fact, each.stage or "") for each in facts))
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
            "fact_value": tuple(map(self._value_kind, facts)),
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

    def holds(self, holds: Sequence[Hold]) -> dict[str, Any]:
        """Return how deals are put on hold."""
        book, names = self._book, list(_numbered((each.stage or "",) for each in holds))
        listed = self._process.holds.reasons
        return {
            "hold_stage": tuple(NONE if h.stage is None else book.stages[h.stage] for h in holds),
            "hold_after": tuple(self.number(each.after) for each in holds),
            "hold_chance": tuple(each.share for each in holds),
            "hold_purpose": tuple(purpose("hold", *name) for name in names),
            "hold_lasts": tuple(self.number(each.lasts) for each in holds),
            "hold_lasts_purpose": tuple(purpose("hold lasts", *name) for name in names),
            "hold_planned": tuple(self.number(each.planned) for each in holds),
            "hold_planned_purpose": tuple(purpose("hold planned", *name) for name in names),
            "hold_reason": tuple(GIVEN if each.reason or listed else UNSAID for each in holds),
        }

    def overrides(self, overrides: Sequence[Override]) -> dict[str, Any]:
        """Return which rules are let pass."""
        book, names = self._book, list(_numbered((each.target,) for each in overrides))
        roles = (role_of(self._process, each) for each in overrides)
        return {
            "override": tuple(book.targets[each.target] for each in overrides),
            "override_chance": tuple(each.share for each in overrides),
            "override_purpose": tuple(purpose("override", *name) for name in names),
            "override_after": tuple(self.number(each.after) for each in overrides),
            "override_ahead": tuple(each.ahead.amount for each in overrides),
            "override_lasts": tuple(self.number(each.lasts) for each in overrides),
            "override_lasts_purpose": tuple(purpose("override lasts", *name) for name in names),
            "override_who": tuple(book.roles[role] for role in roles),
        }

    def _codes(self, each: Learning) -> list[int]:
        return [fact_code(self._book.fact_value(each.fact, raw)) for raw in each.values]

    def _value_kind(self, each: Learning) -> int:
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


def role_of(process: Process, said: Override) -> str:
    """Return in which role a rule is let pass: if none is said, the first that has the right."""
    return said.role or roles_that_override(process, said.target)[0]


def _numbered(names: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """Yield names, each with how often it has come up so far: rows may be about the same thing."""
    seen: Counter[tuple[str, ...]] = Counter()
    for name in names:
        seen[name] += 1
        yield *name, str(seen[name])


def _purposes(what: str, lives: Iterable[StageLife]) -> tuple[int, ...]:
    return tuple(purpose(what, life.stage) for life in lives)
