"""Differences in plain English, one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesflow.change.key_names import KeyName
from salesflow.change.walk import Change, Turn
from salesflow.english import capital, first_of


def sentence_of(key: KeyName, change: Change) -> str:
    """Return what is different, as a sentence."""
    subject = capital(key.subject)
    if change.turn is Turn.REORDERED and not key.label.startswith("the exit"):
        return f"{subject} are in another order: {first_of(change.new)}."
    if change.turn is Turn.REORDERED:
        return f"{subject}: {key.label} are in another order: {first_of(change.new)}."
    if not key.label:
        return _of_row(subject, change)
    if key.label.startswith(("an ", "a ")):
        return _of_part(subject, key, change)
    if isinstance(change.old or change.new, list) and _are_names(change):
        return f"{subject}: {key.label}: {_names(change)}."
    old, new = _shown(change.old, key.unsaid), _shown(change.new, key.unsaid)
    return f"{subject}: {key.label} is {new}, was {old}."


def _of_row(subject: str, change: Change) -> str:
    if change.turn is Turn.REMOVED:
        asked = _asked(change.old)
        return f"{subject} is gone; it asked for {asked}." if asked else f"{subject} is gone."
    said = _summary(change.new) if isinstance(change.new, Mapping) else ""
    return f"{subject} is new: {said}." if said else f"{subject} is new."


def _of_part(subject: str, key: KeyName, change: Change) -> str:
    part = key.label.partition(" ")[2]
    shown = _summary(change.new or change.old)
    if change.turn is Turn.ADDED:
        return f"{subject} has a new {part}: {shown}."
    return f"{subject} no longer has the {part} {shown}."


_SUMMED = ("kind", "type", "if", "since", "touch", "max", "after", "before", "every", "within")
_THEN = {"move_to": "then to", "to": "to"}


def _summary(row: Any) -> str:  # noqa: ANN401 - a row of the file
    """Return a row in a few words."""
    if not isinstance(row, Mapping):
        return str(row)
    said = [f"{key} {_shown(row[key], '')}" for key in _SUMMED if key in row]
    if "from" not in row:  # the name of a move says where it leads
        said += [f"{word} {row[key]}" for key, word in _THEN.items() if key in row]
    said += [f"it asks for {asked}"] if (asked := _asked(row)) else []
    return ", ".join(said)


def _asked(row: Any) -> str:  # noqa: ANN401 - a row of the file
    """Return the criteria of a stage or a move; empty if the row has none."""
    criteria = row.get("exit", ()) if isinstance(row, Mapping) else ()
    return first_of(each if isinstance(each, str) else each["id"] for each in criteria)


def _are_names(change: Change) -> bool:
    values = [*(change.old or ()), *(change.new or ())]
    return all(isinstance(value, str) for value in values)


def _names(change: Change) -> str:
    """Return the names that are new in a list, and those that were removed."""
    old, new = change.old or [], change.new or []
    added = [name for name in new if name not in old]
    gone = [name for name in old if name not in new]
    said = [f"new {first_of(added)}"] if added else []
    said += [f"gone {first_of(gone)}"] if gone else []
    if not new:
        said.append("none are left")
    return "; ".join(said) or f"in another order: {first_of(new)}"


def _shown(value: Any, unsaid: str) -> str:  # noqa: ANN401 - whatever a file says
    match value:
        case None | "" | []:
            return unsaid
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{key} {_shown(inner, '')}" for key, inner in value.items())
        case str() if " " in value or not value.isidentifier():
            return value if value[:1].isdigit() else repr(value)
        case _:
            return str(value)
