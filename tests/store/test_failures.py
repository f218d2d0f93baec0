"""When the database fails: a clear error, nothing half-written, and a store that goes on after."""

import contextlib
import datetime as dt
import os
import pickle
import sqlite3
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, deliver, learned, opening, rows
from tests.store.works import WORKS, content, lived

from salesflow.errors import StoreError, StoreUnavailable
from salesflow.store import Store, database
from salesflow.store.extras import sa

SHORT = dt.timedelta(milliseconds=300)
_REFUSE = (
    """
    CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'the server says so'; END $$
    """,
    """
    CREATE TRIGGER refused BEFORE INSERT ON salesflow_events
    FOR EACH ROW EXECUTE FUNCTION refused()
    """,
)
_READER = (
    """
    DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'reader') THEN
    CREATE ROLE reader; END IF; END $$
    """,
    "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema || ' TO reader'; END $$",
    """
    DO $$ BEGIN
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA ' || current_schema || ' TO reader'; END $$
    """,
)


@contextlib.contextmanager
def failing_at(store, number, error):
    """Have the n-th statement fail before it is sent; tell how many there were."""
    seen = []

    def before(connection, cursor, statement, *_):  # noqa: ARG001 - what SQLAlchemy gives
        seen.append(statement)
        if len(seen) == number:
            raise error

    sa.event.listen(store.database.engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        sa.event.remove(store.database.engine, "before_cursor_execute", before)


class TestEveryStatement:
    """Whichever statement fails, what a transaction was to do is done wholly or not at all."""

    def check(self, new_url, name):
        with Store(new_url()) as store:
            lived(store)
            before = content(store)
            with failing_at(store, 0, None) as seen:
                WORKS[name](store)
            after, count = content(store), len(seen)
        for number in range(1, count + 1):
            with Store(new_url()) as other:
                lived(other)
                fire = failing_at(other, number, OSError("the disk is on fire"))
                with contextlib.suppress(OSError), fire:
                    WORKS[name](other)
                assert content(other) in (before, after)
                WORKS[name](other)
                assert content(other) == after
                assert other.verify() is None

    @pytest.mark.long
    @pytest.mark.parametrize("name", WORKS)
    def test_sqlite(self, name):
        """In memory it takes no time to try all of them."""
        self.check(lambda: "sqlite://", name)

    @pytest.mark.long
    def test_postgres(self, postgres_server):
        """A sweep has statements of every kind."""
        self.check(postgres_server.new_database, "sweep")


class TestSqlite:
    @pytest.mark.long
    def test_disk_full(self, tmp_path):
        """A full disk is told as one; what was kept is there, and there is a way on."""
        with Store(tmp_path / "x.db") as store:
            lived(store)
            before = content(store)
            small = sa.text("PRAGMA max_page_count = 1")
            store.database.read(lambda c: c.execute(small).all())
            events = {f"D{n}": [opening(f"D{n}")] for n in range(500)}

            with pytest.raises(StoreError, match="the disk is full") as raised:
                store.record_many(events, MONDAY, process=OURS)
            assert pickle.loads(pickle.dumps(raised.value)).args == raised.value.args  # noqa: S301
            assert content(store) == before
            large = sa.text("PRAGMA max_page_count = 100000")
            store.database.read(lambda c: c.execute(large).all())
            assert store.record_many(events, MONDAY, process=OURS).added == 500
            assert store.verify() is None

    def test_read_only(self, tmp_path):
        """A file that may only be read can be read."""
        with Store(tmp_path / "x.db") as store:
            lived(store)
        with Store(f"sqlite:///file:{tmp_path / 'x.db'}?mode=ro&uri=true") as store:
            assert store.state("A", MONDAY).stage == "talk"
            assert store.verify() is None
            for name in ("open", "append", "bulk", "sweep"):
                with pytest.raises(StoreError, match="is read-only"):
                    WORKS[name](store)

    def test_no_database(self, tmp_path):
        """A file that is something else is refused, and left as it is."""
        path = tmp_path / "letter.txt"
        path.write_text("Dear Sir or Madam, " * 100)

        with pytest.raises(StoreError, match="not an SQLite database"):
            Store(path)
        assert path.read_text().startswith("Dear Sir")

    def test_not_to_be_looked_at(self, tmp_path):
        """A place of which nobody may know what is there is not said to be empty."""
        with pytest.raises(StoreError, match="the file cannot be opened"):
            Store(tmp_path / ("x" * 300), create=False)

    def test_no_folder(self, tmp_path):
        """A file that cannot be made is told."""
        with pytest.raises(StoreError, match="cannot be opened"):
            Store(tmp_path / "nowhere" / "x.db")

    def test_damaged(self, tmp_path):
        """A file of which a part was overwritten is told as damaged."""
        with Store(tmp_path / "x.db") as store:
            store.record_many(
                {f"D{n}": [opening(f"D{n}")] for n in range(200)}, MONDAY, process=OURS
            )
        path = tmp_path / "x.db"
        data = bytearray(path.read_bytes())
        for at in range(8192, len(data), 4096):
            data[at : at + 2000] = b"\xff" * 2000
        path.write_bytes(bytes(data))

        with pytest.raises(StoreError, match="damaged"), Store(path) as store:
            store.verify()

    def test_busy(self, tmp_path):
        """Whoever keeps the database for too long is told, and it can be tried again."""
        with Store(tmp_path / "x.db", timeout=SHORT) as store:
            lived(store)
            other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="it was busy"):
                WORKS["append"](store)
            other.execute("ROLLBACK")
            other.close()
            assert WORKS["append"](store) == 2


