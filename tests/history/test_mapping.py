import contextlib
import pickle
import re
import tomllib

import pytest

from salesflow.errors import LogError
from salesflow.events import Status, Way
from salesflow.history import EventLog, load_mapping
from salesflow.history.reading.mapping import (
    ActivityValue,
    Columns,
    FactColumn,
    Mapping,
    Reading,
    StageValue,
)
from salesflow.history.reading.mapping_file import (
    load_mapping_for,
    mapping_of,
    parse_mapping,
)
from salesflow.process.load import load_process

HEAD = 'format = 1\n[columns]\ndeal = "id"\nat = "when"\nwhat = "what"\n'
FULL = """
format = 1
[file]
separator = ";"
source = "crm"
[columns]
deal = "id"
at = "when"
what = ["what", "step"]
id = "row"
by = "who"
owner = "rep"
direction = "way"
outcome = "end"
status = "state"
minutes = "min"
[time]
format = "%d.%m.%Y"
zone = "Europe/Berlin"
[values]
joined_with = ":"
opens = ["made"]
ignore = ["noise"]
[stages]
"a:b" = "qualify"
c = { stage = "meeting", first = true }
[activities]
d = "call"
e = { kind = "email", direction = "in", outcome = "bounced", status = "cancelled" }
[facts]
budget = "money"
need_confirmed = { column = "need", values = { y = true }, format = "%Y" }
[directions]
hin = "out"
[outcomes]
f = "voicemail"
[statuses]
g = "no_show"
[[also]]
at = "closed"
value = "h"
"""


