"""Calendars: how time is counted."""

from tests.faults.fault import faults_in

FAULTS = faults_in(
    "calendars/arithmetic.py",
    (
        "the day of the start counts as a business day",
        "        return _begun(tables, start)\n",
        "        return _closed(tables, start)\n",
    ),
    (
        "a clock counts the working day of its start",
        "    if of_clock:",
        "    if False:",
    ),
    (
        "a hold on the day of the start adds a day to a clock",
        "        if ends > begins:\n            total -= ends - begins\n",
        "        total -= ends - begins\n",
    ),
    (
        "a deadline at the beginning of a hold is inside it",
        "hold_from[hold] < at:",
        "hold_from[hold] <= at:",
    ),
    (
        "a hold that begins at the deadline moves it",
        "if begins >= shown:",
        "if begins > shown:",
    ),
    (
        "time in a hold is left out twice",
        "shown += ends - begins",
        "shown += 2 * (ends - begins)",
    ),
    (
        "time in a hold before the start is left out as well",
        "                if begins < counted_from:\n                    begins = counted_from\n",
        "",
    ),
    (
        "a day ends with the next one's first instant",
        "return start_of_day(tables, day + 1) - 1",
        "return start_of_day(tables, day + 1)",
    ),
    (
        "in a repeated hour local time goes back",
        "return local if local > peak else peak",
        "return local",
    ),
    (
        "the date itself is one of the working days before it",
        "tables.working[entry] - amount + 1",
        "tables.working[entry + 1] - amount + 1",
    ),
    (
        "what lies so many days before a date is one day early",
        "end_of_day(tables, day - amount // DAY)",
        "end_of_day(tables, day - amount // DAY - 1)",
    ),
    (
        "what lies so many days before an instant is an hour late in a repeated hour",
        "        shown = at + tables.offset[_segment_at(tables, at)]\n",
        "        pass\n",
    ),
    (
        "what is counted back may lie inside a hold",
        "return leave_hold(found, hold_from, hold_until, holds)",
        "return found",
    ),
    (
        "a hold inside another makes it shorter",
        "end = max(end, hold_until[after - 1])",
        "end = end + 0",
    ),
    (
        "a hold that overlaps another begins with the later one",
        "start = min(start, hold_from[first])",
        "start = start + 0",
    ),
    (
        "of holds that overlap one is lost",
        "return holds + 1 - (after - first)",
        "return max(1, holds - (after - first))",
    ),
)
