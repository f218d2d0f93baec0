from __future__ import annotations

import json

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.process.from_schema import mutations, to_toml, values
from tests.process.small_file import BASE, apply
from tests.process.strategies import processes
from tests.process.wrong_files import EDITS

from salesflow.calendars import Calendar
from salesflow.calendars.holiday_lists import FrozenHolidays, Holidays
from salesflow.errors import ProcessFileError
from salesflow.process import catalog_names, catalog_text, json_schema, load_process
from salesflow.process.editor_schema import _of
from salesflow.process.scalars import Notes
from salesflow.process.schema import read_document, to_document
from salesflow.process.text_limits import Unreadable
from salesflow.process.toml_text import parse_toml

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CALENDARS = ("calendar", "calendars")
WHOLE = ("format-float", "float-for-whole", "holds-float", "play-minutes-float")
"""Wrong files with a number such as 2.0, which is whole to JSON Schema and not to us."""


def shape_problems(document):
    """Return what the reader finds wrong, without what only a calendar or a clock can know."""
    notes = Notes()
    read_document(notes, document)
    return [
        flaw
        for flaw in notes.flaws
        if not (flaw.path[0] in CALENDARS and is_sense(flaw.message))
        and "a hundred years" not in flaw.message
    ]


def is_sense(message):
    return not any(word in message for word in ("expected a table", "expected a list", "unknown,"))


def is_refused(document):
    try:
        load_process(to_toml(document))
    except ProcessFileError:
        return True
    return False


documents = processes().map(to_document)


class TestSchema:
    def test_is_one(self):
        """It is a JSON Schema of the draft that it names, and JSON."""
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        assert json.loads(json.dumps(SCHEMA)) == SCHEMA
        assert SCHEMA["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]

    def test_every_key_has_a_meaning(self):
        """An editor has something to say about every key."""

        def keys(schema):
            for key, inner in schema.get("properties", {}).items():
                yield key, inner
                yield from keys(inner)
            for part in ("items", "additionalProperties"):
                if isinstance(schema.get(part), dict):
                    yield from keys(schema[part])
            for option in schema.get("anyOf", ()):
                yield from keys(option)

        assert [key for key, inner in keys(SCHEMA) if not inner.get("description")] == []

    @pytest.mark.parametrize(
        ("path", "model"),
        [
            ((), Calendar),
            (("holidays",), Holidays),
            (("frozen",), FrozenHolidays),
        ],
    )
    def test_keys_of_a_calendar(self, path, model):
        """The calendar, which reads itself, has the same keys here."""
        schema = SCHEMA["properties"]["calendar"]
        for key in path:
            schema = schema["properties"][key]

        assert list(schema["properties"]) == [field.name for field in attrs.fields(model)]

    def test_defaults(self):
        """A default is said where leaving the key out means one word."""
        rules = SCHEMA["properties"]["contact_gaps"]["items"]["properties"]
        stages = SCHEMA["properties"]["stages"]["items"]["properties"]

        assert SCHEMA["properties"]["process"]["properties"]["mode"]["default"] == "enforce"
        assert (rules["touch"]["default"], stages["kind"]["default"]) == ("any", "open")
        assert "default" not in rules["mode"]

    def test_other_readers(self):
        """A reader that nobody described is not left out in silence."""
        with pytest.raises(TypeError, match="no JSON Schema is known for object"):
            _of(object())


class TestSameAsTheLoader:
    @pytest.mark.parametrize("text", [BASE, *map(catalog_text, catalog_names())])
    def test_files(self, text):
        """Real files are valid."""
        VALIDATOR.validate(parse_toml(text))

    @pytest.mark.long
    @given(document=documents)
    def test_valid_processes(self, document):
        """Every process that holds together is valid as a file."""
        VALIDATOR.validate(document)

    @given(document=values(SCHEMA))
    def test_valid_shapes(self, document):
        """In a valid file the reader finds nothing of a wrong shape."""
        VALIDATOR.validate(document)

        assert shape_problems(document) == []

    @pytest.mark.long
    @given(document=mutations(documents))
    def test_one_change(self, document):
        """What the schema refuses is refused, and of the rest the reader misses nothing."""
        if VALIDATOR.is_valid(document):
            assert shape_problems(document) == []
        else:
            assert is_refused(document)

    @pytest.mark.parametrize(
        ("old", "new", "is_allowed"),
        [
            pytest.param('["rich", "touch"]', "[]", True, id="overrides"),
            pytest.param('["legal", "away"]', "[]", True, id="reasons"),
            pytest.param('exit = ["deciders >= 1"]', "exit = []", True, id="exit"),
            pytest.param('by = ["boss"]', "by = []", False, id="by"),
            pytest.param('kinds = ["call", "visit"]', "kinds = []", False, id="kinds"),
        ],
    )
    def test_empty_lists(self, old, new, is_allowed):
        """A list may be empty unless leaving it out means all."""
        document = parse_toml(apply({old: new}))

        assert VALIDATOR.is_valid(document) is is_allowed
        assert (shape_problems(document) == []) is is_allowed

    @given(document=mutations(values(SCHEMA)))
    def test_one_change_in_any_shape(self, document):
        """The same where names refer to nothing."""
        if VALIDATOR.is_valid(document):
            assert shape_problems(document) == []
        else:
            assert is_refused(document)

    @pytest.mark.parametrize("name", [name for name in EDITS if name not in WHOLE])
    def test_wrong_files(self, name):
        """Of the wrong files, those that the schema lets pass have no wrong shape."""
        try:
            document = parse_toml(apply(EDITS[name]))
        except Unreadable:
            return
        if VALIDATOR.is_valid(json.loads(json.dumps(document, default=str))):
            assert shape_problems(document) == []


@given(value=st.recursive(st.booleans() | st.text(), st.lists))
def test_writer(value):
    """The writer of the tests writes what the parser reads."""
    assert parse_toml(to_toml({"x": value})) == {"x": value}
