"""A log cut into shares of deals that are run apart, and their answers joined again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from salesflow.history.extras import Ints, np
from salesflow.history.reading.integers import firsts, places
from salesflow.rules import codes
from salesflow.rules.replay import Rows
from salesflow.rules.spans import BY_TIME

EVENTS = 100_000
"""A share has about so many events, so that there are several for each worker."""
LEAST_SHARES = 4
"""So many shares there are at least, where there are so many deals."""


@attrs.frozen(eq=False)
class Share:
    """
    Deals that are run together.

    Args:
        deals: Their numbers, ascending.

        calendar: By which of the process's calendars their time is counted.
    """

    deals: Ints
    calendar: str | None

    def rows(self, rows: Rows) -> Rows:
        """Return the events of these deals."""
        first: Ints = np.asarray(rows.first)
        here = self.places(first)
        columns = (np.asarray(column)[here] for column in rows[1:])
        return Rows(firsts(first, self.deals), *columns)  # type: ignore[arg-type]

    def places(self, first: Ints) -> Ints | slice:
        """Return where their events stand: deals in a row have theirs in a row, to be shared."""
        low, high = (int(self.deals[0]), int(self.deals[-1]) + 1) if len(self.deals) else (0, 0)
        if high - low == len(self.deals):
            return slice(int(first[low]), int(first[high]))
        return places(first, self.deals)


def shares_of(rows: Rows, calendars: Sequence[str | None], *, several: bool) -> list[Share]:
    """
    Return the deals of a log in shares.

    Args:
        rows: The events.

        calendars: By which calendar each deal's time is counted.

        several: Whether there are to be several even of one calendar, for several workers.
    """
    first: Ints = np.asarray(rows.first)
    named = dict.fromkeys(calendars)
    every = np.arange(len(calendars))
    found = []
    for name in named or [None]:
        mine = every
        if len(named) > 1:
            mine = np.flatnonzero(np.array([other == name for other in calendars], dtype=bool))
        if several and len(mine):
            found += [Share(part, name) for part in _parts(first, mine)]
        else:
            found.append(Share(mine, name))
    return found


def _parts(first: Ints, deals: Ints) -> Iterable[Ints]:
    """Return some deals in parts of about as many events each."""
    ends = np.cumsum(first[deals + 1] - first[deals])
    total = int(ends[-1]) if len(ends) else 0
    count = max(LEAST_SHARES, total // EVENTS)
    cuts = np.searchsorted(ends, np.arange(1, count) * total // count)
    return [part for part in np.split(deals, cuts) if len(part)]


def joined(
    rows: Rows, shares: Sequence[Share], answers: Sequence[tuple[Any, ...]]
) -> tuple[Any, ...]:
    """
    Return the answers about all deals, as if they had been run together.

    Args:
        rows: The events of all deals.

        shares: The deals of each share.

        answers: What was said about it: named tuples of columns, the verdicts last.
    """
    if len(shares) == 1:
        return answers[0]
    first: Ints = np.asarray(rows.first)
    *lists, verdicts = zip(*answers, strict=True)
    return (*(_listed(first, shares, parts) for parts in lists), _by_deal(first, shares, verdicts))


def _listed(first: Ints, shares: Sequence[Share], parts: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return lists of what happened to deals as one list, deal by deal."""
    columns: dict[str, Any] = {}
    for name in parts[0]._fields:
        told = [np.asarray(getattr(part, name)) for part in parts]
        if name == "deal":
            told = [share.deals[column] for share, column in zip(shares, told, strict=True)]
        elif name == "row":
            told = [_row(first, share, column) for share, column in zip(shares, told, strict=True)]
        if name == "found":
            columns[name] = np.sum(told, axis=0)
        elif name in OF_RULES:
            columns[name] = told[0]
        else:
            columns[name] = np.concatenate(told)
    order = _order(columns["deal" if "deal" in columns else "row"])
    kept = {"found", *OF_RULES}
    return type(parts[0])(**{n: c if n in kept else c[order] for n, c in columns.items()})


OF_RULES = ("running", "watched", "lapses")
"""What is not an answer: the rules keep it while they run."""


def _order(numbers: Ints) -> Ints | slice:
    """Return how to put numbers in order; those of shares of deals in a row are."""
    if (numbers[1:] >= numbers[:-1]).all():
        return slice(None)
    found: Ints = np.argsort(numbers, kind="stable")
    return found


def _row(first: Ints, share: Share, rows: Ints) -> Ints:
    """Return rows of a share as rows of all deals."""
    here = share.places(first)
    if isinstance(here, slice):
        return np.where(rows < 0, rows, rows + here.start)  # BY_TIME and NONE are no rows
    return np.append(here, [BY_TIME, codes.NONE])[rows]  # NONE takes the last, BY_TIME before


def _by_deal(first: Ints, shares: Sequence[Share], parts: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return what is said of each deal, in the order of all deals."""
    deals = len(first) - 1
    order = _order(np.concatenate([share.deals for share in shares]))
    columns = []
    for told in zip(*parts, strict=True):
        column = np.concatenate([np.asarray(part) for part in told])
        columns.append(column.reshape(deals, -1)[order].reshape(-1))
    return type(parts[0])(*columns)
