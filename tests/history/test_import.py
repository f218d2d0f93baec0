import datetime as dt
import gzip
import pickle

import attrs
import polars as pl
import pytest

from salesflow.calendars import to_micros
from salesflow.errors import LogError
from salesflow.events import Activity, Assigned, Learned, Moved, Opened
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.reading.quality import FLAGS, Example
from salesflow.process.load import load_process
from salesflow.process.parts import TouchClass
from salesflow.rules.book import rule_book

PROCESS = load_process("""format = 1
[process]
id = "small"
version = "1"
currency = "USD"
[calendar]
timezone = "Europe/Amsterdam"
[facts]
need = { type = "bool" }
people = { type = "int" }
due_on = { type = "date" }
segment = { type = "one_of", values = ["smb", "big"] }
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
""")
MAPPING = """
format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
EXTRA_COLUMNS
[values]
ignore = ["noise"]
[stages]
Talk = "talk"
Offer = "offer"
Won = "won"
Lost = "lost"
[activities]
call = "call"
mail = { kind = "email", direction = "out" }
"""
NINE = "2026-03-02T09:00:00Z"


def read(folder, *rows, head="deal,at,what", columns="", more="", opens=""):
    """Read rows by the small mapping, with some lines more."""
    path = folder / "log.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    text = MAPPING.replace("EXTRA_COLUMNS", columns) + more
    if opens:
        text = text.replace("ignore =", f'opens = ["{opens}"]\nignore =')
    return EventLog.from_csv(path, PROCESS, parse_mapping(text))


def kinds(log, deal="A"):
    return [type(event) for event in log.events(deal)]


