from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesflow.process.load import catalog_names, catalog_text
from salesflow.process.locate import locate

# -- Random valid TOML -----------------------------------------------------------------------------

bare_keys = st.text("abcXYZ019_-", min_size=1, max_size=4)
free_text = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\"'#[]{}=.,"))


def basic(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


keys = st.one_of(
    bare_keys,
    bare_keys,
    free_text.map(basic),
    free_text.filter(lambda text: "'" not in text).map(lambda text: f"'{text}'"),
)
dotted_keys = st.lists(keys, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", " . ", "\t.", ". "]).map(lambda dot: dot.join(parts))
)

scalars = st.one_of(
    st.integers(-10, 10**12).map(str),
    st.sampled_from(
        ["+1", "0x_1f".replace("_", ""), "0o17", "0b1", "1_000", "1.5e-3", "-inf", "nan"]
    ),
    st.sampled_from(["true", "false"]),
    st.sampled_from(["1979-05-27", "07:32:00.5", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00"]),
    free_text.map(basic),
    free_text.filter(lambda text: "'" not in text).map(lambda text: f"'{text}'"),
    st.sampled_from(
        [
            '"""a\n"b" ""c\n"""',
            '"""x""""',
            '"""x"""""',
            '""""""',
            '"""\\\n   # no comment\\\\"""',
            '"""\\""" ]"""',
            "'''\n[a]\n'b' ''c'''",
            "'''x''''",
            "'''x'''''",
            "''''''",
            '"\\u00e9\\t\\""',
            '""',
            "''",
        ]
    ),
)
between = st.sampled_from(["", " ", "\n", " # ], }\n", "\t\n\n  ", "\n# x = [\n"])


@st.composite
def arrays(draw, values):
    text = "["
    items = draw(st.lists(values, max_size=3))
    for index, item in enumerate(items):
        text += draw(between) + item + draw(between)
        if index < len(items) - 1 or draw(st.booleans()):
            text += ","
    return text + draw(between) + "]"


@st.composite
def inline_tables(draw, values):
    pairs = [
        f"{draw(dotted_keys)}{draw(blanks)}={draw(blanks)}{draw(values)}"
        for _ in range(draw(st.integers(0, 3)))
    ]
    return "{" + draw(blanks) + f"{draw(blanks)},{draw(blanks)}".join(pairs) + draw(blanks) + "}"


blanks = st.sampled_from(["", " ", "\t", "  "])
values = st.recursive(scalars, lambda v: arrays(v) | inline_tables(v), max_leaves=8)
ends = st.sampled_from(["\n", "\r\n", " # a [comment] = 'x\n", "\n\n", "\t\n  \n"])


@st.composite
def lines(draw):
    kind = draw(st.sampled_from(["pair", "pair", "pair", "table", "tables"]))
    indent = draw(blanks)
    if kind == "pair":
        return f"{indent}{draw(dotted_keys)}{draw(blanks)}={draw(blanks)}{draw(values)}{draw(ends)}"
    header = draw(blanks) + draw(dotted_keys) + draw(blanks)
    return f"{indent}[{header}]{draw(ends)}" if kind == "table" else f"[[{header}]]{draw(ends)}"


@st.composite
def documents(draw):
    """Valid TOML: lines are taken as long as the whole still parses."""
    text = draw(st.sampled_from(["", "# x\n", "\n"]))
    for line in draw(st.lists(lines(), max_size=8)):
        if parses(text + line):
            text += line
    return text


def parses(text):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def paths(value, path=()):
    """Every path in a parsed document, with its value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in items:
        yield (*path, step), inner
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, step))


def from_place(text, place):
    line, column = place
    rows = text.replace("\r\n", "\n").split("\n")
    return "\n".join([rows[line - 1][column - 1 :], *rows[line:]])


def starts_with_value(text, value):
    """Whether *text* begins with a TOML value equal to *value*: the slow way, by trying."""
    for end in range(1, len(text) + 1):
        try:
            found = tomllib.loads(f"x = {text[:end]}")["x"]
        except tomllib.TOMLDecodeError:
            continue
        if repr(found) == repr(value):
            return True
    return False


class TestLocate:
    @given(text=documents())
    @example(text='[a.b]\nx = 1\n[[a.c]]\n[[a.c]]\ny = 2\n[a.c.d]\nz = 3\n[a]\nw."" = [[], {}]\n')
    def test_everything_has_a_place(self, text):
        """Every path of the parsed document is located, and nothing else."""
        located = locate(text)
        expected = {path for path, _ in paths(tomllib.loads(text))}

        assert set(located.keys) == expected
        assert set(located.values) == expected

    @given(text=documents())
    def test_values_stand_where_they_are_said_to(self, text):
        """At the place of a value that is no table of its own, that value can be read."""
        located = locate(text)
        for path, value in paths(tomllib.loads(text)):
            found = from_place(text, located.value(path))
            if found[:1] != "[" and not isinstance(value, dict):
                assert starts_with_value(found, value)

    @given(text=documents())
    def test_keys_stand_where_they_are_said_to(self, text):
        """At the place of a key, that key can be read."""
        located = locate(text)
        for path, _ in paths(tomllib.loads(text)):
            if isinstance(path[-1], str):
                found = from_place(text, located.key(path))
                assert found.startswith((path[-1], "'", '"'))

    def test_header_beats_what_was_passed_through(self):
        """A table stands where its own header is, though a table in it came first."""
        located = locate("[a.b]\n[a]\nc.d = 1\nc.e = 2\n")

        assert located.key(("a",)) == (2, 2)
        assert located.value(("a",)) == (2, 1)
        assert located.key(("a", "c")) == (3, 1)

    @pytest.mark.parametrize("name", catalog_names())
    def test_catalog(self, name):
        """The same for the built-in files."""
        text = catalog_text(name)
        located = locate(text)

        assert set(located.values) == {path for path, _ in paths(tomllib.loads(text))}

    @pytest.mark.parametrize(
        ("path", "key", "value"),
        [
            pytest.param(("a",), (2, 3), (2, 9), id="pair"),
            pytest.param(("t",), (3, 2), (3, 1), id="table"),
            pytest.param(("t", "x"), (4, 1), (4, 1), id="dotted"),
            pytest.param(("t", "x", "y z"), (4, 3), (4, 11), id="dotted-inner"),
            pytest.param(("l",), (5, 4), (5, 2), id="list-of-tables"),
            pytest.param(("l", 0), (5, 4), (5, 2), id="first-table"),
            pytest.param(("l", 1), (7, 3), (7, 1), id="second-table"),
            pytest.param(("l", 1, "m"), (8, 1), (8, 5), id="list"),
            pytest.param(("l", 1, "m", 1), (9, 4), (9, 4), id="item"),
            pytest.param(("l", 1, "m", 1, "k"), (9, 6), (9, 10), id="inline-table"),
            pytest.param(("l", 1, "n"), (7, 1), (7, 1), id="missing-key"),
            pytest.param(("q",), (1, 1), (1, 1), id="missing-table"),
        ],
    )
    def test_places(self, path, key, value):
        """Lines and columns count from 1, in characters; a tab is one."""
        text = (
            "# comment\n"
            "  a  \t= 1\n"
            "[t]\n"
            "x.'y z' = 'é'\n"
            "\t[[l]] # [[l]]\n"
            "\n"
            "[[l]]\r\n"
            "m = [ 1, # two\n"
            "\t  { k = 2 } ]\n"
        )
        located = locate(text)

        assert (located.key(path), located.value(path)) == (key, value)
