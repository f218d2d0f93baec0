"""How long deals keep reps, as the behaviour says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesflow.process.model import Process
from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.distributions import Distribution
from salesflow.simulation.extras import np, npt


def rep_time(
    columns: Mapping[str, Any], process: Process, behaviour: Behaviour
) -> npt.NDArray[np.int64]:
    """
    Return for how many microseconds each deal keeps reps; 0 if nobody said how long anything takes.

    Every touch counts with the mean of what one takes, every effort that somebody began with the
    mean of those in its stage: the working time that was spent, whether reps are limited or not,
    without the nights between. Who leaves before a rep has time keeps nobody. The column ``worked``
    is time on the clock, and only there where reps are limited.

    Args:
        columns: Of a simulation.

        process: Whose deals they are.

        behaviour: What people did.
    """
    minutes = None if behaviour.touches is None else behaviour.touches.minutes
    found: npt.NDArray[np.int64] = np.asarray(columns["touches"]) * _mean(minutes)
    efforts = np.asarray(columns["efforts"])
    for number, stage in enumerate(process.stages):
        life = behaviour.stage.get(stage.id)
        if life is not None:
            found += efforts[:, number] * _mean(life.effort)
    return found


def _mean(distribution: Distribution | None) -> int:
    return 0 if distribution is None else round(distribution.mean * distribution.unit_size)
