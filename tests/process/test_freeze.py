from __future__ import annotations

import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.calendars import Calendar
from salesflow.calendars.holiday_lists import FrozenHolidays
from salesflow.errors import ProcessFileError
from salesflow.process import freeze as freezing
from salesflow.process.freeze import calendars_to_freeze, freeze_text, looked_up
from salesflow.process.load import parse_process

REST = """\

# What follows is none of the calendar's business.
[[stages]]
id = "talk"   # the first one

[[stages]]
id = "won"
kind = 'won'
"""
HEAD = 'format = 1\nprocess = { id = "a", version = "1" }\n'
US = 'timezone = "UTC"\nholidays = { country = "US" }'
FORMS = {
    "table": f"[calendar] # ours\n{US} # theirs\n{REST}",
    "table-last": f"{REST}\n[calendar]\n{US}",
    "no-end-of-line": f"{REST}\n[calendar]\n{US}".rstrip(),
    "tables-in-it": f'[calendar.holidays]\ncountry = "US"\n{REST}\n[calendar]\ntimezone = "UTC"\n',
    "braces": f'calendar = {{ timezone = "UTC", holidays = {{ country = "US" }} }} # short\n{REST}',
    "braces-with-blanks": f'calendar = {{timezone="UTC" , holidays={{country="US"}}  }}\n{REST}',
    "two": f"[calendar]\n{US}\n{REST}\n[calendars.gulf]\n{US}\n",
    "two-in-braces": (
        'calendars = { gulf = { timezone = "UTC", holidays = { country = "US" } } }\n'
        f'calendar.timezone = "UTC"\n{REST}'
    ),
    "frozen-table": (
        f'[calendar]\n{US}\n{REST}\n[calendar.frozen]\nversion = "1" # old\nfirst_year = 2000\n'
        "last_year = 2001\ndates = [\n]  # none\n"
    ),
    "frozen-braces": (
        f"[calendar]\n{US}\n"
        "frozen = { version = '0', dates = [], first_year = 2000, last_year = 2001 }\n"
        f"{REST}"
    ),
    "frozen-dots": (
        f'[calendar]\n{US}\nfrozen.dates = ["2000-07-04"]\nfrozen."version" = "1"\n'
        f"frozen.first_year = 2000\nfrozen.last_year = 2_001\n{REST}"
    ),
}
LIST = FrozenHolidays(
    version="9.9",
    first_year=2026,
    last_year=2027,
    dates=["2026-07-04", "2026-12-25", "2027-01-01"],
)


def freeze(text, frozen=LIST):
    return freeze_text(text, dict.fromkeys(calendars_to_freeze(parse_process(text)), frozen))


def unfrozen(document):
    """Return a parsed file without what freezing writes."""
    tables = [document.get("calendar", {}), *document.get("calendars", {}).values()]
    for table in tables:
        table.pop("frozen", None)
    return document


