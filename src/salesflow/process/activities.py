"""The built-in kinds of activity and their properties: one table for the whole library."""

from __future__ import annotations

from typing import NamedTuple


class Nature(NamedTuple):
    """
    The properties of a kind of activity.

    Attributes:
        reaches: Whether it reaches the buyer when it is done.

        takes_place: Whether both sides take part in it, so that it is two-way unless its outcome
            says that nobody answered.

        selling: Whether its minutes are selling time.
    """

    reaches: bool
    takes_place: bool
    selling: bool


BUILT_IN_ACTIVITIES: dict[str, Nature] = {
    "call": Nature(reaches=True, takes_place=True, selling=True),
    "meeting": Nature(reaches=True, takes_place=True, selling=True),
    "email": Nature(reaches=True, takes_place=False, selling=True),
    "message": Nature(reaches=True, takes_place=False, selling=True),
    "letter": Nature(reaches=True, takes_place=False, selling=True),
    "article": Nature(reaches=True, takes_place=False, selling=True),
    "white_paper": Nature(reaches=True, takes_place=False, selling=True),
    "case_study": Nature(reaches=True, takes_place=False, selling=True),
    "proposal": Nature(reaches=True, takes_place=False, selling=True),
    "research": Nature(reaches=False, takes_place=False, selling=True),
    "note": Nature(reaches=False, takes_place=False, selling=False),
    "task": Nature(reaches=False, takes_place=False, selling=False),
}
"""Whether a kind reaches the buyer, takes place with them, and is selling time."""

INTERNAL = Nature(reaches=False, takes_place=False, selling=False)
"""The properties of an added kind that is not like any other."""

NEVER_REACHED = frozenset({"bounced", "auto_reply", "opened", "clicked"})
"""Outcomes of an activity that did not reach the buyer, whatever its kind."""

NOT_ANSWERED = frozenset({"voicemail", "no_answer"})
"""Outcomes of a call or meeting that reached the buyer but did not take place."""
