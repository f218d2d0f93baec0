"""The integers that the rules speak: named here, compared everywhere else."""

from __future__ import annotations

from salesflow.calendars import arithmetic

NEVER = arithmetic.NEVER
"""No instant: later than every deadline."""
LONG_AGO = -(2**62)
"""Before every instant."""
UNKNOWN = -(2**62)
"""A fact that has not been learned."""
UNASKED = -(2**62)
"""A deadline that has not been computed since its clock was wound."""
NONE = -1
"""No index; as a role: not given."""
NOBODY = -2
"""As a role: a command given without a role."""

# What being in a stage means.
OPEN, WON, LOST, PARKED = 0, 1, 2, 3

# The rungs of a ladder, in the order in which they act at one instant.
WARN, NOTICE, BREACH, ESCALATE, MOVE = 0, 1, 2, 3, 4

# What starts a clock, or stops one.
SINCE_TOUCH, SINCE_STAGE, SINCE_OPENED, SINCE_FACT, SINCE_DATE = 0, 1, 2, 3, 4
SINCE_ACTIVITY, SINCE_TOTAL = 5, 6

# What puts off the end of a timer.
BY_INBOUND, BY_PLAN, AT_MOST = 0, 1, 2
POSTPONERS = 3

# How strictly a rule is applied.
ENFORCE, CAUTION, OBSERVE = 0, 1, 2

# Kinds of row; `salesflow.rules.tables.Row` says what the fields mean.
OPENED, LEARNED, ACTIVITY, MOVED, NOTHING = 0, 1, 2, 3, 4
PLANNED, TAKEN_BACK, STANDS, SETTLED = 5, 6, 7, 8
OVERRIDDEN, RESUMED, HELD, REOPENED = 9, 10, 11, 12
RETOLD, ACTED, MIGRATED = 13, 14, 15

# What an activity was, as bits (ANEW: others were taken back with it), and the bits below its turn:
# its number among those of the deal.
TWO_WAY, FROM_PLAN, ANEW = 1, 2, 4
TURN_BITS = 3

# What is known about a reason.
GIVEN, MISSING, UNLISTED, UNSAID = 0, 1, 2, 3

# The state of a deal.
OK, DUE, BREACHED = 0, 1, 2

# Obstacles to a command, or to a recorded event.
NO_SUCH_MOVE, CLOSED, GAP, CRITERION, ROLE, REASON, TOO_EARLY = 0, 1, 2, 3, 4, 5, 6
HOLD_LENGTH, HOLD_COUNT, NO_HOLD, NO_RIGHT, NOT_CLOSED, HOLD_EMPTY = 7, 8, 9, 10, 11, 12

# Comparisons in gate programs.
EQ, NE, LT, LE, GT, GE = 0, 1, 2, 3, 4, 5
# Where a gate program ends.
PASS, FAIL = -1, -2
