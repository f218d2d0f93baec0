"""Shifts: when a rep with hours of their own is there, and by when they have done something."""

from __future__ import annotations

from salesflow.rules.codes import NEVER, NONE
from salesflow.simulation.kernel.tables import Habits


def has_shifts(habits: Habits, rep: int) -> bool:
    """Return whether a rep has hours of their own; else they are there at all times."""
    return len(habits.rep_shifts) > 0 and habits.rep_shifts[rep] != NONE


def shift_at(habits: Habits, rep: int, at: int) -> int:
    """Return a rep's first shift that is not over at an instant; one after the last if all are."""
    shifts = habits.rep_shifts[rep]
    low, high = habits.shift_first[shifts], habits.shift_first[shifts + 1]
    while low < high:
        middle = (low + high) >> 1
        if habits.shift_shuts[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low


def is_there_from(habits: Habits, rep: int, at: int) -> int:
    """Return from when on a rep is there: *at* itself, or when the next shift begins, or NEVER."""
    if not has_shifts(habits, rep):
        return at
    shift = shift_at(habits, rep, at)
    if shift == habits.shift_first[habits.rep_shifts[rep] + 1]:
        return NEVER
    return max(at, habits.shift_opens[shift])


def is_done_at(habits: Habits, rep: int, at: int, amount: int) -> int:
    """
    Return when a rep who is there at *at* has worked so many microseconds of their own hours.

    NEVER if the calendar ends before.
    """
    last = habits.shift_first[habits.rep_shifts[rep] + 1] - 1
    low = shift_at(habits, rep, at)
    done = habits.shift_worked[low] + at - habits.shift_opens[low] + amount
    # The last shift before which less than that had been worked is the one in which it is done.
    high = last
    while low < high:
        middle = (low + high + 1) >> 1
        if habits.shift_worked[middle] < done:
            low = middle
        else:
            high = middle - 1
    found = habits.shift_opens[low] + done - habits.shift_worked[low]
    return NEVER if found > habits.shift_shuts[last] else found
