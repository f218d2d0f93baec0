"""The tests' own package: other distributions install a `tests` too, and this one must win."""
