"""
Every public error, and the data that errors carry.

```
SalesflowError
├── ProcessError            a definition that is not consistent
│   └── ProcessFileError    the same, read from a file: each problem has its line
├── BehaviourError          assumptions for a simulation that are not consistent
├── Refused                 a command that the rules do not allow
├── EventError              an event that cannot belong to the deal; also a ValueError
│   ├── UnknownName         it names what the process does not have
│   └── PinnedError         the deal runs under another process
├── MigrationError          deals that cannot be migrated to another process
├── LogError                a log or a mapping file that cannot be read
│   └── PayloadError        CRM data of which a part cannot be understood
├── StoreError              a store that cannot do what it was asked to
│   ├── NoSuchDeal          it has no deal with that id
│   ├── ConflictError       somebody else has recorded something in the meantime
│   ├── ClockError          it was given a time that is too far ahead
│   ├── StoreClosed         it was closed before it was asked
│   └── StoreUnavailable    the database cannot be reached, or is busy: try again later
├── DeliveryError           an effect that could not be sent
├── SignatureError          a message that is not signed correctly
└── MissingExtraError       an optional dependency is not installed
```

Errors hold data; their text is built in ``__str__``, so they survive pickling.
"""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from salesflow.plain import Plain


class SalesflowError(Exception):
    """The base class of every error that salesflow raises on purpose."""


@attrs.frozen(order=True)
class Problem:
    """
    One problem in a process definition.

    Args:
        path: Where, as written in the file, such as ``timers[0].move_to``. Empty: the whole file.

        message: What was seen, what was expected, what to do.

        line: Line in the file, counted from 1; None if the definition did not come from a file.

        column: Column in that line, counted from 1; None if *line* is.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ProcessError(SalesflowError):
    """
    A process definition is not consistent.

    Attributes:
        process_id: The process's id if it could be read, otherwise ``"?"``.

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
        return _listed(self.source, self.problems)


class BehaviourError(SalesflowError):
    """
    The assumed behaviour in a simulation is not consistent, or does not fit the process.

    Attributes:
        source: The file, or the title of the behaviour.

        problems: All of them; from a file, each with line and column. Never empty.
    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(source, problems)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        return _listed(self.source, self.problems)


def _count(problems: tuple[Problem, ...]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def _listed(source: str, problems: tuple[Problem, ...]) -> str:
    """Return the problems of a file, each at its place; a single one needs no heading."""
    lines = [f"{source}{_place(problem)}: {problem}" for problem in problems]
    return lines[0] if len(lines) == 1 else "\n  ".join([f"{source}: {_count(problems)}.", *lines])


def _place(problem: Problem) -> str:
    return "" if problem.line is None else f":{problem.line}:{problem.column}"


class Code(enum.StrEnum):
    """Why a command is refused; the value is stable and safe to switch on."""

    NO_SUCH_MOVE = "no_such_move"
    """The process has no move between the two stages."""
    CLOSED = "closed"
    """The deal is won or lost: it must be reopened, not moved."""
    CRITERION = "criterion"
    """An exit criterion is not met."""
    GAP = "gap"
    """A contact gap is breached."""
    ROLE = "role"
    """The person's role may not make this move."""
    REASON = "reason"
    """The move requires a reason, or one from a closed list."""
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
    HOLD_EMPTY = "hold_empty"
    """The hold would end no later than it begins, so it is empty."""


@attrs.frozen(kw_only=True)
class Obstacle(Plain):
    """
    One reason why a command is refused, as data; English only in ``str()``.

    Args:
        code: What kind of reason.

        rule: The id of the contact gap or criterion; None for other obstacles.

        blocks: Whether it refuses the command (mode ``enforce``) or only warns.

        message: What the obstacle is.

        wanted: What would remove it.

        due_at: For a gap: the last instant at which a touch would have been in time.

        unknown: For a criterion: the facts it reads that are unknown, or no longer known, to its
            roles.

        expired: Those of *unknown* that were known, for a time that is over.

        unlike: For a criterion: the facts it reads that are known but do not have the right value.

        accepted: What would be accepted, by name. For a move that there is not: the stages that the
            deal may go to, or be reopened in. For a role: the roles that may make the move; for a
            reason: the closed list; for a gap: the class of the touch; for a criterion: the roles
            that may learn its facts. Empty: nothing is, or anything.

        limit: For a hold: what the process allows at most, such as ``"20 business days"`` or
            ``"3"``.

        may_override: For a gap, a criterion or an override: the roles that may override it.
    """

    code: Code
    message: str
    wanted: str
    rule: str | None = None
    blocks: bool = True
    due_at: dt.datetime | None = None
    unknown: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    limit: str | None = None
    may_override: tuple[str, ...] = ()

    def __str__(self) -> str:
        only_warns = "" if self.blocks else " This only warns."
        return f"{self.message}. {self.wanted}.{only_warns}"


