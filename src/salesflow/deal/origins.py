"""Where an event comes from, and its other details, as the verbs of a deal take them."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from salesflow.events import PrecisionWord, WayWord
from salesflow.vocabulary import did_you_mean


class Origin(TypedDict, total=False):
    """
    Where an event comes from; every verb of a deal takes these as keywords.

    ``by``: who did it. ``source``: the system it comes from. ``id``: its id there; by default the
    deal numbers its events. ``recorded_at``: when we were told; by default when it happened.
    ``precision``: ``day`` if only the day is known.
    """

    by: str
    source: str
    id: str
    recorded_at: dt.datetime
    precision: PrecisionWord


class Details(Origin, total=False):
    """
    Details of an activity, beside its kind; see `salesflow.events.Activity`.

    ``direction``: ``in`` or ``out``; default out. ``outcome``: such as ``voicemail``. ``minutes``:
    how long it took. ``contacts``: who took part on the buyer's side. ``activity_id``: the same in
    all revisions of one activity. ``play``: the play that it carries out.
    """

    direction: WayWord | None
    outcome: str | None
    minutes: int | None
    contacts: tuple[str, ...]
    activity_id: str | None
    play: str | None


ORIGIN = frozenset(Origin.__annotations__)
DETAILS = frozenset(Details.__annotations__)


def known_by(
    verb: Callable[..., object], said: Mapping[str, Any], known: frozenset[str] = ORIGIN
) -> Mapping[str, Any]:
    """
    Return what was said by keyword beside the arguments that a verb names.

    Raises:
        TypeError: If something is not *known*.
    """
    for name in said:
        if name not in known:
            named = inspect.signature(verb).parameters.values()
            others = [part.name for part in named if part.kind is part.KEYWORD_ONLY]
            taken = [*others, *sorted(known)]
            hint, listed = did_you_mean(name, taken), ", ".join(taken)
            msg = f"Deal.{verb.__name__}() has no argument {name!r}.{hint} It takes {listed}."
            raise TypeError(msg)
    return said
