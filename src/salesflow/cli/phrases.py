"""Small pieces of English."""

from __future__ import annotations

from collections.abc import Iterable


def all_of(words: Iterable[str]) -> str:
    """
    Return a list of words.

    >>> all_of(["Qualify", "Meeting", "Proof"])
    'Qualify, Meeting and Proof'
    """
    return _joined(words, "and")


def one_of(words: Iterable[str]) -> str:
    """
    Return a choice of words; empty if there are none.

    >>> one_of(["call", "meeting"])
    'call or meeting'
    """
    return _joined(words, "or")


def role_words(name: str) -> str:
    """
    Return a name of the process file as people write it.

    >>> role_words("sales_manager")
    'sales manager'
    """
    return name.replace("_", " ")


def capital(text: str) -> str:
    """
    Return *text* as the beginning of a sentence.

    >>> capital("due after 3 days")
    'Due after 3 days'
    """
    return f"{text[:1].upper()}{text[1:]}"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """
    Return a number of things.

    >>> count_of(1, "deal"), count_of(1200, "deal")
    ('1 deal', '1,200 deals')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def _joined(words: Iterable[str], last: str) -> str:
    *before, end = [*words] or [""]
    return f"{', '.join(before)} {last} {end}" if before else end
