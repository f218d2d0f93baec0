"""Setting the rules to work on a log: room for the answers, plain or compiled."""

from __future__ import annotations

import concurrent.futures
import functools
import itertools
import os
from collections.abc import Callable
from typing import Any

import attrs

from salesflow.history.extras import Flags, Ints, np
from salesflow.history.log import EventLog
from salesflow.history.shares import OF_RULES, joined, shares_of
from salesflow.process.model import Process
from salesflow.process.parts import Mode
from salesflow.rules import codes
from salesflow.rules.book import RuleBook, rule_book
from salesflow.rules.compiled import arrays, compiled, is_worth_compiling, packed
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.replay import Acts, Deviations, Rows, Verdicts, new_answers, replay
from salesflow.rules.spans import Gaps, Visits
from salesflow.rules.tables import Memory, new_memory

WORTH_COMPILING = 300_000
"""Events from which on plain rules take so long that compiling them, once, is the better deal."""
WORTH_LOADING = 25_000
"""The same for machine code that is at hand from an earlier time."""
WORTH_SHARING = 500_000
"""Events from which on compiled rules, which leave Python alone, run in several threads."""


@attrs.frozen(eq=False)
class Outcome:
    """
    What the rules said about a log; every field is an array.

    Args:
        book: The process, with timers that only observe.

        rows: The events.

        visits, gaps, acts, deviations, verdicts: The answers, without spare room.
    """

    book: RuleBook
    rows: Rows
    visits: Visits
    gaps: Gaps
    acts: Acts
    deviations: Deviations
    verdicts: Verdicts

    def ends(self) -> tuple[Ints, Ints]:
        """Return which acts are the end of a rule, and of which rule each of these is."""
        rungs = [rung.rule if rung.is_end else codes.NONE for rung in self.book.rungs]
        rule = np.array(rungs, dtype=np.int64)[np.asarray(self.acts.rung)]
        found = np.flatnonzero(rule != codes.NONE)
        return found, rule[found]


@functools.lru_cache(maxsize=64)
def observing(process: Process) -> Process:
    """
    Return *process* with every timer in ``observe`` mode: time moves no deal.

    What is recorded is never refused. So of other modes only what they say of it is left: which
    moves would be to take back.
    """
    watching = [attrs.evolve(timer, mode=Mode.OBSERVE) for timer in process.timers]
    return attrs.evolve(process, timers=watching)


def run(
    log: EventLog,
    process: Process,
    until: int,
    *,
    fast: bool | None,
    executor: concurrent.futures.Executor | None = None,
) -> Outcome:
    """
    Run a log through the rules of a process, with timers that only observe.

    Args:
        log: The events.

        process: The rules.

        until: Later events are not taken in.

        fast: As in `salesflow.history.audit.audit`.

        executor: As there.

    Raises:
        MissingExtraError: If *fast* and numba is not installed.
        EventError: If the process does not have what the log names.
    """
    book = rule_book(observing(process))
    return _run(book, log, until, fast=fast, executor=executor)


def uncertain(
    log: EventLog,
    outcome: Outcome,
    until: int,
    *,
    fast: bool | None,
    executor: concurrent.futures.Executor | None = None,
) -> Flags:
    """
    Return of which deals too little is known to say how they stand.

    That is asked as a live deal asks it: are the stage, the status and that of every clock the same
    if each event of which only the day is known counts at the other end of that day?

    Args:
        log: The events.

        outcome: What the rules said about them.

        until: As in `run`.

        fast: As there.

        executor: As there.
    """
    vague = log.origin.vague()
    found = np.zeros(len(vague), dtype=bool)
    if not vague.any():
        return found
    deals = itertools.compress(log.deals, vague.tolist())
    some, book = log.only(deals), outcome.book
    other = _run(book, some, until, fast=fast, executor=executor, other_end=True).verdicts
    mine = _verdicts(outcome.verdicts, len(vague))[vague]
    found[vague] = (mine != _verdicts(other, len(mine))).any(axis=1)
    return found


def _verdicts(verdicts: Verdicts, deals: int) -> Ints:
    """Return of each deal its stage, its status, and the status by each rule that applies."""
    columns = [verdicts.stage, verdicts.status, *np.asarray(verdicts.standing).reshape(deals, -1).T]
    told: Ints = np.array(columns, dtype=np.int64).reshape(len(columns), deals).T
    return told


