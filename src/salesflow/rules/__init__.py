"""
The semantics of a process, once.

Everything that a rule means in time is written here, as plain functions on integers: when a clock
started and what acts next (`clocks`), what a gate says (`gates`), what prevents a command
(`obstacles`), what an event changes (`fold`), what has acted and how a deal is migrated (`past`),
the status of a deal (`status`), and how a history runs through all of it (`replay`). The live deal
calls these functions directly; `compiled` compiles the same function objects for whole logs.

`book` translates a process into `tables`, using its `ladders` and gate `programs`; `encode`
translates an event. `codes` names the integers.
"""
