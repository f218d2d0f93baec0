"""Chance: random numbers, and what is made of them. Nothing here knows a deal or a process."""
