"""The differences between two processes, as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import attrs

from salesflow.change.key_names import key_name_of
from salesflow.change.renamed import only_renamed, with_names
from salesflow.change.renames import Rename, renames_of
from salesflow.change.sentences import sentence_of
from salesflow.change.strictness import Bearing
from salesflow.change.walk import Change, Turn, changes_between
from salesflow.english import count_of
from salesflow.given import given, mapping
from salesflow.markup import heading, line, page, table
from salesflow.process.model import Process
from salesflow.process.moves import expand_moves
from salesflow.process.names import unknown_name
from salesflow.process.schema import DEFINITION
from salesflow.vocabulary import word

FORMAT = 1
"""The version of the JSON form that this release writes."""


@attrs.frozen(kw_only=True)
class Difference:
    """
    One difference between two processes.

    Args:
        path: Where, as `Process.replace` takes it: ``contact_gaps.touch.max``.

        turn: Whether it was added, removed or changed, or its rows are in another order.

        bearing: Whether it asks more of the deals than before, or less, where that can be decided.

        old: As the old file says it; None: nothing.

        new: As the new file says it; None: nothing.

        text: The same in a sentence.
    """

    path: str
    turn: Turn
    bearing: Bearing
    old: Any
    new: Any
    text: str

    def __str__(self) -> str:
        shown = self.bearing in (Bearing.STRICTER, Bearing.LOOSER)
        return f"{self.text[:-1]} ({self.bearing})." if shown else self.text

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return attrs.asdict(self) | {"turn": self.turn.value, "bearing": self.bearing.value}


@attrs.frozen(kw_only=True)
class Diff(Sequence[Difference]):
    """
    All differences between two processes, in the order of the file.

    It is empty exactly if the two have the same hash.

    Args:
        old: The id and version of the old process.

        new: The id and version of the new one.

        differences: All of them.

        renames: What was perhaps only renamed: suggestions for somebody to confirm.

        new_moves: Moves by hand that are newly allowed, as (from, to), between stages that both
            processes have.

        gone_moves: The same for moves that are no longer allowed.
    """

    old: str
    new: str
    differences: tuple[Difference, ...]
    renames: tuple[Rename, ...] = ()
    new_moves: tuple[tuple[str, str], ...] = ()
    gone_moves: tuple[tuple[str, str], ...] = ()

    @overload
    def __getitem__(self, index: int) -> Difference: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Difference, ...]: ...
    def __getitem__(self, index: int | slice) -> Difference | tuple[Difference, ...]:
        return self.differences[index]

    def __len__(self) -> int:
        return len(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def of(self, bearing: Bearing | str) -> tuple[Difference, ...]:
        """
        Return the differences of one bearing.

        Raises:
            ValueError: If there is no such bearing.
        """
        wanted = word("bearing", Bearing, bearing)
        return tuple(each for each in self.differences if each.bearing is wanted)

    def __repr__(self) -> str:
        return f"<Diff {self.headline.removesuffix('.')}>"

    def __str__(self) -> str:
        return "\n".join([self.headline, *(f"  {line}" for line in self.lines)])

    @property
    def headline(self) -> str:
        """How many differences there are, and how many are stricter or looser."""
        if not self.differences:
            return f"{self.old} → {self.new}: no difference."
        bearings = [
            f"{len(self.of(bearing))} {bearing}"
            for bearing in (Bearing.STRICTER, Bearing.LOOSER)
            if self.of(bearing)
        ]
        said = f" ({', '.join(bearings)})" if bearings else ""
        number = count_of(len(self), "difference")
        return f"{self.old} → {self.new}: {number}{said}."

    @property
    def lines(self) -> tuple[str, ...]:
        """Every difference as a sentence, then what follows for moves, then the suggestions."""
        moves = [
            f"{word}: {', '.join(f'{origin} → {to}' for origin, to in pairs)}."
            for word, pairs in (
                ("Moves allowed now", self.new_moves),
                ("Moves no longer allowed", self.gone_moves),
            )
            if pairs
        ]
        return (*map(str, self.differences), *moves, *map(str, self.renames))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "format": FORMAT,
            "type": "diff",
            "old": self.old,
            "new": self.new,
            "differences": [each.to_dict() for each in self.differences],
            "renames": [each.to_dict() for each in self.renames],
            "new_moves": [list(pair) for pair in self.new_moves],
            "gone_moves": [list(pair) for pair in self.gone_moves],
        }

    def _repr_html_(self) -> str:
        rows = ((each.path, each.text, str(each.bearing)) for each in self.differences)
        return page(
            heading(self.headline),
            table(("where", "what", "how strict"), rows, left=3),
            *(line(said) for said in self.lines[len(self) :]),
        )


def diff(old: Process, new: Process, *, stages: Mapping[str, str] | None = None) -> Diff:
    """
    Return how two processes differ in meaning.

    The order of keys, comments and whether a default is written out make no difference.

    Args:
        old: A process.

        new: Another one.

        stages: Where stages of the old process go in the new one, as in `migrate`. A stage that is
            only called otherwise is compared with the one that it became. None: every stage is
            taken for the one of the same name.

    Returns:
        Every difference; empty exactly if the hashes are equal.

    Raises:
        TypeError: If one of them is not a process.
        UnknownName: If *stages* names a stage that its process does not have.

    >>> import salesflow as sf
    >>> six = sf.load_process("six-step")
    >>> print(sf.diff(six, six.replace("contact_gaps.touch.max", "4 business days")))
    six-step 2026.1 → six-step 2026.1: 1 difference (1 stricter).
      Contact gap 'touch': the longest gap is 4 business days, was 5 business days (stricter).
    """
    given("old", old, Process)
    given("new", new, Process)
    places = dict(mapping("stages", stages or {}))
    _check_stages(old, places)
    _check_stages(new, places.values())
    names = only_renamed(old, places)
    was = with_names(old, names) if names else old
    changes = tuple(changes_between(was, new))
    before, after = _moves(was), _moves(new)
    both = set(was.stages_by_id) & set(new.stages_by_id)
    found = [*_renamed(names), *(_difference(was, new, change, places) for change in changes)]
    return Diff(
        old=f"{old.id} {old.version}",
        new=f"{new.id} {new.version}",
        differences=tuple(sorted(found, key=_place_in_file)),
        renames=tuple(
            each
            for each in renames_of(was, new, changes)
            if each.path != "stages" or each.old not in places
        ),
        new_moves=tuple(pair for pair in after if pair not in before and both.issuperset(pair)),
        gone_moves=tuple(pair for pair in before if pair not in after and both.issuperset(pair)),
    )


def _moves(process: Process) -> dict[tuple[str, str], None]:
    return dict.fromkeys((move.from_stage, move.to_stage) for move in expand_moves(process))


def _check_stages(process: Process, names: Iterable[str]) -> None:
    for name in names:
        if name not in process.stages_by_id:
            raise unknown_name(process.id, "stage", name, process.stages_by_id)


def _renamed(names: Mapping[str, str]) -> Iterator[Difference]:
    for old, new in names.items():
        yield Difference(
            path=f"stages.{old}",
            turn=Turn.RENAMED,
            bearing=Bearing.SAME,
            old=old,
            new=new,
            text=f"Stage {old!r} is called {new!r} now.",
        )


def _place_in_file(difference: Difference) -> int:
    return _SECTIONS.index(difference.path.partition(".")[0])


_SECTIONS = [field.key for field in DEFINITION.fields]


def _difference(
    old: Process, new: Process, change: Change, places: Mapping[str, str]
) -> Difference:
    key = key_name_of(change.path)
    text, (section, *rest) = sentence_of(key, change), change.path
    if section == "stages" and change.turn is Turn.REMOVED and len(rest) == 1 and rest[0] in places:
        text = f"{text[:-1]}; its deals go to {places[rest[0]]!r}."
    return Difference(
        path=".".join(change.path),
        turn=change.turn,
        bearing=key.judge(old, new, change),
        old=change.old,
        new=change.new,
        text=text,
    )
