"""The stages that a CRM has, and whether a mapping says what they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from salesflow.errors import LogError
from salesflow.given import given
from salesflow.history.reading.mapping import Mapping
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean
from salesflow.process.parts import StageKind

_MAY_MEAN = {
    StageKind.OPEN: frozenset({StageKind.OPEN, StageKind.PARKED}),
    StageKind.LOST: frozenset({StageKind.LOST, StageKind.PARKED}),
    StageKind.WON: frozenset({StageKind.WON}),
}
"""What a stage of a CRM may be in a process."""


@attrs.frozen(kw_only=True)
class CrmStage:
    """
    A stage of a CRM.

    Args:
        id: By which changes name it.

        label: What people call it.

        pipeline: The pipeline that it belongs to. None: the CRM has none.

        kind: Whether a deal in it is open, won or lost.

        is_active: Whether deals can still come into it.
    """

    id: str
    label: str
    pipeline: str | None = None
    kind: StageKind = StageKind.OPEN
    is_active: bool = True

    def name(self, mapping: Mapping) -> str:
        """Return how a mapping names it in full."""
        return (
            self.id if self.pipeline is None else f"{self.pipeline}{mapping.joined_with}{self.id}"
        )


def kind_of(*, is_won: bool, is_closed: bool, probability: Decimal | None) -> StageKind:
    """
    Return what a stage is.

    Stages of older accounts that mean a loss are not marked as closed: they only have the
    probability nought.
    """
    if is_won:
        return StageKind.WON
    return StageKind.LOST if is_closed or probability == 0 else StageKind.OPEN


def check_stages(stages: Iterable[CrmStage], process: Process, mapping: Mapping) -> None:
    """
    Refuse a mapping that leaves out a stage of our pipelines, or takes a loss for something else.

    Args:
        stages: What ``stages_of`` of a CRM returned.

        process: Whose stages, activities and facts the mapping names.

        mapping: Says what they mean.

    Raises:
        LogError: With everything that is wrong.
        TypeError: If *process* is not a process.
    """
    given("process", process, Process)
    mapping.check(process)
    problems = tuple(_problems(stages, process, mapping))
    if problems:
        raise LogError("mapping", problems)


def _problems(stages: Iterable[CrmStage], process: Process, mapping: Mapping) -> Iterator[str]:
    pipelines = () if mapping.crm is None else mapping.crm.pipelines
    for stage in stages:
        is_ours = not pipelines or stage.pipeline is None or stage.pipeline in pipelines
        name = stage.name(mapping)
        if not is_ours or {name, stage.id} & {*mapping.ignore}:
            continue
        meant = mapping.stages.get(name) or mapping.stages.get(stage.id)
        if meant is not None:
            kind = process.stages_by_id[meant.stage].kind
            if kind not in _MAY_MEAN[stage.kind]:
                yield (
                    f"stages.{name!r}: {stage.label!r} is {stage.kind} in the CRM, and "
                    f"{meant.stage!r} is {kind}"
                )
        elif stage.is_active:
            hint = did_you_mean(stage.label, (item.name for item in process.stages))
            yield f"stages: {name!r} ({stage.label!r}, {stage.kind}) is not named{hint}"
