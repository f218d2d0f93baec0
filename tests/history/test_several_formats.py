"""Several formats in one column: each text by the one that fits, and none that fits two is read."""

import datetime as dt
import itertools

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

import salesflow as sf
from salesflow.errors import LogError
from salesflow.history import EventLog, parse_mapping
from salesflow.history.reading.instants import (
    FAR_OFF,
    IN_SECONDS,
    MISSING,
    NO_ZONE,
    TWO_INSTANTS,
    UNREADABLE,
    WHOLE_DAY,
    read_instants,
)

PROCESS = sf.load_process("six-step")
COLUMNS = {"deal": "deal", "activity": "what", "at": "at"}
GERMAN, BRITISH, AMERICAN = "%d.%m.%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y"
MOMENTS = st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2099, 12, 31))  # noqa: DTZ001 - local


def frame(*at):
    rows = {"deal": [f"D{row}" for row in range(len(at))], "what": "call", "at": at}
    return pl.DataFrame(rows)


def read(texts, forms, zone="Europe/Berlin"):
    return read_instants(pl.Series(texts, dtype=pl.String), forms, zone, "UTC")


def log_of(*at, form):
    return EventLog.from_frame(frame(*at), PROCESS, **COLUMNS, time_format=form, zone="UTC")


class TestInstants:
    def test_each_by_the_format_that_fits(self):
        """A column that two systems wrote holds what each of them meant."""
        found = read(["04.03.2026 09:30", "2026-03-04T09:30", "1772613000"], (GERMAN, "iso"))
        alone = read(["2026-03-04T09:30"], ("iso",))

        assert found.at[:2].tolist() == alone.at.tolist() * 2
        assert found.form.tolist() == [0, 1, 0]
        assert found.what[2] == IN_SECONDS
        assert read(["1772613000"], ("iso", "epoch_s")).at.tolist() == alone.at.tolist()

    def test_two_readings_are_none(self):
        """The fourth of March and the third of April cannot be told apart; the 13th can."""
        found = read(["03/04/2026", "13/04/2026", "04/13/2026", "04/04/2026"], (BRITISH, AMERICAN))

        assert found.what.tolist() == [TWO_INSTANTS, *[WHOLE_DAY] * 3]
        assert found.form.tolist() == [0, 0, 1, 0]
        assert found.at[1] == found.at[2]

    def test_a_third_format_does_not_decide(self):
        """What two formats read differently stays doubtful, whatever the next one says."""
        for forms in itertools.permutations((BRITISH, AMERICAN, "%d/%m/%Y")):
            assert read(["03/04/2026"], forms).what.tolist() == [TWO_INSTANTS]

    def test_what_no_format_reads(self):
        """The reason is the one that knows most."""
        texts = [None, "", "soon", "04.03.2026 09:30", "31/12/9999"]
        for forms in itertools.permutations(("iso", GERMAN, BRITISH)):
            assert read(texts, forms, zone=None).what.tolist() == [
                *(MISSING, MISSING, UNREADABLE, NO_ZONE, FAR_OFF)
            ]

    def test_a_time_that_wants_a_zone_fits_too(self):
        """Without a zone one of the readings is unknown, so the other one is not certain."""
        minute_or_millis = ("%Y%m%d%H%M", "epoch_ms")

        assert read(["200101010900"], minute_or_millis, None).what.tolist() == [TWO_INSTANTS]
        assert read(["200101010900"], minute_or_millis[:1], None).what.tolist() == [NO_ZONE]

    def test_a_column_of_times_needs_no_format(self):
        """What is a time already is read once."""
        column = pl.Series([dt.datetime(2026, 3, 4, 9, 30, tzinfo=dt.UTC)])
        assert read_instants(column, (GERMAN, "iso"), None, "UTC").form.tolist() == [0]

    @given(
        when=st.lists(st.tuples(MOMENTS, st.sampled_from([GERMAN, BRITISH, AMERICAN])), min_size=1)
    )
    def test_never_another_instant_than_was_written(self, when):
        """In whatever order formats are named, a text is what was written, or nothing."""
        texts = [moment.strftime(form) for moment, form in when]
        alone = [read([t], (form,)).at[0] for t, (_, form) in zip(texts, when, strict=True)]

        for forms in itertools.permutations((GERMAN, BRITISH, AMERICAN)):
            found = read(texts, forms)
            for place, (moment, form) in enumerate(when):
                if found.what[place] == TWO_INSTANTS:
                    assert form != GERMAN
                    assert moment.day <= 12
                    assert moment.day != moment.month
                else:
                    assert found.at[place] == alone[place]


