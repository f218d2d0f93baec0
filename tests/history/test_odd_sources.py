"""Frames and files as people really have them: read, or refused in a sentence that helps."""

import datetime as dt

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from salesflow.errors import LogError
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
ROWS = {
    "deal": ["A", "A", "B"],
    "at": ["2026-03-02T09:00Z", "2026-03-03T09:00Z", "2026-03-02T10:00Z"],
    "what": ["qualify", "call", "qualify"],
}
COLUMNS = {"deal": "deal", "activity": "what", "at": "at"}
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
qualify = "qualify"
[activities]
call = "call"
"""
TEXT = "deal,at,what\nA,2026-03-02T09:00Z,qualify\nA,2026-03-03T09:00Z,call\n"
EXPECTED = EventLog.from_frame(pl.DataFrame(ROWS), PROCESS, **COLUMNS).to_events()


def refusal(frame, **more):
    """What a frame is refused with."""
    with pytest.raises(LogError) as caught:
        EventLog.from_frame(frame, PROCESS, **COLUMNS, **more)
    return caught.value.problems


class TestFrames:
    @pytest.mark.parametrize(
        "frame",
        [
            pytest.param(pd.DataFrame(ROWS).astype("category"), id="pandas-categories"),
            pytest.param(pd.DataFrame(ROWS).astype("string"), id="pandas-strings"),
            pytest.param(pd.DataFrame(ROWS).set_index("deal"), id="pandas-index"),
            pytest.param(pd.DataFrame(ROWS).set_index(["deal", "at"]), id="pandas-levels"),
            pytest.param(pd.DataFrame(ROWS).set_index("at", drop=False), id="pandas-twice"),
            pytest.param(pd.DataFrame(ROWS).groupby(["deal", "at"]).last(), id="pandas-groups"),
            pytest.param(
                pl.DataFrame(ROWS).with_columns(pl.all().cast(pl.Categorical)), id="categories"
            ),
            pytest.param(
                pl.DataFrame(ROWS).with_columns(at=pl.col("at").cast(pl.Enum(sorted(ROWS["at"])))),
                id="enum",
            ),
            pytest.param(
                pa.table({name: pa.array(c).dictionary_encode() for name, c in ROWS.items()}),
                id="arrow-dictionaries",
            ),
        ],
    )
    def test_texts_however_they_are_kept(self, frame):
        """Categories and dictionaries are texts, also where they are instants."""
        assert EventLog.from_frame(frame, PROCESS, **COLUMNS).to_events() == EXPECTED

    def test_columns_with_numbers_for_names(self):
        """A name that is no text is meant by its text."""
        frame = pd.DataFrame(list(zip(*ROWS.values(), strict=True)))

        log = EventLog.from_frame(frame, PROCESS, deal="0", at="1", activity="2")

        assert log.to_events() == EXPECTED

    def test_one_name_for_several_columns(self):
        """Which one is meant is not guessed."""
        frame = pd.DataFrame([["A", "B", "x", "y"]], columns=["deal", "deal", "at", "at"])

        [said] = refusal(frame)

        assert said.startswith(
            "several of its columns have one name ('deal' 2 times, 'at' 2 times)"
        )

    def test_values_of_several_types(self):
        """Ids that are partly numbers, as of a spreadsheet, are not turned into anything."""
        frame = pd.DataFrame({**ROWS, "deal": pd.Series([1, "A", 2.5], dtype=object)})

        [said] = refusal(frame)

        assert said.startswith("column 'deal' holds values of several types: ")
        assert said.endswith("""such as texts (frame['deal'].astype("string")), or drop it.""")
        log = EventLog.from_frame(
            frame.assign(deal=frame["deal"].astype("string")), PROCESS, **COLUMNS
        )
        assert log.deals == ("1", "2.5", "A")

    @pytest.mark.parametrize("has_arrow", [True, False])
    def test_times_with_and_without_a_zone(self, monkeypatch, has_arrow):
        """Together in one column, some would lose their zone without a word."""
        when = dt.datetime(2026, 3, 2, 9)  # noqa: DTZ001 - one of them has none
        times = [when, when.replace(tzinfo=dt.UTC), None]
        frame = pd.DataFrame({**ROWS, "at": pd.Series(times, dtype=object)})

        def refuse(*_, **__):
            raise ModuleNotFoundError("pyarrow")

        if not has_arrow:
            monkeypatch.setattr(pl, "from_pandas", refuse)

        [said] = refusal(frame, zone="Europe/Berlin")

        assert "column 'at' holds values of several types: times with and without a zone" in said

    def test_times_of_several_zones(self):
        """Each is its own instant."""
        berlin = pd.Timestamp("2026-03-02 09:00", tz="Europe/Berlin")
        times = [pd.Timestamp("2026-03-02 09:00", tz="UTC"), berlin, pd.NaT]
        frame = pd.DataFrame({**ROWS, "at": pd.Series(times, dtype=object)})

        log = EventLog.from_frame(frame, PROCESS, **COLUMNS)

        assert [event.occurred_at.hour for event in log.events("A")] == [8, 8, 9]

    def test_long_values(self):
        """What nobody knows is shown, but not to its end."""
        frame = pl.DataFrame({**ROWS, "what": ["w" * 5_000] * 3, "worth": ["v" * 5_000] * 3})

        assert len(refusal(frame)[1]) < 300
        log = EventLog.from_frame(
            frame.with_columns(deal=pl.Series(["A", "A", "C"])).vstack(
                frame.with_columns(what=pl.lit("qualify"))
            ),
            PROCESS,
            **COLUMNS,
            facts={"value": "worth"},
        )
        assert max(map(len, log.quality.lines())) < 300

    def test_what_is_no_frame(self):
        """It is shown on one line."""
        [said] = refusal(pl.Series("deal", [1, 2]))

        assert "\n" not in said
        assert said.endswith("expected a DataFrame (pandas, polars, pyarrow …)")

    def test_a_name_as_of_a_column_that_repeats(self):
        """In a frame, nothing repeats: each column has a name of its own."""
        frame = pl.DataFrame(ROWS).with_columns(what_duplicated_0=pl.lit("x"))

        assert EventLog.from_frame(frame, PROCESS, **COLUMNS).to_events() == EXPECTED


class TestCsvFiles:
    @staticmethod
    def read(folder, text, encoding="utf-8"):
        path = folder / "log.csv"
        path.write_bytes(text.encode(encoding))
        return EventLog.from_csv(path, PROCESS, parse_mapping(MAPPING))

    def test_byte_order_mark(self, tmp_path):
        """What Excel writes in front is no part of the first name."""
        assert self.read(tmp_path, TEXT, "utf-8-sig").deals == ("A",)

    @pytest.mark.parametrize(
        ("deal", "encoding"), [("A", "utf-16"), ("Ä", "utf-16"), ("Ä", "latin-1")]
    )
    def test_another_encoding(self, tmp_path, deal, encoding):
        """It says which one it has to be, and how Excel writes it."""
        with pytest.raises(LogError, match=r"not in UTF-8\. Save it as UTF-8 \(in Excel"):
            self.read(tmp_path, TEXT.replace("A", deal), encoding)

    def test_quotes_in_titles(self, tmp_path):
        """A title in quotes that has quotes in it is meant with single ones."""
        path = tmp_path / "log.csv"
        path.write_text(TEXT.replace("what\n", '"the ""what"""\n'), encoding="utf-8")
        mapping = parse_mapping(MAPPING.replace('"what"', "'the \"what\"'"))

        assert len(EventLog.from_csv(path, PROCESS, mapping)) == 2

    def test_one_name_for_several_columns(self, tmp_path):
        """Of those that are read, which one is meant is not guessed; others do no harm."""
        with pytest.raises(LogError, match="several columns 'what': say which is meant"):
            self.read(tmp_path, TEXT.replace("what", "what,what").replace("call", "call,hm"))

        assert self.read(tmp_path, TEXT.replace("what", "what,x,x")).deals == ("A",)
