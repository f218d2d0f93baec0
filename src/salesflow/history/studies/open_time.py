"""The open time of the deals of a log, as the rules see it: silent since when, in which stage."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import attrs

from salesflow.history.extras import Ints, np
from salesflow.history.log import EventLog
from salesflow.history.report.frames import instants
from salesflow.history.run import Outcome, run
from salesflow.history.studies.dealdays import LOST, OPEN, WON, Spans, Stays
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap
from salesflow.rules import codes


def spans_of(
    log: EventLog, process: Process, until: int, touch: str, *, fast: bool | None
) -> tuple[Spans, Stays]:
    """
    Return for how long deals were silent, and where they were meanwhile, by the rules.

    Args:
        log: The history.

        process: The process.

        until: What is later is not taken in.

        touch: The touch class.

        fast: As in `salesflow.audit`.
    """
    own = _unused([rule.id for rule in process.rules])
    asked = ContactGap(id=own, touch=touch, max="1 day")
    outcome = run(
        log, attrs.evolve(process, contact_gaps=[*process.contact_gaps, asked]), until, fast=fast
    )
    zone = process.calendar.timezone
    found, visits = outcome.gaps, outcome.visits
    mine = np.asarray(found.rule) == len(process.contact_gaps)
    deal, start, end, row = (
        np.asarray(each)[mine] for each in (found.deal, found.start, found.end, found.row)
    )
    opened = np.asarray(outcome.rows.at)[np.asarray(outcome.rows.first[:-1])]
    spans = Spans(
        deal=deal,
        opened_at=local(opened, zone)[deal],
        start=local(start, zone),
        end=local(end, zone),
        outcome=_outcomes(outcome, row),
    )
    stays = Stays(
        deal=np.asarray(visits.deal),
        entered_at=local(np.asarray(visits.entered_at), zone),
        stage=np.asarray(visits.stage),
    )
    return spans, stays


def _unused(taken: Iterable[str]) -> str:
    """Return a name for a rule that no rule has."""
    known = set(taken)
    return next(name for name in (f"silence_{n}" for n in itertools.count(1)) if name not in known)


def _outcomes(outcome: Outcome, row: Ints) -> Ints:
    """Return how each span ended, by the row that ended it; a parked deal is at risk no longer."""
    rows, kinds = outcome.rows, np.asarray(outcome.book.tables.stage_kind)
    is_move = (row >= 0) & (np.asarray(rows.kind)[row] == codes.MOVED)
    kind = kinds[np.where(is_move, np.asarray(rows.subject)[row], 0)]
    ends = [is_move & (kind == codes.WON), is_move & (kind == codes.LOST)]
    return np.select(ends, [WON, LOST], OPEN)


def local(micros: Ints, zone: str) -> Ints:
    """Return instants as the clocks of a zone show them, in microseconds."""
    shown = instants(micros).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return shown.dt.epoch("us").to_numpy()