class TestLogs:
    def test_what_matched_which_is_counted(self):
        """The quality report says how many instants each format reads."""
        log = log_of("04.03.2026 09:30", "05.03.2026 09:30", "2026-03-06", form=[GERMAN, "iso"])

        assert log.quality.formats == {GERMAN: 2, "iso": 1}
        assert f"instants by format: {GERMAN!r} 2, 'iso' 1" in log.quality.lines()
        assert log_of("2026-03-06", form="iso").quality.formats == {}

    def test_doubtful_ones_are_counted(self):
        """They are left out by name, with an example."""
        log = log_of("03/04/2026", "13/04/2026", form=(BRITISH, AMERICAN))

        [left] = log.quality.unusable
        assert (left.reason, left.count) == ("two_instants", 1)
        assert str(left.examples[0]) == "row 1: D0, 03/04/2026, call"
        assert log.quality.formats == {BRITISH: 1, AMERICAN: 0}

    def test_only_doubtful_ones(self):
        """A log of nothing else is an error that says what to do."""
        with pytest.raises(LogError, match=r"two formats read differently.*Give only the formats"):
            log_of("03/04/2026", form=[BRITISH, AMERICAN])

    def test_joined_logs_add_up(self):
        """The counts of parts are those of the whole."""
        both = frame("04.03.2026 09:30", "2026-03-06")
        forms = [GERMAN, "iso"]
        parts = [
            EventLog.from_frame(each, PROCESS, **COLUMNS, time_format=forms, zone="UTC")
            for each in (both[:1], both[1:])
        ]
        assert EventLog.concat(parts).quality.formats == {GERMAN: 1, "iso": 1}


class TestFiles:
    HEAD = 'format = 1\n[columns]\ndeal = "deal"\nat = "at"\nwhat = "what"\n'

    def test_one_or_several(self):
        """A single format needs no list."""
        one = parse_mapping(self.HEAD + f'[time]\nformat = "{GERMAN}"\n')
        several = parse_mapping(self.HEAD + f'[time]\nformat = ["{GERMAN}", "epoch_ms"]\n')

        assert one.time_format == (GERMAN,)
        assert several.time_format == (GERMAN, "epoch_ms")
        assert parse_mapping(self.HEAD).time_format == ("iso",)

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            pytest.param("[]", "an empty list; name at least one format", id="none"),
            pytest.param('["iso", "%Q"]', "time.format[1]: %Q is not known", id="letter"),
            pytest.param('["iso", 1]', 'time.format[1]: expected "iso"', id="no-text"),
            pytest.param("1", "or a list of these, got 1", id="number"),
        ],
    )
    def test_what_is_wrong(self, said, wrong):
        """Each format of a list is checked by itself."""
        with pytest.raises(LogError) as caught:
            parse_mapping(self.HEAD + f"[time]\nformat = {said}\n")
        assert wrong in str(caught.value)


class TestFacts:
    def dates(self, form, *texts):
        rows = frame(*["2026-03-01"] * len(texts)).with_columns(due=pl.Series(texts))
        facts = {"expected_close": {"column": "due", "format": form}}
        log = EventLog.from_frame(rows, PROCESS, **COLUMNS, facts=facts, zone="UTC")
        told = [
            str(event.facts["expected_close"])
            for deal in log.deals
            for event in log.events(deal)
            if event.kind_name == "learned"
        ]
        return told, log.quality

    def test_each_by_the_format_that_fits(self):
        """A date that only one of the formats reads is that."""
        told, quality = self.dates(["iso", GERMAN], "2026-03-04", "05.03.2026 10:00")

        assert told == ["2026-03-04", "2026-03-05"]
        assert quality.unread_facts == ()

    def test_two_dates_are_none(self):
        """What two formats read differently is counted, with what would help."""
        told, quality = self.dates([BRITISH, AMERICAN], "03/04/2026", "13/04/2026")

        assert told == ["2026-04-13"]
        [unread] = quality.unread_facts
        assert unread.said.endswith("name only one of their formats in [facts]")

    def test_letters_that_instants_may_have(self):
        """A format that is fine for an instant is fine for a date."""
        assert self.dates("%F %T", "2026-03-04 10:00:00")[0] == ["2026-03-04"]

    def test_no_numbers(self):
        """A fact holds a date, which no number is; it is refused where it is said."""
        with pytest.raises(LogError, match="got 'epoch_ms'"):
            self.dates("epoch_ms", "1772613000000")
