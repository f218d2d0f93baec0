"""What a criterion that is not met still wants: what is known, and what it would have to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

import attrs

from salesflow.english import all_of, one_of
from salesflow.events import Value
from salesflow.process.gates import AllOf, AnyOf, Compare, FactRef, Gate, Op, facts_of
from salesflow.process.model import Process
from salesflow.process.parts import Criterion, Fact, FactType
from salesflow.process.value_words import value_words, wanted_words
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.gates import compares, known
from salesflow.rules.programs import OPS, fact_code
from salesflow.rules.tables import Memory

Told = Mapping[str, Value]
"""Facts as they were told, with money in a foreign currency as text."""


Codes = Mapping[str, int]
"""The facts that a gate reads, by name, as the rules know them."""


@attrs.frozen(eq=False)
class Unmet:
    """
    A criterion that is not met.

    Args:
        process: The process.

        criterion: The criterion.

        told: What was told of the deal by then.

        bare: The fact that is all that is asked for; empty if there is more to it.

        unknown: The facts that it reads and does not know, by name.

        others: Those of them that are known, but from nobody in a role that the criterion names.

        asked: The comparisons that are known not to hold, as far as it takes them.
    """

    process: Process
    criterion: Criterion
    told: Told
    bare: str
    unknown: tuple[str, ...]
    others: tuple[str, ...]
    asked: tuple[Compare, ...]

    @classmethod
    def of(cls, book: RuleBook, memory: Memory, told: Told, number: int, at: int) -> Self:
        """
        Return what is to say of a criterion.

        Args:
            book: The process.

            memory: The deal, as it was when the criterion was asked.

            told: What was told of it by then.

            number: The criterion.

            at: When it was asked, in microseconds: what has expired by then is not known.
        """
        gate, by = book.gates[number], book.tables.criterion_by[number]
        names = sorted(facts_of(gate))
        known_now = {name: known(memory, book.facts[name], by, at) for name in names}
        unknown = tuple(name for name in names if known_now[name] == codes.UNKNOWN)
        others = tuple(
            name for name in unknown if known(memory, book.facts[name], 0, at) != codes.UNKNOWN
        )
        asked = tuple(_false(gate, known_now)) if len(unknown) < len(names) else ()
        is_bare = isinstance(gate, Compare) and gate.op is Op.EQ and gate.value is True
        bare = names[0] if is_bare else ""
        return cls(book.process, book.criteria[number], told, bare, unknown, others, asked)

    @property
    def unlike(self) -> tuple[str, ...]:
        """The facts that it knows and wants to be otherwise, by name."""
        return tuple(sorted({compare.fact for compare in self.asked})) if self.asked else ()

    @property
    def expired(self) -> tuple[str, ...]:
        """The facts that it does not know any more, by name."""
        told = (name for name in self.unknown if name in self.told)
        return tuple(n for n in told if n not in self.others and not self._is_foreign(n))

    @property
    def message(self) -> str:
        """What stands in the way."""
        return f"{self._subject()}: {'; '.join(self._seen())}"

    @property
    def wanted(self) -> str:
        """What to do about it."""
        unlike = f"{all_of(self.unlike)} when that has changed" if self.asked else ""
        learn = ", and ".join(filter(None, (", ".join(self.unknown), unlike)))
        who = f", as {one_of(self.criterion.by)}" if self.criterion.by else ""
        return f"Learn {learn}{who}"

    def _subject(self) -> str:
        """Return what is asked for, in the words of the process as far as it has any."""
        criterion = self.criterion
        if criterion.say:
            return f"{criterion.say} ({criterion.expression})"
        return self._named(self.bare) if self.bare else criterion.expression

    def _seen(self) -> Iterator[str]:
        """Yield what is known and not as it is wanted, then what is not known."""
        for name in self.unknown:
            if name in self.told:
                yield self._told_in_vain(name)
        for name in self.unlike:
            yield self._otherwise(name)
        unknown = [name for name in self.unknown if name not in self.told]
        if unknown == [self.bare] and not self.criterion.say:
            yield "unknown"
        elif unknown:
            yield f"unknown: {', '.join(map(self._called, unknown))}"

    def _told_in_vain(self, name: str) -> str:
        """Return what a fact is that does not count, and why."""
        if self._is_foreign(name):
            wanted = f"expected {self.process.currency}: currencies are never converted"
            return f"{name} is {self.told[name]}, {wanted}"
        if name in self.others:
            return f"{self._is(name)}, but not learned as {one_of(self.criterion.by)}"
        return f"{self._is(name)}, which has expired"

    def _otherwise(self, name: str) -> str:
        """Return what a fact is, and what is wanted of it."""
        fact = self.process.all_facts[name]
        asked = (compare for compare in self.asked if compare.fact == name)
        wanted = one_of(dict.fromkeys(self._wanted(fact, compare) for compare in asked))
        return f"{self._is(name)}, expected {wanted}"

    def _is(self, name: str) -> str:
        """Return what a fact was told to be; where it is all that is asked for, only its value."""
        value = value_words(self.process.all_facts[name], self.told[name], self.process.currency)
        if name == self.bare and not self.criterion.say:
            return value
        return f"{self._called(name)} is {value}"

    def _wanted(self, fact: Fact, compare: Compare) -> str:
        words = wanted_words(fact, compare, self.process.currency)
        if not isinstance(compare.value, FactRef):
            return words
        other = compare.value.id
        is_now = value_words(self.process.all_facts[other], self.told[other], self.process.currency)
        return f"{words}, which is {is_now}"

    def _is_foreign(self, name: str) -> bool:
        """Return whether a fact was told in a currency that is not the process's."""
        if name not in self.told:
            return False
        is_money = self.process.all_facts[name].type is FactType.MONEY
        return is_money and isinstance(self.told[name], str)

    def _called(self, name: str) -> str:
        """Return what a fact goes by: where the process says it in words, that is enough."""
        return name if self.criterion.say else self._named(name)

    def _named(self, name: str) -> str:
        """Return a fact by its title, where it has one, and its name."""
        title = self.process.all_facts[name].title
        return f"{title} ({name})" if title else name


def _false(gate: Gate, known_now: Codes) -> Iterator[Compare]:
    """Yield the comparisons that are known not to hold, of the parts that are not met."""
    if isinstance(gate, Compare):
        if _holds(gate, known_now) is False:
            yield gate
        return
    for part in gate.parts:
        if not _is_met(part, known_now):
            yield from _false(part, known_now)


def _is_met(gate: Gate, known_now: Codes) -> bool:
    match gate:
        case AllOf(parts):
            return all(_is_met(part, known_now) for part in parts)
        case AnyOf(parts):
            return any(_is_met(part, known_now) for part in parts)
        case _:
            return _holds(gate, known_now) is True


def _holds(compare: Compare, known_now: Codes) -> bool | None:
    """Return whether a comparison holds; None: nobody knows."""
    left, value = known_now[compare.fact], compare.value
    right = known_now[value.id] if isinstance(value, FactRef) else fact_code(value)
    if codes.UNKNOWN in (left, right):
        return None
    return compares(OPS[compare.op], left, right)
