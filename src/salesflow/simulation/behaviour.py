"""
Behaviour: what people and buyers do with the deals of a process.

The rules of the process say what time does; this says all the rest: when deals come, how long work
takes, when a rep touches the buyer, how a buyer answers, cools and decides, what is learned. Each
part that is left out does not happen.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping

import attrs

from salesflow.english import count_of
from salesflow.errors import BehaviourError
from salesflow.given import given
from salesflow.markup import heading, page, table
from salesflow.process.model import Process
from salesflow.simulation.behaviour_text import explained, titled, told
from salesflow.simulation.checks import find
from salesflow.simulation.defaults import default_parts
from salesflow.simulation.files import dump_parts, located, read_parts
from salesflow.simulation.parts import Parts, StageLife

_HEADS = ("", "what people and buyers do")


@attrs.frozen(kw_only=True, repr=False)
class Behaviour(Parts):
    """
    What people and buyers do with the deals of a process.

    Args:
        arrivals: When deals open. Default: all at once.

        owners: Who gets them, and how often each, relative to the others. Empty: nobody.

        stages: What happens in each stage. A stage that is not named is never left but by time.

        touches: How a rep keeps in contact. None: not at all.

        replies: How the buyer answers. None: never.

        inbound: How the buyer calls. None: never.

        cooling: How buyers are lost to silence. None: they are not.

        facts: What is learned, and when.

        holds: How deals are put on hold.

        overrides: Which rules are let pass, and how often.

        capacity: How much reps can do. None: everything at once.

        title: For people.

    >>> import salesflow as sf
    >>> behaviour = Behaviour.default_for(sf.load_process("six-step"))
    >>> behaviour.stages[0].stage
    'qualify'
    """

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        return f"<Behaviour{title} in {count_of(len(self.stages), 'stage')}>"

    @classmethod
    def default_for(cls, process: Process) -> Behaviour:
        """
        Return what is assumed for a process when nobody says anything else; it says so in words.

        Raises:
            TypeError: If *process* is not a process.

        >>> import salesflow as sf
        >>> print(Behaviour.default_for(sf.load_process("six-step")))
        assumed for six-step
        ...
        """
        return cls(**default_parts(given("process", process, Process)))

    @classmethod
    def load(cls, source: str | os.PathLike[str], process: Process | None = None) -> Behaviour:
        """
        Load a behaviour from a TOML file.

        Args:
            source: A path object, a string that ends in ``.toml``, or the text itself (a string
                with a newline in it).

            process: Checked against it as well. None: only by itself.

        Raises:
            BehaviourError: If it cannot be read, does not hold together or does not fit the
                process; with every problem, its line and column.
            TypeError: If *process* is not a process.
        """
        if process is not None:
            given("process", process, Process)
        parts, name, text = read_parts(source)
        behaviour = cls(**parts)
        flaws = [] if process is None else list(find(behaviour, process))
        if flaws:
            raise located(name, text, flaws)
        return behaviour

    def dump(self) -> str:
        """Return the behaviour as a TOML file; ``Behaviour.load`` makes an equal one of it."""
        return dump_parts(self)

    def check(self, process: Process) -> None:
        """
        Make sure that the behaviour fits a process.

        Raises:
            BehaviourError: If it does not, with every problem.
            TypeError: If *process* is not a process.
        """
        flaws = find(self, given("process", process, Process))
        problems = tuple(flaw.as_problem() for flaw in flaws)
        if problems:
            raise BehaviourError(self.title or "behaviour", problems)

    def explain(self) -> str:
        """Return in words what is assumed."""
        return "\n".join(explained(self))

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        return page(heading(titled(self)), table(_HEADS, told(self), left=2))

    @functools.cached_property
    def stage(self) -> Mapping[str, StageLife]:
        """What happens in each stage, by its id."""
        return {life.stage: life for life in self.stages}
