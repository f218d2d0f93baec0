"""The commands on a history: audit and agenda."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import polars as pl
import pytest

from salesflow.history import EventLog
from salesflow.process.load import load_process
from salesflow.samples import sample_file

MAPPING = """\
format = 1

[columns]
deal = "deal"
at = "when"
what = "what"

[time]
zone = "America/New_York"

[values]
opens = ["opened"]

[activities]
call = "call"
"""
OURS = """\
format = 1
[process]
id = "ours"
version = "1"
[calendar]
timezone = "America/New_York"
[[stages]]
id = "qualify"
[[stages]]
id = "meeting"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[timers]]
id = "gone_cold"
since = "touch"
after = "10 days"
notice = "3 days"
move_to = "lost"
"""
LOG = """\
deal,when,what
A,2026-03-02 10:00,opened
A,2026-03-03 10:00,call
A,2026-03-03 11:00,smoke_signal
"""


@pytest.fixture
def small(tmp_path):
    """The arguments that name a log of one deal."""
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    return ["log.csv", "--process", "six-step", "--map", "map.toml", "--as-of"]


class TestAudit:
    def test_first_screen(self, invoke, sample):
        """Standing, what was not understood, rules and deviations, all on one screen."""
        result = invoke("audit", *sample)

        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[0] == "six-step 2026.1, as of Fri 14 Jun 2024 17:00 (America/New_York)"
        assert lines[2].startswith("200 deals: ")
        assert len(lines) <= 62
        assert [line for line in lines if len(line) > 80 or line != line.rstrip()] == []
        for heading in (
            "At risk",
            "Rows",
            "Rules, had they only watched",
            "Moves that the process",
        ):
            assert any(line.startswith(heading) for line in lines)

    def test_unmapped_values_are_shown(self, invoke, small):
        """A value that the mapping does not name is counted and shown by name."""
        result = invoke("audit", *small, "2026-03-04")

        assert "3 read, 2 used" in result.stdout
        assert "'smoke_signal' 1" in result.stdout

    def test_untold_facts_are_named(self, invoke, small):
        """Facts that gates ask for and no column tells are named."""
        said = " ".join(invoke("audit", *small, "2026-03-04").stdout.split())

        assert "No column tells need_confirmed, " in said

    @pytest.mark.parametrize(
        ("as_of", "status"),
        [
            pytest.param("2026-03-06T17:00", "1 ok", id="last-instant"),
            pytest.param("2026-03-06T17:00:01", "1 due", id="local-time"),
            pytest.param("2026-03-06T22:00:01+00:00", "1 due", id="aware"),
            pytest.param("2026-03-05", "1 ok", id="end-of-the-day-before"),
            pytest.param("2026-03-06", "1 due", id="end-of-day"),
            pytest.param("2026-03-10T17:00:01", "1 breached", id="breached"),
        ],
    )
    def test_as_of(self, invoke, small, as_of, status):
        """A date is the end of its local day, a time without a zone is local."""
        assert f"  {status}" in invoke("audit", *small, as_of).stdout.replace("0 due  ", "")

    def test_tables_do_not_replace_the_log(self, invoke, small, tmp_path):
        """An export is often called as one of the tables; it is all that there is of it."""
        (tmp_path / "log.csv").rename(tmp_path / "deals.csv")
        text = (tmp_path / "deals.csv").read_text(encoding="utf-8")
        arguments = ["deals.csv", *small[1:], "2026-03-04", "--write"]
        refused = invoke("audit", *arguments, ".")
        elsewhere = [invoke("audit", *arguments, "tables") for _ in range(2)]

        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "deals.csv is the file that is read. Name another one." in refused.stderr
        assert (tmp_path / "deals.csv").read_text(encoding="utf-8") == text
        assert [result.exit_code for result in elsewhere] == [0, 0]

    @pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "", "2026-03-04T25:00"])
    def test_no_instant(self, invoke, small, as_of):
        """What is no instant is a usage error."""
        result = invoke("audit", *small, as_of)

        assert (result.exit_code, result.stdout) == (2, "")
        assert "Invalid value for --as-of:" in result.stderr
        assert "is neither a date" in result.stderr

    @pytest.mark.parametrize(
        "as_of", ["9999-12-31", "9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00"]
    )
    def test_end_of_all_years(self, invoke, small, as_of):
        """A day that nothing comes after, which people write for no end, is a usage error too."""
        result = invoke("audit", *small, as_of)

        assert (result.exit_code, result.stdout) == (2, "")
        assert "lies beyond the years that can be counted" in result.stderr

    def test_now(self, invoke, small):
        """The command line is the one place that has a clock."""
        assert invoke("audit", *small, "now").exit_code == 0

    @pytest.mark.parametrize(
        ("as_of", "asked", "code"),
        [
            pytest.param("2026-03-04", True, 0, id="nothing-breached"),
            pytest.param("2026-03-20", True, 1, id="breached"),
            pytest.param("2026-03-20", False, 0, id="not-asked"),
        ],
    )
    def test_exit_code(self, invoke, small, as_of, asked, code):
        """A breached open deal ends it with 1, if that is asked for."""
        flags = ["--exit-code"] if asked else []

        for form in ("text", "json"):
            assert invoke("audit", *small, as_of, *flags, "--format", form).exit_code == code

    @pytest.mark.long
    def test_json(self, invoke, sample):
        """The JSON form parses, is all of stdout, and is the same each time."""
        first, second = (invoke("audit", *sample, "--format", "json") for _ in range(2))

        data = json.loads(first.stdout)
        assert first.stdout == second.stdout
        assert data["type"] == "audit"
        assert data["summary"]["deals"] == len(data["deals"]) == 200
        assert data["quality"]["unmapped"] == {"pricing_page": 133}

    @pytest.mark.parametrize("deals", [0, 3, 1000])
    def test_deals_at_risk(self, invoke, sample, deals):
        """As many deals at risk are listed as are asked for, the breached ones first."""
        out = invoke("audit", *sample, "--deals", str(deals)).stdout

        listed = [line.split()[0] for line in out.splitlines() if "  D-" in line]
        assert len(listed) == min(deals, 70)
        assert listed == sorted(listed)
        assert ("At risk" in out) is bool(deals)

    @pytest.mark.long
    def test_gzip(self, invoke, sample, tmp_path):
        """A compressed log is read like the log itself."""
        (tmp_path / "crm.csv.gz").write_bytes(gzip.compress(Path(sample[0]).read_bytes()))

        assert invoke("audit", "crm.csv.gz", *sample[1:]).stdout == invoke("audit", *sample).stdout

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            pytest.param({0: "missing.csv"}, "missing.csv", id="log"),
            pytest.param({2: "missing.toml"}, "missing.toml", id="process"),
            pytest.param({2: "six-stepp"}, "did you mean 'six-step'", id="built-in"),
            pytest.param({4: "missing.toml"}, "missing.toml", id="mapping"),
            pytest.param({4: "log.csv"}, "log.csv", id="no-mapping"),
            pytest.param({0: "map.toml"}, "one column only", id="no-log"),
        ],
    )
    def test_cannot_be_read(self, invoke, small, change, message):
        """Whatever cannot be read ends it with 2, with a message and nothing on stdout."""
        arguments = [*small, "2026-03-04"]
        for place, value in change.items():
            arguments[place] = value

        result = invoke("audit", *arguments)

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("error: ")
        assert message in result.stderr

    @pytest.mark.parametrize("option", ["--process", "--as-of"])
    def test_what_is_needed(self, invoke, sample, option):
        """Process and instant are not guessed; what needs no mapping is told below."""
        place = sample.index(option)

        result = invoke("audit", *sample[:place], *sample[place + 2 :])

        assert result.exit_code == 2
        assert f"Missing option '{option}'" in result.stderr

    @pytest.mark.parametrize("command", ["audit", "agenda", "silence"])
    def test_where_the_log_ends(self, invoke, sample, command):
        """Without an instant, it says where the log ends and what to ask about it."""
        place = sample.index("--as-of")

        result = invoke(command, *sample[:place], *sample[place + 2 :])

        said = " ".join(result.stderr.split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "The log ends Fri 14 Jun 2024 16:58 (America/New_York)" in said
        assert "--as-of 2024-06-14 is the end of that day" in said

    @pytest.mark.long
    @pytest.mark.parametrize("command", ["audit", "silence", "agenda", "backtest"])
    def test_stale_log(self, invoke, sample, command):
        """Two years after the log ends, that is said before anything else."""
        place = sample.index("--as-of") + 1
        more = ["--set", "contact_gaps.touch.max=3 days"] if command == "backtest" else []
        stale = [*sample[:place], "2026-06-14T17:00", *sample[place + 1 :], *more]

        shown, fresh = invoke(command, *stale), invoke(command, *sample, *more)

        said = "Warning: The log ends Fri 14 Jun 2024 16:58 (America/New_York), 730 days before"
        assert said in " ".join(shown.output.split())
        assert "Warning" not in fresh.output

    @pytest.mark.parametrize("more", [["audit", "--by", "owner"], ["agenda"], ["silence"]])
    def test_rows_that_cannot_be_used(self, invoke, small, more):
        """An answer that does not list them says how many there are, and warns if many are."""
        lines = "".join(f"A,2026-03-03 12:0{n},call\n" for n in range(9))
        few, many = (
            LOG.replace("smoke_signal", "call") + lines + "A,soon,call\n" * n for n in (1, 2)
        )
        said = []
        for log in (few, many):
            Path("log.csv").write_text(log, encoding="utf-8")
            said.append(" ".join(invoke(*more, *small, "2026-03-04").output.split()))

        assert "Note: 1 row of the log cannot be used; the audit says which." in said[0]
        assert "Warning" not in said[0]
        warning = "Warning: 2 of 14 rows are missing here: 2 with an instant that cannot be read."
        assert warning in said[1]

    def test_never_touched(self, invoke, small):
        """A deal that nobody has ever touched is not blank, and what to do stands beside it."""
        Path("log.csv").write_text("deal,when,what\nA,2026-03-02 10:00,opened\n", encoding="utf-8")

        said = " ".join(invoke("audit", *small, "2026-04-12T10:00").stdout.split())

        assert "A nobody Qualify never, 40 days open Touch the buyer" in said

    @pytest.mark.parametrize(
        ("gap", "said"),
        [
            pytest.param("", "Touch the buyer, or it goes to Lost on 13 Mar", id="same-rule"),
            pytest.param("3 days", "Get an answer; Lost on 13 Mar", id="another-rule"),
        ],
    )
    def test_what_time_does_next(self, invoke, small, gap, said):
        """Where time moves the deal next, the day stands beside what would help."""
        rule = f'[[contact_gaps]]\nid = "answer"\ntouch = "two_way"\nmax = "{gap}"\n'
        Path("ours.toml").write_text(OURS + rule * bool(gap), encoding="utf-8")
        arguments = ("log.csv", "--process", "ours.toml", *small[3:], "2026-03-12")

        shown = invoke("audit", *arguments)

        assert said in " ".join(shown.stdout.split())

    def test_next_year(self, invoke, small):
        """A day in another year than the audit and the agenda look from says which."""
        Path("ours.toml").write_text(OURS, encoding="utf-8")
        Path("log.csv").write_text(LOG.replace("2026-03-0", "2026-12-2"), encoding="utf-8")
        arguments = ("log.csv", "--process", "ours.toml", *small[3:], "2026-12-31")

        audited, agenda = (invoke(command, *arguments).stdout for command in ("audit", "agenda"))

        assert "or it goes to Lost on 2 Jan 2027" in " ".join(audited.split())
        assert "Sat 2 Jan 2027 10:00" in agenda

    def test_empty_log(self, invoke, small, tmp_path):
        """A log without rows is answered, not crashed on."""
        (tmp_path / "log.csv").write_text("deal,when,what\n", encoding="utf-8")

        result = invoke("audit", *small, "2026-03-04")

        assert result.exit_code == 0
        assert "0 deals: none" in result.stdout
        assert "Warning: The log has no rows, so it knows no deal." in result.stdout


class TestAgenda:
    @pytest.mark.long
    def test_of_one_rep(self, invoke, sample):
        """Only this owner's deals, the breached ones first."""
        result = invoke("agenda", *sample, "--who", "dana")

        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[0] == "Agenda of dana, Fri 14 Jun 2024 17:00 (America/New_York)"
        assert lines[2].split()[:3] == ["breached", "D-049", "Proof"]
        assert [line for line in lines if len(line) > 80 or line != line.rstrip()] == []

    @pytest.mark.long
    def test_top(self, invoke, sample):
        """The rest is counted, not dropped."""
        lines = invoke("agenda", *sample, "--who", "dana", "--top", "2").stdout.splitlines()

        assert len(lines) == 5
        assert re.fullmatch(r"  and \d\d more items", lines[-1])

    @pytest.mark.long
    def test_nobody(self, invoke, sample):
        """A name that owns no deal is not taken for one with nothing to do."""
        result = invoke("agenda", *sample, "--who", "Dana")

        said = "  No deal belongs to 'Dana'; did you mean 'dana'?"
        assert (result.exit_code, result.stdout.splitlines()[1]) == (0, said)

    @pytest.mark.long
    def test_nobody_alike(self, invoke, sample):
        """Where no name is close, all of them are listed."""
        result = invoke("agenda", *sample, "--who", "xyz")

        assert "No deal belongs to 'xyz'; the owners are ana, ben, chloe" in result.stdout

    @pytest.mark.long
    def test_who_is_nobody(self, invoke, sample):
        """Who types what the column says is told how to ask for deals without an owner."""
        result = invoke("agenda", *sample, "--who", "nobody")

        said = " ".join(result.stdout.split())
        assert said.endswith('Deals without an owner: --who "".')

    @pytest.mark.long
    def test_json(self, invoke, sample):
        """The JSON form has the same items in the same order."""
        data = json.loads(invoke("agenda", *sample, "--who", "dana", "--format", "json").stdout)

        assert list(data) == ["as_of", "who", "items"]
        assert data["as_of"] == "2024-06-14T21:00:00+00:00"
        assert data["items"][0] == {
            "deal_id": "D-049",
            "urgency": "breached",
            "rule": "touch",
            "play": None,
            "activity": None,
            "role": None,
            "to": None,
            "due_at": "2024-05-29T21:00:00+00:00",
            "stage": "proof",
            "owner": "dana",
            "value": "44661",
        }

    @pytest.mark.long
    def test_moves_that_the_process_forbids(self, invoke, sample):
        """A history that skipped its gates has moves to take back, after all that is due."""
        data = json.loads(invoke("agenda", *sample, "--who", "dana", "--format", "json").stdout)
        classes = [item["urgency"] for item in data["items"]]

        assert list(dict.fromkeys(classes)) == ["breached", "due", "revert", "play"]
        assert all(item["to"] for item in data["items"] if item["urgency"] == "revert")

    @pytest.mark.long
    def test_of_everybody(self, invoke, sample):
        """Where the deals are of several people, each row says whose it is."""
        data = json.loads(invoke("agenda", *sample, "--format", "json").stdout)
        lines = invoke("agenda", *sample).stdout.splitlines()
        one = invoke("agenda", *sample, "--who", "dana").stdout.splitlines()

        first = data["items"][0]
        assert lines[1].split()[:3] == ["deal", "owner", "stage"]
        assert lines[2].split()[1:3] == [first["deal_id"], first["owner"]]
        assert one[1].split()[:2] == ["deal", "stage"]

    @pytest.mark.long
    def test_every_rule_has_a_todo(self, invoke, sample):
        """Everybody's agenda says for each deal what to do."""
        lines = invoke("agenda", *sample).stdout.splitlines()

        assert len(lines) > 40
        assert "See to" not in "".join(lines)


