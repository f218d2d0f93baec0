"""The rules run over rows as they are and compiled."""

import functools

import numpy as np
from tests.rules.cases import arguments, log_rows

from salesflow.calendars import to_micros
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import compiled, packed
from salesflow.rules.replay import replay


@functools.cache
def compiled_replay():
    """`replay`, compiled once for a process."""
    return compiled(replay)


def both(given):
    """The answers of `replay` as it is, and compiled."""
    tables, calendar, memory, rows, until, codes, which, *filled = given
    scratch = [np.array(part, dtype=np.int64) for part in (codes, which)]
    fast = [packed(part) for part in (tables, calendar, memory, rows)]
    answers = [packed(part) for part in filled]
    compiled_replay()(*fast, until, *scratch, *answers)
    replay(*given)
    plain = [[list(column) for column in part] for part in filled]
    return plain, [[column.tolist() for column in part.fields] for part in answers]


def plain_and_compiled(deal, now):
    """What both say of one deal at *now*."""
    book = rule_book(deal.process)
    opening = deal.events[0]
    return both(arguments(book, log_rows([deal]), to_micros(now), opening.calendar, room=500))
