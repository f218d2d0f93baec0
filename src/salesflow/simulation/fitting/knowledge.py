"""What deals are worth and what is known of them, as a history shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from salesflow.events import Value
from salesflow.history.extras import np, pl
from salesflow.history.report.labels import label_of
from salesflow.process.parts import BUILT_IN_FACTS, FactType
from salesflow.simulation.defaults import default_parts, facts_of_rules
from salesflow.simulation.distribution_base import Distribution
from salesflow.simulation.distributions import Fixed, empirical
from salesflow.simulation.fitting.seen import Seen
from salesflow.simulation.fitting.waiting import POINTS
from salesflow.simulation.parts import Learning

WORTH = BUILT_IN_FACTS[0].id


class SeenFact(NamedTuple):
    """
    How a fact becomes known, and what that was learned from.

    Attributes:
        learning: How.

        deals: Of how many deals the history tells it; 0: it is assumed.
    """

    learning: Learning
    deals: int


def facts_of(seen: Seen) -> Iterator[SeenFact]:
    """
    Yield how facts become known.

    What gates ask for is assumed to be there when somebody moves a deal on, since in the history
    somebody did. The value of deals, and what the rules distinguish them by, are as they were.
    """
    told = {each.learning.fact: each for each in _told(seen)}
    assumed: tuple[Learning, ...] = default_parts(seen.process)["facts"]
    for learning in assumed:
        if learning.stage is not None:
            told.pop(learning.fact, None)
            yield SeenFact(learning, 0)
        elif learning.fact not in told:
            yield SeenFact(learning, 0)
    yield from told.values()


def _told(seen: Seen) -> Iterator[SeenFact]:
    if (found := _worth(seen)) is not None:
        yield found
    for fact in facts_of_rules(seen.process):
        column = label_of(fact.id)
        if fact.type in _READ and column in seen.deals.columns:
            counts = seen.deals[column].drop_nulls().value_counts(sort=True).rows()
            values = [_READ[fact.type](text) for text, _ in counts]
            if values:
                count = sum(often for _, often in counts)
                share = round(count / len(seen.deals), 4)
                weights = [often for _, often in counts]
                yield SeenFact(
                    Learning(fact=fact.id, share=share, values=values, weights=weights), count
                )


def _worth(seen: Seen) -> SeenFact | None:
    worth = seen.deals["value"].drop_nulls().cast(pl.Float64)
    worth = worth.filter(worth >= 0)
    if not len(worth):
        return None
    share = round(len(worth) / len(seen.deals), 4)
    learning = Learning(fact=WORTH, share=share, amount=_amounts(worth.sort().to_numpy()))
    return SeenFact(learning, len(worth))


def _amounts(ascending: np.ndarray) -> Distribution:
    """Return amounts as at most `POINTS` whole numbers, each the mean of an equal share of them."""
    parts = np.array_split(ascending, min(POINTS, len(ascending)))
    whole = [round(float(part.mean())) for part in parts]
    weights = [len(part) for part in parts]
    return Fixed(whole[0]) if len({*whole}) == 1 else empirical(whole, weights)


def _truth(text: str) -> Value:
    return text == "true"


_READ: Mapping[FactType, Callable[[str], Value]] = {
    FactType.ONE_OF: str,
    FactType.BOOL: _truth,
    FactType.INT: int,
}
"""How the text of a label is read."""