class TestConnections:
    def test_all_in_use(self, store, monkeypatch):
        """Whoever gets no connection is told to come back."""

        def connect():
            raise sa.exc.TimeoutError("QueuePool limit")

        monkeypatch.setattr(store.database.engine, "connect", connect)
        with pytest.raises(StoreUnavailable, match="all connections are in use"):
            store.deal("A")

    def test_always_in_the_way(self, store, monkeypatch):
        """A transaction that others always get in the way of is given up."""
        monkeypatch.setattr(database, "TRIES", 2)
        tried = []

        def work(_):
            tried.append(1)
            raise database.Again

        with pytest.raises(StoreUnavailable, match="other transactions got in the way 2 times"):
            store.database.write(work)
        assert len(tried) == 2


class TestPostgres:
    def test_gone_and_back(self, postgres_server, monkeypatch):
        """A server that crashed is unavailable; once it is back, the same store goes on."""
        monkeypatch.setattr(database, "TRIES", 2)
        with Store(postgres_server.new_database()) as store:
            lived(store)
            before = content(store)
            postgres_server.stop("immediate")
            for work in (*WORKS.values(), lambda s: s.deal("A")):
                with pytest.raises(StoreUnavailable, match="connection was lost, or there is none"):
                    work(store)
            postgres_server.start()

            assert content(store) == before
            for work in WORKS.values():
                work(store)
            assert store.verify() is None

    def test_by_itself(self, postgres_server):
        """A worker whose connection is cut does its transaction again, without being asked."""
        with Store(postgres_server.new_database()) as store:
            lived(store)
            cut = []

            def before(connection, *_):
                if not cut:
                    cut.append(connection)
                    other = store.database.engine.connect()
                    mine = connection.connection.dbapi_connection.info.backend_pid
                    other.execute(sa.select(sa.func.pg_terminate_backend(mine)))
                    other.close()

            sa.event.listen(store.database.engine, "begin", lambda _: None)
            sa.event.listen(store.database.engine, "before_cursor_execute", before)
            assert store.append("A", [call("1", MONDAY + HOUR)], MONDAY + 5 * DAY) == 2
            assert cut
            assert store.verify() is None

    @pytest.mark.long
    def test_a_worker_that_hangs(self, postgres_server):
        """It has lost its transaction when it wakes up: others have done its work meanwhile."""
        url = postgres_server.new_database()
        with Store(url, timeout=SHORT) as slow, Store(url) as quick:
            lived(quick)
            asleep, done = threading.Event(), threading.Event()

            def hang(*_):
                if not asleep.is_set():
                    asleep.set()
                    done.wait(20)

            sa.event.listen(slow.database.engine, "commit", hang)
            thread = threading.Thread(target=slow.sweep, args=[MONDAY + 9 * DAY])
            thread.start()
            assert asleep.wait(10)
            time.sleep(5 * SHORT.total_seconds())
            swept = quick.sweep(MONDAY + 9 * DAY)
            after = content(quick)
            done.set()
            thread.join()

            assert swept.is_done
            assert swept.promised > 0
            assert content(quick) == after
            assert quick.verify() is None

    def test_append_waits_for_a_sweep(self, postgres_server):
        """Who appends while a sweep is at the deal goes by what the sweep has left."""
        url = postgres_server.new_database()
        with Store(url) as slow, Store(url) as store:
            lived(store)
            at_commit, go_on = threading.Event(), threading.Event()

            def hang(*_):
                at_commit.set()
                go_on.wait(20)

            sa.event.listen(slow.database.engine, "commit", hang, once=True)
            sweeping = threading.Thread(target=slow.sweep, args=[MONDAY + 9 * DAY])
            sweeping.start()
            assert at_commit.wait(10)
            late = [learned("x", MONDAY, need=True)]
            appending = threading.Thread(target=store.append, args=["A", late, MONDAY + 5 * DAY])
            appending.start()
            time.sleep(SHORT.total_seconds())
            assert appending.is_alive()
            go_on.set()
            appending.join()
            sweeping.join()

            assert store.row("A").at == MONDAY + 9 * DAY
            assert store.verify() is None

    def test_locked(self, postgres_server):
        """Whoever waits for a deal for too long is told."""
        url = postgres_server.new_database()
        with Store(url, timeout=SHORT) as store, Store(url) as other:
            lived(store)
            with other.database.engine.begin() as connection:
                connection.execute(sa.text("SELECT * FROM salesflow_deals FOR UPDATE"))
                with pytest.raises(StoreUnavailable, match="it was busy"):
                    WORKS["append"](store)
                found = store.sweep(MONDAY + 9 * DAY)
                assert (found.deals, found.remaining) == (0, 3)
                assert not found.is_done
            assert store.sweep(MONDAY + 9 * DAY).is_done

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("53100", r"the disk is full \(.*the server says so\). Make room\."),
            ("25006", r"it is read-only \(.*the server says so\). Is it a replica\?"),
        ],
        ids=["full", "replica"],
    )
    def test_refused(self, postgres_server, code, said):
        """What the server says of its disk is told; nothing was done, and there is a way on."""
        with Store(postgres_server.new_database()) as store:
            lived(store)
            before = content(store)
            for statement in _REFUSE:
                text = statement.format(code=code)
                store.database.write(lambda c, s=text: c.exec_driver_sql(s))
            for name in ("open", "append", "bulk"):
                with pytest.raises(StoreError, match=said):
                    WORKS[name](store)
            assert content(store) == before
            store.database.write(
                lambda c: c.exec_driver_sql("DROP TRIGGER refused ON salesflow_events")
            )
            for work in WORKS.values():
                work(store)
            assert store.verify() is None

    def test_no_right(self, postgres_server):
        """Who may only read can read, and is told why nothing is written."""
        url = postgres_server.new_database()
        with Store(url) as store:
            lived(store)
            before = content(store)
            for statement in _READER:
                store.database.write(lambda c, s=statement: c.exec_driver_sql(s))
            with Store(f"{url}%20-crole%3Dreader") as reader:
                assert reader.state("A", MONDAY).stage == "talk"
                with pytest.raises(StoreError, match="the user has no right"):
                    WORKS["append"](reader)
            assert content(store) == before

    @pytest.mark.parametrize("part", ["postgres?", "tests@"])
    def test_wrong_url(self, postgres_server, part):
        """A database or a user that there is not is told, not waited for."""
        url = postgres_server.new_database().replace(part, f"nobody_{part}")

        with pytest.raises(StoreError, match=r"refuses the connection.*does not exist") as raised:
            Store(url)
        assert not isinstance(raised.value, StoreUnavailable)


