"""
Help for testing one's own process definitions, with Hypothesis (extra ``testing``).

Strategies make histories in which rules are most likely to be wrong: steps of the spans that the
process names, a microsecond before and after, several things at one instant, facts right at what
its gates compare with. `check_laws` runs what must hold for every process on one of them.
"""

from salesflow.testing.histories import deals, histories, instants
from salesflow.testing.laws import LAWS, check_laws
from salesflow.testing.values import facts

__all__ = ["LAWS", "check_laws", "deals", "facts", "histories", "instants"]