def _run(
    book: RuleBook,
    log: EventLog,
    until: int,
    *,
    fast: bool | None,
    executor: concurrent.futures.Executor | None,
    other_end: bool = False,
) -> Outcome:
    """Run the rows of a log, if need be with its days at their other end."""
    calendars = log.origin.calendars(other_end=other_end)
    rows = log.origin.rows(book, other_end=other_end)
    worth = {"compiling": WORTH_COMPILING, "loading": WORTH_LOADING}
    compile_them = is_worth_compiling(replay, len(log), **worth) if fast is None else fast
    if compile_them:
        compiled(replay)  # what is missing is missed here, and not by every worker
    if executor is None and compile_them and len(log) >= WORTH_SHARING:
        executor = _threads(os.getpid())
    shares = shares_of(rows, calendars, several=executor is not None)
    work = functools.partial(answers_of, book.process, until, compile_them=compile_them)
    if executor is None:
        told = [work(share.rows(rows), share.calendar) for share in shares]
    else:
        # Lists, since not every executor takes what can be gone through only once.
        parts = [share.rows(rows) for share in shares]
        told = list(executor.map(work, parts, [share.calendar for share in shares]))
    return Outcome(book, rows, *joined(rows, shares, told))


@functools.cache
def _threads(_process: int) -> concurrent.futures.Executor:
    """Return a thread for each core, kept for the next time; a forked process has none of them."""
    return concurrent.futures.ThreadPoolExecutor(os.cpu_count(), "salesflow-audit")


def answers_of(
    process: Process, until: int, rows: Rows, calendar: str | None, *, compile_them: bool
) -> tuple[Any, ...]:
    """
    Return what the rules say about some deals: visits, gaps, acts, deviations, verdicts.

    Args:
        process: The rules.

        until: Later events are not taken in.

        rows: The events.

        calendar: By which of the process's calendars the time of all these deals is counted.

        compile_them: Whether the compiled rules are asked.
    """
    book = rule_book(process)
    deals, events = len(rows.first) - 1, len(rows.kind)
    # Room costs little, and where arrays of zeros are not written to, nothing: so there is plenty.
    spare = 2 * events
    kinds = np.asarray(rows.kind)
    touches = int(np.count_nonzero((kinds == codes.ACTIVITY) | (kinds == codes.STANDS)))
    gaps = len(process.contact_gaps) * (deals + touches)
    moves = deals + int(np.count_nonzero((kinds == codes.MOVED) | (kinds == codes.REOPENED)))
    room = {"visits": moves, "gaps": gaps, "acts": spare, "deviations": spare}
    while True:
        found = _once(book, rows, calendar, until, room, compile_them=compile_them)
        wanted = {name: int(part.found[0]) for name, part in zip(room, found, strict=False)}
        if all(wanted[name] <= room[name] for name in room):
            return tuple(_without_spare(part) for part in found)
        room = {name: max(room[name], wanted[name]) for name in room}


def _once(
    book: RuleBook,
    rows: Rows,
    calendar: str | None,
    until: int,
    room: dict[str, Any],
    *,
    compile_them: bool,
) -> tuple[Any, ...]:
    """Run the deals with room for so many answers."""
    obstacles = most_obstacles(book.tables)
    given: list[Any] = [book.tables, book.calendar(calendar), _memory(book, rows), rows]
    deals = len(rows.first) - 1
    scratch = [0] * obstacles, [0] * obstacles
    if compile_them:
        codes_found, which = (np.array(part, dtype=np.int64) for part in scratch)
        slots: Any = functools.partial(np.zeros, dtype=np.int64)
        room_for = new_answers(book.tables, deals, **room, slots=slots)
        answers = [packed(part) for part in room_for]
        compiled(replay)(*map(packed, given), until, codes_found, which, *answers)
        return tuple(part.fields for part in answers)
    filled: list[Any] = list(new_answers(book.tables, deals, **room))
    given[3] = Rows._make(np.asarray(column).tolist() for column in rows)
    plain: Callable[..., None] = replay
    plain(*given, until, *scratch, *filled)
    return tuple(arrays(part) for part in filled)


def _memory(book: RuleBook, rows: Rows) -> Memory:
    """Return a memory with room for each of the deals."""
    first, kind, subject = (np.asarray(column) for column in (rows.first, rows.kind, rows.subject))
    longest = int(np.diff(first).max(initial=0))
    held = np.searchsorted(np.flatnonzero(kind == codes.HELD), first)
    # Time moves no deal here, so each row leaves a stage and winds a clock at most once.
    return new_memory(
        book.tables,
        visits=longest,
        holds=int(np.diff(held).max(initial=0)) + 1,
        plans=int(subject[kind == codes.PLANNED].max(initial=0)) + 1,
        pasts=len(book.tables.rung_rule) * longest,
    )


def _without_spare(part: Any) -> Any:  # noqa: ANN401 - the same named tuple
    """Return the answers without spare room; what is not an answer stays."""
    if "found" not in part._fields:
        return part
    count = int(part.found[0])
    columns = zip(part._fields, part, strict=True)
    kept = {"found", *OF_RULES}
    return type(part)(*(c if name in kept else c[:count] for name, c in columns))
