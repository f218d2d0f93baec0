"""
Every public error, and the data that errors carry.

```
SalesflowError
├── ProcessError            a definition that does not hold together
│   └── ProcessFileError    the same, read from a file: each problem has its line
├── BehaviourError          assumptions for a simulation that do not hold together
├── Refused                 a command that the rules do not let pass
├── EventError              an event that cannot belong to the deal
│   └── PinnedError         the deal runs under another process
├── MigrationError          deals that cannot come under another process
├── LogError                a log or a mapping file that cannot be read
│   └── PayloadError        data of a CRM of which a part cannot be understood
├── StoreError              a store that cannot do what it was asked for
│   ├── NoSuchDeal          it keeps no deal of that id
│   ├── ConflictError       somebody else has recorded something meanwhile
│   └── StoreUnavailable    the database cannot be reached, or is busy: try again later
├── DeliveryError           an effect that could not be sent
├── SignatureError          a message that was not signed as it has to be
└── MissingExtraError       an optional dependency is not installed
```

Errors hold data; their text is built in ``__str__``, so they survive pickling.
"""

from __future__ import annotations

import datetime as dt
import enum

import attrs


class SalesflowError(Exception):
    """The base class of every error that salesflow raises on purpose."""


@attrs.frozen(order=True)
class Problem:
    """
    One thing that is wrong in a process definition.

    Args:
        path: Where, as written in the file, such as ``timers[0].move_to``. Empty: the whole file.

        message: What was seen, what was expected, what to do.

        line: Line in the file, counted from 1; None if the definition did not come from a file.

        column: Column in that line, counted from 1; None like *line*.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ProcessError(SalesflowError):
    """
    A process definition does not hold together.

    Attributes:
        process_id: The process's id as far as it could be read, else ``"?"``.

        problems: All of them, in the order of the definition; never empty.
    """

    def __init__(self, process_id: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(process_id, problems)
        self.process_id = process_id
        self.problems = problems

    def __str__(self) -> str:
        lines = [f"  - {problem}" for problem in self.problems]
        return "\n".join([f"process {self.process_id!r} has {_count(self.problems)}.", *lines])


class ProcessFileError(ProcessError):
    """
    A process file cannot be used.

    Attributes:
        source: The file's name, or ``"<text>"``.

        problems: All of them, in the order of the file, each with line and column.
    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(source, problems)
        self.source = source

    def __reduce__(self) -> tuple[type[ProcessFileError], tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.source, self.problems)

    def __str__(self) -> str:
        head = f"{self.source}: {_count(self.problems)}."
        return "\n".join([head, *(f"  {self.source}{_place(p)}: {p}" for p in self.problems)])


class BehaviourError(SalesflowError):
    """
    What people are assumed to do in a simulation does not hold together, or fit the process.

    Attributes:
        source: The file, or what the behaviour is called.

        problems: All of them; in a file each with line and column. Never empty.
    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(source, problems)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        head = f"{self.source}: {_count(self.problems)}."
        return "\n".join([head, *(f"  {self.source}{_place(p)}: {p}" for p in self.problems)])


def _count(problems: tuple[Problem, ...]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def _place(problem: Problem) -> str:
    return "" if problem.line is None else f":{problem.line}:{problem.column}"


class Code(enum.StrEnum):
    """Why a command is refused; the value is stable and safe to switch on."""

    NO_SUCH_MOVE = "no_such_move"
    """The process has no move between the two stages."""
    CLOSED = "closed"
    """The deal is won or lost: it is reopened, not moved."""
    CRITERION = "criterion"
    """An exit criterion is not met."""
    GAP = "gap"
    """A contact gap is breached."""
    ROLE = "role"
    """The person's role may not make this move."""
    REASON = "reason"
    """The move wants a reason, or one from a closed list."""
    HISTORY = "history"
    """It is dated before something that has already moved or opened the deal."""
    HOLD_LENGTH = "hold_length"
    """The hold is longer than the process allows."""
    HOLD_COUNT = "hold_count"
    """The deal has had as many holds as the process allows."""
    NO_HOLD = "no_hold"
    """There is no hold to end."""
    NO_RIGHT = "no_right"
    """The person's role may not override this."""
    NOT_CLOSED = "not_closed"
    """The deal is open: there is nothing to reopen."""


@attrs.frozen(kw_only=True)
class Obstacle:
    """
    One reason why a command is refused, as data; English only in ``str()``.

    Args:
        code: What kind of reason.

        rule: The id of the contact gap or criterion that stands in the way; None for the rest.

        blocks: Whether it refuses the command (mode ``enforce``) or only warns.

        message: What stands in the way.

        wanted: What would satisfy it.

        due_at: For a gap: the last instant at which a touch would have been in time.

        unknown: For a criterion: the facts it reads that are not known, to its roles and any more.

        may_override: For a gap or a criterion: the roles that may let it pass.
    """

    code: Code
    message: str
    wanted: str
    rule: str | None = None
    blocks: bool = True
    due_at: dt.datetime | None = None
    unknown: tuple[str, ...] = ()
    may_override: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.message}. {self.wanted}."


