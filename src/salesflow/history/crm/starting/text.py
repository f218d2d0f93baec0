"""A pipeline as a process file with comments, and as the mapping file that goes with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import attrs

from salesflow.history.crm.starting.labels import name_of, unlike
from salesflow.history.crm.starting.plan import Pipeline, Seen
from salesflow.process.parts import StageKind

TITLES = {
    "hubspot": "HubSpot",
    "pipedrive": "Pipedrive",
    "salesforce": "Salesforce",
    "zoho": "Zoho",
}

_KINDS = (StageKind.OPEN, StageKind.WON, StageKind.LOST)
"""What stages of a CRM may be, in the order of a process."""


@attrs.frozen(kw_only=True)
class Draft:
    """
    A pipeline with the names that its stages get.

    Args:
        system: The CRM.

        pipeline: What it says.

        stages: Those into which deals can come, in the order of the process.

        names: The name of each of these, by its id in the CRM.

        added: Names of stages that the CRM does not have, by what they are.
    """

    system: str
    pipeline: Pipeline
    stages: tuple[Seen, ...]
    names: Mapping[str, str]
    added: Mapping[StageKind, str]


def draft(system: str, pipeline: Pipeline) -> Draft:
    """Give the stages of *pipeline* names, and add the ends that it lacks."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    active = sorted((stage for stage in pipeline.stages if stage.is_active), key=_place)
    for number, stage in enumerate(active, start=1):
        name = unlike(name_of(stage.label, f"stage_{number}"), taken)
        taken.add(name)
        names[stage.id] = name
    added = {
        kind: unlike(str(kind), taken)
        for kind in (StageKind.WON, StageKind.LOST)
        if not any(stage.kind is kind for stage in active)
    }
    return Draft(system=system, pipeline=pipeline, stages=tuple(active), names=names, added=added)


def _place(stage: Seen) -> tuple[int, bool, int]:
    """Return where a stage stands: open ones first, each kind as the CRM orders it."""
    return _KINDS.index(stage.kind), stage.place is None, stage.place or 0


