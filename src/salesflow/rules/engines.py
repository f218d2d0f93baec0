"""
Engines: how a live deal has the rules run, as they are written or compiled.

Both are the same functions and take the same arguments. Compiled ones find them by an address: the
memory of a deal is one block of words then, which Python reads as it reads lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import attrs

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.deadlines import ends_after
from salesflow.rules.fold import act_before, act_by, acting_by, apply, take
from salesflow.rules.obstacles import against
from salesflow.rules.open_moves import ways_on
from salesflow.rules.schedule import next_rung, runs_out_next
from salesflow.rules.status import status
from salesflow.rules.tables import Memory, Row, Slots, Tables, copy_memory, has_room, roomier
from salesflow.rules.urgency import first_missed, killed_next, warned_of

Fields = TypeVar("Fields", bound=NamedTuple)


class Engine(NamedTuple):
    """The form in which rules take what they are given, and the rules that a live deal asks."""

    given: Callable[[Any], Any]
    """Tables, or a calendar."""
    memory: Callable[[Memory], Any]
    """A memory, as `Memory` says."""
    copy: Callable[[Any], Memory]
    """A memory of its own, to be run by itself."""
    slots: Callable[[list[int]], Slots]
    """Room for findings."""

    has_room: Callable[[Memory, int], bool]
    act_before: Callable[[Tables, CalendarTables, Memory, int], int]
    acting_by: Callable[[Tables, CalendarTables, Memory, int], int]
    act_by: Callable[[Tables, CalendarTables, Memory, int], int]
    take: Callable[[Tables, CalendarTables, Memory, Row, Slots, Slots], int]
    apply: Callable[[Tables, CalendarTables, Memory, Row], None]
    against: Callable[[Tables, CalendarTables, Memory, Row, Slots, Slots], int]
    next_rung: Callable[[Tables, CalendarTables, Memory, int], int]
    runs_out_next: Callable[[Memory, int], int]
    ends_after: Callable[[CalendarTables, Memory, int, int, int], int]
    status: Callable[[Tables, Memory, int], int]
    first_missed: Callable[[Tables, CalendarTables, Memory, int], int]
    killed_next: Callable[[Tables, CalendarTables, Memory, int], int]
    warned_of: Callable[[Tables, CalendarTables, Memory, int], int]
    ways_on: Callable[[Tables, Memory, int, Slots, Slots], int]


def with_room(engine: Engine, memory: Memory, plans: int = 0) -> Memory:
    """Return a memory with room for one more of everything and so many plans: itself if it has."""
    if engine.has_room(memory, plans):
        return memory
    roomy: Memory = engine.memory(roomier(memory, plans))
    return roomy


RULES: tuple[Any, ...] = (
    has_room,
    act_before,
    acting_by,
    act_by,
    take,
    apply,
    against,
    next_rung,
    runs_out_next,
    ends_after,
    status,
    first_missed,
    killed_next,
    warned_of,
    ways_on,
)
"""By these names the engine has them."""


def _as_it_is(given: Any) -> Any:  # noqa: ANN401 - whatever it is
    return given


PLAIN = Engine(
    given=_as_it_is,
    memory=_as_it_is,
    copy=copy_memory,
    slots=_as_it_is,
    **{rule.__name__: rule for rule in RULES},
)


@attrs.define
class _Setting:
    """What this Python process goes by."""

    engine: Engine = PLAIN


_SETTING = _Setting()


def chosen() -> Engine:
    """Return the engine that new rule books go by."""
    return _SETTING.engine


def choose(engine: Engine) -> None:
    """Have new rule books go by an engine."""
    _SETTING.engine = engine