class TestRows:
    def test_stage_activity_and_opening(self, tmp_path):
        """The first row opens the deal in the stage that it names; the rest is as mapped."""
        log = read(tmp_path, f"A,{NINE},Offer", "A,2026-03-02T10:00Z,call", "A,2026-03-03,Won")
        opened, call, won = log.events("A")

        assert (opened.stage, opened.occurred_at) == (
            "offer",
            dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
        )
        assert (call.kind, won.to) == ("call", "won")
        assert log.quality.flags["opened_later"] == 1
        assert len(log) == 3

    def test_without_a_stage_a_deal_opens_in_the_first_one(self, tmp_path):
        """A deal whose first row is a call opens in the first stage, and the call counts."""
        log = read(tmp_path, f"A,{NINE},call")

        assert kinds(log) == [Opened, Activity]
        assert log.events("A")[0].stage == "talk"

    def test_ignored_and_unmapped_rows_open_deals_too(self, tmp_path):
        """A row that says nothing still shows that the deal was there."""
        log = read(tmp_path, f"A,{NINE},noise", f"B,{NINE},Tlak", f"B,{NINE},Tlak")
        quality = log.quality

        assert log.deals == ("A", "B")
        assert (quality.used, quality.ignored, quality.unmapped) == (0, {"noise": 1}, {"Tlak": 1})
        assert quality.meant == {"Tlak": "Talk"}
        assert "'Tlak' 1; did you mean 'Talk'?" in str(quality)

    def test_named_opening(self, tmp_path):
        """With `opens`, only these values open a deal; what is dated before counts from there."""
        log = read(
            tmp_path,
            "A,2026-03-01T00:00Z,call",
            "A,2026-03-02T00:00Z,made",
            "B,2026-03-02T00:00Z,call",
            opens="made",
        )
        rows = log.origin.rows(rule_book(PROCESS))

        assert log.deals == ("A",)
        assert kinds(log) == [Opened, Activity]
        assert rows.at[0] == rows.at[1]
        assert log.quality.flags["before_opening"] == 1
        assert [(u.reason, u.count) for u in log.quality.unusable] == [("no_opening", 1)]

    def test_first_only(self, tmp_path):
        """A value may mean a stage the first time only; later rows keep what else they mean."""
        log = read(
            tmp_path,
            f"A,{NINE},Talk",
            "A,2026-03-04T09:00Z,visit",
            "A,2026-03-03T09:00Z,visit",
            "A,2026-03-03T10:00Z,Talk",
            more='visit = "meeting"\n[stages.visit]\nstage = "offer"\nfirst = true\n',
        )

        assert [e.to for e in log.events("A") if isinstance(e, Moved)] == ["offer", "talk"]
        assert sum(isinstance(e, Activity) for e in log.events("A")) == 2

    def test_facts_of_one_row_are_one_event_and_repeats_none(self, tmp_path):
        """What a row tells is learned at once, and only what is new is learned."""
        log = read(
            tmp_path,
            f"A,{NINE},call,true,2",
            "A,2026-03-03T09:00Z,call,true,3",
            "A,2026-03-04T09:00Z,call,,3",
            head="deal,at,what,need,people",
            more='[facts]\nneed = "need"\npeople = "people"\n',
        )
        learned = [dict(e.facts) for e in log.events("A") if isinstance(e, Learned)]

        assert learned == [{"need": True, "people": 2}, {"people": 3}]
        assert len(log) == 1 + 3 + 3

    @pytest.mark.parametrize(
        ("fact", "text", "value"),
        [
            pytest.param("need", "Yes", True, id="yes"),
            pytest.param("need", "0", False, id="zero"),
            pytest.param("people", "3.0", 3, id="whole"),
            pytest.param(
                "due_on", "2026-03-05T00:00:00", dt.date(2026, 3, 5), id="date-of-datetime"
            ),
            pytest.param("segment", "Small", "smb", id="translated"),
            pytest.param("value", "12 EUR", "12 EUR", id="foreign-money"),
        ],
    )
    def test_fact_values(self, tmp_path, fact, text, value):
        """Texts are read as the fact's type wants them."""
        log = read(
            tmp_path,
            f"A,{NINE},call,{text}",
            head="deal,at,what,told",
            more=f'[facts]\n{fact} = {{ column = "told", values = {{ Small = "smb" }} }}\n',
        )
        assert dict(log.events("A")[1].facts) == {fact: value}

    def test_rows_are_those_of_the_events(self, tmp_path):
        """What the rules are given is what they get of the same events, also before the opening."""
        log = read(
            tmp_path,
            "A,2026-03-01T09:00:00Z,Offer,,true",
            "A,2026-03-01T10:00:00Z,noise,1,",
            f"A,{NINE},Talk,2,false",
            "A,2026-03-03T09:00:00Z,Won,2,true",
            head="deal,at,what,people,need",
            more='[facts]\npeople = "people"\nneed = "need"\n',
            opens="Talk",
        )
        book = rule_book(PROCESS)
        expected = EventLog.from_events(log.to_events(), PROCESS).origin.rows(book)

        for found, wanted in zip(log.origin.rows(book), expected, strict=True):
            assert list(found) == list(wanted)

    def test_no_such_deal(self, tmp_path):
        """An id that would stand between others, or behind them, is none of theirs."""
        log = read(tmp_path, f"A,{NINE},call", f"C,{NINE},call")
        for name in ("B", "D"):
            with pytest.raises(KeyError, match=f"no deal '{name}' among 2"):
                log.events(name)

    def test_facts_of_rows_at_one_instant_stay_apart(self, tmp_path):
        """Each row that tells several facts is one event, in the order of the rows."""
        log = read(
            tmp_path,
            f"A,{NINE},call,1,true",
            f"A,{NINE},mail,2,false",
            head="deal,at,what,people,need",
            more='[facts]\npeople = "people"\nneed = "need"\n',
        )
        told = [dict(event.facts) for event in log.events("A") if isinstance(event, Learned)]
        assert told == [{"people": 1, "need": True}, {"people": 2, "need": False}]

    def test_repeats_with_another_row_between(self, tmp_path):
        """Of many rows at one instant, each that is there already is a repeat."""
        rows = [f"A,{NINE},{what}" for what in ("call", "mail", "call", "Talk", "mail", "Offer")]

        log = read(tmp_path, *rows)

        assert log.quality.duplicates == 2
        assert log.quality.used == 4

    def test_fact_dates_in_another_format(self, tmp_path):
        """A fact may have its own format of dates."""
        log = read(
            tmp_path,
            f"A,{NINE},call,3/5/2026",
            head="deal,at,what,told",
            more='[facts]\ndue_on = { column = "told", format = "%m/%d/%Y" }\n',
        )
        assert dict(log.events("A")[1].facts) == {"due_on": dt.date(2026, 3, 5)}

    @pytest.mark.parametrize(
        ("fact", "text", "way"),
        [
            ("need", "maybe", "; say in [facts] what its values mean: values = {…}"),
            ("people", "2.5", ""),
            ("people", "--5", ""),
            ("people", "5-", ""),
            (
                "due_on",
                "soon",
                '; say in [facts] how it is written: format = "%d.%m.%Y" or the like',
            ),
            ("segment", "no", "; say in [facts] what its values mean: values = {…}"),
        ],
    )
    def test_unreadable_facts_are_counted(self, tmp_path, fact, text, way):
        """The row is used, the fact is not, and that is said with an example and a way out."""
        log = read(
            tmp_path,
            f"A,{NINE},call,{text}",
            head="deal,at,what,told",
            more=f'[facts]\n{fact} = "told"\n',
        )
        [unread] = log.quality.unread_facts

        assert kinds(log) == [Opened, Activity]
        assert (unread.reason, unread.count) == (fact, 1)
        assert unread.examples == (Example(line=2, text=repr(text)),)
        assert f"fact {fact!r} cannot hold{way} (line 2: {text!r})" in str(log.quality)

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            *[("20", 20), (" 20 ", 20), ("20.0", 20), ("0", 0), ("999999", 999_999)],
            *[("2.5", None), ("-1", None), ("1000000", None), ("nan", None), ("inf", None)],
        ],
    )
    def test_minutes(self, tmp_path, text, minutes):
        """A whole number that a person could have spent; anything else is counted."""
        log = read(
            tmp_path, f"A,{NINE},call,{text}", head="deal,at,what,min", columns='minutes = "min"'
        )

        assert log.events("A")[1].minutes == minutes
        assert log.quality.flags["bad_minutes"] == (minutes is None)

    def test_owners(self, tmp_path):
        """The first row names the owner, another name is a new one, silence is none."""
        log = read(
            tmp_path,
            f"A,{NINE},call,dana,x",
            "A,2026-03-03T09:00Z,call,,",
            "A,2026-03-04T09:00Z,call,dana,",
            "A,2026-03-05T09:00Z,call,kim,",
            f"B,{NINE},call,,",
            head="deal,at,what,owner,by",
            columns='owner = "owner"\nby = "by"',
        )

        assert [e.owner for e in log.events("A") if isinstance(e, Assigned)] == ["kim"]
        assert (log.events("A")[0].owner, log.events("A")[0].by) == ("dana", "x")
        assert log.events("B")[0].owner is None
        assert log.origin.owners(to_micros(log.last_at)) == ["kim", None]
        assert log.origin.owners(to_micros(log.events("A")[0].occurred_at) - 1) == [None, None]

    def test_what_rows_say_of_activities(self, tmp_path):
        """Columns say direction, outcome, status and minutes; what the value says comes first."""
        log = read(
            tmp_path,
            f"A,{NINE},call,Inbound,left,missed,20",
            f"A,{NINE},mail,Inbound,,,x",
            f"A,{NINE},call,sideways,,,",
            f"A,{NINE},call,,,,",
            f"B,{NINE},jotting,sideways,,,",  # reaches nobody: of it nobody asks
            head="deal,at,what,way,outcome,status,min",
            columns='direction = "way"\noutcome = "outcome"\nstatus = "status"\nminutes = "min"',
            more=(
                'jotting = "note"\n[outcomes]\nleft = "voicemail"\n[statuses]\nmissed = "no_show"\n'
            ),
        )
        first, second, third, fourth = log.events("A")[1:]

        assert (first.direction, first.outcome, first.status) == ("in", "voicemail", "no_show")
        assert (first.minutes, second.minutes, fourth.minutes) == (20, None, None)
        assert (second.direction, third.direction) == ("out", None)
        assert {name: n for name, n in log.quality.flags.items() if n} == {
            "unknown_direction": 1,
            "no_direction": 1,
            "bad_minutes": 1,
        }

    def test_words_that_mean_nothing_are_shown(self, tmp_path):
        """Whoever is to name them in the mapping has to know them."""
        log = read(
            tmp_path,
            f"A,{NINE},call,sortant,30 Min",
            f"A,{NINE},call,,20",
            head="deal,at,what,way,min",
            columns='direction = "way"\nminutes = "min"',
        )

        assert log.quality.lines()[1:] == [
            "1 of an activity without a direction: taken as outbound",
            "1 of an activity with an unknown direction: taken as outbound (line 2: 'sortant')",
            "1 with minutes that are not a whole number (line 2: '30 Min')",
        ]
        assert log.quality.to_dict()["examples"]["bad_minutes"][0]["text"] == "'30 Min'"

    def test_another_currency(self, tmp_path):
        """Amounts that no sum has and no gate compares are counted, each with its cell shown."""
        log = read(
            tmp_path,
            f'A,{NINE},call,"12.500,00 €"',
            f"A,{NINE},call,900 USD",
            "B,soon,call,7 EUR",  # cannot be used, for another reason
            head="deal,at,what,amount",
            more='[facts]\nvalue = { column = "amount", decimal = "," }\n',
        )
        said = "in another currency than the process's: in no sum, and compared by no gate"

        assert log.quality.flags["other_currency"] == 1
        assert f"1 {said} (line 2: '12.500,00 €')" in log.quality.lines()

    def test_several_readings_of_a_row(self, tmp_path):
        """A row may tell when a deal was made and when it was closed."""
        path = tmp_path / "deals.csv"
        path.write_text(
            "id,made,closed,state\nA,2026-03-02,2026-03-09,Won\nB,2026-03-02,,Won\nC,2026-03-09,2026-03-02,Lost\n"
        )
        mapping = parse_mapping(
            'format = 1\n[columns]\ndeal = "id"\nat = "made"\nvalue = "made"\n'
            '[values]\nopens = ["made"]\n'
            '[stages]\nWon = "won"\nLost = "lost"\n[[also]]\nat = "closed"\nwhat = "state"\n'
        )
        log = EventLog.from_csv(path, PROCESS, mapping)
        quality = log.quality

        assert (quality.rows, quality.read, quality.used, quality.empty) == (3, 6, 5, 1)
        assert quality.undated == {"Won": 1}
        assert quality.flags["before_opening"] == 1
        assert [event.id for event in log.events("A")] == ["row 1/opened", "row 1/1/moved"]
        assert "stages without an instant: 'Won' 1" in quality.lines()