def quoted(text: str) -> str:
    """Return *text* as a string of TOML, which writes it as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def said(text: str) -> str:
    """Return *text* on one line, for a comment."""
    return " ".join(text.split())


def process_text(plan: Draft, notices: list[str]) -> str:
    """Return the process file."""
    return "\n".join([*_head(plan, notices), *_stages(plan), *_moves(plan), *_rules(plan), ""])


def _head(plan: Draft, notices: list[str]) -> Iterator[str]:
    title, crm = said(plan.pipeline.label), TITLES[plan.system]
    where = "" if plan.pipeline.id is None else f" ({said(plan.pipeline.id)})"
    yield f"# What {crm} says of {title}{where}, as a process to start from."
    yield "#"
    yield f"# What is not marked as `ours` is what {crm} says. Of gates, contact gaps and ends by"
    yield "# time it says nothing: what could be there stands below as comments."
    if notices:
        yield "#"
        yield "# Not taken over:"
        yield from (f"#   {said(notice)}" for notice in notices)
    yield ""
    yield "format = 1"
    yield ""
    yield "[process]"
    yield f"id = {quoted(name_of(title, plan.system))}"
    yield 'version = "1"'
    yield f"title = {quoted(title)}"
    yield 'mode = "warn"                            # ours: a CRM lets every move pass; warn first'
    yield ""
    yield "[calendar]"
    yield 'timezone = "UTC"                         # ours: where a day begins; set it to yours,'
    yield '# hours = { mon-fri = ["09:00-17:00"] }  # and say when buyers can be reached'
    yield ""
    yield "# Gates: say here what can be known of a deal, in `exit` what must be true to go on."
    yield "# [facts]"
    yield '# need_confirmed = { type = "bool", title = "The need is real" }'


def _stages(plan: Draft) -> Iterator[str]:
    for stage in plan.stages:
        yield from _stage(plan, stage)
    for kind, name in plan.added.items():
        yield ""
        yield "[[stages]]"
        yield f"id = {quoted(name)}                       # ours: {_why_added(plan, kind)}"
        yield f"kind = {quoted(str(kind))}"


def _stage(plan: Draft, stage: Seen) -> Iterator[str]:
    yield ""
    yield "[[stages]]"
    yield f"id = {quoted(plan.names[stage.id])}"
    yield f"title = {quoted(said(stage.label))}"
    if stage.kind is not StageKind.OPEN:
        yield f"kind = {quoted(str(stage.kind))}"
        return
    if stage.probability is not None and 0 < stage.probability < 1:
        yield f"win_probability = {float(stage.probability)!r}"
    yield '# exit = ["need_confirmed"]'


def _why_added(plan: Draft, kind: StageKind) -> str:
    if plan.system == "pipedrive":
        return f"Pipedrive says `{kind}` beside the stage"
    return f"{TITLES[plan.system]} does not say which stage means {kind}"


def _moves(plan: Draft) -> Iterator[str]:
    for move in plan.pipeline.moves:
        yield ""
        yield "[[moves]]"
        yield f"from = {quoted(plan.names[move.start])}"
        yield f"to = {quoted(plan.names[move.end])}"
        yield f"title = {quoted(said(move.title))}"
    for name in _dead_ends(plan):
        yield ""
        yield "[[moves]]                                # ours: so that the last state leads on"
        yield f"from = {quoted(name)}"
        yield f"to = {quoted(plan.added[StageKind.WON])}"


def _dead_ends(plan: Draft) -> Iterator[str]:
    """Yield the last open stage, where moves that are listed lead no further and none is won."""
    if plan.pipeline.moves and StageKind.WON in plan.added:
        yield list(plan.names.values())[-1]


def _rules(plan: Draft) -> Iterator[str]:
    for stage in plan.stages:
        if stage.rots_after is not None:
            yield ""
            yield "# Pipedrive paints a deal red that was idle here for so long. It counts any"
            yield "# change of the deal, this counts touches of the buyer."
            yield "[[contact_gaps]]"
            yield f"id = {quoted(f'rots_{plan.names[stage.id]}')}"
            yield f"stages = [{quoted(plan.names[stage.id])}]"
            yield f"max = {quoted(str(stage.rots_after))}"
        if stage.escalates_after is not None:
            yield ""
            yield "# Zoho escalates a record that was in the state for so long."
            yield "[[timers]]"
            yield f"id = {quoted(f'late_{plan.names[stage.id]}')}"
            yield 'since = "stage"'
            yield f"stages = [{quoted(plan.names[stage.id])}]"
            yield f"after = {quoted(str(stage.escalates_after))}"
    lost = next((n for n in (plan.added.get(StageKind.LOST), *_lost(plan)) if n), "lost")
    yield ""
    yield "# `salesflow check` warns of what is missing: nothing wants the buyer to be contacted"
    yield "# (SF305), nothing ends a deal that nobody touches (SF304, SF313). What could be there:"
    yield "# [[contact_gaps]]"
    yield '# id = "touch"'
    yield '# warn = "3 business days"'
    yield '# max = "5 business days"'
    yield "#"
    yield "# [[timers]]"
    yield '# id = "gone_cold"'
    yield '# since = "touch"'
    yield '# after = "30 days"'
    yield f"# move_to = {quoted(lost)}"
    yield '# reason = "silence"'
    yield '# mode = "enforce"                      # in the mode of the process it only says so'


def _lost(plan: Draft) -> Iterator[str]:
    for stage in plan.stages:
        if stage.kind is StageKind.LOST:
            yield plan.names[stage.id]


def mapping_text(plan: Draft) -> str | None:
    """Return the mapping file that reads the CRM's data into the process; None: none is read."""
    if plan.system == "zoho":
        return None
    return "\n".join([*_mapping(plan), ""])


def _mapping(plan: Draft) -> Iterator[str]:
    pipeline = plan.pipeline.id
    name = name_of(said(plan.pipeline.label), plan.system)
    yield f"# Which stage of {TITLES[plan.system]} is which of the process {name!r}."
    yield ""
    yield "format = 1"
    yield ""
    yield "[crm]"
    yield f"system = {quoted(plan.system)}"
    if pipeline is not None:
        yield f"pipelines = [{quoted(pipeline)}]"
    yield '# coalesce_within = "60 minutes"       # count the records of one conversation as one'
    yield ""
    yield "[stages]"
    for stage in plan.stages:
        yield f"{quoted(_key(pipeline, stage.id))} = {quoted(plan.names[stage.id])}"
    if plan.system == "pipedrive":
        yield from (f"{kind} = {quoted(name)}" for kind, name in plan.added.items())
    for stage in plan.pipeline.stages:
        if not stage.is_active:
            key, label = quoted(_key(pipeline, stage.id)), quoted(said(stage.label))
            yield f"# {key} is {label}, no longer in use: name what it was if its history counts"
    yield "# What becomes of a deal that is deleted, merged or moved to another pipeline: any"
    yield "# stage, or a name on the list `ignore` in [values]."
    yield from (f'# {end} = "lost"' for end in ("deleted", "merged", "other_pipeline"))


def _key(pipeline: str | None, stage: str) -> str:
    return stage if pipeline is None else f"{pipeline}/{stage}"
