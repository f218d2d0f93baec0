"""Acts: what time does to a deal, noted as numbers; `Raised` says the same in words."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.rules.tables import PASTS, STAGE, Memory


class Act(NamedTuple):
    """
    A rung that acted: most are never asked for in words, which take longer to find than to act.

    Attributes:
        rung: Its number.

        start: When its clock had started.

        due: The last instant that was in time.

        at: When it acted.

        stage: The number of the stage in which the deal was.

        moved: Whether the deal was moved by it.
    """

    rung: int
    start: int
    due: int
    at: int
    stage: int
    moved: bool


def acts_since(memory: Memory, first: int) -> list[Act]:
    """Return what time has done since there were *first* acts; nothing else has happened since."""
    last = memory.deal[PASTS]
    if last == first:
        return []
    stages = [*memory.past_stage[first:last], memory.deal[STAGE]]
    return [
        Act(
            memory.past_rung[past],
            memory.past_start[past],
            memory.past_due[past],
            memory.past_at[past],
            stage,
            moved=stage != stages[place],
        )
        for place, (past, stage) in enumerate(zip(range(first, last), stages, strict=False), 1)
    ]
