"""
The semantics of a process, once.

Everything that a rule means in time is written here, as plain functions on integers: when a clock
started and what acts next (`clocks`), what a gate says (`gates`), what stands in the way of a move
(`moves`), what an event changes (`fold`), what has acted and how a deal comes under another process
(`past`), how a deal stands (`status`), and how a history runs through all of it (`replay`). The
live deal calls these functions as they are; `compiled` compiles the same function objects for whole
logs.

`book` translates a process into `tables`, by way of its `ladders` and gate `programs`; `encode`
translates an event. `codes` names the integers.
"""