class TestForms:
    @pytest.mark.parametrize("form", FORMS)
    def test_list_is_written(self, form):
        """However a calendar is written, its list is there afterwards."""
        process = parse_process(freeze(HEAD + FORMS[form]))

        for calendar in calendars_to_freeze(process).values():
            assert calendar.frozen == LIST

    @pytest.mark.parametrize("form", FORMS)
    def test_nothing_else_changes(self, form):
        """Nothing but the list is other than before, to the last blank and comment."""
        text = HEAD + FORMS[form]
        new = freeze(text)

        assert unfrozen(tomllib.loads(new)) == unfrozen(tomllib.loads(text))
        for line in text.splitlines():
            is_of_list = any(key in line for key in ("frozen", "year", "dates", "version", "]  #"))
            assert is_of_list or line in new or form.startswith(("braces", "two-in"))
        assert "# What follows is none of the calendar's business.\n[[stages]]" in new
        assert [word for word in new.split() if word == "#"] == [
            word for word in text.split() if word == "#"
        ]

    @pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith("frozen")])
    def test_a_new_list_is_put_in(self, form):
        """A new list is one piece, put into a text that is otherwise as it was."""
        text = HEAD + FORMS[form]
        new = freeze(text)
        if form == "two":
            return
        start = next(i for i, (a, b) in enumerate(zip(text + "\0", new, strict=False)) if a != b)

        assert new == text[:start] + new[start : start + len(new) - len(text)] + text[start:]

    @pytest.mark.parametrize("form", FORMS)
    def test_twice_is_once(self, form):
        """Freezing the same list again changes nothing."""
        once = freeze(HEAD + FORMS[form])

        assert freeze(once) == once

    @pytest.mark.parametrize("form", FORMS)
    def test_windows(self, form):
        """A byte order mark and line ends of Windows stay, and the list has them as well."""
        text = HEAD + FORMS[form]
        windows = "\ufeff" + text.replace("\n", "\r\n")

        assert freeze(windows) == "\ufeff" + freeze(text).replace("\n", "\r\n")

    def test_table_to_read(self):
        """A list in a table of its own comes last, each year on lines of its own."""
        new = freeze(HEAD + FORMS["table"])

        assert new == HEAD + FORMS["table"] + (
            '\n[calendar.frozen]\nversion = "9.9"\nfirst_year = 2026\nlast_year = 2027\n'
            'dates = [\n  "2026-07-04", "2026-12-25",\n  "2027-01-01",\n]\n'
        )

    @given(dates=st.sets(st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))))
    def test_any_dates(self, dates):
        """Any list comes back, on lines that fit a page."""
        frozen = FrozenHolidays(version="1", first_year=2020, last_year=2040, dates=dates)
        new = freeze(HEAD + FORMS["table"], frozen)

        assert parse_process(new).calendar.frozen == frozen
        assert max(map(len, new.splitlines())) <= 100

    def test_dots_leave_no_place(self):
        """A calendar that is written with dots cannot be added to; it says how to write it."""
        text = f'{HEAD}calendar.timezone = "UTC"\ncalendar.holidays.country = "US"\n{REST}'

        with pytest.raises(ValueError, match=r"calendar: written with dotted.*Write it as a table"):
            freeze(text)

    def test_what_was_made_is_read(self, monkeypatch):
        """A file that would say anything else than before is not given away."""
        written = freezing._written
        monkeypatch.setattr(
            freezing, "_written", lambda *args: written(*args).replace('"talk"', '"tolk"')
        )

        with pytest.raises(ValueError, match="nothing can be added"):
            freeze(HEAD + FORMS["table"])

    def test_file_that_does_not_load(self):
        """What does not load is not frozen."""
        with pytest.raises(ProcessFileError):
            freeze_text(HEAD, {})

    def test_file_that_would_be_too_large(self):
        """A list that makes the file too large is refused before anybody writes it."""
        text = HEAD + FORMS["table"]
        filler = "#" * (256 * 1024 - len(text) - 10) + "\n"

        with pytest.raises(ValueError, match=r"no more than 262,144 are read. Freeze fewer years"):
            freeze(text + filler)


class TestLists:
    def test_calendars_with_a_country(self):
        """Only calendars that name a country have something to freeze."""
        text = f'{HEAD}{FORMS["two"]}[calendars.plain]\ntimezone = "UTC"\n'

        assert list(calendars_to_freeze(parse_process(text))) == ["calendar", "calendars.gulf"]

    def test_looked_up(self):
        """A list is the library's of today, whatever the calendar has frozen."""
        calendar = Calendar("UTC", holidays={"country": "US"})
        stale = Calendar("UTC", holidays={"country": "US"}, frozen=LIST)

        found = looked_up(calendar, 2026, 2026)
        assert dt.date(2026, 7, 4) in found.dates
        assert {date.year for date in found.dates} == {2026}
        assert looked_up(stale, 2026, 2026) == found

    def test_all_years_change_nothing(self):
        """Freezing all that is known changes nothing that is counted."""
        process = parse_process(HEAD + FORMS["table"])
        frozen = looked_up(process.calendar, 1970, 2100)
        again = parse_process(freeze(HEAD + FORMS["table"], frozen))

        assert again.calendar.calendar_hash == process.calendar.calendar_hash

    @pytest.mark.parametrize(
        ("holidays", "years"),
        [({"country": "US"}, (1800, 1900)), ({"country": "ZZ"}, (2020, 2021))],
    )
    def test_unknown(self, holidays, years):
        """Years and countries that the library does not know are an error."""
        calendar = Calendar("UTC", holidays=holidays, frozen=LIST)

        with pytest.raises(ValueError, match="expected"):
            looked_up(calendar, *years)
