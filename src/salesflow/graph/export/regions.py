"""
The rungs of a rule as regions of a statechart, one region for each rung.

A region runs beside the stages: its clock starts, is restarted, is stopped, and when the rung's
deadline has passed the region is in ``passed``. A rung that only watches some stages, or only while
something is true, passes unseen elsewhere and acts when it begins to apply.

A deadline is the last instant in time, so a delay ends one tick later. A stage that was entered by
time was entered one tick late, so there a delay is one tick shorter: it counts from the deadline.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.graph.export.chart import Action, Guard, State, Transition
from salesflow.graph.export.conditions import all_true, touch_rows
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Mode, Rule, Timer
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.ladders import Rung

TICK = 1
"""A millisecond: the smallest time that the engines know."""
_MICROSECONDS = 1_000

ACTIVITY, LEARN = "activity", "learn"
"""The events that start and stop clocks."""


@attrs.frozen(kw_only=True)
class Region:
    """
    One rung, as it is written.

    Args:
        book: The process.

        rule: The rule.

        rung: Its rung.

        stage: The stage in which the region lies, for rungs of stage clocks. None: beside them all.

        is_open: Whether it lies in the open stages; parked deals have no status.

        enters_by_time: Whether time may bring the deal to where the region starts.
    """

    book: RuleBook
    rule: Rule
    rung: Rung
    stage: str | None = None
    is_open: bool = True
    enters_by_time: bool = False

    @property
    def key(self) -> str:
        """The name of the region; no name of a process has a dash."""
        return f"{self.rule.id}-{self.rung.name.replace(':', '-')}"

    @property
    def id(self) -> str:
        """The name of the region in the whole chart."""
        return f"rung-{self.key}" + (f"-{self.stage}" if self.stage else "")

    def state(self) -> State:
        """Return the region."""
        return State(
            key=self.key,
            id=self.id,
            states=tuple(self._states()),
            description=f"{self.rung.name} of {self.rule.id}",
        )

    def _states(self) -> Iterator[State]:
        ticks = self._distance() // _MICROSECONDS + TICK
        stops = tuple(self._stops())
        if self.rule.clock[0] in {"fact", "activity"}:
            yield self._part("idle", transitions=tuple(self._starts()))
        elif self.enters_by_time:
            late = Transition(to=self._of("running-late"), guard=Guard("came_by_time"))
            on_time = Transition(to=self._of("running"))
            yield self._part("starting", transitions=(late, on_time))
        yield self._running("running", ticks, stops)
        if self.enters_by_time:
            yield self._running("running-late", ticks - TICK, stops)
        yield self._passed(stops)
        if isinstance(self.rule, Timer) and self.rule.stop is not None:
            restarts = (*self._restarts(), *self._ends_of_run())
            yield self._part("stopped", transitions=restarts)

    def _distance(self) -> int:
        """Return how far from the start it acts; an escalation never before the rule's own end."""
        is_late = self.rung.kind == codes.ESCALATE
        return max(self.rung.amount, self._end().amount) if is_late else self.rung.amount

    def _end(self) -> Rung:
        return next(each for each in self.book.rungs if each.rule == self.rung.rule and each.is_end)

    def _part(self, name: str, *, transitions: tuple[Transition, ...]) -> State:
        return State(key=name, id=self._of(name), transitions=transitions)

    def _of(self, name: str) -> str:
        return f"{self.id}-{name}"

    def _running(self, name: str, ticks: int, stops: tuple[Transition, ...]) -> State:
        return self._part(
            name, transitions=(*stops, Transition(to=self._of("passed"), after=ticks))
        )

    # What starts and stops the clock

    def _starts(self) -> Iterator[Transition]:
        """Yield what starts a clock that does not run from the beginning."""
        source, name = self.rule.clock
        if source == "fact":
            yield Transition(to=self._of("running"), guard=Guard("holds", {"fact": name}))
        else:
            yield from self._restarts()

    def _restarts(self) -> Iterator[Transition]:
        """Yield what starts the clock again."""
        source, name = self.rule.clock
        if source == "touch":
            yield Transition(on=ACTIVITY, to=self._of("running"), guard=self._touched(name))
        elif source == "activity":
            yield Transition(on=ACTIVITY, to=self._of("running"), guard=_did(name))

    def _stops(self) -> Iterator[Transition]:
        """Yield what starts the clock again or stops it while it runs."""
        # An activity that starts a clock is at its start, and what stops it must come later.
        yield from self._restarts()
        stop = self.rule.stop if isinstance(self.rule, Timer) else None
        if stop is not None:
            source, name = stop
            on = LEARN if source == "fact" else ACTIVITY
            guard = {
                "touch": self._touched,
                "activity": _did,
                "fact": _begins,
            }[source](name)
            yield Transition(on=on, to=self._of("stopped"), guard=guard)
        yield from self._ends_of_run()

    def _ends_of_run(self) -> Iterator[Transition]:
        source, name = self.rule.clock
        if source == "fact":
            yield Transition(to=self._of("idle"), guard=Guard("lacks", {"fact": name}))

    def _touched(self, touch: str) -> Guard:
        return Guard("touched", {"rows": touch_rows(self.book, touch)})

    # What it means to have passed

    def _passed(self, stops: tuple[Transition, ...]) -> State:
        entry, exit_ = self._waiting_list()
        condition = self._condition()
        here = State(
            key="passed",
            id=self._of("passed"),
            transitions=stops,
            tags=self._tags(),
            entry=(*entry, *self._acting(), *self._blocking("block")),
            exit=(*self._blocking("unblock"), *exit_),
        )
        if condition is None:
            return here
        unseen, seen, gone = (f"{self._of('passed')}-{name}" for name in ("unseen", "here", "away"))
        applies = Guard("applies", condition)
        acts = Guard("applies", {**condition, **self._after_end()})
        return State(
            key="passed",
            id=self._of("passed"),
            entry=entry,
            exit=exit_,
            transitions=stops,
            states=(
                State(
                    key="unseen",
                    id=unseen,
                    transitions=(Transition(to=seen, guard=acts, actions=self._acting()),),
                ),
                State(
                    key="here",
                    id=seen,
                    tags=self._tags(),
                    entry=self._blocking("block"),
                    exit=self._blocking("unblock"),
                    transitions=(Transition(to=gone, guard=Guard("applies_not", condition)),),
                ),
                State(key="away", id=gone, transitions=(Transition(to=seen, guard=applies),)),
            ),
        )

    def _condition(self) -> dict[str, object] | None:
        """Return where and when the rung applies, or None if it always does."""
        process, rule = self.book.process, self.rule
        watched = process.watched_by(rule)
        is_everywhere = self.stage is not None or len(watched) == len(process.open_stages)
        if is_everywhere and rule.when is None:
            return None
        when = {} if rule.when is None else {"all": all_true(process, [rule.when])}
        return {**({} if is_everywhere else {"stages": list(watched)}), **when}

    def _after_end(self) -> dict[str, object]:
        """Return the guard that makes what follows the rule's end wait for the move of the end."""
        end = self._end()
        comes_after = self._distance() > end.amount
        is_after = comes_after and moves_deal(self.book.process, self.rule, end)
        return {"after_end_of": self.rule.id} if is_after else {}

    def _tags(self) -> tuple[str, ...]:
        if not self.is_open or self.rung.kind == codes.ESCALATE:
            return ()
        return ("due",) if self.rung.kind in {codes.WARN, codes.NOTICE} else ("breached",)

    def _acting(self) -> tuple[Action, ...]:
        """Return what the host is told when the rung acts; the stage itself tells of a move."""
        mode = self.book.process.mode_of(self.rule)
        if mode is Mode.OBSERVE or moves_deal(self.book.process, self.rule, self.rung):
            return ()
        return (effect(self.rule, self.rung),)

    def _blocking(self, kind: str) -> tuple[Action, ...]:
        """Return what the breach of an enforced contact gap does to forward moves."""
        is_breach = isinstance(self.rule, ContactGap) and self.rung.kind == codes.BREACH
        if not is_breach or self.book.process.mode_of(self.rule) is not Mode.ENFORCE:
            return ()
        return (Action(kind, {"rule": self.rule.id}),)

    def _waiting_list(self) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
        """Return what adds a timer's end to the list of moves that wait, and removes it."""
        if not moves_deal(self.book.process, self.rule, self.rung):
            return (), ()
        params = {"rule": self.rule.id}
        return (Action("ended", params),), (Action("settled", params),)


def moves_deal(process: Process, rule: Rule, rung: Rung) -> bool:
    """Return whether the rung is the end of a timer that really moves the deal."""
    return rung.kind == codes.MOVE and process.mode_of(rule) is Mode.ENFORCE


def effect(rule: Rule, rung: Rung) -> Action:
    """Return what tells the host that a rung acts."""
    to = {} if rung.to is None else {"to": rung.to}
    return Action("effect", {"rule": rule.id, "rung": rung.name, **to})


def _begins(fact: str) -> Guard:
    return Guard("begins", {"fact": fact})


def _did(kind: str) -> Guard:
    return Guard("did", {"kind": kind})
