"""
The kernel of the simulation: what happens to deals, in integers, next to the rules.

`randomness` and `draws` make random numbers from what they are for; `people` says what people set
themselves to do; `steps` lets one thing happen to one deal; `reps` and `pool` are for deals that
wait for the same people; `deals` runs them all. Like the rules it keeps to plain functions on
numbers and sequences of them, so that the same functions run plain and compiled.
"""