class TestSample:
    def test_no_such_file(self):
        """A name that it does not have is an error that says which there are."""
        with pytest.raises(ValueError, match=r"expected one of README\.md, crm-mapping\.toml"):
            sample_file("crm.xlsx")

    def test_statuses_and_reps(self, invoke, sample):
        """The sample has open deals in every status, and several reps."""
        data = json.loads(invoke("audit", *sample, "--format", "json").stdout)

        found = data["summary"]
        assert min(found["ok"], found["due"], found["breached"], found["won"], found["lost"]) > 20
        assert len({deal["owner"] for deal in data["deals"]}) == 10

    def test_size(self):
        """It stays small."""
        assert sample_file("crm.csv").stat().st_size < 300_000

    def test_is_what_its_readme_says(self):
        """The file is the one that the script made: the README holds its hash and its size."""
        content = sample_file("crm.csv").read_bytes()
        readme = sample_file("README.md").read_text(encoding="utf-8")

        assert hashlib.sha256(content).hexdigest() in readme
        assert f"{len(content.splitlines()) - 1:,} rows" in readme

    def test_nothing_is_later_than_the_export(self):
        """An export has no rows of the future."""
        _, *lines = sample_file("crm.csv").read_text(encoding="utf-8").splitlines()

        assert max(line.split(",")[1] for line in lines) <= "2024-06-14 17:00"


