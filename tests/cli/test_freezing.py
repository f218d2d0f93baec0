"""The command freeze."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import attrs
import pytest

from salesflow.cli import freezing
from salesflow.process import load_process
from salesflow.process.freeze import looked_up

FILE = """\
format = 1

[process]
id = "ours"
version = "1"

[calendar]  # when we work
timezone = "America/New_York"
holidays = { country = "US" }

[calendars.gulf]
timezone = "Asia/Dubai"
holidays = { country = "AE" }

[[stages]]
id = "talk"

[[stages]]
id = "won"
kind = "won"
"""
NO_COUNTRY = FILE.replace('holidays = { country = "US" }\n', "").replace('country = "AE"', "")
JULY_4 = dt.date(2026, 7, 4)


def write(text: str = FILE) -> Path:
    path = Path("ours.toml")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def other_release(monkeypatch):
    """A holiday library that has another list, as its next release may."""

    def change(added=(), gone=()):
        def look_up(calendar, first_year, last_year):
            found = looked_up(calendar, first_year, last_year)
            dates = {*found.dates, *added} - {*gone}
            return attrs.evolve(found, version="99.1", dates=dates)

        monkeypatch.setattr("salesflow.process.freeze.looked_up", look_up)

    return change


class TestFreeze:
    def test_writes_every_list(self, invoke):
        """Each calendar that names a country gets its list, and it is said."""
        path = write()

        result = invoke("freeze", "ours.toml", "--years", "2025-2027")

        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[0].startswith("calendar: US 2025-2027, ")
        assert lines[1].startswith("calendars.gulf: AE 2025-2027, ")
        assert lines[2:] == ["ours.toml written."]
        process = load_process(path)
        assert JULY_4 in process.calendar.frozen.dates
        assert process.calendar_of("gulf").years == range(2025, 2028)

    def test_all_years(self, invoke):
        """Without years all that are known are written, so that nothing counts otherwise."""
        path = write()
        before = load_process(path).calendar.calendar_hash

        assert invoke("freeze", "ours.toml").exit_code == 0
        assert load_process(path).calendar.calendar_hash == before

    def test_rest_stays(self, invoke):
        """What was in the file is still there, byte for byte, and what may read it, too."""
        path = write()
        path.chmod(0o640)

        invoke("freeze", "ours.toml", "--years", "2025-2027")

        assert path.read_text(encoding="utf-8").startswith(FILE + "\n[calendar.frozen]\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert [path.name for path in Path().iterdir()] == ["ours.toml"]

    def test_again(self, invoke, other_release):
        """A list keeps its years when it is written anew; one that is the same is not written."""
        path = write()
        invoke("freeze", "ours.toml", "--years", "2025-2027")

        assert invoke("freeze", "ours.toml").stdout.endswith("ours.toml says so already.\n")
        other_release(gone=[JULY_4])
        assert invoke("freeze", "ours.toml").stdout.endswith("ours.toml written.\n")
        frozen = load_process(path).calendar.frozen
        assert (frozen.version, frozen.first_year, frozen.last_year) == ("99.1", 2025, 2027)
        assert JULY_4 not in frozen.dates

    def test_link(self, invoke):
        """A link stays one: the file that it names is written."""
        path = write()
        path.rename("real.toml")
        Path("ours.toml").symlink_to("real.toml")

        assert invoke("freeze", "ours.toml", "--years", "2025-2027").exit_code == 0
        assert Path("ours.toml").is_symlink()
        assert load_process(Path("real.toml")).calendar.frozen

    def test_no_country(self, invoke):
        """Where no country is named, there is nothing to freeze."""
        write(NO_COUNTRY)

        result = invoke("freeze", "ours.toml")
        assert (result.exit_code, result.stdout) == (
            0,
            "ours.toml names no country: nothing to freeze.\n",
        )
        assert Path("ours.toml").read_text() == NO_COUNTRY

    def test_broken_off(self, invoke, monkeypatch):
        """If writing breaks off, the file is as it was, and nothing is left beside it."""

        def full(_descriptor):
            raise OSError(28, "No space left on device")

        path = write()
        monkeypatch.setattr(freezing.os, "fsync", full)
        result = invoke("freeze", "ours.toml")

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "error: No space left on device\n"
        assert path.read_text() == FILE
        assert [path.name for path in Path().iterdir()] == ["ours.toml"]


class TestCheck:
    def test_as_today(self, invoke):
        """A list that is the library's is fine."""
        write()
        invoke("freeze", "ours.toml", "--years", "2025-2027")

        result = invoke("freeze", "ours.toml", "--check")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.count(": as holidays ") == 2

    def test_other_dates(self, invoke, other_release):
        """The dates that differ are listed; nothing is written."""
        path = write()
        invoke("freeze", "ours.toml", "--years", "2025-2027")
        text = path.read_text()
        other_release(added=[dt.date(2026, 2, 2)], gone=[JULY_4])

        result = invoke("freeze", "ours.toml", "--check")
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert lines[0].endswith("): not as holidays 99.1 has them")
        assert lines[1:3] == ["  + 2026-02-02", "  - 2026-07-04"]
        assert lines[3].startswith("calendars.gulf: AE")
        assert path.read_text() == text

    def test_not_frozen(self, invoke):
        """A country without a list is told."""
        write()

        result = invoke("freeze", "ours.toml", "--check")
        assert (result.exit_code, result.stdout.splitlines()) == (
            1,
            [
                "calendar: the holidays of US are not frozen",
                "calendars.gulf: the holidays of AE are not frozen",
            ],
        )

    def test_subdivision(self, invoke):
        """A part of a country is named as such."""
        write(FILE.replace('"US"', '"US", subdivision = "CA"'))

        assert invoke("freeze", "ours.toml").stdout.startswith("calendar: US-CA 1970-2100, ")


class TestRefused:
    @pytest.mark.parametrize(
        ("years", "message"),
        [
            ("2020", "'2020' are not years"),
            ("2030-2020", "write the first and the last: 2020-2035"),
            ("20-30", "'20-30' are not years"),
            ("1800-1850", "error: ours.toml: frozen: 1800 to 1850, expected years from"),
        ],
    )
    def test_years(self, invoke, years, message):
        """Years that are none, or that nobody knows, are refused."""
        path = write()

        result = invoke("freeze", "ours.toml", "--years", years)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert path.read_text() == FILE

    def test_years_of_a_check(self, invoke):
        """A check compares what is there."""
        write()

        result = invoke("freeze", "ours.toml", "--check", "--years", "2020-2021")
        assert result.exit_code == 2
        assert "--check compares the years of the file; leave --years out." in result.stderr

    def test_file_that_does_not_load(self, invoke):
        """A file with problems is not touched; they are told."""
        path = write(FILE.replace('kind = "won"', 'kind = "wan"'))

        result = invoke("freeze", "ours.toml")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "ours.toml:20:8: stages[1].kind: " in result.stderr
        assert path.read_text().endswith('"wan"\n')

    @pytest.mark.parametrize("name", ["six-step", "nowhere.toml"])
    def test_no_file(self, invoke, name):
        """What is built in cannot be written to, nor what is not there."""
        result = invoke("freeze", name)

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"'{name}' does not exist" in result.stderr
