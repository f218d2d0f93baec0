"""Working: how long the work in a stage takes this time, and where it leads."""

from __future__ import annotations

from salesflow.rules.codes import NONE
from salesflow.simulation.kernel.codes import DEAL
from salesflow.simulation.kernel.draws import one_of
from salesflow.simulation.kernel.tables import Habits, Life


def outcome_of(habits: Habits, life: Life, stage: int) -> int:
    """Return the outcome of the work in a stage this time, whenever it is asked for, or NONE."""
    first, last = habits.outcome_first[stage], habits.outcome_first[stage + 1]
    if first == last:
        return NONE
    deal, purpose, turn = life.note[DEAL], habits.outcome_purpose[stage], life.visits[stage]
    return one_of(habits, habits.outcome_upto, first, last, deal, purpose, turn)


def work_of(habits: Habits, life: Life, stage: int) -> int:
    """Return how long the work in a stage takes this time: a distribution; NONE: for ever."""
    for place in range(habits.outcome_first[stage], habits.outcome_first[stage + 1]):
        if habits.outcome_work[place] != NONE:
            own = habits.outcome_work[outcome_of(habits, life, stage)]
            return habits.work[stage] if own == NONE else own
    return habits.work[stage]