class TestInstants:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param(NINE, "2026-03-02T09:00:00Z", id="z"),
            pytest.param(
                "2026-03-02 10:00:00.123456+01:00", "2026-03-02T09:00:00.123456Z", id="offset"
            ),
            pytest.param("2021-05-27T13:59:29.000+0000", "2021-05-27T13:59:29Z", id="salesforce"),
            pytest.param("2026-03-02 9:18", "2026-03-02T08:18:00Z", id="naive-minutes"),
            pytest.param("2021-01-07 6:49:18", "2021-01-07T05:49:18Z", id="hour-of-one-digit"),
            pytest.param("2026-03-29T02:30:00", "2026-03-29T01:00:00Z", id="gap-ends"),
            pytest.param("2026-10-25T02:30:00", "2026-10-25T00:30:00Z", id="first-pass"),
            pytest.param("2026-03-29", "2026-03-29T21:59:59.999999Z", id="day-of-23-hours"),
        ],
    )
    def test_iso(self, tmp_path, text, expected):
        """ISO in all its forms; without a zone the mapping's; a date is its last instant."""
        log = read(
            tmp_path,
            "A,2020-01-01,Talk",
            f"A,{text},call",
            more='[time]\nzone = "Europe/Amsterdam"\n',
        )

        assert log.events("A")[1].occurred_at == dt.datetime.fromisoformat(expected)

    @pytest.mark.parametrize(
        ("form", "text", "expected"),
        [
            ("epoch_ms", "1772442000123", "2026-03-02T09:00:00.123Z"),
            ("epoch_s", "1772442000", "2026-03-02T09:00:00Z"),
            ("%d.%m.%Y %H:%M", "02.03.2026 10:00", "2026-03-02T09:00:00Z"),
            ("%m/%d/%Y", "3/2/2026", "2026-03-02T22:59:59.999999Z"),
            ("%Y%m%d %H%M%S%z", "20260302 110000+0200", "2026-03-02T09:00:00Z"),
        ],
    )
    def test_formats(self, tmp_path, form, text, expected):
        """Numbers and written formats; a format without hours is a date."""
        more = f'[time]\nformat = "{form}"\nzone = "Europe/Amsterdam"\n'
        log = read(tmp_path, f"A,{text},Talk", f"A,{text},call", more=more)

        assert log.events("A")[1].occurred_at == dt.datetime.fromisoformat(expected)

    def test_a_day_opens_with_its_first_instant(self, tmp_path):
        """Opened on a day: at its beginning; what else happened on that day: by its end."""
        opened, call = read(tmp_path, "A,2026-03-02,call").events("A")

        assert opened.occurred_at == dt.datetime.fromisoformat("2026-03-01T23:00:00Z")
        assert call.occurred_at == dt.datetime.fromisoformat("2026-03-02T22:59:59.999999Z")

    def test_a_day_opens_before_its_hours(self, tmp_path):
        """A date counts as the end of its day, but opens a deal in the morning of that day."""
        opened, call = read(tmp_path, f"A,{NINE},call", "A,2026-03-02,Offer").events("A")

        assert (opened.stage, call.kind) == ("offer", "call")
        assert opened.occurred_at == dt.datetime.fromisoformat("2026-03-01T23:00:00Z")

    def test_dates_are_days_of_the_processs_calendar(self, tmp_path):
        """Dates need no zone in the mapping, and are counted."""
        log = read(tmp_path, "A,2026-03-02,Talk", "A,2026-03-02,call")

        assert log.quality.flags["date_only"] == 2
        assert (
            "2 with a date and no time: the end of that day counts, its start for an opening"
            in log.quality.lines()
        )

    @pytest.mark.parametrize("number", [-(2**63), 2**63 - 1, 2**62])
    def test_numbers_that_are_no_instant(self, tmp_path, number):
        """A number beyond every instant is none; it does not come round to a day in 1970."""
        more = '[time]\nformat = "epoch_ms"\n'
        log = read(tmp_path, "A,1772442000123,Talk", f"A,{number},call", more=more)

        assert [(u.reason, u.count) for u in log.quality.unusable] == [("bad_instant", 1)]

    def test_times_without_a_zone_are_counted(self, tmp_path):
        """Who reads the screen knows which zone was taken."""
        log = read(tmp_path, "A,2026-03-02T10:00:00,Talk", more='[time]\nzone = "UTC"\n')

        assert log.quality.flags["without_zone"] == 1


