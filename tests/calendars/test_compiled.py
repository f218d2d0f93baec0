"""The arithmetic compiled by numba gives what it gives plain: one text, two ways to run it."""

import datetime as dt
import inspect
import random
import types

import numba
import numpy as np
import pytest

from salesflow.calendars import Calendar, arithmetic
from salesflow.calendars.arithmetic import (
    DAY,
    DAYS,
    EXACT,
    HOUR,
    LAST_DAY,
    NEVER,
    OPEN_TIME,
    WORKING_DAYS,
    CalendarTables,
)
from salesflow.calendars.instants import to_day

PUBLIC_AND_PRIVATE = {
    name: function
    for name, function in inspect.getmembers(arithmetic, inspect.isfunction)
    if function.__module__ == arithmetic.__name__
}

CALENDARS = [
    Calendar("UTC"),
    Calendar("America/New_York", {"mon-fri": ["09:00-12:00", "13:00-17:00"]}),
    Calendar("America/St_Johns", {"sun-thu": ["00:00-01:30", "22:00-24:00"]}),
]


@pytest.fixture(scope="module")
def compiled():
    """Compile each function from its own code object; callees are looked up in one namespace."""
    namespace = dict(vars(arithmetic))
    for name, function in PUBLIC_AND_PRIVATE.items():
        namespace[name] = numba.njit(types.FunctionType(function.__code__, namespace, name))
    return types.SimpleNamespace(**namespace)


def as_arrays(tables):
    return CalendarTables(
        *(field if isinstance(field, int) else np.array(field, np.int64) for field in tables)
    )


def random_holds(rng, at):
    """Return merged holds near an instant, with room to spare."""
    starts = [at + rng.randint(-10 * DAY, 10 * DAY) for _ in range(rng.randint(0, 4))]
    ends = [start + rng.choice([0, HOUR, DAY, 3 * DAY]) for start in starts]
    hold_from, hold_until = [0] * 5, [0] * 5
    holds = arithmetic.merge_holds(starts, ends, len(starts), hold_from, hold_until)
    return hold_from, hold_until, holds


def random_instant(rng):
    """Return an instant of the known years, near a change of the clocks, or nowhere."""
    change = to_day(dt.date(2026, rng.choice([3, 11]), 8)) * DAY
    return rng.choice(
        [
            rng.randint(0, LAST_DAY * DAY),
            change + rng.randint(-10 * DAY, 2 * DAY),
            rng.randint(-900 * DAY, 0),
            rng.randint(LAST_DAY * DAY, (LAST_DAY + 900) * DAY),
        ]
    )


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.timezone)
class TestCompiled:
    @pytest.mark.long
    def test_questions_of_one_instant(self, compiled, calendar):
        """Local time, days and readings are the same compiled."""
        rng = random.Random(1)
        plain, arrays = calendar.tables, as_arrays(calendar.tables)
        for _ in range(500):
            at, measure = random_instant(rng), rng.choice([EXACT, DAYS, OPEN_TIME, WORKING_DAYS])
            day = at // DAY
            for name, arguments in {
                "to_local": (at,),
                "to_instant": (at,),
                "day_of": (at,),
                "start_of_day": (day,),
                "end_of_day": (day,),
                "is_known": (at, measure),
                "reading": (at, measure),
                "reached": (at // DAY, measure),
            }.items():
                expected = PUBLIC_AND_PRIVATE[name](plain, *arguments)
                assert expected == getattr(compiled, name)(arrays, *arguments), (name, arguments)

    @pytest.mark.long
    @pytest.mark.parametrize("name", ["add", "counted", "counted_since", "before"])
    def test_questions_with_holds(self, compiled, calendar, name):
        """Deadlines and counted time are the same compiled, and not NEVER only."""
        rng = random.Random(2)
        plain, arrays = calendar.tables, as_arrays(calendar.tables)
        answers = set()
        for _ in range(1000):
            at, measure = random_instant(rng), rng.choice([EXACT, DAYS, OPEN_TIME, WORKING_DAYS])
            amount = rng.randint(0, 9) * (1 if measure == WORKING_DAYS else DAY // 7)
            arguments = {
                "add": (at, measure, amount),
                "counted": (at, at + rng.randint(-DAY, 30 * DAY), measure),
                "counted_since": (at, at + rng.randint(-DAY, 30 * DAY), measure),
                "before": (at // DAY, measure, amount * (7 if measure == DAYS else 1)),
            }[name]
            hold_from, hold_until, holds = random_holds(rng, at)

            expected = PUBLIC_AND_PRIVATE[name](plain, *arguments, hold_from, hold_until, holds)
            same = np.array(hold_from), np.array(hold_until), holds

            assert expected == getattr(compiled, name)(arrays, *arguments, *same), arguments
            answers.add(expected)
        assert NEVER in answers
        assert len(answers) > 100


class TestCompiledHolds:
    @pytest.mark.long
    def test_merge_and_leave(self, compiled):
        """Holds are merged, inserted and left the same compiled."""
        rng = random.Random(3)
        for _ in range(500):
            count = rng.randint(0, 6)
            starts = [rng.randint(0, 40) for _ in range(count)]
            ends = [start + rng.randint(-2, 9) for start in starts]
            plain_from, plain_until = [0] * 7, [0] * 7
            fast_from, fast_until = np.zeros(7, np.int64), np.zeros(7, np.int64)

            plain = arithmetic.merge_holds(starts, ends, count, plain_from, plain_until)
            fast = compiled.merge_holds(
                np.array(starts, np.int64), np.array(ends, np.int64), count, fast_from, fast_until
            )

            assert (plain, plain_from[:plain]) == (fast, fast_from[:fast].tolist())
            assert plain_until[:plain] == fast_until[:fast].tolist()
            at = rng.randint(0, 50)
            assert arithmetic.leave_hold(at, plain_from, plain_until, plain) == (
                compiled.leave_hold(at, fast_from, fast_until, fast)
            )

    def test_nothing_else_is_needed(self):
        """Every function of the module is compiled, and calls only functions of the module."""
        known = set(vars(arithmetic)) | {"min", "max", "range", "len"}

        needed = {name for f in PUBLIC_AND_PRIVATE.values() for name in f.__code__.co_names}

        assert needed - known - set(CalendarTables._fields) == set()