class TestDeliveredMeanwhile:
    def test_counts_as_told(self, store):
        """What somebody begins to send in the very moment of its withdrawal is taken back."""
        lived(store)
        begun = []

        def before(connection, cursor, statement, *_):  # noqa: ARG001 - what SQLAlchemy gives
            if statement.startswith("DELETE FROM salesflow_outbox") and not begun:
                begun.append(statement)
                if store.database.is_sqlite:  # nobody else can write: the row is gone already
                    cursor.execute("UPDATE salesflow_outbox SET tries = 1")
                else:
                    deliver(store)

        sa.event.listen(store.database.engine, "before_cursor_execute", before)
        store.append("A", [call("x", MONDAY + 2 * DAY)], MONDAY + 4 * DAY)

        assert begun
        assert store.verify() is None
        if not store.database.is_sqlite:
            store.sweep(MONDAY + 4 * DAY)
            assert [row[3] for row in rows(store, "outbox") if row[1] == "A"] == ["warn", "rescind"]


class TestLine:
    def test_reading_in_memory(self):
        """In memory, nobody reads what somebody else is just writing."""
        reading = []
        with Store("sqlite://") as store, ThreadPoolExecutor(1) as pool:
            lived(store)

            def work(connection):
                connection.exec_driver_sql("UPDATE salesflow_deals SET owner = 'nobody'")
                reading.append(pool.submit(store.row, "A"))
                wait(reading, timeout=0.1)
                raise OSError("undone")

            with pytest.raises(OSError, match="undone"):
                store.database.write(work)
            assert reading[0].result().owner == "dana"

    def test_threads_wait_for_each_other(self, tmp_path):
        """On SQLite one writes at a time: others wait in line, however short their patience is."""
        turns, writers = [], 4
        begin = threading.Barrier(writers)

        with Store(tmp_path / "deals.db", timeout=dt.timedelta(milliseconds=1)) as store:

            def work(connection):
                turns.append("in")
                connection.execute(sa.text("SELECT 1"))
                time.sleep(0.02)
                turns.append("out")

            def write():
                begin.wait()
                store.database.write(work)

            threads = [threading.Thread(target=write) for _ in range(writers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        assert turns == ["in", "out"] * writers

    def test_nobody_waits_longer_than_the_first(self, tmp_path):
        """If somebody else holds the file, those in line do not wait for it one after the other."""
        patience, writers = dt.timedelta(seconds=1), 6
        with Store(tmp_path / "x.db", timeout=patience) as store:
            lived(store)
            other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with ThreadPoolExecutor(writers) as pool:
                since = time.monotonic()
                waiting = [pool.submit(WORKS["append"], store) for _ in range(writers)]
                said = {type(each.exception()) for each in waiting}
                assert time.monotonic() - since < 3
            assert said == {StoreUnavailable}
            other.close()
            assert WORKS["append"](store) == 2


class TestForked:
    def test_refused(self, store):
        """Whoever inherits a store is told so, and leaves its connections as they are."""
        store.append("A", [opening("A")], MONDAY, process=OURS)

        held = connection_of(store)
        said = in_a_fork(lambda: store.deal("A"), store.close, lambda: check_open(held))

        assert said.startswith(f"StoreError: store {store.database}: it was opened before this")
        assert said.endswith("Open a Store in each process, after the fork.")
        assert connection_of(store) is held

    def test_of_its_own(self, url):
        """A store that a forked process opens is as good as any."""
        Store(url).close()

        def work():
            with Store(url) as own:
                own.append("A", [opening("A")], MONDAY, process=OURS)

        assert in_a_fork(work) == ""
        with Store(url) as store:
            assert store.deal("A").id == "A"


def connection_of(store):
    """The one that is used; one that was cut has been replaced."""
    with store.database.engine.connect() as connection:
        return connection.connection.driver_connection


def check_open(connection):
    """Raise if a connection was closed in this process; nothing is said over it."""
    if isinstance(connection, sqlite3.Connection):
        assert connection.total_changes >= 0  # a closed one does not say
    else:
        assert not connection.closed


def in_a_fork(*works):
    """What a forked process raises, as text."""
    mine, its = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of others are not needed
        child = os.fork()
    if child == 0:
        said = ""
        for work in works:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the parent has to hear of it
                said += f"{type(error).__name__}: {error}"
        os.write(its, said.encode())
        os._exit(0)
    os.close(its)
    os.waitpid(child, 0)
    with os.fdopen(mine, encoding="utf-8") as answer:
        return answer.read()
