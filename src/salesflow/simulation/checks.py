"""Whether a behaviour fits a process: everything that does not, at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesflow.process.activities import INTERNAL
from salesflow.process.flaws import Flaw, Path
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, expand_moves
from salesflow.process.names import did_you_mean, listed, shown
from salesflow.process.parts import FactType, StageKind
from salesflow.rules.book import RuleBook, rule_book
from salesflow.simulation.distribution_base import Distribution
from salesflow.simulation.kernel.learning import MOST_DAYS, MOST_MONEY
from salesflow.simulation.parts import Hold, Learning, Override, Parts, StageLife


def find(behaviour: Parts, process: Process) -> Iterator[Flaw]:
    """Yield what in *behaviour* does not fit *process*."""
    book = rule_book(process)
    moves = {(move.from_stage, move.to_stage): move for move in expand_moves(process)}
    yield from _repeated("stages", (life.stage for life in behaviour.stages))
    for life in behaviour.stages:
        path: Path = ("stages", life.stage)
        if life.stage not in book.stages:
            yield _unknown(path, "stage", life.stage, book.stages, is_key=True)
        else:
            yield from _stage(process, life, moves, path)
    yield from _activities(behaviour, book)
    for number, learning in enumerate(behaviour.facts):
        yield from _fact(process, book, learning, ("facts", number))
    for number, hold in enumerate(behaviour.holds):
        yield from _hold(process, book, hold, ("holds", number))
    for number, override in enumerate(behaviour.overrides):
        yield from _override(process, book, override, ("overrides", number))
    yield from _cooling(behaviour, process)
    yield from _capacity(behaviour, process)
    for path, time in _times(behaviour):
        if time is not None and time.unit is None and time.mean > 0:
            yield Flaw(path, f'{time} is not a time; give a span such as "3 days"')


_TIMES = {
    "arrivals": ("every",),
    "touches": ("every", "minutes"),
    "replies": ("after",),
    "inbound": ("every",),
    "capacity": ("patience",),
    "facts": ("after",),
    "holds": ("after", "lasts", "planned"),
    "overrides": ("after", "lasts"),
    "stages": ("effort", "work", "lose", "no_decision", "patience", "revive"),
}
"""What says how long something takes, by the part of a behaviour that it is in."""


def _times(behaviour: Parts) -> Iterator[tuple[Path, Distribution | None]]:
    """Yield everything that says how long something takes, with its place."""
    for part, names in _TIMES.items():
        said = getattr(behaviour, part)
        for number, each in enumerate(said if isinstance(said, tuple) else [said]):
            path: Path = (part,)
            if isinstance(said, tuple):
                path = (part, each.stage if part == "stages" else number)
            for name in names:
                yield (*path, name), getattr(each, name, None)
            for to, time in getattr(each, "work_to", {}).items():
                yield (*path, "work_to", to), time


def _unknown(
    path: Path, what: str, name: str, known: Iterable[str], *, is_key: bool = False
) -> Flaw:
    names = list(known)
    hint = did_you_mean(name, names) or f"; known: {listed(names)}"
    return Flaw(path, f"no {what} named {shown(name)}{hint}", is_key=is_key)


def _repeated(part: str, names: Iterable[str]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Flaw((part, name), f"{shown(name)} appears twice; remove one")
        seen.add(name)


_ONLY_OPEN = ("effort", "work", "then", "work_to", "lose", "no_decision", "patience")


def _stage(
    process: Process, life: StageLife, moves: dict[tuple[str, str], AllowedMove], path: Path
) -> Iterator[Flaw]:
    """Yield what cannot happen in a stage of that kind."""
    kind = process.stage(life.stage).kind
    if kind not in (StageKind.PARKED, StageKind.LOST) and life.revive is not None:
        yield Flaw((*path, "revive"), f"this stage is {kind}; it is for parked and lost ones")
    if kind is StageKind.OPEN:
        yield from _open_stage(process, life, [to for at, to in moves if at == life.stage], path)
        return
    for name in _ONLY_OPEN:
        if getattr(life, name):
            yield Flaw((*path, name), f"this stage is {kind}; it is for open ones")


def _open_stage(
    process: Process, life: StageLife, allowed: list[str], path: Path
) -> Iterator[Flaw]:
    """Yield where no deal can go from an open stage, and what waits for nothing."""
    for to in life.then:
        if to not in allowed:
            message = f"the process has no move from {life.stage!r} to {shown(to)}"
            yield Flaw((*path, "then", to), f"{message}; it has: {listed(allowed)}", is_key=True)
    lost = [to for to in allowed if process.stage(to).kind is StageKind.LOST]
    for name in ("lose", "no_decision", "patience"):
        if getattr(life, name) is not None and not lost:
            yield Flaw((*path, name), "no move leads from here to a lost stage")
    if (
        life.work is None
        and life.effort is None
        and any(to not in life.work_to for to in life.then)
    ):
        yield Flaw((*path, "then"), "it is never ready to go there; give 'work' or 'effort'")
    for to in life.work_to:
        if to not in life.then:
            yield Flaw((*path, "work_to", to), "'then' never leads there", is_key=True)
    if life.patience is not None and life.effort is None:
        yield Flaw((*path, "patience"), "nobody has to wait without an 'effort'")


def _activities(behaviour: Parts, book: RuleBook) -> Iterator[Flaw]:
    """Yield kinds of activity that there are none of, or that never reach a buyer."""
    said: list[tuple[Path, str]] = []
    if behaviour.touches is not None:
        said += [(("touches", "kinds", kind), kind) for kind in behaviour.touches.kinds]
        if not behaviour.touches.kinds:
            yield Flaw(("touches", "kinds"), "an empty table; name at least one kind")
    if behaviour.replies is not None:
        said.append((("replies", "kind"), behaviour.replies.kind))
    if behaviour.inbound is not None:
        said.append((("inbound", "kind"), behaviour.inbound.kind))
    for path, kind in said:
        if kind not in book.natures:
            yield _unknown(path, "kind of activity", kind, book.natures)
        elif not book.natures.get(kind, INTERNAL).reaches:
            yield Flaw(path, f"{kind!r} never reaches the buyer")


def _fact(process: Process, book: RuleBook, said: Learning, path: Path) -> Iterator[Flaw]:
    """Yield what is wrong about how one fact is learned."""
    if said.stage is not None and said.stage not in book.stages:
        yield _unknown((*path, "stage"), "stage", said.stage, book.stages)
    elif said.stage is not None and process.stage(said.stage).kind is not StageKind.OPEN:
        yield Flaw((*path, "stage"), "facts are learned in open stages")
    if said.role is not None and said.role not in book.roles:
        yield _unknown((*path, "role"), "role", said.role, book.roles)
    if said.fact not in book.facts:
        yield _unknown((*path, "fact"), "fact", said.fact, book.facts)
        return
    fact = process.all_facts[said.fact]
    if said.amount is not None and fact.type not in (FactType.MONEY, FactType.DATE):
        message = f"{fact.id!r} is {fact.type}, expected money or a date. Say 'values'"
        yield Flaw((*path, "amount"), message)
    elif said.amount is not None:
        most = MOST_MONEY if fact.type is FactType.MONEY else MOST_DAYS
        if said.amount.mean > most:
            message = f"at most {most:,.0f}, got {said.amount.mean:,.10g} in the mean"
            yield Flaw((*path, "amount"), message)
    for number, value in enumerate(said.values):
        try:
            book.fact_value(said.fact, value)
        except (TypeError, ValueError) as error:
            yield Flaw((*path, "values", number), str(error))


def _hold(process: Process, book: RuleBook, said: Hold, path: Path) -> Iterator[Flaw]:
    """Yield what is wrong about one kind of hold."""
    if said.stage is not None and said.stage not in book.stages:
        yield _unknown((*path, "stage"), "stage", said.stage, book.stages)
    elif said.stage is not None and process.stage(said.stage).kind is not StageKind.OPEN:
        yield Flaw((*path, "stage"), "deals are put on hold in open stages")
    reasons = process.holds.reasons
    if said.reason and reasons and said.reason not in reasons:
        yield _unknown((*path, "reason"), "reason of holds", said.reason, reasons)


def _override(process: Process, book: RuleBook, said: Override, path: Path) -> Iterator[Flaw]:
    """Yield what is wrong about one kind of override."""
    if said.target not in book.targets:
        yield _unknown((*path, "target"), "rule or criterion", said.target, book.targets)
        return
    able = roles_that_override(process, said.target)
    if not able:
        message = f"no role of the process may override {said.target!r}. Give it to one."
        yield Flaw((*path, "target"), message)
    elif said.role is not None and said.role not in book.roles:
        yield _unknown((*path, "role"), "role", said.role, book.roles)
    elif said.role is not None and said.role not in able:
        message = f"it may not override {said.target!r}; these may: {listed(able)}"
        yield Flaw((*path, "role"), message)


def roles_that_override(process: Process, target: str) -> list[str]:
    """Return the roles that may override a rule or a criterion, in their order."""
    return [role.id for role in process.roles if {"*", target} & set(role.may_override)]


def _cooling(behaviour: Parts, process: Process) -> Iterator[Flaw]:
    cooling = behaviour.cooling
    if cooling is None:
        return
    if cooling.touch not in process.touch_classes:
        yield _unknown(("cooling", "touch"), "touch class", cooling.touch, process.touch_classes)
    if not can_lose(process):
        message = "no move leads from any stage to a lost one, so no buyer can go there"
        yield Flaw(("cooling",), message)


def can_lose(process: Process) -> bool:
    """Return whether some open stage leads to a lost one."""
    opened = {stage.id for stage in process.open_stages}
    return any(
        move.from_stage in opened and process.stage(move.to_stage).kind is StageKind.LOST
        for move in expand_moves(process)
    )


def _capacity(behaviour: Parts, process: Process) -> Iterator[Flaw]:
    capacity = behaviour.capacity
    if capacity is None:
        return
    if not capacity.reps:
        yield Flaw(("capacity", "reps"), "an empty list; name at least one rep")
    path: Path
    names = [rep.id for rep in capacity.reps]
    yield from _repeated("capacity", names)
    known = [row.id for row in process.calendars]
    for rep in capacity.reps:
        if isinstance(rep.calendar, str) and rep.calendar not in known:
            path = ("capacity", "reps", rep.id, "calendar")
            yield _unknown(path, "calendar", rep.calendar, known)
    limited = [rep.id for rep in capacity.reps if rep.open_limit is not None]
    if capacity.own or limited:
        for owner in behaviour.owners:
            if owner not in names:
                yield _unknown(("owners", owner), "rep", owner, names, is_key=True)
        if not behaviour.owners:
            path = ("capacity", "own")
            if not capacity.own:
                path = ("capacity", "reps", limited[0], "open_limit")
            yield Flaw(path, "the deals belong to nobody; add [owners]")