class TestFormats:
    @pytest.fixture
    def formats(self, small, tmp_path):
        """The same log in other formats."""
        process = load_process("six-step")
        log = EventLog.from_csv(tmp_path / "log.csv", process, tmp_path / "map.toml")
        pl.read_csv(tmp_path / "log.csv", infer_schema=False).write_parquet(
            tmp_path / "rows.parquet"
        )
        (tmp_path / "log.csv.gz").write_bytes(gzip.compress(LOG.encode()))
        log.to_parquet(tmp_path / "own.parquet")
        log.to_jsonl(tmp_path / "own.jsonl.gz")
        log.to_xes(tmp_path / "own.xes")
        return [*small[1:3], "--as-of", "2026-03-20", "--format", "json"]

    @pytest.mark.parametrize(
        ("name", "is_mapped"),
        [
            pytest.param("log.csv.gz", True, id="gzip"),
            pytest.param("rows.parquet", True, id="parquet"),
            pytest.param("own.parquet", False, id="own-parquet"),
            pytest.param("own.jsonl.gz", False, id="jsonl"),
            pytest.param("own.xes", False, id="xes"),
        ],
    )
    def test_verdicts_are_the_same(self, invoke, small, formats, name, is_mapped):
        """Audit and agenda read every format by its name, and say the same."""
        mapped = ["--map", "map.toml"] if is_mapped else []
        expected = invoke("audit", *small, "2026-03-20", "--format", "json")

        result = invoke("audit", name, *formats, *mapped)

        assert (result.exit_code, result.stderr) == (0, "")
        found, wanted = json.loads(result.stdout), json.loads(expected.stdout)
        assert (found["deals"], found["summary"]) == (wanted["deals"], wanted["summary"])
        agenda = invoke("agenda", name, *formats, *mapped)
        assert agenda.stdout == invoke("agenda", *small, "2026-03-20", "--format", "json").stdout

    def test_a_csv_file_needs_a_mapping(self, invoke, formats):
        """The way out is named."""
        result = invoke("audit", "log.csv", *formats)

        assert result.exit_code == 2
        assert "a CSV file needs a mapping that says what it means" in result.stderr
