"""Why a deal stands as it does, and what comes of it."""

from __future__ import annotations

import attrs

from salesflow.deal.explanation import (
    Explanation,
    clock_story,
    coming,
    hold_stories,
    overrides_of,
    steps_of,
)
from salesflow.deal.explanation_text import Teller
from salesflow.deal.plays import plays_of
from salesflow.deal.run import View
from salesflow.deal.starts import entered_by
from salesflow.deal.views import state_of


def explain(view: View) -> Explanation:
    """Return the explanation of a deal."""
    state = state_of(view)
    found = Explanation(
        state=state,
        entered_by=entered_by(view),
        clocks=tuple(clock_story(view, clock) for clock in state.clocks),
        steps=tuple(steps_of(view)),
        next=tuple(coming(view)),
        plays=plays_of(view),
        holds=tuple(hold_stories(view)),
        overrides=tuple(overrides_of(view)),
    )
    teller = Teller(view.run.book.process, view.run.since.calendar, state.at)
    return attrs.evolve(found, text=teller.tell(found))