class Refused(SalesflowError):  # noqa: N818 - the word of the design: a command is refused
    """
    A command was refused, and nothing has changed.

    Attributes:
        deal_id: The deal.

        command: What was asked, in words, such as ``"move to 'proof'"``.

        obstacles: Every reason at once; never empty.
    """

    def __init__(self, deal_id: str, command: str, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(deal_id, command, obstacles)
        self.deal_id = deal_id
        self.command = command
        self.obstacles = obstacles

    def __str__(self) -> str:
        lines = [f"  - {obstacle}" for obstacle in self.obstacles]
        return "\n".join([f"deal {self.deal_id!r}: cannot {self.command}.", *lines])


class EventError(SalesflowError):
    """
    An event cannot belong to the deal.

    Raised for an event id that comes a second time with another content, for events of another
    deal's kind of process (an unknown stage), and for a history without an opening.
    """


class PinnedError(EventError):
    """
    A deal runs under another process than the one that is given.

    A deal stays with the process that it opened under, by its hash, until it is migrated.

    Attributes:
        deal_id: The deal.

        missing: The hashes of processes that it runs or ran under and that are not given.

        runs_under: The hash of the one that it runs under in the end.

        given: The processes that are given, in words.
    """

    def __init__(
        self, deal_id: str, missing: tuple[str, ...], runs_under: str, given: tuple[str, ...]
    ) -> None:
        super().__init__(deal_id, missing, runs_under, given)
        self.deal_id = deal_id
        self.missing = missing
        self.runs_under = runs_under
        self.given = given

    def __str__(self) -> str:
        given = " and ".join(self.given)
        before = ", ".join(name[:_SHOWN] for name in self.missing if name != self.runs_under)
        said, out = [], []
        if self.runs_under in self.missing or not before:
            said.append(f"runs under process {self.runs_under[:_SHOWN]}")
            out.append(
                "Give the process that it runs under, or migrate the deal: "
                "salesflow.migrate(deals, new, at=...)."
            )
        if before:
            said.append(f"ran under process {before} before it was migrated")
            out.append("Give the earlier ones as 'processes'.")
        return f"deal {self.deal_id!r}: {' and '.join(said)}, got {given}. {' '.join(out)}"


_SHOWN = 12
"""So much of a hash is shown."""


class MigrationError(SalesflowError):
    """
    A migration cannot be made; nothing was recorded.

    Attributes:
        problems: All of them; never empty.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        shown = [f"  - {problem}." for problem in self.problems[:_MOST_SHOWN]]
        more = len(self.problems) - _MOST_SHOWN
        shown += [f"  and {more:,} more"] if more > 0 else []
        return "\n".join(["The deals cannot be migrated.", *shown])


class LogError(SalesflowError):
    """
    A log or a mapping file cannot be read.

    Attributes:
        source: The file.

        problems: All of them; never empty.
    """

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        super().__init__(source, problems)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([f"{self.source} cannot be used.", *(f"  - {p}" for p in self.problems)])


class PayloadError(LogError):
    """
    A part of a CRM's data cannot be understood; what can be is at hand, so that nothing is lost.

    Attributes:
        source: The CRM.

        problems: All of them, each with the path of what is wrong; never empty.

        rest: The `salesflow.history.crm.Translation` of everything else.
    """

    def __init__(self, source: str, problems: tuple[str, ...], rest: object) -> None:
        super().__init__(source, problems)
        self.args = (source, problems, rest)
        self.rest = rest

    def __str__(self) -> str:
        shown = [f"  - {problem}" for problem in self.problems[:_MOST_SHOWN]]
        more = len(self.problems) - _MOST_SHOWN
        if more > 0:
            shown.append(f"  and {more:,} more")
        head = f"{self.source} data: {len(self.problems):,} not understood; the rest is in 'rest'."
        return "\n".join([head, *shown])


_MOST_SHOWN = 20
"""Problems of a CRM's data that are shown: there may be one in every row."""


class StoreError(SalesflowError):
    """
    A store cannot do what it was asked for, and has changed nothing.

    The database is full, may only be read, is damaged, or was written by a newer release; or what
    it is to keep belongs to another process.
    """


class NoSuchDeal(StoreError):  # noqa: N818 - what a host answers with 404
    """
    A store keeps no deal of that id.

    Attributes:
        deal_id: The id.
    """

    def __init__(self, deal_id: str) -> None:
        super().__init__(deal_id)
        self.deal_id = deal_id

    def __str__(self) -> str:
        return f"deal {self.deal_id!r}: the store does not keep it. Is the id right, is it open?"


class ConflictError(StoreError):
    """
    Somebody else has recorded something meanwhile: do the whole request again.

    Attributes:
        deal_id: The deal.

        expected: How many events the caller knew of.

        actual: How many are kept.
    """

    def __init__(self, deal_id: str, expected: int, actual: int) -> None:
        super().__init__(deal_id, expected, actual)
        self.deal_id = deal_id
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return (
            f"deal {self.deal_id!r}: expected {self.expected} events, {self.actual} are kept. "
            "Load the deal and do the whole request again."
        )


class StoreUnavailable(StoreError):  # noqa: N818 - a state of the world, not a mistake
    """
    The database cannot be reached, or others have kept it busy for too long: try again later.

    Whether the last transaction was kept is not known, so do the same again: what is kept already
    is not kept twice.
    """


class DeliveryError(SalesflowError):
    """
    An effect could not be sent; raised by what sends it, to say what is to become of it.

    Anything else that is raised means the same as a plain one: try again later.

    Attributes:
        reason: Why, in a line that may be kept and shown: no secret belongs into it.

        is_final: Whether trying again is of no use.

        retry_after: How long the receiver wants to be left alone at least; None: it did not say.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, retry_after: dt.timedelta | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[DeliveryError], tuple[str], dict[str, object]]:
        return type(self), (self.reason,), dict(self.__dict__)

    def __str__(self) -> str:
        return self.reason


class SignatureError(SalesflowError):
    """
    A message was not signed as it has to be: it is not believed.

    Nothing in its text helps a forger; what was expected is in the log of nobody.
    """


class MissingExtraError(SalesflowError, ImportError):
    """
    An optional dependency is not installed.

    Attributes:
        package: What could not be imported.

        extra: The extra that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(package, extra)
        self.package = package
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.package} is not installed. Install it: pip install 'salesflow[{self.extra}]'"
