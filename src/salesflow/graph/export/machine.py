"""
A process as a statechart: the stages in one region, every clock in its own, the facts beside them.

It says exactly what the process says, so the process must be one that a statechart can say: see
`salesflow.graph.export.expressible`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import attrs

from salesflow.graph.build import watched_alive
from salesflow.graph.export.chart import Action, Chart, Guard, State, Transition
from salesflow.graph.export.conditions import all_true, touch_rows
from salesflow.graph.export.regions import (
    ACTIVITY,
    LEARN,
    TICK,
    Region,
    effect,
    moves_deal,
)
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, MoveKind
from salesflow.process.parts import Fact, Rule, Stage, StageKind
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.ladders import Rung

MOVE = "move"
"""The event by which somebody moves the deal."""

_MICROSECONDS = 1_000
OPEN_STAGES = "open-stages"
"""The state that is left when a deal is closed or parked."""


def chart_of(process: Process, whole: Process | None = None) -> Chart:
    """
    Return *process* as a statechart.

    Args:
        process: The process; it must only contain what a statechart can say.

        whole: The process that it was derived from, which the chart names. None: itself.
    """
    return _Writer(rule_book(process)).chart(whole or process)


def stage_id(stage: str) -> str:
    """Return the id of a stage in the chart."""
    return f"stage-{stage}"


@attrs.frozen(eq=False)
class _Writer:
    """Writes one chart."""

    book: RuleBook

    @property
    def process(self) -> Process:
        return self.book.process

    def chart(self, whole: Process) -> Chart:
        """Return the chart, in the name of the whole process."""
        process = self.process
        first = process.stages[0].id
        deal = State(key="deal", id="deal", states=(self._open_stages(), *self._other_stages()))
        return Chart(
            process=whole,
            root=State(
                key="process", id="process", is_parallel=True, states=(deal, *self._memory())
            ),
            context={
                "stage": first,
                "last_open": first,
                "facts": dict.fromkeys(process.all_facts),
                "breached": [],
                "ended": [],
                "closed": False,
                "by_time": False,
            },
        )

    # Stages

    def _open_stages(self) -> State:
        stages = tuple(self._stage(stage) for stage in self.process.open_stages)
        regions = (
            Region(
                book=self.book,
                rule=rule,
                rung=rung,
                enters_by_time=self._parked_reopen_by_time,
            ).state()
            for rule, rung in self._rungs()
            if rule.clock[0] != "stage"
        )
        return State(
            key=OPEN_STAGES,
            id=OPEN_STAGES,
            is_parallel=True,
            states=(State(key="stage", id="stages", states=stages), *regions),
        )

    def _other_stages(self) -> Iterator[State]:
        for stage in self.process.stages:
            if stage.kind is not StageKind.OPEN:
                yield self._stage(stage)

    def _stage(self, stage: Stage) -> State:
        is_closed = stage.kind.is_closed
        regions = () if is_closed else tuple(self._stage_regions(stage))
        own = () if is_closed else (*self._ends_here(stage), *self._moves(stage))
        back = tuple(self._revivals(stage))
        if regions and back:
            # In a region of its own, and the first one: a clock that reacts to the same activity
            # must not keep the deal.
            waiting = State(key="waiting", id=f"revival-{stage.id}-waiting", transitions=back)
            revival = State(key="revival", id=f"revival-{stage.id}", states=(waiting,))
            regions, back = (revival, *regions), ()
        said: dict[str, object] = {"title": stage.name, "kind": str(stage.kind)}
        if stage.win_probability is not None:
            said |= {"win_probability": stage.win_probability}
        return State(
            key=stage.id,
            id=stage_id(stage.id),
            states=regions,
            is_parallel=bool(regions),
            is_final=is_closed,
            entry=(Action("entered", {"stage": stage.id, "kind": str(stage.kind)}),),
            transitions=(*own, *back),
            description=stage.name,
            meta=said,
        )

    def _stage_regions(self, stage: Stage) -> Iterator[State]:
        for rule, rung in self._rungs():
            if rule.clock[0] == "stage" and stage.id in watched_alive(self.process, rule):
                yield Region(
                    book=self.book,
                    rule=rule,
                    rung=rung,
                    stage=stage.id,
                    is_open=stage.kind is StageKind.OPEN,
                    enters_by_time=stage.id in self._entered_by_time,
                ).state()

    def _ends_here(self, stage: Stage) -> Iterator[Transition]:
        """Yield what time does to a deal in a stage."""
        ends = [pair for pair in self._ends() if stage.id in watched_alive(self.process, pair[0])]
        among = [self._end(rule) for rule, _ in ends]
        for rule, rung in ends:
            yield Transition(
                to=None if rung.to == stage.id else stage_id(str(rung.to)),
                guard=Guard("first_of_ended", {"rule": rule.id, "among": among}),
                actions=(
                    effect(rule, rung),
                    Action("settled", {"rule": rule.id}),
                    Action("by_time", {"is": rung.to != stage.id}),
                ),
            )

    def _revivals(self, stage: Stage) -> Iterator[Transition]:
        """Yield how the buyer's touch brings a parked deal back to where it was."""
        if stage.revive is not None:
            rows = touch_rows(self.book, "inbound")
            for other in self.process.open_stages:
                guard = Guard("revives", {"rows": rows, "last_open": other.id})
                yield Transition(on=ACTIVITY, to=stage_id(other.id), guard=guard, actions=BY_HAND)

    def _moves(self, stage: Stage) -> Iterator[Transition]:
        """Yield what somebody may do with a deal in a stage."""
        for move in self._moves_from.get(stage.id, ()):
            guard = Guard("may_move", self._wanted(move, stage))
            yield Transition(on=MOVE, to=stage_id(move.to_stage), guard=guard, actions=BY_HAND)

    @functools.cached_property
    def _moves_from(self) -> dict[str, list[AllowedMove]]:
        found: dict[str, list[AllowedMove]] = {}
        for move in self.book.moves.values():
            found.setdefault(move.from_stage, []).append(move)
        return found

    def _end(self, rule: Rule) -> dict[str, object]:
        when = {} if rule.when is None else {"all": all_true(self.process, [rule.when])}
        return {"rule": rule.id, **when}

    def _wanted(self, move: AllowedMove, left: Stage) -> dict[str, object]:
        """Return what a move requires."""
        process, to = self.process, self.process.stage(move.to_stage)
        wanted: dict[str, object] = {"to": to.id}
        if move.criteria:
            wanted["all"] = all_true(process, (c.expression for c in move.criteria))
        if move.kind is MoveKind.FORWARD:
            wanted["unless_breached"] = True
        if move.by:
            wanted["roles"] = list(move.by)
        if move.reason_required:
            wanted["reason"] = True
        if to.reasons:
            wanted["reasons"] = list(to.reasons)
        if left.kind is StageKind.PARKED and to.kind is StageKind.OPEN:
            ids = [stage.id for stage in process.open_stages]
            wanted["last_open"] = ids[ids.index(to.id) :]
        return wanted

    # Rules

    def _rungs(self) -> Iterator[tuple[Rule, Rung]]:
        for rung in self.book.rungs:
            if not rung.is_again:  # announces an end that was put off; there are none here
                yield self.book.rules[rung.rule], rung

    def _ends(self) -> Iterator[tuple[Rule, Rung]]:
        """Yield the ends of timers that move deals."""
        for rule, rung in self._rungs():
            if moves_deal(self.process, rule, rung):
                yield rule, rung

    @property
    def _entered_by_time(self) -> set[str | None]:
        return {rung.to for _, rung in self._ends()}

    @property
    def _parked_reopen_by_time(self) -> bool:
        kinds = {stage.id: stage.kind for stage in self.process.stages}
        return any(
            kinds[str(rung.to)] is StageKind.OPEN
            and any(kinds[s] is StageKind.PARKED for s in watched_alive(self.process, rule))
            for rule, rung in self._ends()
        )

    # Facts

    def _memory(self) -> Iterator[State]:
        """Yield the regions that keep what is known; they end when the deal is closed."""
        known = Action("record", {"facts": [*self.process.all_facts]})
        record = Transition(on=LEARN, actions=(known,))
        yield _until_closed("facts", (State(key="kept", id="facts-kept", transitions=(record,)),))
        for fact in self.process.all_facts.values():
            if fact.valid_for is not None:
                yield _until_closed(f"fact-{fact.id}", tuple(_expiring(fact)))


BY_HAND = (Action("by_time", {"is": False}),)


def _expiring(fact: Fact) -> Iterator[State]:
    """Yield the states of a fact that expires, the last instant of its validity included."""
    own, said = f"fact-{fact.id}", {"fact": fact.id}
    unknown, known = f"{own}-unknown", f"{own}-known"
    learned = Transition(on=LEARN, to=known, guard=Guard("says", said))
    assert fact.valid_for is not None  # noqa: S101 - only such facts have states
    ticks = fact.valid_for.amount // _MICROSECONDS + TICK
    yield State(key="unknown", id=unknown, transitions=(learned,))
    yield State(
        key="known",
        id=known,
        transitions=(
            learned,
            Transition(on=LEARN, to=unknown, guard=Guard("unsays", said)),
            Transition(after=ticks, to=unknown, actions=(Action("forget", said),)),
        ),
    )


def _until_closed(key: str, states: tuple[State, ...]) -> State:
    done = f"{key}-done"
    closes = Transition(to=done, guard=Guard("closed"))
    return State(
        key=key,
        id=key,
        states=(
            *(attrs.evolve(each, transitions=(*each.transitions, closes)) for each in states),
            State(key="done", id=done, is_final=True),
        ),
    )