class TestFile:
    def test_every_key(self):
        """Each key of the file has its place in the model."""
        assert parse_mapping(FULL) == Mapping(
            columns=Columns(
                deal="id",
                id="row",
                by="who",
                owner="rep",
                direction="way",
                outcome="end",
                status="state",
                minutes="min",
            ),
            readings=(
                Reading(at="when", what=("what", "step")),
                Reading(at="closed", value="h"),
            ),
            stages={
                "a:b": StageValue(stage="qualify"),
                "c": StageValue(stage="meeting", first=True),
            },
            activities={
                "d": ActivityValue(kind="call"),
                "e": ActivityValue(
                    kind="email", direction=Way.IN, outcome="bounced", status=Status.CANCELLED
                ),
            },
            opens=("made",),
            ignore=("noise",),
            facts={
                "budget": FactColumn(column="money"),
                "need_confirmed": FactColumn(column="need", values={"y": True}, format="%Y"),
            },
            directions={"hin": Way.OUT},
            outcomes={"f": "voicemail"},
            statuses={"g": Status.NO_SHOW},
            time_format="%d.%m.%Y",
            zone="Europe/Berlin",
            separator=";",
            joined_with=":",
            source="crm",
        )

    def test_columns_that_are_read(self):
        """Every column is named once."""
        assert parse_mapping(FULL).used_columns == (
            *("id", "row", "who", "rep", "way", "end", "state", "min"),
            *("when", "what", "step", "closed", "money", "need"),
        )

    def test_pickles(self):
        """A mapping survives pickling."""
        mapping = parse_mapping(FULL)
        assert pickle.loads(pickle.dumps(mapping)) == mapping  # noqa: S301 - our own

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("format = 2\n", "expected 1, the format", id="format"),
            pytest.param(
                'format = 1\n[columns]\nat = "w"\n', "columns.deal: missing", id="no-deal"
            ),
            pytest.param(HEAD + "[stagse]\n", "unknown key; did you mean 'stages'?", id="table"),
            pytest.param(HEAD + 'onwer = "x"\n', "unknown key; did you mean 'owner'?", id="column"),
            pytest.param(HEAD + "[stages]\na = 1\n", "expected a stage, or a table", id="stage"),
            pytest.param("stages = 1\n" + HEAD, "expected a table", id="no-table"),
            pytest.param(
                HEAD + "[stages]\na = { first = true }\n", "stage: missing", id="first-of-what"
            ),
            pytest.param(
                HEAD + "[activities]\na = true\n", "expected a kind of activity", id="kind"
            ),
            pytest.param(
                HEAD + "[directions]\na = 'up'\n", "expected one of in, out", id="direction"
            ),
            pytest.param(
                HEAD + "[statuses]\na = 'ok'\n", "expected one of planned, done", id="status"
            ),
            pytest.param(
                HEAD + "[facts]\nbudget = 1\n", "expected a column, or a table", id="fact"
            ),
            pytest.param(
                HEAD + "[facts]\nb = { column = 'c', values = { d = [] } }\n",
                "expected text, a number",
                id="value",
            ),
            pytest.param(HEAD + "[time]\nzone = 'Europe/Berln'\n", "Europe/Berlin", id="zone"),
            pytest.param(HEAD + "[time]\nzone = 1\n", "expected a zone", id="no-zone"),
            pytest.param(HEAD + "[time]\nformat = '%Q'\n", "%Q is not known", id="directive"),
            pytest.param(HEAD + "[time]\nformat = 'DD.MM.'\n", 'expected "iso"', id="no-directive"),
            pytest.param(HEAD + "[time]\nformat = 1\n", 'expected "iso"', id="no-format"),
            pytest.param(
                HEAD + "[file]\nseparator = ';;'\n", "one ASCII character", id="separator"
            ),
            pytest.param(HEAD + 'value = "x"\n', "expected either what", id="what-and-value"),
            pytest.param(HEAD + "[[also]]\nat = 'b'\n", "also[0]: expected either what", id="also"),
            pytest.param(
                HEAD + "[values]\nignore = ['a']\n[stages]\na = 'b'\n",
                "'a' is also ignored",
                id="ignored-stage",
            ),
            pytest.param(
                HEAD + "[values]\nignore = ['a']\nopens = ['a']\n",
                "'a' is also ignored",
                id="ignored-opening",
            ),
            pytest.param("format = ", "this is not valid TOML", id="syntax"),
            pytest.param("a" * 300_000, "expected at most 262,144", id="size"),
            pytest.param(HEAD.replace('"what"', "1"), "expected a column or a list", id="what"),
        ],
    )
    def test_what_is_wrong(self, text, said):
        """Each mistake is told where it is, with what was expected."""
        with pytest.raises(LogError) as caught:
            parse_mapping(text)
        assert said in str(caught.value)

    def test_all_problems_at_once_in_the_order_of_the_file(self):
        """One run shows everything that is wrong, each with its line."""
        with pytest.raises(LogError, match="cannot be used") as caught:
            parse_mapping(HEAD + "[time]\nzone = 'Mars'\n[stages]\na = 1\nb = 2\n", "map.toml")

        assert caught.value.source == "map.toml"
        assert [problem.split(":")[0] for problem in caught.value.problems] == [
            *("line 7", "line 9", "line 10"),
        ]
        assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems  # noqa: S301 - our own


