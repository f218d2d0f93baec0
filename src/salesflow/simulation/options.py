"""How a simulation is run: what all functions that run one take beside the deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypedDict

from salesflow.calendars import Span
from salesflow.process.names import did_you_mean
from salesflow.simulation.behaviour import Behaviour

Progress = Callable[[int, int], None]
"""Called with how many deals (runs, cells) are done, and how many there are."""


class Options(TypedDict, total=False):
    """
    How a simulation is run; what is not said is as in `salesflow.simulate`.

    ``seed``: from which all random numbers are made, from 0 to 2**64 - 1. ``behaviour``: what
    people do. ``until``: when it ends; or ``horizon``: how long after the last deal came.
    ``workers``: how many processes share the work; or ``executor``: what runs the parts of it.
    ``fast``: whether to compile the rules. ``progress``: called from time to time.
    """

    seed: int
    behaviour: Behaviour | None
    until: dt.datetime | None
    horizon: Span | str | None
    workers: int
    executor: Executor | None
    fast: bool | None
    progress: Progress | None


def check_names(options: Options) -> None:
    """
    Refuse what is no option: a misspelt one would be passed over.

    Raises:
        TypeError: With the name, and what was probably meant.
    """
    known = Options.__annotations__
    for name in options.keys() - known.keys():
        raise TypeError(f"unexpected argument {name!r}{did_you_mean(name, known)}")
