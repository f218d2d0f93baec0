"""The command ``migrate``, and ``--earlier`` of the commands that read migrated deals."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

import salesflow as sf
from salesflow.history import EventLog

OLD = """
format = 1
[process]
id = "ours"
version = "1"
[calendar]
timezone = "UTC"
[calendars.west]
timezone = "America/Denver"
[facts]
need = { type = "bool" }
[[stages]]
id = "talk"
[[stages]]
id = "demo"
[[stages]]
id = "won"
kind = "won"
[[contact_gaps]]
id = "touch"
max = "5 days"
"""
NINE, DAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), dt.timedelta(days=1)
AT = ["--at", "2026-03-04T09:00"]


@pytest.fixture(autouse=True)
def files(tmp_path):
    """Two versions of a process, and a log of two deals under the first, one in the west."""
    new = OLD.replace('"1"', '"2"').replace('"demo"', '"demos"').replace("need", "needed")
    new = new.replace("5 days", "3 days").replace(
        '[calendars.west]\ntimezone = "America/Denver"\n', ""
    )
    (tmp_path / "old.toml").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.toml").write_text(new, encoding="utf-8")
    process = sf.load_process(tmp_path / "old.toml")
    first = sf.Deal.open(process, id="A", at=NINE, owner="ann")
    first.learn(at=NINE, need=True)
    first.move("demo", at=NINE)
    second = sf.Deal.open(process, id="B", at=NINE + DAY, calendar="west")
    EventLog.from_events([first, second], process).to_jsonl(tmp_path / "log.jsonl")
    return tmp_path


NAMES = ["--stage", "demo=demos", "--fact", "need=needed", "--calendar", "west=default"]
BOTH = ["log.jsonl", "--process", "old.toml", "--to", "new.toml", *AT]


@pytest.fixture
def migrated(files, invoke):
    """The log with the events of the migration added."""
    assert invoke("migrate", *BOTH, *NAMES, "--write", "more.jsonl").exit_code == 0
    with (files / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write((files / "more.jsonl").read_text(encoding="utf-8"))
    return files


class TestMappedLogs:
    def test_they_cannot_hold_the_events(self, files, invoke):
        """Whoever migrates the deals of a spreadsheet hears where the events can go."""
        (files / "log.csv").write_text("deal,at,what\nA,2026-03-02T09:00Z,in\n", encoding="utf-8")
        columns = 'format = 1\n[columns]\ndeal = "deal"\nat = "at"\nwhat = "what"\n'
        (files / "map.toml").write_text(columns + '[stages]\nin = "talk"\n', encoding="utf-8")
        result = invoke(
            "migrate", "log.csv", *BOTH[1:], *NAMES, "--map", "map.toml", "--write", "-"
        )

        assert result.exit_code == 0, result.stderr
        assert "A log that is read with a mapping cannot hold them" in result.stderr


class TestPlan:
    def test_it_is_shown_and_nothing_is_written(self, files, invoke):
        """What it does to each deal; and how to have the events."""
        before = sorted(files.iterdir())
        result = invoke("migrate", *BOTH, *NAMES)

        assert result.exit_code == 0
        assert "2 deals under ours 2, Wed 4 Mar 2026 09:00 (UTC)" in result.stdout
        assert re.search("  demo +ok .*\n +→ demos ", result.stdout)
        assert result.stderr == "Nothing is written. To write the events: --write FILE\n"
        assert sorted(files.iterdir()) == before

    def test_json(self, invoke):
        """The same for programs."""
        result = invoke("migrate", *BOTH, *NAMES, "--format", "json")
        told = json.loads(result.stdout)

        assert (told["type"], [deal["deal_id"] for deal in told["deals"]]) == ("impact", ["A", "B"])
        assert result.stderr == ""

    def test_what_is_in_the_way(self, files, invoke):
        """Everything at once, with the options that help; nothing is written."""
        result = invoke("migrate", *BOTH, "--write", "more.jsonl")

        assert (result.exit_code, (files / "more.jsonl").exists()) == (1, False)
        assert "stage 'demo' of ours 1 has no place in ours 2" in result.stdout
        said = " ".join(result.stdout.split())
        assert "Say where its deals go: --stage demo=..." in said
        assert "Say which: --calendar west=default" in said

    def test_too_early(self, invoke):
        """A deal has done something since."""
        result = invoke("migrate", *BOTH[:-1], "2026-03-02T09:00", *NAMES)

        assert result.exit_code == 1
        assert "Migrate it later" in result.stdout

    def test_too_early_for_many(self, files, invoke):
        """Of many problems the first are shown, and how many more there are."""
        lines = (files / "log.jsonl").read_text(encoding="utf-8")
        for number in range(11):
            lines += "".join(
                json.dumps(
                    event | {"deal": f"{event['deal']}{number}", "id": f"{event['id']}{number}"}
                )
                + "\n"
                for event in map(json.loads, (files / "log.jsonl").read_text().splitlines())
            )
        (files / "many.jsonl").write_text(lines, encoding="utf-8")
        result = invoke("migrate", "many.jsonl", *BOTH[1:-1], "2026-03-02T09:00", *NAMES)

        assert result.stdout.count("Migrate it later") == 20
        assert "  and 4 more problems\n" in result.stdout

    def test_no_instant(self, invoke):
        """What is no date is not called by the name of another option."""
        result = invoke("migrate", *BOTH[:-1], "2026-13-12", *NAMES)

        assert (result.exit_code, "--as-of" in result.stderr) == (2, False)
        assert "Invalid value for --at: '2026-13-12' is neither a date" in result.stderr

    def test_some_deals(self, invoke):
        """Only those that are named."""
        result = invoke("migrate", *BOTH, *NAMES, "--deal", "A", "--write", "-", "--deals", "0")

        [event] = map(json.loads, result.stdout.splitlines())
        assert (event["deal"], event["stages"]) == ("A", {"demo": "demos"})
        unknown = invoke("migrate", *BOTH, *NAMES, "--deal", "Z")
        assert (unknown.exit_code, "log.jsonl has no deal 'Z'" in unknown.stderr) == (2, True)

    @pytest.mark.parametrize("said", ["demo", "=demos", "demo="])
    def test_a_name_without_another(self, invoke, said):
        """An option that takes two names says so."""
        result = invoke("migrate", *BOTH, "--stage", said)

        assert (result.exit_code, "expected the old name and the new one" in result.stderr) == (
            2,
            True,
        )


class TestWrite:
    def test_events(self, files, invoke):
        """One line for each deal, with who and why; the log stays as it is."""
        log = (files / "log.jsonl").read_bytes()
        said = ["--reason", "better", "--by", "kim", "--write", "more.jsonl"]
        result = invoke("migrate", *BOTH, *NAMES, *said)
        lines = (files / "more.jsonl").read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines]

        assert result.exit_code == 0
        assert "more.jsonl written: 2 events. Add them to the log." in result.stderr
        assert "EventLog.to_jsonl" not in result.stderr
        assert [(e["deal"], e["type"], e["reason"], e["by"]) for e in events] == [
            ("A", "migrated", "better", "kim"),
            ("B", "migrated", "better", "kim"),
        ]
        assert (files / "log.jsonl").read_bytes() == log

    def test_to_the_standard_output(self, invoke):
        """Then the plan is a message, and the events alone are the answer."""
        result = invoke("migrate", *BOTH, *NAMES, "--write", "-")

        assert [json.loads(line)["deal"] for line in result.stdout.splitlines()] == ["A", "B"]
        assert "2 deals under ours 2" in result.stderr

    def test_a_file_that_is_there(self, files, invoke):
        """It is overwritten only if that is said."""
        (files / "more.jsonl").write_text("mine", encoding="utf-8")
        refused = invoke("migrate", *BOTH, *NAMES, "--write", "more.jsonl")

        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "more.jsonl already exists. Use --force" in refused.stderr
        assert (files / "more.jsonl").read_text(encoding="utf-8") == "mine"
        forced = invoke("migrate", *BOTH, *NAMES, "--write", "more.jsonl", "--force")
        assert forced.exit_code == 0

    @pytest.mark.parametrize("name", ["log.jsonl", "new.toml"])
    def test_never_over_what_is_read(self, files, invoke, name):
        """The log is all that there is of the deals: no force writes the new events over it."""
        before = (files / name).read_bytes()
        result = invoke("migrate", *BOTH, *NAMES, "--write", name, "--force")

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{name} is the file that is read. Name another one." in result.stderr
        assert (files / name).read_bytes() == before

    @pytest.mark.usefixtures("migrated")
    def test_once_more(self, invoke):
        """Deals that run under the process already are left alone."""
        result = invoke("migrate", *BOTH, "--write", "-", "--deals", "0")

        assert (result.exit_code, result.stdout) == (0, "")
        assert "2 already run under it" in result.stderr


class TestEarlier:
    NEW = ("log.jsonl", "--process", "new.toml", "--as-of", "2026-03-20")
    ASKING = (
        pytest.param(["audit"], id="audit"),
        pytest.param(["agenda"], id="agenda"),
        pytest.param(["silence"], id="silence"),
        pytest.param(["backtest", "--set", "contact_gaps.touch.max=9 days"], id="backtest"),
    )

    @pytest.mark.usefixtures("migrated")
    @pytest.mark.parametrize("command", ASKING)
    def test_given(self, invoke, command):
        """Each command that reads a log answers."""
        name, *options = command
        result = invoke(name, *self.NEW, *options, "--earlier", "old.toml", "--format", "json")

        assert result.exit_code == 0
        assert json.loads(result.stdout)

    @pytest.mark.parametrize("command", ASKING)
    def test_missing(self, migrated, invoke, command):
        """What is missing is named by its hash, and how to give it."""
        name, *options = command
        result = invoke(name, *self.NEW, *options)
        pin = sf.load_process(migrated / "old.toml").hash[:12]

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"2 deals, 'A', 'B': opened under process {pin}, which is not given" in result.stderr
        assert "--earlier FILE" in result.stderr

    def test_of_a_live_deal(self, migrated, invoke):
        """A deal that runs under the later process is not on the agenda of the earlier one."""
        result = invoke("agenda", *self.NEW[:2], "old.toml", *self.NEW[3:])
        pin = sf.load_process(migrated / "new.toml").hash[:12]

        assert result.exit_code == 2
        assert f"runs under process {pin}" in result.stderr
        assert "On the command line that is --process FILE, and --earlier FILE" in result.stderr

    @pytest.mark.usefixtures("migrated")
    def test_agenda_in_words(self, invoke):
        """Each deal is told in the words of its own process."""
        result = invoke("agenda", *self.NEW, "--earlier", "old.toml")

        assert "demos" in result.stdout.lower()

    def test_of_diff(self, migrated, invoke):
        """What a third version would do to deals that have been migrated before."""
        text = (migrated / "new.toml").read_text(encoding="utf-8")
        (migrated / "third.toml").write_text(text.replace('"2"', '"3"'), encoding="utf-8")
        said = ["--log", "log.jsonl", "--as-of", "2026-03-20", "--earlier", "old.toml"]
        result = invoke("diff", "new.toml", "third.toml", *said)

        assert result.exit_code == 1
        assert "2 deals under ours 3" in result.stdout
