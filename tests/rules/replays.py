"""The rules run over rows as they are and compiled."""

import numpy as np
from tests.rules.cases import arguments, log_rows

from salesflow.calendars import to_datetime, to_micros
from salesflow.events import Migrated
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import compiled, packed
from salesflow.rules.replay import replay

CALENDARS = {}
"""Those that were packed, each with what came of it, by their ids: it takes longer than a deal."""


def packed_calendar(calendar):
    """The tables of a calendar packed, once in a process."""
    if id(calendar) not in CALENDARS:
        CALENDARS[id(calendar)] = calendar, packed(calendar)
    return CALENDARS[id(calendar)][1]


def both(given):
    """The answers of `replay` as it is, and compiled."""
    tables, calendar, memory, rows, until, codes, which, *filled = given
    scratch = [np.array(part, dtype=np.int64) for part in (codes, which)]
    fast = [packed(tables), packed_calendar(calendar), packed(memory), packed(rows)]
    answers = [packed(part) for part in filled]
    compiled(replay)(*fast, until, *scratch, *answers)
    replay(*given)
    return filled, [part.fields._make(map(np.ndarray.tolist, part.fields)) for part in answers]


def plain_and_compiled(deal, now, room=100):
    """What both say of one deal at *now*, from its latest migration on."""
    book, rows = rule_book(deal.process), log_rows([deal])
    rooms = dict.fromkeys(("room", "visits", "holds", "plans", "pasts"), room)
    plain, fast = both(arguments(book, rows, to_micros(now), calendar(deal), **rooms))
    # It leaves a stage when a rung acts or a row says so.
    most = fast[-3].found[0] + len(rows.kind)
    return (plain, fast) if most <= room else plain_and_compiled(deal, now, most)


def calendar(deal):
    """The name of the calendar that counts in the end."""
    named = [e.calendar for e in deal.events if isinstance(e, Migrated)]
    return [deal.events[0].calendar, *named][-1]


def log_answer(deal, answers):
    """What `replay` answered of a log with that deal, in the words of the deal."""
    *_, acts, _, verdicts = answers
    book = rule_book(deal.process)
    stages, rungs = book.process.stages, book.rungs
    raised = list(zip(acts.rung, acts.due, acts.at, strict=True))[: acts.found[0]]
    return {
        "stage": stages[verdicts.stage[0]].id,
        "entered_at": to_datetime(verdicts.entered_at[0]),
        "status": ("ok", "due", "breached")[verdicts.status[0]],
        "raised": [
            (book.rules[rungs[rung].rule].id, rungs[rung].name, to_datetime(due), to_datetime(at))
            for rung, due, at in raised
        ],
    }
