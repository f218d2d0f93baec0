"""A process with other names for its stages, so that two versions can be compared by stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Play, Timer

Part = TypeVar("Part", ContactGap, Timer, Play)


def only_renamed(process: Process, said: Mapping[str, str]) -> dict[str, str]:
    """
    Return the stages that only have another name, old names to new ones.

    Several stages that become one are no renaming, and neither is a stage that becomes one which
    the process has already.

    Args:
        process: The old process.

        said: Where its stages go, as somebody says it.
    """
    often = Counter(said.values())
    return {
        old: new for old, new in said.items() if often[new] == 1 and new not in process.stages_by_id
    }


def with_names(process: Process, names: Mapping[str, str]) -> Process:
    """
    Return the same process with other names for some of its stages, wherever they are named.

    Args:
        process: The process.

        names: Old names to new ones, each of them different from all others.
    """

    def one(name: str) -> str:
        return names.get(name, name)

    def watching(parts: Iterable[Part]) -> tuple[Part, ...]:
        return tuple(attrs.evolve(part, stages=map(one, part.stages)) for part in parts)

    return attrs.evolve(
        process,
        stages=(attrs.evolve(stage, id=one(stage.id)) for stage in process.stages),
        moves=(
            attrs.evolve(move, from_stage=one(move.from_stage), to_stage=one(move.to_stage))
            for move in process.moves
        ),
        contact_gaps=watching(process.contact_gaps),
        timers=(
            attrs.evolve(timer, move_to=timer.move_to and one(timer.move_to))
            for timer in watching(process.timers)
        ),
        plays=watching(process.plays),
    )
