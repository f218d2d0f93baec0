"""The service as a whole: it waits for nobody, loses nothing, and says what it lacks."""

import datetime as dt
import http.server
import json
import threading
import time

import pytest
from settings import WANTED, from_environment
from tests.service.conftest import MONDAY, serving
from tests.service.deals import MOVED, PIPEDRIVE, pipedrive
from tests.store.conftest import postgres_server  # noqa: F401 - a fixture

from salesflow.store.adapters import new_secret, verify

DAY = dt.timedelta(days=1)


def wait_for(what):
    """Wait until something holds, for a while."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if what():
            return
        time.sleep(0.01)
    raise AssertionError("it took too long")


class TestLoop:
    def test_slow_store(self, service, monkeypatch):
        """While the store is slow, whoever asks how we are is answered at once."""
        append, is_in, may_go_on = service.store.append, threading.Event(), threading.Event()

        def slow(*arguments, **options):
            is_in.set()
            assert may_go_on.wait(20)
            return append(*arguments, **options)

        monkeypatch.setattr(service.store, "append", slow)
        answers = []
        threads = [
            threading.Thread(target=lambda n=n: answers.append(hook_of(service, n)))
            for n in range(5)
        ]
        for thread in threads:
            thread.start()
        assert is_in.wait(20)

        took = []
        for _ in range(10):
            began = time.monotonic()
            assert service.client.get("/health").status_code == 200
            took.append(time.monotonic() - began)
        assert answers == []
        may_go_on.set()
        for thread in threads:
            thread.join()

        assert sorted(took)[5] < 0.2
        assert answers == [200] * 5

    def test_ends(self, service):
        """When it ends, nothing of it goes on."""
        names = [thread.name for thread in threading.enumerate()]
        assert "worker" in names
        worker = service.host.worker

        worker.stop()

        wait_for(lambda: "worker" not in [thread.name for thread in threading.enumerate()])

    def test_not_well(self, service, monkeypatch):
        """If time is not looked after, it says so."""
        monkeypatch.setattr(type(service.host.worker), "is_well", property(lambda _: False))

        answer = service.client.get("/health")

        assert (answer.status_code, answer.json()["status"]) == (503, "stuck")

    def test_no_picture(self, service):
        """Browsers ask for a picture, and there is none."""
        assert service.client.get("/favicon.ico").status_code == 404


def hook_of(service, number):
    """Send a webhook of another deal; return the status of the answer."""
    return service.hook(pipedrive(PIPEDRIVE | {"id": number})).status_code


class TestRestart:
    def test_everything_is_there(self, tmp_path):
        """What was kept, and what waits for its deal, is there after a restart."""
        with serving(tmp_path, "pipedrive") as service:
            assert service.hook(MOVED).json()["early"] == 1
        with serving(tmp_path, "pipedrive") as service:
            assert service.hook(pipedrive()).json()["recorded"] >= 2
        with serving(tmp_path, "pipedrive") as service:
            assert service.store.state("123", MONDAY).stage == "meeting"


class TestEffects:
    def test_are_sent(self, serve):
        """What time does is told to a receiver, signed, in order; it gets each at least once."""
        secret, got = new_secret(), []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                verify(secret, dict(self.headers), body, dt.datetime.now(dt.UTC))
                got.append(json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/effects"
        service = serve(send_to=url, send_secret=secret)
        service.hook(pipedrive())

        service.clock.at += 10 * DAY
        wait_for(lambda: len(got) >= 2)

        assert [event["data"]["kind"] for event in got[:2]] == ["breach", "escalate"]
        assert {event["source"] for event in got} == {"https://sales.example"}
        server.shutdown()
        server.server_close()


HOSTILE = [
    pipedrive(),
    MOVED,
    pipedrive(PIPEDRIVE | {"id": "\ud800"}),
    pipedrive(PIPEDRIVE | {"id": "\0"}),
    pipedrive(PIPEDRIVE | {"id": "x" * 300}),
    pipedrive(PIPEDRIVE | {"id": 10**30, "title": "\0\ud800"}),
    pipedrive(PIPEDRIVE | {"id": 7, "owner_id": "\ud800"}),
    pipedrive(PIPEDRIVE | {"id": 8, "add_time": "9999-12-31T23:59:59Z"}),
    pipedrive(PIPEDRIVE | {"id": 9, "add_time": "0001-01-01T00:00:00+14:00"}),
    pipedrive(PIPEDRIVE | {"id": 10, "value": -1e300}),
    pipedrive({"id": "\ud800", "stage_id": 2}, {"stage_id": 1}),
]


@pytest.mark.long
def test_same_on_both_databases(tmp_path, request):
    """What is hostile is kept or refused alike by SQLite and PostgreSQL."""
    url = request.getfixturevalue("postgres_server").new_database()
    with (
        serving(tmp_path, "pipedrive") as here,
        serving(tmp_path, "pipedrive", store=url) as there,
    ):
        answers = [
            [(answer.status_code, answer.json()) for answer in map(service.hook, HOSTILE)]
            for service in (here, there)
        ]
        kept = [
            {
                row.deal_id: [e.to_dict() for e in s.store.deal(row.deal_id).events]
                for row in s.store.rows()
            }
            for s in (here, there)
        ]

    assert answers[0] == answers[1]
    assert {status for status, _ in answers[0]} <= {200, 422}
    assert kept[0] == kept[1]
    assert len(kept[0]) >= 3


class TestEnvironment:
    def test_all_that_is_missing(self):
        """What it is not told it asks for, all at once."""
        with pytest.raises(SystemExit) as raised:
            from_environment({})

        assert [name for name in WANTED if name not in str(raised.value)] == []

    @pytest.fixture
    def said(self, tmp_path):
        mapping = tmp_path / "mapping.toml"
        mapping.write_text('format = 1\n\n[crm]\nsystem = "hubspot"\n', encoding="utf-8")
        return {
            "SALESFLOW_STORE": "postgresql://me:hunter2@host/deals",
            "SERVICE_PROCESS": "six-step",
            "SERVICE_MAPPING": str(mapping),
            "SERVICE_PUBLIC_URL": "https://sales.example/",
            "SERVICE_USERS": "dana:rep:hunter2 kim:sales_manager:hunter2:3",
            "SERVICE_WEBHOOK_SECRET": "hunter2",
            "SERVICE_FEED_SECRET": "hunter2",
            "SERVICE_SEND_SECRET": "hunter2",
        }

    def test_everything(self, said):
        """What it is told it does not show."""
        settings = from_environment(said)

        assert settings.public_url == "https://sales.example"
        assert [user.name for user in settings.users] == ["dana", "kim"]
        assert settings.users[1].password == "hunter2:3"  # noqa: S105 - of nobody
        assert "hunter2" not in repr(settings)

    def test_users(self, said):
        """A user without a role is a mistake, and is not shown."""
        with pytest.raises(SystemExit, match="name:role:password") as raised:
            from_environment(said | {"SERVICE_USERS": "dana:hunter2"})
        assert "hunter2" not in str(raised.value)

    def test_roles(self, said):
        """A role that the process does not have is found at the start; it may be a password."""
        with pytest.raises(SystemExit, match=r"roles of the process: .*sales_manager") as raised:
            from_environment(said | {"SERVICE_USERS": "dana:hunter2:rep"})
        assert "hunter2" not in str(raised.value)
