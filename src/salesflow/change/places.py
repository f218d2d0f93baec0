"""Where the stages, facts and calendars of one process go in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from salesflow.change.renames import renames_of
from salesflow.change.walk import changes_between
from salesflow.given import mapping
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean
from salesflow.process.parts import Stage


def _is_mapping(_: object, attribute: attrs.Attribute[object], value: object) -> None:
    mapping(attribute.name, value)


@attrs.frozen(kw_only=True)
class Places:
    """
    What has another name in a new process; anything not listed keeps its name.

    Args:
        stages: Old ids to new ones.

        facts: The same.

        calendars: Old names to new ones; None is the default calendar.

    Raises:
        TypeError: If one of them is not a mapping.
    """

    stages: Mapping[str, str] = attrs.field(factory=dict, validator=_is_mapping)
    facts: Mapping[str, str] = attrs.field(factory=dict, validator=_is_mapping)
    calendars: Mapping[str | None, str | None] = attrs.field(factory=dict, validator=_is_mapping)

    def stage(self, name: str) -> str:
        """Return what a stage is called in the new process."""
        return self.stages.get(name, name)

    def fact(self, name: str) -> str:
        """Return what a fact is called in the new process."""
        return self.facts.get(name, name)

    def calendar(self, name: str | None) -> str | None:
        """Return what a calendar is called in the new process."""
        return self.calendars.get(name, name)

    def of(self, old: Process) -> Places:
        """Return the part that concerns an old process: what a migration from it says."""
        stages = {name: to for name, to in self.stages.items() if name in old.stages_by_id}
        facts = {name: to for name, to in self.facts.items() if name in old.all_facts}
        return Places(stages=stages, facts=facts, calendars=self.calendars)


def problems_of(places: Places, old: Iterable[Process], new: Process) -> Iterator[str]:
    """Yield everything that is wrong with the given and missing places."""
    before = tuple(old)
    stages = {name for process in before for name in process.stages_by_id}
    facts = {name for process in before for name in process.all_facts}
    yield from _unknown("stages", places.stages, stages, new.stages_by_id)
    yield from _unknown("facts", places.facts, facts, new.all_facts)
    for process in before:
        yield from _of_stages(places, process, new)
        yield from _of_facts(places, process, new)


def likely_names(path: str, old: Process, new: Process) -> dict[str, str]:
    """Return what the rows of a list, such as ``stages``, are perhaps called now, by old ids."""
    renames = renames_of(old, new, tuple(changes_between(old, new)))
    return {rename.old: rename.new for rename in renames if rename.path == path}


def _unknown(
    what: str, said: Mapping[str, str], old: Iterable[str], new: Iterable[str]
) -> Iterator[str]:
    """Yield names that their process does not have."""
    known, there = set(old), set(new)
    for name, to in said.items():
        if name not in known:
            yield f"{what}: the old process has no {name!r}{did_you_mean(name, known)}"
        if to not in there:
            yield f"{what}: the new process has no {to!r}{did_you_mean(to, there)}"


def _of_stages(places: Places, old: Process, new: Process) -> Iterator[str]:
    likely = likely_names("stages", old, new)
    for stage in old.stages:
        name = places.stage(stage.id)
        there = new.stages_by_id.get(name)
        if there is None:
            if stage.id not in places.stages:
                hint = f"; perhaps {likely[stage.id]!r}" if stage.id in likely else ""
                yield (
                    f"stage {stage.id!r} of {old.id} {old.version} has no place in {new.id} "
                    f"{new.version}. Say where its deals go: stages={{{stage.id!r}: ...}}{hint}"
                )
        elif not _fits(stage, there):
            yield (
                f"stage {stage.id!r} is {stage.kind}, {name!r} of {new.id} {new.version} is "
                f"{there.kind}. A migration neither closes nor reopens a deal: give a "
                "stage of that kind"
            )


def _fits(stage: Stage, there: Stage) -> bool:
    if stage.kind.is_closed or there.kind.is_closed:
        return stage.kind is there.kind
    return True


def _of_facts(places: Places, old: Process, new: Process) -> Iterator[str]:
    """Yield where two facts would become one."""
    became: dict[str, str] = {}
    for name in old.all_facts:
        to = places.fact(name)
        if to in became and to in new.all_facts:
            yield f"facts: {became[to]!r} and {name!r} would both become {to!r}. Drop one of them"
        became[to] = name