class TestAfterTheClose:
    def test_what_reaches_the_buyer_is_counted(self, tmp_path):
        """A touch of a closed deal is kept and counted; one at the instant of the close is not."""
        log = read(
            tmp_path,
            f"A,{NINE},Talk",
            "A,2026-03-03T09:00Z,Won",
            "A,2026-03-03T09:00Z,call",
            "A,2026-03-04T09:00Z,call",
            "A,2026-03-04T09:00Z,jotting",
            "A,2026-03-05T09:00Z,Offer",
            "A,2026-03-06T09:00Z,call",
            "B,2026-03-05T09:00Z,call",
            more='jotting = "note"\n',
        )

        assert log.quality.flags["after_close"] == 1
        assert sum(isinstance(event, Activity) for event in log.events("A")) == 4
        assert "1 of an activity that reached the buyer of a closed deal" in log.quality.lines()


class TestUnusable:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            pytest.param(f",{NINE},call,", "no_deal", id="no-deal"),
            pytest.param("A,,call,", "no_instant", id="no-instant"),
            pytest.param("A,soon,call,", "bad_instant", id="bad-instant"),
            pytest.param("A,2026-02-30,call,", "bad_instant", id="no-such-day"),
            pytest.param("A,2026-03-02T09:00:00,call,", "no_zone", id="no-zone"),
            pytest.param("A,9999-12-31,call,", "out_of_range", id="open-end"),
            pytest.param("A,1900-01-01T00:00:00Z,call,", "out_of_range", id="placeholder"),
            pytest.param(f"A,{NINE},call,perhaps", "bad_status", id="bad-status"),
        ],
    )
    def test_reasons(self, tmp_path, row, reason):
        """Each reason is counted with the line of the row, and the rest is used."""
        log = read(
            tmp_path,
            f"A,{NINE},Talk,",
            row,
            head="deal,at,what,status",
            columns='status = "status"',
        )
        [found] = log.quality.unusable

        assert (found.reason, found.count, found.examples[0].line) == (reason, 1, 3)
        assert kinds(log) == [Opened]
        assert f"1 {found.said} (line 3: " in "\n".join(log.quality.lines())

    def test_three_examples_with_their_lines(self, tmp_path):
        """Lines are counted as an editor counts them, whatever a cell holds."""
        log = read(
            tmp_path,
            f'A,{NINE},"no\nise"',
            "A,soon,Talk",
            "A,later,Talk",
            "A,never,Talk",
            "A,now,Talk",
            f"B,{NINE},Talk",
        )
        [found] = log.quality.unusable

        assert (found.count, [e.line for e in found.examples]) == (4, [4, 5, 6])
        assert str(found.examples[0]) == "line 4: A, soon, Talk"

    def test_duplicates_and_taken_ids(self, tmp_path):
        """A row that comes again is a duplicate; another row with its id cannot be used."""
        log = read(
            tmp_path,
            f"A,{NINE},Talk,e1,sent once",
            f"A,{NINE},Talk,e1,sent twice",
            f"A,{NINE},call,e1,",
            f"B,{NINE},Talk,e1,",
            f"A,{NINE},call,,",
            f"A,{NINE},call,,",
            head="deal,at,what,id,try",
            columns='id = "id"',
        )

        assert log.quality.duplicates == 2
        assert [(u.reason, u.count) for u in log.quality.unusable] == [("id_taken", 1)]
        assert [event.id for event in log.events("A")] == ["e1/opened", "row 5/activity"]

    def test_an_empty_file(self, tmp_path):
        """A file with a header and nothing else is an empty log."""
        log = read(tmp_path)

        assert (len(log), log.deals, log.last_at, log.quality.rows) == (0, (), None, 0)
        assert set(log.quality.flags) == set(FLAGS)


