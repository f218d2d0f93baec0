"""Setting the rules to work on a log: room for the answers, plain or compiled."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import attrs

from salesflow.history.extras import np, npt
from salesflow.history.log import EventLog
from salesflow.process.model import Process
from salesflow.process.parts import Mode
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.compiled import arrays, compiled, is_at_hand
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.replay import Acts, Deviations, Rows, Verdicts, new_answers, replay
from salesflow.rules.tables import new_memory

Ints = npt.NDArray[np.int64]

WORTH_COMPILING = 1_000_000
"""Events from which on plain rules take so long that compiling them, once, is the better deal."""
WORTH_LOADING = 25_000
"""The same for machine code that is at hand from an earlier time."""


@attrs.frozen(eq=False)
class Outcome:
    """
    What the rules said about a log; every field is an array.

    Args:
        book: The process, in ``observe`` mode.

        rows: The events.

        acts, deviations, verdicts: The answers, without spare room.
    """

    book: RuleBook
    rows: Rows
    acts: Acts
    deviations: Deviations
    verdicts: Verdicts


def observing(process: Process) -> Process:
    """Return *process* with every rule in ``observe`` mode: time moves no deal."""
    return attrs.evolve(
        process,
        mode=Mode.OBSERVE,
        contact_gaps=[attrs.evolve(gap, mode=None) for gap in process.contact_gaps],
        timers=[attrs.evolve(timer, mode=None) for timer in process.timers],
    )


def run(log: EventLog, process: Process, until: int, *, fast: bool | None) -> Outcome:
    """
    Run a log through the rules of a process, in ``observe`` mode.

    Args:
        log: The events.

        process: The rules.

        until: Later events are not taken in.

        fast: As in `salesflow.history.audit.audit`.

    Raises:
        MissingExtraError: If *fast* and numba is not installed.
    """
    book = rule_book(observing(process))
    rows = log.rows(book)
    compile_them = _is_worth_it(len(log)) if fast is None else fast
    # Running plain rules twice costs more than room does; running compiled ones twice costs little.
    acts, deviations = (2 * len(log.deals),) * 2 if compile_them else (2 * len(log),) * 2
    while True:
        found = _once(book, rows, until, acts, deviations, compile_them=compile_them)
        wanted = int(found.acts.found[0]), int(found.deviations.found[0])
        if wanted[0] <= acts and wanted[1] <= deviations:
            return found
        acts, deviations = max(acts, wanted[0]), max(deviations, wanted[1])


def _is_worth_it(events: int) -> bool:
    if importlib.util.find_spec("numba") is None or events < WORTH_LOADING:
        return False
    return events >= WORTH_COMPILING or is_at_hand(replay)


def _once(
    book: RuleBook, rows: Rows, until: int, acts: int, deviations: int, *, compile_them: bool
) -> Outcome:
    """Run the log with room for so many acts and deviations."""
    deals = len(rows.first) - 1
    longest = int(np.diff(rows.first).max(initial=0))
    obstacles = most_obstacles(book.tables)
    # Time moves no deal here, so each row leaves a stage and winds a clock at most once.
    rungs = len(book.tables.rung_rule)
    memory = new_memory(book.tables, visits=longest, pasts=rungs * longest)
    given: list[Any] = [book.tables, book.calendar(), memory, rows]
    filled: list[Any] = list(new_answers(book.tables, deals, acts, deviations))
    scratch = [0] * obstacles, [0] * obstacles
    if compile_them:
        room = [np.array(part, dtype=np.int64) for part in scratch]
        filled = [arrays(part) for part in filled]
        compiled(replay)(*map(arrays, given), until, *room, *filled)
    else:
        given[3] = Rows._make(np.asarray(column).tolist() for column in rows)
        plain: Callable[..., None] = replay
        plain(*given, until, *scratch, *filled)
        filled = [arrays(part) for part in filled]
    return Outcome(book, rows, _filled_part(filled[0]), _filled_part(filled[1]), filled[2])


def _filled_part(part: Any) -> Any:  # noqa: ANN401 - the same named tuple
    count = int(part.found[0])
    return type(part)(part.found, *(column[:count] for column in part[1:]))
