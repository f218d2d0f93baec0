"""What a BPMN diagram only says in words, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from salesflow.calendars import Unit
from salesflow.graph.export.bpmn_steps import duration, is_boundary
from salesflow.graph.export.limits import criteria_of, path_of, said_of_holds
from salesflow.graph.export.losses import Loss
from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Mode, Timer

SAID = "it is in the documentation"
_ISO = (Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WEEKS)


def bpmn_losses(process: Process) -> Iterator[Loss]:
    """Yield what BPMN cannot say about *process*, in the order of the process file."""
    for find in _FINDERS:
        yield from find(process)


def _mode(process: Process) -> Iterator[Loss]:
    if process.mode is not Mode.ENFORCE:
        yield Loss(
            path="process.mode",
            lost=f"a diagram knows no mode {process.mode}",
            instead="it shows the moves that the process allows",
        )


def _roles(process: Process) -> Iterator[Loss]:
    for role in process.roles:
        if role.may_override:
            yield Loss(
                path=f"roles.{role.id}.may_override",
                lost="nobody can override a rule or a criterion",
                instead="",
            )


def _facts(process: Process) -> Iterator[Loss]:
    paths = [f"activities.{kind.id}" for kind in process.activities]
    paths += [f"touches.{touch.id}" for touch in process.touches]
    paths += [f"facts.{fact.id}" for fact in process.facts]
    for path in paths:
        yield Loss(path=path, lost="a diagram has no data of the deal", instead="")


def _holds(process: Process) -> Iterator[Loss]:
    for name, _ in said_of_holds(process.holds):
        yield Loss(path=f"holds.{name}", lost="nothing stops the time limits", instead="")


def _criteria(process: Process) -> Iterator[Loss]:
    for path, _ in criteria_of(process):
        yield Loss(path=path, lost="nobody checks the criterion", instead=SAID)


def _stages(process: Process) -> Iterator[Loss]:
    for stage in process.stages:
        if stage.revive is not None:
            yield Loss(
                path=f"stages.{stage.id}.revive",
                lost="no touch brings the deal back by itself",
                instead=SAID,
            )
        if stage.reasons:
            yield Loss(path=f"stages.{stage.id}.reasons", lost="any reason will do", instead=SAID)


def _moves(process: Process) -> Iterator[Loss]:
    for move in process.moves:
        path = f"moves.{move.from_stage}.{move.to_stage}"
        if move.by:
            yield Loss(path=f"{path}.by", lost="anybody may take it", instead=SAID)
        if move.reason_required:
            yield Loss(path=f"{path}.reason", lost="no reason is asked for", instead=SAID)


def _rules(process: Process) -> Iterator[Loss]:
    for rule in process.rules:
        if isinstance(rule, ContactGap):
            lost = "no clock runs beside the stages, so the gap is not measured"
            yield Loss(path=path_of(rule), lost=lost, instead=SAID)
        elif not is_boundary(process, rule):
            lost = "it is not a plain time limit of a stage, so its clock does not run"
            yield Loss(path=path_of(rule), lost=lost, instead=SAID)
        else:
            yield from _limits(process, rule)


def _limits(process: Process, timer: Timer) -> Iterator[Loss]:
    path = path_of(timer)
    if timer.postpone is not None:
        lost = "what the buyer does and what is planned do not put off the end"
        yield Loss(path=f"{path}.postpone", lost=lost, instead=SAID)
    closed = [s for s in timer.stages if s not in _alive(process)]
    if closed:
        lost = f"an end has no time limit, so none runs in {', '.join(closed)}"
        yield Loss(path=f"{path}.stages", lost=lost, instead=SAID)
    spans = {f"escalate[{n}].after": step.after for n, step in enumerate(timer.escalate)}
    for name, span in ({"after": timer.after, "notice": timer.notice} | spans).items():
        if span is not None and span.unit not in _ISO:
            yield Loss(
                path=f"{path}.{name}",
                lost=f"ISO 8601 has no '{span}'",
                instead=f"{duration(process, span)}, which is about as long",
            )


def _alive(process: Process) -> set[str]:
    return {stage.id for stage in process.stages if stage.kind in ("open", "parked")}


def _plays(process: Process) -> Iterator[Loss]:
    for play in process.plays:
        yield Loss(path=f"plays.{play.id}", lost="a diagram has no agenda", instead=SAID)


_FINDERS: tuple[Callable[[Process], Iterator[Loss]], ...] = (
    _mode,
    _roles,
    _facts,
    _holds,
    _stages,
    _criteria,
    _moves,
    _rules,
    _plays,
)
