"""What a history could not tell of people, in words, and what is assumed instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesflow.english import count_of, percent
from salesflow.process.names import listed
from salesflow.simulation.fitting.contact import SeenContact
from salesflow.simulation.fitting.knowledge import SeenFact
from salesflow.simulation.fitting.seen import Seen
from salesflow.simulation.fitting.stages_seen import SeenStage

MANY = 0.1
"""From this share on, what nothing was seen to end is worth a word."""
NEVER_TOLD = (
    "No log tells which silence cost a deal (cooling), which touch was owed to a rule (heeds) and "
    "how much reps can do (capacity): none of that happens here unless you add it, and without "
    "cooling a stricter rule can only cost. Holds are part of the times."
)


def notes_of(
    seen: Seen,
    stages: Iterable[SeenStage],
    contact: SeenContact,
    facts: Iterable[SeenFact],
) -> Iterator[str]:
    """Yield what the history could not tell, one sentence or two each."""
    found = {each.life.stage: each for each in stages}
    for stage in seen.process.stages:
        if stage.id in found:
            yield from _of_stage(stage.name, found[stage.id])
    never = [stage.name for stage in seen.process.open_stages if stage.id not in found]
    if never:
        yield f"No deal was in {listed(never)}: nothing happens there."
    if seen.skips:
        moves = count_of(seen.skips, "move")
        yield f"{moves} skipped stages: they count as moves through all of them at once."
    if seen.begun_further_on:
        deals = count_of(seen.begun_further_on, "deal")
        yield (
            f"{deals} opened further on: they count as having passed all stages before that at "
            "once. If the log knows when they came there, let the mapping name it (entered)."
        )
    unowned = seen.deals["owner"].null_count()
    if 0 < unowned < len(seen.deals):
        deals = count_of(unowned, "deal")
        yield f"{deals} belonged to nobody: the shares of the owners are those of the others."
    if contact.touches is None:
        yield "No activity reached a buyer while a deal was open, so nobody touches anybody."
    assumed = list(dict.fromkeys(each.learning.fact for each in facts if not each.deals))
    if assumed:
        yield (
            f"Assumed, not learned: {listed(assumed)}. What gates ask for is there when somebody "
            "wants to move a deal on."
        )
    yield NEVER_TOLD


def _of_stage(name: str, stage: SeenStage) -> Iterator[str]:
    if stage.elsewhere:
        visits = count_of(stage.elsewhere, "visit")
        yield f"{name}: {visits} led to where the process has no move, and count as going on."
    if stage.life.then and stage.left >= MANY:
        then = "They are taken to end as rarely as the longer half of the others."
        if not stage.took_time:
            then = "None of the others took any time, so they stay."
        said = "last longer than any visit that was seen to end."
        yield f"{name}: {percent(stage.left)} {said} {then}"
