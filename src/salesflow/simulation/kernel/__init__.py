"""
The kernel of the simulation: what happens to deals, in integers, next to the rules.

`chance` makes random numbers from what they are for, `draws` the durations and choices of a deal
from these. `steps` lets one thing happen to one deal: something that was set (`alarms`, `doing`), a
move that is asked for (`moving`), a row that is recorded (`saying`, `recording`), a stage that is
entered (`stays`). What a rep means to do is in `touching`, what a buyer bears in `buyers`, what
becomes known in `learning`, and what people agree on in `holding` and `overriding`. `reps`,
`shifts`, `intake`, `pool` and `heaps` are for deals that wait for the same people; `deals` runs
them all. Like the rules it keeps to plain functions on numbers and sequences of them, so that the
same functions run plain and compiled.
"""
