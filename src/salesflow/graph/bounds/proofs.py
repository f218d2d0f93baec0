"""What can be proved about a process, in one value."""

from __future__ import annotations

import attrs

from salesflow.english import all_of
from salesflow.given import given
from salesflow.graph.bounds.lives import Life, longest_life
from salesflow.graph.bounds.ways import Way, must_pass, shortest_way
from salesflow.graph.survey import Survey
from salesflow.process.model import Process


@attrs.frozen(kw_only=True)
class Proofs:
    """
    What can be proved about a process.

    Args:
        untouched: The longest life of a deal that nobody touches.

        touched: The longest life of a deal that is touched just in time, and never moved.

        shortest: The shortest way to win; None: there is none.

        must_pass: The open stages that every won deal passes.

        says: All of this in sentences.
    """

    untouched: Life
    touched: Life
    shortest: Way | None
    must_pass: tuple[str, ...]
    says: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Proofs: {self.untouched.says.partition(':')[0].removesuffix('.')}>"

    def __str__(self) -> str:
        return "\n".join(self.says)


def prove(process: Process) -> Proofs:
    """
    Return what can be proved about *process*: how long deals live, and how they are won.

    Every instant in the known years of every calendar is examined as an opening, most of them
    together.

    >>> from salesflow.process import Stage, Timer
    >>> cold = Timer(id="cold", since="touch", after="30 days", move_to="lost")
    >>> process = Process(
    ...     id="small",
    ...     version="1",
    ...     stages=[Stage(id="talk"), Stage(id="done", kind="won"), Stage(id="lost", kind="lost")],
    ...     timers=[cold],
    ... )
    >>> print(prove(process))
    An untouched deal is lost after at most 30 days: Talk 30 days → Lost.
    A deal that is touched just in time and never moved can live for ever: it rests in Talk, where \
touches put off 'cold'.
    The shortest way to Done takes 1 move: Talk → Done.
    Every deal that is won passes Talk.
    """
    given("process", process, Process)
    survey = Survey(process)
    untouched = longest_life(survey, touched=False)
    touched = longest_life(survey, touched=True)
    way, passed = shortest_way(survey), must_pass(survey)
    names = all_of(process.stage(stage).name for stage in passed)
    return Proofs(
        untouched=untouched,
        touched=touched,
        shortest=way,
        must_pass=passed,
        says=(
            untouched.says,
            touched.says,
            "No deal can be won." if way is None else way.says,
            *([f"Every deal that is won passes {names}."] if passed else []),
        ),
    )
