"""The integers that the rules speak: named here, compared everywhere else."""

from __future__ import annotations

from salesflow.calendars import arithmetic

NEVER = arithmetic.NEVER
"""No instant: later than every deadline."""
LONG_AGO = -(2**62)
"""Before every instant."""
UNKNOWN = -(2**62)
"""A fact that nobody has told us."""
UNASKED = -(2**62)
"""A deadline that nobody has asked for since its clock was wound."""
NONE = -1
"""No index."""

# What being in a stage means.
OPEN, WON, LOST, PARKED = 0, 1, 2, 3

# The rungs of a ladder, in the order in which they act at one instant.
WARN, NOTICE, BREACH, ESCALATE, MOVE = 0, 1, 2, 3, 4

# What starts a clock.
SINCE_TOUCH, SINCE_STAGE, SINCE_OPENED, SINCE_FACT, SINCE_DATE = 0, 1, 2, 3, 4

# What a rule does about what it sees.
ENFORCE, CAUTION, OBSERVE = 0, 1, 2

# Events, as the fold takes them: (kind, at, subject, value).
OPENED, LEARNED, ACTIVITY, MOVED, NOTHING = 0, 1, 2, 3, 4
"""
OPENED: subject is the stage. LEARNED: subject is the fact, value its code. ACTIVITY: subject is the
set of touch classes as bits, value is 1 if it was two-way. MOVED: subject is the stage. NOTHING: an
event that no rule reads, such as a new owner.
"""

# The state of a deal.
OK, DUE, BREACHED = 0, 1, 2

# What stands in the way of a move.
NO_SUCH_MOVE, CLOSED, GAP, CRITERION = 0, 1, 2, 3

# Comparisons in gate programs.
EQ, NE, LT, LE, GT, GE = 0, 1, 2, 3, 4, 5
# Where a gate program ends.
PASS, FAIL = -1, -2
