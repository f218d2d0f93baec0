"""Holds and overrides: what people agree on that the rules alone would not do."""

from __future__ import annotations

import attrs

from salesflow.calendars import Span
from salesflow.process.converters import is_text, span
from salesflow.simulation.distribution_base import Distribution
from salesflow.simulation.fields import distribution, is_share, maybe_distribution


@attrs.frozen(kw_only=True)
class Hold:
    """
    How deals are put on hold: for a while, time does not count.

    Meanwhile nobody touches the buyer or works on the deal, and silence does no harm; what the
    buyer does goes on. When the hold ends, work goes on where it was, while touches and silence
    start again. A hold that the process forbids does not come about.

    Args:
        lasts: How long it really lasts.

        after: How long after the stage was entered, each time, or the deal was opened, it begins.

        stage: In which stage it begins. None: in any, counted from the opening.

        share: The share of cases in which it does.

        planned: How long it is said to last when it begins; it ends then if it lasts longer. None:
            as long as it lasts.

        reason: Why; one of the process's reasons, if it lists any. Empty: the first of those.
    """

    lasts: Distribution = attrs.field(converter=distribution)
    after: Distribution = attrs.field(converter=distribution)
    stage: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    share: float = attrs.field(default=1.0, validator=is_share)
    planned: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    reason: str = attrs.field(default="", validator=is_text)


@attrs.frozen(kw_only=True)
class Override:
    """
    How somebody lets a rule or a criterion pass for a while.

    They are asked when a contact gap or a criterion refuses a move: then it is let pass for a
    while, and the deal asks again. They see a timer coming: then it ends so much later.

    Args:
        target: The contact gap, the criterion or the timer.

        lasts: For how long; of a timer, how much later it ends.

        share: The share of cases in which they do: visits to a stage, or ends of the timer.

        after: How long after a move was refused. None: at once.

        ahead: How long before its end they see a timer coming.

        role: In which role. None: in the first that has the right.

        reason: Why.
    """

    target: str = attrs.field(validator=is_text)
    lasts: Distribution = attrs.field(converter=distribution)
    share: float = attrs.field(default=1.0, validator=is_share)
    after: Distribution | None = attrs.field(default=None, converter=maybe_distribution)
    ahead: Span = attrs.field(default=Span.parse("1 day"), converter=span)
    role: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    reason: str = attrs.field(default="agreed", validator=is_text)