class TestFiles:
    def test_gzip_byte_order_mark_and_separator(self, tmp_path):
        """What spreadsheets write is read."""
        path = tmp_path / "log.csv.gz"
        with gzip.open(path, "wb") as file:
            file.write("\ufeffdeal;at;what\r\nÄ;2026-03-02;Talk\r\n".encode())
        text = MAPPING.replace("EXTRA_COLUMNS", "") + '[file]\nseparator = ";"\nsource = "sheet"\n'
        log = EventLog.from_csv(path, PROCESS, parse_mapping(text))

        assert log.deals == ("Ä",)
        assert log.events("Ä")[0].source == "sheet"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            pytest.param(None, "cannot be read", id="no-file"),
            pytest.param(b"", "cannot be read", id="empty"),
            pytest.param(b"deal,at,what\nA,B\nA,B,C,D\n", "cannot be read", id="ragged"),
            pytest.param(b"deal,at,what\n\xff,B,C\n", "cannot be read", id="no-utf8"),
            pytest.param(b"daal,at\nA,B\n", "no column 'deal'; did you mean 'daal'?", id="column"),
            pytest.param(b"deal,at\nA,B\n", "no column 'what'", id="other-column"),
        ],
    )
    def test_what_cannot_be_read(self, tmp_path, content, said):
        """A file that is no log says why, and names itself."""
        path = tmp_path / "log.csv"
        if content is not None:
            path.write_bytes(content)
        mapping = parse_mapping(MAPPING.replace("EXTRA_COLUMNS", ""))

        with pytest.raises(LogError, match=r"log\.csv cannot be used") as caught:
            EventLog.from_csv(path, PROCESS, mapping)
        assert said in str(caught.value)

    def test_numbers_are_text(self, tmp_path):
        """A file may have numbers for ids; the log has their text, and says so."""
        log = read(tmp_path, f"7,{NINE},Talk")

        assert log.events("7")
        with pytest.raises(TypeError, match="deal_id: got 7, expected text"):
            log.events(7)

    @pytest.mark.parametrize("name", ["log[1].csv", "log[1].parquet", "log*.csv", "log?.parquet"])
    def test_a_name_is_no_pattern(self, tmp_path, name):
        """A file is read by its name, also where that could mean others, as of a download."""
        path = tmp_path / name
        frame = pl.DataFrame({"deal": ["A"], "at": [NINE], "what": ["Talk"]})
        other = frame.with_columns(deal=pl.lit("B"))
        write = "write_csv" if name.endswith("csv") else "write_parquet"
        getattr(frame, write)(path)
        getattr(other, write)(tmp_path / f"log1.{name.partition('.')[2]}")
        mapping = parse_mapping(MAPPING.replace("EXTRA_COLUMNS", ""))

        assert EventLog.read(path, PROCESS, mapping).deals == ("A",)
        if name.endswith("parquet"):
            [part] = EventLog.parts_of_parquet(path, PROCESS, mapping, parts=1)
            assert part.deals == ("A",)

    def test_unknown_deal(self, tmp_path):
        """A deal that the log does not have is a `KeyError`."""
        with pytest.raises(KeyError, match="no deal 'a' among 1; did you mean 'A'"):
            read(tmp_path, f"A,{NINE},Talk").events("a")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("deal;at;what\nA;2026-03-02;Talk\n", r"one column only, .*separator, here ','"),
            (
                "deal,at,what\nA,2026-03-02,Talk,more\n",
                "more cells than the first line has columns",
            ),
            ("deal,at,what\nA,2026-03-02,Gespräch\n", "not in UTF-8. Save it as UTF-8"),
            ("sep=;\ndeal;at;what\nA;2026-03-02;Talk\n", r"its first line \(sep=…\) is for Excel"),
            ("sep=,\ndeal,at,what\nA,2026-03-02,Talk\n", r"its first line \(sep=…\) is for Excel"),
        ],
    )
    def test_another_kind_of_csv(self, tmp_path, content, said):
        """What spreadsheets do to a CSV file is told with the way out."""
        path = tmp_path / "log.csv"
        path.write_text(content, encoding="latin-1")
        mapping = parse_mapping(MAPPING.replace("EXTRA_COLUMNS", ""))

        with pytest.raises(LogError, match=said):
            EventLog.from_csv(path, PROCESS, mapping)

    def test_as_many_touch_classes_as_there_may_be(self, tmp_path):
        """One activity may be a touch of every class: the numbers of the rules can hold that."""
        touches = [TouchClass(id=f"t{number}") for number in range(60)]
        process = attrs.evolve(PROCESS, touches=touches)
        log = read(tmp_path, f"A,{NINE},Talk", "A,2026-03-03T09:00Z,call")
        rows = log.origin.rows(rule_book(process))

        assert rows.subject[1] == 2**63 - 1 - 2**2  # all but the class of what is inbound

    def test_a_log_is_shown_by_its_size(self, tmp_path):
        """A notebook is not flooded with the log."""
        assert repr(read(tmp_path, f"A,{NINE},Talk")) == "<EventLog of 1 deal, 1 event>"

    def test_pickles(self, tmp_path):
        """A log can be sent to another process."""
        log = read(tmp_path, f"A,{NINE},Talk")

        assert pickle.loads(pickle.dumps(log)).events("A") == log.events("A")  # noqa: S301 - our own
