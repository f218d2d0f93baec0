"""A process in a notebook: its stages and its rules as tables."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.english import count_of
from salesflow.markup import heading, line, page, table
from salesflow.process.definition import Definition
from salesflow.process.parts import ContactGap, Criterion, Mode, Rule


def short_repr(definition: Definition) -> str:
    """Return a process in a few words."""
    size = f"{count_of(len(definition.stages), 'stage')}, {count_of(len(definition.rules), 'rule')}"
    return f"<Process {definition.id} {definition.version}: {size}>"


def html_of(definition: Definition) -> str:
    """Return a process as a piece of HTML."""
    return page(
        heading(definition.title or definition.id),
        line(f"{definition.id} {definition.version}, mode {definition.mode}", faint=True),
        table(("stage", "kind", "to move on"), _stages(definition), left=3),
        heading("Rules"),
        table(("rule", "since", "ends after", "then", "in"), _rules(definition), left=5),
        line("salesflow.draw(process) draws it.", faint=True),
    )


def _stages(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for stage in definition.stages:
        asked = " · ".join(_words(definition, each) for each in stage.exit)
        yield stage.name, stage.kind.value, asked


def _words(definition: Definition, criterion: Criterion) -> str:
    """Return what a criterion asks for in words, as far as the process has some."""
    titles = {fact.id: fact.title for fact in definition.facts}
    return criterion.say or titles.get(criterion.expression) or criterion.expression


def _rules(definition: Definition) -> Iterator[tuple[str, str, str, str, str]]:
    names = {stage.id: stage.name for stage in definition.stages}
    for rule in definition.rules:
        since = ":".join(filter(None, rule.clock)).removesuffix(":any")
        watched = ", ".join(map(names.__getitem__, rule.stages)) or "all open stages"
        yield rule.id, since, _end(rule), _then(definition, rule, names), watched


def _end(rule: Rule) -> str:
    if isinstance(rule, ContactGap):
        return str(rule.max)
    if rule.before is not None:
        return f"{rule.before} before"
    return "that day" if rule.after is None else str(rule.after)


def _then(definition: Definition, rule: Rule, names: dict[str, str]) -> str:
    """Return what comes of the end of a rule."""
    said = "no move forward"
    if not isinstance(rule, ContactGap):
        if rule.move_to is None:
            return "breached"
        said = f"goes to {names[rule.move_to]}"
    mode = rule.mode or definition.mode
    return said if mode is Mode.ENFORCE else f"{said} ({mode} only)"
