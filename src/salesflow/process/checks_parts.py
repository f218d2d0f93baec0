"""Checks of roles, activities, touch classes, facts, holds, stages and moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized

from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.definition import Definition
from salesflow.process.flaws import ANY, Flaw, Path
from salesflow.process.lookups import OVERRIDABLE, not_one_of, overridable, repeated, unknown
from salesflow.process.parts import FactType, StageKind

MOST_CALENDARS = 60
"""Calendars beside the default one: a team has a few, and each loads a zone and a country."""

MOST_TOUCHES = 60
"""Touch classes that a process may add: the rules store them as bits of one 64-bit number."""
MOST_ROLES = 60
"""Roles that a process may have: stored in the same way."""


ALL = "*"
"""Stands for every rule and criterion in the list of what a role may override."""


def calendars(definition: Definition) -> Iterator[Flaw]:
    """There are not too many calendars."""
    yield from _at_most(MOST_CALENDARS, "calendars", definition.calendars, ("calendars",))


def _at_most(most: int, what: str, parts: Sized, path: Path) -> Iterator[Flaw]:
    if len(parts) > most:
        yield Flaw(path, f"{len(parts)} {what}, expected at most {most}")


def roles(definition: Definition) -> Iterator[Flaw]:
    """There are not too many roles, and they may override rules and criteria that exist."""
    yield from _at_most(MOST_ROLES, "roles", definition.roles, ("roles",))
    known = overridable(definition)
    allowed = {*known, ALL}
    for role in definition.roles:
        path = ("roles", role.id, "may_override")
        yield from repeated(role.may_override, path)
        for place, name in enumerate(role.may_override):
            if name not in allowed:
                yield not_one_of("rule or criterion", name, known, (*path, place), *OVERRIDABLE)
        if ALL in role.may_override and len(set(role.may_override)) > 1:
            yield Flaw(path, f"{ALL!r} means all of them; remove the others")


def activities(definition: Definition) -> Iterator[Flaw]:
    """An added kind is like a built-in one, or like none at all."""
    for kind in definition.activities:
        if kind.like is not None and kind.like not in BUILT_IN_ACTIVITIES:
            path = ("activities", kind.id, "like")
            yield not_one_of("built-in kind of activity", kind.like, BUILT_IN_ACTIVITIES, path)


def touches(definition: Definition) -> Iterator[Flaw]:
    """A touch class counts kinds that exist and that can reach the buyer."""
    never = {kind for kind, nature in BUILT_IN_ACTIVITIES.items() if not nature.reaches}
    own = [kind for kind in definition.activities if kind.id not in BUILT_IN_ACTIVITIES]
    never |= {kind.id for kind in own if kind.like is None or kind.like in never}
    yield from _at_most(MOST_TOUCHES, "touch classes", definition.touches, ("touches",))
    for touch in definition.touches:
        path = ("touches", touch.id)
        yield from repeated(touch.kinds, (*path, "kinds"))
        yield from repeated(touch.not_outcomes, (*path, "not_outcomes"))
        for place, kind in enumerate(touch.kinds):
            at = (*path, "kinds", place)
            yield from unknown(definition, "kind of activity", kind, at)
            if kind in never:
                yield Flaw(
                    at,
                    f"{kind!r} never reaches the buyer, so it is never a touch; remove it",
                    (("activities", kind, "like"),),
                )
        if touch.unanswered_cap is not None and touch.unanswered_cap < 1:
            yield Flaw(
                (*path, "unanswered_cap"),
                f"expected at least 1, got {touch.unanswered_cap}; to count none, use two_way",
            )


def facts(definition: Definition) -> Iterator[Flaw]:
    """Only a one_of fact has values, and it has at least one."""
    for fact in definition.facts:
        path = ("facts", fact.id, "values")
        reads = (("facts", fact.id, "type"),)
        if fact.type is not FactType.ONE_OF and fact.values:
            yield Flaw(path, f"only a one_of fact has values; this one is {fact.type}", reads)
        if fact.type is FactType.ONE_OF and not fact.values:
            yield Flaw(path, "missing; a one_of fact lists what it may be", reads)
        yield from _closed_list("value", fact.values, path)


def _closed_list(what: str, texts: Iterable[str], path: Path) -> Iterator[Flaw]:
    """Yield a flaw for every text that nobody could choose."""
    yield from repeated(texts, path)
    for place, text in enumerate(texts):
        if not text.strip():
            yield Flaw((*path, place), f"an empty {what}; expected some text")


def holds(definition: Definition) -> Iterator[Flaw]:
    """A deal may have a hold, for a reason that can be named."""
    per_deal = definition.holds.per_deal
    if per_deal is not None and per_deal < 1:
        yield Flaw(("holds", "per_deal"), f"expected at least 1, got {per_deal}")
    yield from _closed_list("reason", definition.holds.reasons, ("holds", "reasons"))


def stages(definition: Definition) -> Iterator[Flaw]:
    """A stage only has what makes sense for its kind."""
    for row, stage in enumerate(definition.stages):
        path = ("stages", row)
        kind = ((*path, "kind"),)
        if stage.win_probability is not None and not 0 <= stage.win_probability <= 1:
            percent = stage.win_probability
            hint = f"; {percent:g} % is {percent / 100:g}" if 2 <= percent <= 100 else ""  # noqa: PLR2004
            yield Flaw(
                (*path, "win_probability"),
                f"expected a share from 0 to 1, got {stage.win_probability:g}{hint}",
            )
        if stage.exit and stage.kind is not StageKind.OPEN:
            yield Flaw(
                (*path, "exit"),
                f"only an open stage has exit criteria; this one is {stage.kind}",
                kind,
            )
        if stage.reasons and stage.kind is not StageKind.LOST:
            yield Flaw(
                (*path, "reasons"), f"only a lost stage has reasons; this one is {stage.kind}", kind
            )
        yield from _closed_list("reason", stage.reasons, (*path, "reasons"))
        if stage.revive is not None and stage.kind is not StageKind.PARKED:
            yield Flaw(
                (*path, "revive"),
                f"only a parked stage can be revived; this one is {stage.kind}",
                kind,
            )


def stage_kinds(definition: Definition) -> Iterator[Flaw]:
    """A deal can open, and it can be won."""
    kinds = [stage.kind for stage in definition.stages]
    reads = (("stages", ANY, "kind"),)
    for wanted in (StageKind.OPEN, StageKind.WON):
        if wanted not in kinds:
            yield Flaw(("stages",), f"no {wanted} stage; expected at least one", reads)
    if StageKind.OPEN in kinds and kinds[0] is not StageKind.OPEN:
        yield Flaw(
            ("stages", 0),
            f"a deal opens in the first stage, so it must be open; this one is {kinds[0]}",
            reads,
        )


def moves(definition: Definition) -> Iterator[Flaw]:
    """A move leads from a stage to another one and can be made."""
    kinds = {stage.id: stage.kind for stage in definition.stages}
    seen: dict[tuple[str, str], int] = {}
    for row, move in enumerate(definition.moves):
        path = ("moves", row)
        pair = (move.from_stage, move.to_stage)
        ends = ((*path, "from"), (*path, "to"))
        kind_reads = (*ends, ("stages", ANY, "kind"), ("stages", ANY, "id"))
        for end, stage in zip(ends, pair, strict=True):
            yield from unknown(definition, "stage", stage, end)
        if pair[0] == pair[1]:
            yield Flaw(path, f"leads from {pair[0]!r} to itself; remove it", ends)
        elif seen.setdefault(pair, row) != row:
            yield Flaw(path, f"the same step as moves[{seen[pair]}]; merge the two", ends)
        left = kinds.get(pair[0])
        if left is not None and left.is_closed:
            yield Flaw(
                ends[0],
                f"{pair[0]!r} is {left}: a closed deal is reopened, not moved; let deals that may"
                " come back wait in a parked stage",
                kind_reads,
            )
        if left is StageKind.PARKED and kinds.get(pair[1]) is StageKind.WON:
            yield Flaw(
                ends[1],
                f"{pair[0]!r} is parked and {pair[1]!r} is won: parking would bypass the gates",
                kind_reads,
            )
        yield from repeated(move.by, (*path, "by"))
        for place, role in enumerate(move.by):
            yield from unknown(definition, "role", role, (*path, "by", place))
