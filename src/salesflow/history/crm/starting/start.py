"""From a CRM's answer to a process file and a mapping file."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.english import count_of
from salesflow.errors import LogError, ProcessFileError
from salesflow.history.crm.nodes import MalformedError, Node
from salesflow.history.crm.starting.plan import Notes, Pipeline, SeenMove
from salesflow.history.crm.starting.readers import READERS
from salesflow.history.crm.starting.text import TITLES, draft, mapping_text, process_text
from salesflow.process.load import load_process
from salesflow.process.names import did_you_mean, listed, shown
from salesflow.process.parts import StageKind

SYSTEMS = tuple(READERS)
"""The CRMs whose pipelines can be read."""


@attrs.frozen(kw_only=True)
class Start:
    """
    What came of a CRM's pipeline.

    Args:
        name: What the process is called.

        process: The process file, with comments.

        mapping: The mapping file that reads the CRM's data into it; None where none is read.

        notices: What of the CRM's answer is not in the process.
    """

    name: str
    process: str = attrs.field(repr=False)
    mapping: str | None = attrs.field(repr=False)
    notices: tuple[str, ...] = ()


def start_from(system: str, data: object, pipeline: str | None = None) -> Start:
    """
    Return a process that says what a CRM says about its pipeline.

    Args:
        system: ``hubspot``, ``pipedrive``, ``salesforce`` or ``zoho``.

        data: What its API answers, as parsed JSON: HubSpot's pipelines, Pipedrive's stages, records
            of Salesforce's OpportunityStage, a blueprint of Zoho.

        pipeline: Which of several, by its id. None: there is only one.

    Raises:
        ValueError: If *system* is none of them.
        LogError: If *data* is not understood, with everything that is wrong; if it has several
            pipelines and none is named, or none that a process can be made of.
    """
    if system not in READERS:
        hint = did_you_mean(system, SYSTEMS)
        raise ValueError(f"system: {system!r}, expected one of {', '.join(SYSTEMS)}{hint}")
    notes = Notes()
    try:
        found = READERS[system](Node(data, "data"), notes)
    except MalformedError as error:
        notes.problems.append(str(error))
        found = []
    if not notes.problems:
        notes.problems += _unfit(found, pipeline)
    if notes.problems:
        raise LogError(system, tuple(notes.problems))
    return _made(system, _chosen(found, pipeline), notes)


def _chosen(found: list[Pipeline], wanted: str | None) -> Pipeline:
    return next(each for each in found if wanted in (None, each.id))


def _unfit(found: list[Pipeline], wanted: str | None) -> Iterator[str]:
    """Yield why none of the pipelines, or not the one that is wanted, makes a process."""
    ids = [each.id for each in found if each.id is not None]
    if not found:
        yield "it contains no pipeline with stages"
    elif wanted is None and len(found) > 1:
        told = listed(
            f"{each.id} ({each.label}, {count_of(len(each.stages), 'stage')})" for each in found
        )
        yield f"{len(found)} pipelines are in it: {told}. Name one of them as 'pipeline'."
    elif wanted is not None and wanted not in ids:
        others = (
            f"; there are {listed(ids)}" if ids else ". Name none: it has only one, without an id"
        )
        yield f"no pipeline {shown(wanted)} is in it{did_you_mean(wanted, ids) or others}"
    else:
        yield from _unfit_stages(_chosen(found, wanted))


def _unfit_stages(pipeline: Pipeline) -> Iterator[str]:
    first: dict[str, str] = {}
    for stage in pipeline.stages:
        if stage.id in first:
            yield f"{stage.path}: the id {shown(stage.id)} is that of {first[stage.id]} as well"
        first.setdefault(stage.id, stage.path)
    active = [stage for stage in pipeline.stages if stage.is_active]
    if not any(stage.kind is StageKind.OPEN for stage in active):
        yield "no stage of it is open, so no deal could begin"


def _made(system: str, pipeline: Pipeline, notes: Notes) -> Start:
    plan = draft(system, pipeline)
    notices = list(notes.notices)
    notices += [
        f"stage {stage.label!r} ({stage.id}): deals no longer come into it"
        for stage in pipeline.stages
        if not stage.is_active
    ]
    notices += [
        f"{TITLES[system]} does not say which stage means {kind}; {name!r} is added"
        for kind, name in plan.added.items()
        if system != "pipedrive"
    ]
    kept: dict[tuple[str, str], SeenMove] = {}
    for move in pipeline.moves:
        same = kept.setdefault((move.start, move.end), move)
        if move.start == move.end:
            notices.append(f"transition {move.title!r} leads from a state to itself; left out")
        elif same is not move:
            notices.append(
                f"transition {move.title!r} joins the states of {same.title!r}; left out"
            )
    moves = tuple(move for move in kept.values() if move.start != move.end)
    plan = attrs.evolve(plan, pipeline=attrs.evolve(pipeline, moves=moves))
    text = process_text(plan, notices)
    try:
        process = load_process(text)
    except ProcessFileError as error:
        # Too many stages, or text that no file may hold.
        problems = tuple(f"the process made of it: {each.message}" for each in error.problems)
        raise LogError(system, problems) from None
    return Start(name=process.id, process=text, mapping=mapping_text(plan), notices=tuple(notices))