class TestAgainstProcess:
    def test_names_the_process_does_not_know(self, tmp_path):
        """Unknown stages, kinds and facts are told together, with the close ones."""
        path = tmp_path / "map.toml"
        path.write_text(
            HEAD + "[stages]\na = 'qualfy'\n[activities]\nb = 'cal'\n[facts]\nbudgte = 'c'\n",
            encoding="utf-8",
        )
        with pytest.raises(LogError) as caught:
            EventLog.from_csv(tmp_path / "none.csv", load_process("six-step"), path)

        assert caught.value.source == str(path)
        assert caught.value.problems == (
            "line 7: stages.a: process 'six-step' has no stage 'qualfy'; did you mean 'qualify'?",
            (
                "line 9: activities.b: process 'six-step' has no kind of activity 'cal'; "
                "did you mean 'call'?"
            ),
            (
                "line 11: facts.budgte: process 'six-step' has no fact 'budgte'; "
                "did you mean 'budget'?"
            ),
        )

    def test_with_all_else_that_is_wrong(self, tmp_path):
        """Keys, contradictions and names that the process does not know are told in one run."""
        path = tmp_path / "map.toml"
        path.write_text(
            HEAD + "[time]\nzone = 'Mars'\n[values]\nignore = ['a']\n"
            "[stages]\na = 'qualfy'\nb = { stge = 'proof' }\n"
            "[facts]\nbudget = { column = 'c', at = 'wen' }\n",
            encoding="utf-8",
        )
        with pytest.raises(LogError) as caught:
            load_mapping_for(load_process("six-step"), path)

        told = [re.split(", expected|;", problem)[0] for problem in caught.value.problems]
        assert told == [
            "line 7: time.zone: timezone: 'Mars'",
            "line 11: stages.a: 'a' is also ignored. Keep only one of the two.",
            "line 11: stages.a: process 'six-step' has no stage 'qualfy'",
            "line 12: stages.b.stge: unknown key",
            "line 14: facts.budget.at: no event is at 'wen'",
        ]

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            pytest.param("columns = 1\n", 1, id="columns"),
            pytest.param("columns = { deal = 'id', att = 'a', what = 'b' }\n", 1, id="at"),
            pytest.param("columns = { deal = 'id', opend = 'a', closed = 'b' }\n", 1, id="opened"),
            pytest.param("columns = { deal = 'id', at = 'a', what = 1 }\n", 1, id="what"),
            pytest.param("colums = { deal = 'id' }\nalso = [{ at = 'a' }]\n", 1, id="table"),
            pytest.param("tables = { a = 1 }\n", 1, id="table-of-tables"),
            pytest.param("[columns]\ndeal = 'id'\nat = 1\n[facts]\nbudget = 'c'\n", 2, id="fact"),
            pytest.param("stages = { a = 1, b = {} }\ncrm = { system = 'x' }\n", 3, id="stages"),
            pytest.param("activities = { a = { kind = 1 } }\ncrm = 1\n", 2, id="activities"),
        ],
    )
    def test_nothing_that_only_follows(self, text, count):
        """What would be wrong only because something else could not be read is not told."""
        with pytest.raises(LogError) as caught:
            mapping_of(tomllib.loads(f"format = 1\n{text}"), "map", None, load_process("six-step"))

        assert len(caught.value.problems) == count, caught.value.problems

    def test_whatever_is_wrong(self):
        """A value of any wrong type is a problem, and never an error of another kind."""
        process, lines = load_process("six-step"), FULL.strip().splitlines()
        for number, line in enumerate(lines):
            for value in ("1", "[[1]]", "{ x = 1 }", "''", "true"):
                key = line.partition(" = ")[0] if " = " in line else line.strip("[]")
                text = "\n".join((*lines[:number], f"{key} = {value}", *lines[number + 1 :]))
                with contextlib.suppress(LogError, tomllib.TOMLDecodeError):
                    mapping_of(tomllib.loads(text), "map", text, process)


class TestLoad:
    def test_from_a_file(self, tmp_path):
        """A file is read as UTF-8, with or without a byte order mark."""
        path = tmp_path / "map.toml"
        path.write_text("\ufeff" + FULL.replace("\n", "\r\n"), encoding="utf-8")

        assert load_mapping(path) == parse_mapping(FULL)

    def test_no_file(self, tmp_path):
        """A file that is not there says so."""
        with pytest.raises(LogError, match="cannot be read: No such file"):
            load_mapping(tmp_path / "none.toml")

    def test_no_utf8(self, tmp_path):
        """A file of another encoding says so."""
        path = tmp_path / "map.toml"
        path.write_bytes(b"# \xff")
        with pytest.raises(LogError, match="this is not UTF-8"):
            load_mapping(path)
