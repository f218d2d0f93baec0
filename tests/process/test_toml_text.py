"""Where a text is no TOML, the message says what was probably meant."""

from __future__ import annotations

import tomllib

import pytest

from salesflow.process.text_limits import Unreadable
from salesflow.process.toml_text import parse_toml


def no_place(message):
    """Return an error of the parser that names no place; Python 3.14 warns of making one."""
    return tomllib.TOMLDecodeError.__new__(tomllib.TOMLDecodeError, message)


class TestParseToml:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            pytest.param(
                "id = meeting", '1:6: this is not valid TOML: text must be in quotes: "meeting"'
            ),
            pytest.param(
                'exit = [{ if = "a >= b", say = Two words }]',
                '1:32: this is not valid TOML: text must be in quotes: "Two words"',
            ),
            pytest.param(
                "\nmax = 5 business days # a week",
                '2:7: this is not valid TOML: text must be in quotes: "5 business days"',
            ),
            pytest.param(
                "title = “Meeting”",
                "1:9: this is not valid TOML: typographic quotation marks; write straight ones",
            ),
            pytest.param(
                "on = True",
                "1:6: this is not valid TOML: true and false are written in small letters",
            ),
            pytest.param(
                "a = 1\nb = 2\na = 3\n",
                "3:1: this is not valid TOML: a is set twice here; remove one",
            ),
            pytest.param(
                "[stages]\na = 1\n[stages]\n",
                "3:2: this is not valid TOML: [stages] stands twice; join the two, or write "
                "[[stages]] for a list",
            ),
            pytest.param(
                "[stages]\na = 1\n[[stages]]\n",
                "3:1: this is not valid TOML: this table was begun before in another form; "
                "write it in one of them",
            ),
            pytest.param(
                'currency: "USD"',
                "1:1: this is not valid TOML: a colon after currency; write currency =",
            ),
            pytest.param("a = 05", "1:6: this is not valid TOML: expected newline or end of ..."),
            pytest.param("a = .5", "1:5: this is not valid TOML: invalid value"),
            pytest.param(
                "a =", "1:4: this is not valid TOML: invalid value at the end of the file"
            ),
        ],
    )
    def test_usual_mistakes(self, text, problem):
        """A usual mistake is named, at its place; of others the parser's words are repeated."""
        with pytest.raises(Unreadable) as caught:
            parse_toml(text)

        error = caught.value.as_problem(text)
        said = f"{error.line}:{error.column}: {error.message}"
        assert said.startswith(problem.removesuffix("..."))

    def test_toml(self):
        """What is TOML is parsed."""
        assert parse_toml("a = { b = [1] }") == {"a": {"b": [1]}}

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (RecursionError("too deep"), "this cannot be read as TOML: too deep"),
            (no_place("Something odd"), "this is not valid TOML: Something odd"),
        ],
    )
    def test_whatever_the_parser_says(self, monkeypatch, error, message):
        """An error of the parser without a place is told for the beginning of the file."""

        def fails(_):
            raise error

        monkeypatch.setattr(tomllib, "loads", fails)
        with pytest.raises(Unreadable) as caught:
            parse_toml("a = 1")

        assert (caught.value.reason, caught.value.offset) == (message, 0)
