"""The integers that the simulation speaks, beside those of the rules."""

from __future__ import annotations

# Families of distributions; what scale and shape mean is said in `families.drawn`.
FIXED, EXPONENTIAL, WEIBULL, LOGNORMAL, GAMMA, ERLANG, MIXTURE = 0, 1, 2, 3, 4, 5, 6

# What is set to happen to one deal; after these come the facts that are told after a while, then
# the holds, then the overrides; see `salesflow.simulation.kernel.alarms`.
EFFORT, WORK, TOUCH, TOUCHING, REPLY, INBOUND = 0, 1, 2, 3, 4, 5
COOL, LOSE, UNDECIDED, PATIENCE, REVIVE, RETRY, RESUME = 6, 7, 8, 9, 10, 11, 12
FIRST_FACT = 13

# Why a deal went where it is.
BY_NOBODY, BY_WORK, BY_TIME, BY_COOLING, BY_LOSS = 0, 1, 2, 3, 4
BY_NO_DECISION, BY_IMPATIENCE, BY_REVIVAL, BY_LEAVING = 5, 6, 7, 8
CAUSES = 9

# What is written down of an event: what it was, and what its two numbers mean.
TOLD_OPENED = 0
"""Nothing more."""
TOLD_FACT = 1
"""The row of the fact; the number of its value, or its code."""
TOLD_ACTIVITY = 2
"""The variant; the number of the plan that it does, or NONE."""
TOLD_PLAN = 3
"""When it is to take place; the number of the plan."""
TOLD_CANCELLED = 4
"""The number of the plan; nothing."""
TOLD_MOVED = 5
"""The stage; why."""
TOLD_REOPENED = 6
"""Nothing more."""
TOLD_HELD = 7
"""The row of the hold; until when."""
TOLD_RESUMED = 8
"""Nothing more."""
TOLD_OVERRIDDEN = 9
"""The row of the override; until when."""
UNTOLD = -1
"""A row that is part of the event after it."""

# What a fact is told as.
ONE_VALUE, SOME_MONEY, SOME_DATE = 0, 1, 2

# Where Life.note keeps what: the number of the deal, by which its random numbers go, and its place
# in the columns; then what is under way. From JOB on there are two each, for FOR_EFFORT and
# FOR_TOUCH: if it is wanted, was dropped, the rep who does it, since when it waits or is done, and
# how long it takes: distribution, purpose, turn. RHYTHM: when a rep would touch who heeds no rules.
DEAL, PLACE = 0, 1
AT, WANTS, ASKS, CAUSE, TODO, DONE, ENTERS, THINKS = 2, 3, 4, 5, 6, 7, 8, 9
PLAN, PLANS, TURNS, SILENT_FROM, ENTERED, WAS, TRIED_AT = 10, 11, 12, 13, 14, 15, 16
TOUCHES, INBOUNDS = 17, 18
WORK_FROM, HELD, PUT_OFF, HELD_UNTIL = 19, 20, 21, 22
JOB, DROPPED, REP, SINCE = 23, 25, 27, 29
JOB_DIST, JOB_PURPOSE, JOB_TURN = 31, 33, 35
RHYTHM = 37
NOTE_FIELDS = 38

# What a rep thinks about.
OF_NOTHING, OF_HEEDING, OF_TOUCH, OF_BOOKING = 0, 1, 2, 3

# What a rep is asked for.
FOR_EFFORT, FOR_TOUCH = 0, 1
JOBS = 2

# What a rep does first.
OLDEST, NEWEST, BY_VALUE, BY_DEADLINE = 0, 1, 2, 3

# Parts of a draw beside its own numbers: whether it happens at all, and which of several it is.
WHETHER, WHICH = 1_000_000, 1_000_001

# Whose events are written down, beside those of one deal.
OF_NONE, OF_ALL = -1, -2
