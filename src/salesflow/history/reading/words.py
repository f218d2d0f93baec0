"""What single texts mean: directions, statuses, activities, facts."""

from __future__ import annotations

import re
from collections.abc import Callable

from salesflow.events import Status, Value, Way
from salesflow.history.reading.amounts import POINT, currency_behind, plain_amount
from salesflow.history.reading.dates import date_of
from salesflow.history.reading.mapping import ActivityValue, FactColumn, Mapping
from salesflow.process.model import Process
from salesflow.process.parts import Fact, FactType
from salesflow.process.values import ForeignMoney, parse_fact_value

_YES_OR_NO = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_WHOLE = re.compile(r"-?[0-9]+(?:\.0*)?")
_WAYS = {
    "in": Way.IN,
    "inbound": Way.IN,
    "incoming": Way.IN,
    "out": Way.OUT,
    "outbound": Way.OUT,
    "outgoing": Way.OUT,
}


def way_of(text: str, mapping: Mapping) -> Way | None:
    """Return who reached whom; None if the text does not say."""
    return mapping.directions.get(text) or _WAYS.get(text.strip().casefold())


def status_of(text: str, mapping: Mapping) -> Status | None:
    """Return how far an activity has come; None if the text means nothing."""
    known = mapping.statuses.get(text)
    if known is not None:
        return known
    folded = text.strip().casefold()
    return Status(folded) if folded in set(Status) else None


def activity_of(
    said: ActivityValue, direction: str, outcome: str, status: str, mapping: Mapping
) -> ActivityValue | None:
    """
    Return an activity with everything that its row says; None if its status means nothing.

    What the mapping says of the value beats the columns. A plan means nothing here, too: no column
    says for when it is.
    """
    found = said.status or (status_of(status, mapping) if status else Status.DONE)
    if found is None or found is Status.PLANNED:
        return None
    return ActivityValue(
        kind=said.kind,
        direction=said.direction or way_of(direction, mapping),
        outcome=said.outcome or mapping.outcomes.get(outcome, outcome) or None,
        status=found,
    )


def fact_of(name: str, text: str, mapping: Mapping, process: Process, signs: str = POINT) -> Value:
    """
    Return what a text means as a fact.

    Args:
        name: The fact.

        text: What stands there.

        mapping: What values mean.

        process: Whose fact it is.

        signs: What may stand before the fraction of an amount.

    Raises:
        ValueError: If it means nothing, or may be two amounts or dates.
        TypeError: If it is of another type than the fact.
    """
    column, fact = mapping.facts[name], process.all_facts[name]
    raw: object = (
        column.values[text]
        if text in column.values
        else _raw(fact, text, column, signs, process.currency)
    )
    value = parse_fact_value(fact, raw, process.currency)
    return str(value) if isinstance(value, ForeignMoney) else value


def _raw(fact: Fact, text: str, column: FactColumn, signs: str, currency: str | None) -> object:
    """Return a text as something that the fact's type understands."""
    if fact.type is FactType.MONEY:
        return plain_amount(currency_behind(text.strip(), currency), signs)
    if fact.type is FactType.DATE:
        return date_of(text.strip(), column.format)
    reader: Callable[[str], object] | None = _READERS.get(fact.type)
    return text if reader is None else reader(text.strip())


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in _YES_OR_NO:
        msg = f"expected true or false, got {text!r}."
        raise ValueError(msg)
    return _YES_OR_NO[text.casefold()]


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        msg = f"expected a whole number, got {text!r}."
        raise ValueError(msg)
    return int(text.partition(".")[0])


_READERS: dict[FactType, Callable[[str], object]] = {
    FactType.BOOL: _yes_or_no,
    FactType.INT: _whole,
    FactType.ONE_OF: str,
}
