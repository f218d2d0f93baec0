"""Cells that mean nothing, or that no sum can have, in rows that are used all the same."""

from __future__ import annotations

import attrs

from salesflow.history.extras import Flags, Ints, np
from salesflow.history.reading.coded import Coded
from salesflow.history.reading.statements import KEPT, Statements
from salesflow.process.model import Process
from salesflow.process.parts import FactType


@attrs.frozen(eq=False)
class Cells:
    """
    Some cells of a column.

    Args:
        places: The statements that they belong to.

        texts: What stands in the column.
    """

    places: Ints
    texts: Coded

    def __len__(self) -> int:
        return len(self.places)

    def text(self, place: int) -> str:
        """Return what stands at one of the statements."""
        return self.texts.texts[int(self.texts.code[place])]


def doubts_of(said: Statements, reaches: Flags, process: Process) -> dict[str, list[Cells]]:
    """
    Return the cells behind each flag that is about cells, by column.

    Args:
        said: What the rows say.

        reaches: Of each distinct activity, whether it reaches the buyer.

        process: Whose facts and currency they are.
    """
    kept = said.fate == KEPT
    minutes = Cells(np.flatnonzero(kept & said.bad_minutes), said.shared("minutes"))
    return {
        **_directions(said, kept, reaches),
        "bad_minutes": [minutes],
        "other_currency": _foreign(said, kept, process),
    }


def _directions(said: Statements, kept: Flags, reaches: Flags) -> dict[str, list[Cells]]:
    """
    Return the activities that do not say who reached whom, and those with unknown words for it.

    Only of those that reach the buyer: of the others nobody asks.
    """
    silent = np.array([item.direction is None for item in said.activities], dtype=bool) & reaches
    here = np.flatnonzero(kept & (said.activity >= 0)) if silent.any() else np.arange(0)
    here = here[silent.take(said.activity.take(here))] if len(here) else here
    way = said.shared("direction")
    is_said = way.says[way.code[here]]
    return {
        "no_direction": [Cells(here[~is_said], way)],
        "unknown_direction": [Cells(here[is_said], way)],
    }


def _foreign(said: Statements, kept: Flags, process: Process) -> list[Cells]:
    """Return the amounts in another currency than the process's."""
    found = []
    for name, told in sorted(said.facts.items()):
        if process.all_facts[name].type is not FactType.MONEY:
            continue
        # An amount in our own currency is a number; what is not told has the last place.
        is_foreign = np.array([*(isinstance(value, str) for value in told.values), False])
        found.append(Cells(np.flatnonzero(is_foreign[told.code] & kept), told.texts))
    return found
