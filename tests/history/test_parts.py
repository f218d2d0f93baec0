"""Parts of a log: read apart, run side by side, and joined, they are the whole."""

import concurrent.futures
import datetime as dt
import random
import threading
from collections.abc import Iterator

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.random_logs import random_case
from tests.history.test_audit import log_of, random_now
from tests.history.test_event_logs import renamed
from tests.rules.cases import make_case

from salesflow.errors import LogError
from salesflow.events import Opened
from salesflow.history import EventLog, audit, run, shares
from salesflow.history.extras import np
from salesflow.history.reading.integers import firsts, places

randoms = st.integers(0, 2**40).map(random.Random)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="module")
def threads():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield pool


def many(rng, deals=12):
    """A log of many deals of the whole language, in all calendars of their process."""
    case = make_case(rng.randrange(2**40))
    names = [None, *(named.id for named in case.process.calendars)]
    told = {}
    for number in range(deals):
        events = renamed(case.events, f"D{number}")
        kept = [e for e in events if isinstance(e, Opened) or rng.random() < 0.8]
        told[f"D{number}"] = [
            attrs.evolve(e, calendar=rng.choice(names)) if isinstance(e, Opened) else e
            for e in kept
        ]
    return case, EventLog.from_events(told, case.process)


class TestExecutors:
    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=25)
    def test_threads(self, rng, threads):
        """Deals run side by side are judged as one after the other."""
        case, log = many(rng)
        now = case.nows[-1]

        found = audit(log, case.process, now, fast=False, executor=threads)

        assert found == audit(log, case.process, now, fast=False)

    @given(rng=randoms)
    @settings(max_examples=10)
    def test_deals_of_several_calendars(self, rng):
        """Each deal is judged as if it were alone, whichever calendars the others go by."""
        case, log = many(rng, deals=5)
        now = case.nows[-1]
        whole = audit(log, case.process, now, fast=False)
        alone = [audit(log.only([deal]), case.process, now, fast=False) for deal in log.deals]
        verdicts = (verdict for each in (whole, *alone) for verdict in each.deals)
        # How many of the won deals were older is a matter of all of them.
        told = [attrs.evolve(verdict, older_than=None) for verdict in verdicts]

        assert told[: len(whole.deals)] == told[len(whole.deals) :]
        assert list(whole.gaps) == [gap for each in alone for gap in each.gaps]

    def test_processes(self, folder):
        """What is sent to other processes and back is the same."""
        rng = random.Random(5)
        process, mapping, rows = random_case(rng)
        log, now = log_of(rows, mapping, process, folder), random_now(rng, rows)

        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            found = audit(log, process, now, fast=False, executor=pool)

        assert found == audit(log, process, now, fast=False)

    def test_an_executor_that_wants_lists(self, threads):
        """As that of Dask does: what can be gone through only once is refused."""

        class Particular(concurrent.futures.Executor):
            def map(self, fn, *given, **_):
                assert not any(isinstance(each, Iterator) for each in given)
                return threads.map(fn, *given)

        case, log = many(random.Random(3))
        now = case.nows[-1]

        found = audit(log, case.process, now, fast=False, executor=Particular())

        assert found == audit(log, case.process, now, fast=False)

    @pytest.mark.compiled
    def test_compiled_rules_take_threads(self, monkeypatch):
        """Unless told otherwise, several threads run a large log, with the same result."""
        pytest.importorskip("numba")
        ran_in, answers_of = set(), run.answers_of

        def watched(*given, **options):
            ran_in.add(threading.current_thread())
            return answers_of(*given, **options)

        monkeypatch.setattr(run, "answers_of", watched)
        monkeypatch.setattr(run, "WORTH_SHARING", 1)
        case, log = many(random.Random(4))
        now = case.nows[-1]

        found = audit(log, case.process, now, fast=True)

        assert ran_in
        assert threading.current_thread() not in ran_in
        assert found == audit(log, case.process, now, fast=False)

    def test_an_empty_log(self, threads):
        """Nothing is judged by nobody."""
        case = make_case(1)
        log = EventLog.from_events({}, case.process)

        found = audit(log, case.process, case.nows[0], executor=threads)

        assert found == audit(log, case.process, case.nows[0])
        assert (log.last_at, len(log), found.deals) == (None, 0, ())

    def test_shares_are_about_equal(self):
        """No share is much larger than the others, and each deal is in one."""
        rng = np.random.default_rng(3)
        first = np.concatenate([[0], np.cumsum(rng.integers(1, 20, 400))])
        rows = shares.Rows(first, *([np.arange(first[-1])] * 6))

        found = shares.shares_of(rows, [None] * 400, several=True)

        assert np.concatenate([share.deals for share in found]).tolist() == list(range(400))
        sizes = [len(share.rows(rows).kind) for share in found]
        assert len(sizes) == shares.LEAST_SHARES
        assert max(sizes) - min(sizes) < 60


