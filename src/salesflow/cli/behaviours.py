"""A behaviour in words, no wider than the screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.simulation import Behaviour

_HEAD = 18
"""Where the words begin: beside what they are about."""
_NARROWEST = 30
_NO_BREAK = "\xa0"


def behaviour_lines(behaviour: Behaviour, width: int) -> Iterator[str]:
    """Yield what a behaviour says; what is too wide goes on below."""
    from salesflow.simulation.behaviour_text import titled, told

    yield titled(behaviour)
    for head, said in told(behaviour):
        bound = said.replace(" %", f"{_NO_BREAK}%")
        lines = textwrap.wrap(bound, max(width - _HEAD, _NARROWEST)) or [""]
        first, *rest = (line.replace(_NO_BREAK, " ") for line in lines)
        yield f"  {head:<{_HEAD - 2}}{first}".rstrip()
        yield from (f"{'':<{_HEAD}}{more}" for more in rest)