class Refused(SalesflowError):  # noqa: N818 - the word of the design: a command is refused
    """
    A command was refused; nothing has changed.

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


class EventError(SalesflowError, ValueError):
    """
    An event cannot belong to the deal; a ValueError as well, because what was said of it is wrong.

    Raised for an event id that is used again with different content, for a value that a fact cannot
    hold, for a history without an opening, and for an instant at which the deal had not been opened
    or was not known yet. If the process does not have a name, that is an `UnknownName`.

    Attributes:
        event_id: The recorded event that it is about; None: it is about a verb, a query, or a value
            that many rows of a table share.
    """

    def __init__(self, *said: object, event_id: str | None = None) -> None:
        super().__init__(*said)
        self.event_id = event_id or None

    def __str__(self) -> str:
        about = "" if self.event_id is None else f"event {self.event_id!r}: "
        return f"{about}{self.problem}"

    @property
    def problem(self) -> str:
        """What is wrong, whatever it is about."""
        return super().__str__()


class UnknownName(EventError):  # noqa: N818 - what it is
    """
    A verb, an event or a query names something that the process does not have.

    Attributes:
        process_id: The process.

        sort: What it should be: ``stage``, ``fact``, ``kind of activity``, ``play``, ``role``,
            ``calendar``, or ``rule or criterion``.

        name: The name.

        known: The names that it has.

        meant: The one of them that was probably meant; None: none is close.
    """

    def __init__(
        self,
        process_id: str,
        sort: str,
        name: str,
        known: tuple[str, ...],
        *,
        meant: str | None = None,
        event_id: str | None = None,
    ) -> None:
        super().__init__(process_id, sort, name, known, event_id=event_id)
        self.process_id = process_id
        self.sort = sort
        self.name = name
        self.known = known
        self.meant = meant

    @property
    def problem(self) -> str:
        """What is wrong, whatever it is about."""
        listed = ", ".join(self.known[:_MOST_SHOWN]) or "none"
        more = ", …" if len(self.known) > _MOST_SHOWN else ""
        hint = f"known: {listed}{more}" if self.meant is None else f"did you mean {self.meant!r}?"
        return f"process {self.process_id!r} has no {self.sort} {self.name!r}; {hint}"


class PinnedError(EventError):
    """
    A deal runs under a process other than the given one.

    A deal stays with the process that it opened under, by its hash, until it is migrated.

    Attributes:
        deal_id: The deal.

        missing: The hashes of processes that it runs or ran under and that were not given.

        runs_under: The hash of the one that it runs under in the end.

        given: The processes that were given, in words.
    """

    def __init__(
        self, deal_id: str, missing: tuple[str, ...], runs_under: str, given: tuple[str, ...]
    ) -> None:
        super().__init__(deal_id, missing, runs_under, given)
        self.deal_id = deal_id
        self.missing = missing
        self.runs_under = runs_under
        self.given = given

    @property
    def problem(self) -> str:
        """What is wrong, and what to do."""
        given = " and ".join(self.given)
        before = ", ".join(name[:SHOWN_OF_HASH] for name in self.missing if name != self.runs_under)
        said, out = [], []
        if self.runs_under in self.missing or not before:
            said.append(f"runs under process {self.runs_under[:SHOWN_OF_HASH]}")
            out.append(
                "Give that as the process, and the others as 'earlier'."
                if any(self.runs_under[:SHOWN_OF_HASH] in name for name in self.given)
                else "Give the process that it runs under, or migrate the deal: "
                "salesflow.migrate(deals, new, at=...)."
            )
        if before:
            said.append(f"ran under process {before} before it was migrated")
            out.append("Give what it ran under before as 'earlier'.")
        return f"deal {self.deal_id!r}: {' and '.join(said)}, got {given}. {' '.join(out)}"


SHOWN_OF_HASH = 12
"""The number of characters of a process hash that are shown to people."""


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
    A part of a CRM's data cannot be understood; the rest is included, so that nothing is lost.

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
"""The number of problems or known names that are shown: CRM data may have one in every row."""


class StoreError(SalesflowError):
    """
    A store cannot do what it was asked to, and has changed nothing.

    The database is full, read-only, damaged, or was written by a newer release; or what it should
    store belongs to another process.
    """


class NoSuchDeal(StoreError):  # noqa: N818 - what a host answers with 404
    """
    A store has no deal with that id.

    Attributes:
        deal_id: The id.
    """

    def __init__(self, deal_id: str) -> None:
        super().__init__(deal_id)
        self.deal_id = deal_id

    def __str__(self) -> str:
        return f"deal {self.deal_id!r}: not in the store. Is the id right, and was it opened?"


class ConflictError(StoreError):
    """
    Somebody else has recorded something in the meantime: repeat the whole request.

    Attributes:
        deal_id: The deal.

        expected: How many events the caller knew of; 0: it was to be opened.

        actual: How many are stored.
    """

    def __init__(self, deal_id: str, expected: int, actual: int) -> None:
        super().__init__(deal_id, expected, actual)
        self.deal_id = deal_id
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        if self.expected == 0:
            return (
                f"deal {self.deal_id!r} is open already, with another beginning or more events. "
                "Load it instead of opening it, or open the other one under another id."
            )
        return (
            f"deal {self.deal_id!r}: expected {self.expected} events, {self.actual} are kept. "
            "Load the deal and repeat the whole request."
        )


class ClockError(StoreError):
    """
    A store was given a time that is too far ahead of what it knows; nothing was done.

    A deal that is told of a later instant stays there, so a clock that is ahead loses deals.

    Attributes:
        now: The time that it was given.

        known_at: The latest instant that it knows of.

        leap: How far ahead it would have accepted.
    """

    def __init__(self, now: dt.datetime, known_at: dt.datetime, leap: dt.timedelta) -> None:
        super().__init__(now, known_at, leap)
        self.now = now
        self.known_at = known_at
        self.leap = leap

    def __str__(self) -> str:
        return (
            f"{self.now:%Y-%m-%d %H:%M} UTC is {_days(self.now - self.known_at)} after the latest "
            f"instant that the store knows of, {self.known_at:%Y-%m-%d %H:%M} UTC; at most "
            f"{_days(self.leap)} ahead is accepted. Is the clock right? If it is, and the store "
            "was not used for that long, open it with a larger 'leap'."
        )


def _days(span: dt.timedelta) -> str:
    return f"{span.days:,} days" if span.days > 1 else str(span)


class StoreClosed(StoreError):  # noqa: N818 - a state, like the next one
    """
    A store was asked for something after it was closed.

    Attributes:
        store: Where it is, without a password.
    """

    def __init__(self, store: str) -> None:
        super().__init__(store)
        self.store = store

    def __str__(self) -> str:
        return f"store {self.store}: it was closed. Open it again with salesflow.Store(...)."


class StoreUnavailable(StoreError):  # noqa: N818 - a state of the world, not a mistake
    """
    The database cannot be reached, or was busy for too long: try again later.

    It is not known whether the last transaction was committed, so do the same again: nothing is
    stored twice.
    """


class DeliveryError(SalesflowError):
    """
    An effect could not be sent; raised by a sender to say what should happen next.

    Any other exception means the same as a plain `DeliveryError`: try again later.

    Attributes:
        reason: Why, in a line that is stored and shown: do not put secrets into it.

        is_final: Whether trying again is useless.

        retry_after: How long to wait at least, as the receiver asked; None: it did not say.
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