class TestJoining:
    @pytest.mark.long
    @given(rng=randoms)
    def test_parts_of_tables(self, rng, folder):
        """Each part with deals of its own; joined, they are the log that was read at once."""
        process, mapping, rows = random_case(rng)
        for row in rows:
            if row["what"] != "call" and rng.random() < 0.05:
                row["at"] = "soon"
        whole = log_of(rows, mapping, process, folder)
        frame, deals = pl.DataFrame(rows), sorted({row["deal"] for row in rows})
        rng.shuffle(deals)
        now = random_now(
            rng, [row for row in rows if row["at"] != "soon"] or [{"at": "2026-03-02T09:00Z"}]
        )

        parts = (
            EventLog.from_frame(frame.filter(deal=deal), process, mapping, is_part=True)
            for deal in deals
        )
        found, expected = (audit(log, process, now, fast=False) for log in (parts, whole))

        assert found.deals == expected.deals
        assert found.summary == expected.summary
        assert found.deviations == expected.deviations
        assert found.quality.to_dict() | {"unusable": 0, "meant": 0, "examples": 0} == (
            expected.quality.to_dict() | {"unusable": 0, "meant": 0, "examples": 0}
        )

    @given(rng=randoms)
    @settings(max_examples=20)
    def test_parts_of_events(self, rng):
        """The same for logs of events."""
        _, log = many(rng, deals=4)
        parts = [log.only([deal]) for deal in reversed(log.deals)]

        joined = EventLog.concat(parts)

        assert joined.to_events() == log.to_events()
        assert joined.deals == log.deals
        assert joined.quality.read == 4 * log.quality.read

    def test_what_cannot_be_joined(self, folder):
        """A deal in two parts, two ways of reading, and no log at all."""
        rng = random.Random(5)
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        events = EventLog.from_events(log.to_events(), process)
        other = attrs.evolve(mapping, source="elsewhere")
        another = EventLog.from_events({}, attrs.evolve(process, version="another"))

        with pytest.raises(LogError, match=r"\d deals are in two of them \('D1'"):
            EventLog.concat([log, log])
        with pytest.raises(LogError, match="some are of tables and some of events"):
            EventLog.concat([log.only([]), events])
        with pytest.raises(LogError, match="of different processes"):
            EventLog.concat([events, another])
        with pytest.raises(LogError, match="read by different mappings"):
            EventLog.concat([log.only([]), log_of(rows, other, process, folder)])
        for wrong in ("log.csv", 7, [7]):
            with pytest.raises(TypeError, match=r"expected (an|several of type) EventLog\. Read"):
                EventLog.concat(wrong)
        with pytest.raises(TypeError, match="log: there is none"):
            EventLog.concat([])


class TestBlocks:
    @given(sizes=st.lists(st.integers(0, 4), min_size=1), data=st.data())
    def test_places(self, sizes, data):
        """The entries of some deals, in the order of the deals."""
        first = np.concatenate([[0], np.cumsum(sizes)])
        deals = data.draw(st.permutations(range(len(sizes))))[
            : data.draw(st.integers(0, len(sizes)))
        ]
        asked = np.array(deals, dtype=np.int64)

        found = places(first, asked).tolist()

        assert found == [n for deal in deals for n in range(first[deal], first[deal + 1])]
        assert firsts(first, asked).tolist() == [
            sum(sizes[deal] for deal in deals[:n]) for n in range(len(deals) + 1)
        ]


def test_a_part_is_small_when_it_is_sent(folder):
    """What no event of a part needs is not sent with it."""
    rng = random.Random(5)
    process, mapping, rows = random_case(rng)
    log = log_of(rows, mapping, process, folder)

    part = log.only(log.deals[:1])

    assert part.to_events() == {log.deals[0]: log.events(log.deals[0])}
    assert len(part.origin.row) == len(np.unique(part.origin.story.statement))
    assert part.until(dt.datetime(1999, 1, 1, tzinfo=dt.UTC)).deals == ()
