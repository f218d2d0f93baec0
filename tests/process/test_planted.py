"""One mistake planted in a random valid file is found where it was planted, and nothing else is."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.process.strategies import processes

from salesflow.errors import ProcessFileError
from salesflow.process.dump import dump_process
from salesflow.process.load import load_process
from salesflow.process.locate import locate

KEYED = ("calendars", "roles", "activities", "touches", "facts")


def paths(value, path=()):
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, step), inner
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, step))


def length_of_value(text, value):
    """Return how much of *text* is the value it begins with: the slow way, by trying."""
    for end in range(1, len(text) + 1):
        try:
            found = tomllib.loads(f"x = {text[:end]}")["x"]
        except tomllib.TOMLDecodeError:
            continue
        if found == value:
            return end
    raise AssertionError("no value")


def offset_of(text, place):
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1


def problems_of(text):
    with pytest.raises(ProcessFileError) as caught:
        load_process(text)
    return caught.value.problems


@st.composite
def wrong_values(draw):
    """A file with one value of a type that no key takes, and where it is."""
    text = dump_process(draw(processes()))
    candidates = [
        (path, value)
        for path, value in paths(tomllib.loads(text))
        if not isinstance(value, dict) and not is_calendar(path) and not is_rows(path)
    ]
    path, value = draw(st.sampled_from(candidates))
    place = locate(text).value(path)
    start = offset_of(text, place)
    end = start + length_of_value(text[start:], value)
    return text[:start] + "07:32:00" + text[end:], path, place


def is_rows(path):
    return path in (("stages",), ("moves",), ("contact_gaps",), ("timers",), ("plays",))


def is_calendar(path):
    return path[0] in ("calendar", "calendars")


@st.composite
def misspelt_keys(draw):
    """A file with one letter too many in a key, and where the key is."""
    text = dump_process(draw(processes()))
    candidates = [
        path
        for path, _ in paths(tomllib.loads(text))
        if isinstance(path[-1], str)
        and not is_calendar(path)
        and len(path) > 1
        and not (path[0] in KEYED and len(path) == 2)
    ]
    path = draw(st.sampled_from(candidates))
    place = locate(text).key(path)
    start = offset_of(text, place)
    assume(text[start:].startswith(path[-1]))
    end = start + len(path[-1])
    return text[:end] + "q" + text[end:], (*path[:-1], path[-1] + "q"), place


REFERENCES = {
    "activity",
    "by",
    "date",
    "from",
    "kinds",
    "like",
    "may_override",
    "move_to",
    "role",
    "since",
    "stages",
    "to",
    "touch",
    "until",
}
"""Keys whose values are names of something else, or lists of them."""

NOWHERE = "nothing_is_called_so"


def refers(path, value):
    """Tell whether the text at *path* names something else."""
    keys = [step for step in path if isinstance(step, str)]
    if not isinstance(value, str) or keys[-1] not in REFERENCES or is_calendar(path):
        return False
    is_clock = keys[-1] in ("since", "until")
    return path != ("stages",) and (not is_clock or ":" in value) and value != "*"


@st.composite
def unknown_names(draw):
    """A file that names something that is not there, and where it does."""
    text = dump_process(draw(processes()))
    candidates = [pair for pair in paths(tomllib.loads(text)) if refers(*pair)]
    assume(candidates)
    path, value = draw(st.sampled_from(candidates))
    place = locate(text).value(path)
    start = offset_of(text, place)
    end = start + length_of_value(text[start:], value)
    source, colon, _ = value.rpartition(":") if path[-1] in ("since", "until") else ("", "", "")
    return f'{text[:start]}"{source}{colon}{NOWHERE}"{text[end:]}', path, place


class TestPlanted:
    @given(planted=wrong_values())
    def test_wrong_value(self, planted):
        """A value of a wrong type is told once, at its place, without echoes."""
        text, path, place = planted
        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == place
        assert problem.path == render(path)
        assert problem.message.endswith(("got 07:32:00", "the format that this release reads"))

    @given(planted=misspelt_keys())
    def test_misspelt_key(self, planted):
        """A misspelt key is told once, at its place, with the key that was meant."""
        text, path, place = planted
        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == place
        assert problem.path == render(path)
        assert problem.message == f"unknown key; did you mean {path[-1][:-1]!r}?"

    @pytest.mark.long
    @given(planted=unknown_names())
    def test_unknown_name(self, planted):
        """A name of something that is not there is told once, at its place."""
        text, path, place = planted
        (problem,) = problems_of(text)

        assert (problem.line, problem.column) == place
        assert problem.path == render(path)
        assert problem.message.startswith("no ")
        assert f"named '{NOWHERE}'" in problem.message


def render(path):
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
