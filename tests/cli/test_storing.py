"""The commands on a store: what they do, how they end, and that they tell no password."""

import contextlib
import datetime as dt
import http.client
import http.server
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from tests.store.small import DAY, MONDAY, OURS, opening

from salesflow.cli.health import health_file, health_server
from salesflow.cli.storing import read_span, sweep
from salesflow.errors import DeliveryError
from salesflow.store import Store, Worker
from salesflow.store.adapters import new_secret, verify

SWEEP = ("sweep", "--leap", "none", "--store")
"""The deals are of March 2026, and what is asked on the command line is asked now."""


def eventually(is_so):
    """Wait until something is so."""
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def kept(tmp_path):
    """A store with two deals that nobody has touched; one has an odd name."""
    path = str(tmp_path / "deals.db")
    with Store(path) as store:
        for name in ("ACME-17", "B\x1b[31m"):
            store.append(name, [opening(name)], MONDAY, process=OURS)
    return path


@pytest.fixture
def failed(kept):
    """The same, with effects of both that were given up."""

    def send(_):
        raise DeliveryError("answered 422", is_final=True)

    with Store(kept) as store:
        store.sweep(MONDAY + 9 * DAY)
        store.deliver(MONDAY + 9 * DAY, send)
    return kept


class TestSweep:
    @pytest.mark.parametrize(("name", "of"), [("leap", Store), ("every", Worker)])
    def test_what_is_not_said(self, name, of):
        """The command, which must not load the store to print its help, assumes what that does."""
        said = {option.name: option.default for option in sweep.params}

        assert read_span(None, None, said[name]) == inspect.signature(of).parameters[name].default

    def test_once(self, invoke, kept):
        """What is due is done, and said in a line; so is that there is nothing to do."""
        result = invoke(*SWEEP, kept, "--once")

        assert result.exit_code == 0
        assert "UTC: 2 deals, 2 effects promised, 0 sent" in result.stdout
        again = invoke(*SWEEP, kept, "--once")
        assert again.exit_code == 0
        assert "UTC: 0 deals, 0 effects promised, 0 sent" in again.stdout

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(("sweep", "--once"), id="sweep"),
            pytest.param(("store", "verify"), id="verify"),
            pytest.param(("store", "rebuild"), id="rebuild"),
            pytest.param(("outbox", "list"), id="outbox"),
            pytest.param(("agenda",), id="agenda"),
        ],
    )
    @pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
    def test_mistyped_path(self, invoke, tmp_path, arguments, form):
        """A path with a slip in it is no new store without deals."""
        typo = tmp_path / "typo.db"

        result = invoke(*arguments, "--store", form.format(typo))

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{typo}: there is no such store" in " ".join(result.stderr.split())
        assert not typo.exists()

    def test_file_that_lost_its_content(self, invoke, tmp_path):
        """An empty file is no store of which all is well."""
        lost = tmp_path / "lost.db"
        lost.touch()

        result = invoke("store", "verify", "--store", str(lost))

        assert (result.exit_code, result.stdout) == (2, "")
        assert "there is no such store" in " ".join(result.stderr.split())

    def test_create(self, invoke, tmp_path):
        """Where it is asked for, a new store is made."""
        new = tmp_path / "new.db"

        assert invoke(*SWEEP, str(new), "--once", "--create").exit_code == 0
        assert invoke("store", "verify", "--store", str(new)).stdout == (
            "0 deals, all as they were written\n"
        )

    def test_json(self, invoke, kept, tmp_path):
        """For programs each round is a line; how it went stands in a file."""
        health = tmp_path / "health.json"
        result = invoke(
            *(*SWEEP, kept, "--once", "--format", "json"),
            *("--health-file", str(health)),
        )

        said = json.loads(result.stdout)
        assert (said["deals"], said["promised"], said["sent"]) == (2, 2, 0)
        assert json.loads(health.read_text())["last"] == said
        assert [path.name for path in tmp_path.glob("health*")] == ["health.json"]

    def test_health_file_of_an_earlier_worker(self, invoke, kept, tmp_path):
        """It is written over, and so is an empty file that was made for it."""
        health = tmp_path / "health.json"
        health.touch()
        for _ in range(2):
            assert invoke(*SWEEP, kept, "--once", "--health-file", str(health)).exit_code == 0
            assert json.loads(health.read_text())["status"]

    @pytest.mark.parametrize(
        "text", ["[columns]\n", "[1]", "7", "{}", '"status, rounds"', '{"status": 404}']
    )
    def test_health_file_that_is_another_file(self, invoke, kept, tmp_path, text):
        """Whatever else is there stays."""
        other = tmp_path / "mapping.toml"
        other.write_text(text, encoding="utf-8")
        result = invoke(*SWEEP, kept, "--once", "--health-file", str(other))

        assert result.exit_code == 2
        assert f"{other} is there, and no worker wrote it." in " ".join(result.stderr.split())
        assert other.read_text(encoding="utf-8") == text

    def test_health_file_that_cannot_be_written(self, invoke, kept, tmp_path, caplog):
        """That nobody can be told how the worker is does not keep it from its work."""
        health = tmp_path / "nowhere" / "health.json"
        result = invoke(*SWEEP, kept, "--once", "--health-file", str(health))

        assert result.exit_code == 0
        assert "2 deals" in result.stdout
        assert f"health file {health}: it cannot be written: No such file" in caplog.text

    def test_health_file_of_a_worker_that_hangs(self, tmp_path, monkeypatch, caplog):
        """The file tells that no round comes to an end; that it cannot be written is told once."""
        folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
        folder.mkdir()
        health = folder / "health.json"

        def says(status):
            return lambda: health.exists() and json.loads(health.read_text())["status"] == status

        monkeypatch.setattr("salesflow.cli.health._FILE_SECONDS", 0.01)
        with Store("sqlite://") as store, health_file(Worker(store), health):
            eventually(says("ok"))
            folder.rename(elsewhere)
            eventually(lambda: "cannot be written" in caplog.text)
            time.sleep(0.1)
            assert caplog.text.count("cannot be written") == 1
            monkeypatch.setattr(Worker, "is_well", False)
            elsewhere.rename(folder)
            eventually(says("stuck"))

    def test_store_from_the_environment(self, invoke, kept, monkeypatch):
        """A store may be named where nobody sees it."""
        monkeypatch.setenv("SALESFLOW_STORE", kept)

        assert invoke("sweep", "--once", "--leap", "none").exit_code == 0

    def test_sends(self, invoke, kept, monkeypatch):
        """Effects are sent to a URL, signed with what is in the environment."""
        secret, got = new_secret(), []
        monkeypatch.setenv("SALESFLOW_WEBHOOK_SECRET", f"{new_secret()} {secret}")
        with receiver(got, 204) as url:
            result = invoke(*SWEEP, kept, "--once", "--send-to", f"{url}/token")

        assert result.exit_code == 0
        assert "2 effects promised, 2 sent" in result.stdout
        for headers, body in got:
            now = dt_of(headers["webhook-timestamp"])
            assert verify(secret, headers, body, now).startswith("sf_")
        assert sorted(json.loads(body)["subject"] for _, body in got) == ["ACME-17", "B%1B[31m"]

    def test_cannot_send(self, invoke, kept, monkeypatch):
        """What could not be sent shows in the exit code; neither secret nor path is told."""
        secret = new_secret()
        monkeypatch.setenv("SALESFLOW_WEBHOOK_SECRET", secret)
        with receiver([], 503) as url:
            result = invoke(*SWEEP, kept, "--once", "--send-to", f"{url}/token")
        listed = invoke("outbox", "list", "--store", kept)

        assert result.exit_code == 1
        assert "0 sent, 2 put off" in result.stdout
        assert "answered 503 Service Unavailable" in listed.stdout
        for said in (result.output, listed.output):
            assert "token" not in said
            assert secret not in said

    def test_clock(self, invoke, kept):
        """A clock that is ahead is refused in words; what it did when it was believed is undone."""
        result = invoke("sweep", "--store", kept, "--once", "--leap", "7d")

        assert result.exit_code == 2
        assert "at most 7 days" in result.stderr
        assert "Is the clock right?" in result.stderr
        with Store(kept, leap=None) as store:
            assert [row.at for row in store.rows()] == [MONDAY] * 2
            store.sweep(dt.datetime.now(dt.UTC) + 3 * DAY)
        done = invoke("store", "turn-back", "--store", kept)
        assert (done.exit_code, done.stdout) == (0, "2 deals ahead\n")
        with Store(kept) as store:
            assert max(row.at for row in store.rows()) <= dt.datetime.now(dt.UTC)

    def test_failing_deal(self, invoke, kept, monkeypatch):
        """Deals that cannot be dealt with show in the exit code."""
        monkeypatch.setattr("salesflow.store.sweep.settled", lambda *_: RuntimeError("odd"))

        result = invoke(*SWEEP, kept, "--once")

        assert result.exit_code == 1
        assert "2 deals failing" in result.stdout

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--every", "0s"], "'0s' is not a span. Use 30s, 5m, 1h or 7d."),
            (["--every", "5"], "'5' is not a span"),
            (["--leap", "never"], "'never' is not a span"),
            (["--send-to", "https://example.com"], "needs a secret in the variable"),
        ],
    )
    def test_wrong_arguments(self, invoke, kept, arguments, said):
        """What makes no sense is said before anything is done."""
        result = invoke(*SWEEP, kept, "--once", *arguments)

        assert result.exit_code == 2
        assert said in result.stderr

    def test_wrong_url(self, invoke, kept, monkeypatch):
        """A URL that others could read along is refused."""
        monkeypatch.setenv("SALESFLOW_WEBHOOK_SECRET", new_secret())

        result = invoke(*SWEEP, kept, "--once", "--send-to", "http://example.com/token")

        assert result.exit_code == 2
        assert "Use https" in result.stderr
        assert "token" not in result.stderr

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://me:hunter2@127.0.0.1:1/deals",
            "postgresql://me@127.0.0.1:1/deals?password=hunter2",
            "postgresql://me:hunter2@host:port/deals",
            "mysql://me:hunter2@host/deals",
            "nonsense://me:hunter2@",
        ],
    )
    def test_no_password_is_told(self, invoke, url, caplog):
        """Whatever is wrong with a database, its password is not in what is said of it."""
        caplog.set_level("DEBUG")

        result = invoke("sweep", "--store", url, "--once")

        assert result.exit_code == 2
        assert result.stderr.startswith("error: store")
        assert "hunter2" not in result.output + caplog.text

    @pytest.mark.long
    @pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
    def test_signals(self, kept, plain_environment, sign):
        """Told to stop, it ends well; until then it says how it is."""
        port = free_port()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "salesflow.cli", *SWEEP[:-1], "--every", "1s"),
                *("--health-port", str(port), "--format", "json"),
            ],
            env=plain_environment | {"SALESFLOW_STORE": kept},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            rounds = [json.loads(process.stdout.readline()) for _ in range(2)]
            found = [ask(port, path) for path in ("/health", "/")]
            os.kill(process.pid, sign)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
        assert [each["promised"] for each in rounds] == [2, 0]
        [(status, health), (other, _)] = found
        assert (status, health["status"], other) == (200, "ok", 404)
        assert health["last"]["deals"] in {2, 0}
        assert (process.returncode, said) == (
            0,
            f"sweeping sqlite:///{kept} every 0:00:01\nstopped\n",
        )


class TestHealth:
    def test_not_well(self, kept):
        """A worker that is stuck is not well, and says so."""
        with Store(kept) as store:
            worker = Worker(store)
            worker._well_at -= 3600
            with health_server(worker, 0) as port:
                assert ask(port, "/health") == (503, worker.health())

    def test_port_is_taken(self, invoke, kept):
        """A port that somebody uses is told, and nothing is begun."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            result = invoke(*SWEEP, kept, "--health-port", port)

        assert result.exit_code == 2
        assert "error: Address already in use" in result.stderr


class TestStore:
    def test_verify(self, invoke, kept):
        """A store that is as it was written says so; one that is not says where."""
        assert invoke("store", "verify", "--store", kept).stdout == (
            "2 deals, all as they were written\n"
        )
        with Store(kept) as store:
            store.database.write(
                lambda c: c.exec_driver_sql("UPDATE salesflow_deals SET stage = 'offer'")
            )

        result = invoke("store", "verify", "--store", kept)

        assert result.exit_code == 1
        assert "deal 'ACME-17', its row: stage" in result.stdout

    def test_rebuild(self, invoke, kept):
        """What follows from the events is worked out anew."""
        with Store(kept) as store:
            store.database.write(
                lambda c: c.exec_driver_sql("UPDATE salesflow_deals SET stage = 'offer'")
            )

        assert invoke("store", "rebuild", "--store", kept).stdout == "2 deals corrected\n"
        assert invoke("store", "verify", "--store", kept).exit_code == 0


class TestOutbox:
    def test_list(self, invoke, failed):
        """Each effect is a line; a name that would command the terminal is escaped."""
        result = invoke("outbox", "list", "--store", failed)

        assert result.exit_code == 0
        first, *_ = lines = result.stdout.splitlines()
        assert first == (
            "2026-03-11 10:00 UTC  failed   ACME-17/touch/2026-03-02T10:00:00+00:00/breach, "
            "tried 1x: answered 422"
        )
        assert len(lines) == 4
        assert "\x1b" not in result.stdout
        assert "B\\x1b[31m/touch" in result.stdout

    def test_json(self, invoke, failed):
        """For programs each is an object."""
        result = invoke(
            "outbox", "list", "--store", failed, "--format", "json", "--deal", "ACME-17"
        )

        first, second = map(json.loads, result.stdout.splitlines())
        assert (first["kind"], second["kind"]) == ("breach", "escalate")
        assert first["effect"]["key"] == first["key"]
        assert first["text"].endswith("/breach (failed, tried 1×: answered 422)")
        assert first | {"key": "", "number": 0, "try_at": "", "effect": {}, "text": ""} == {
            "number": 0,
            "deal_id": "ACME-17",
            "key": "",
            "kind": "breach",
            "owner": "dana",
            "promised_at": "2026-03-11T10:00:00+00:00",
            "status": "failed",
            "tries": 1,
            "try_at": "",
            "sent_at": None,
            "error": "answered 422",
            "effect": {},
            "text": "",
        }

    def test_sent(self, invoke, failed):
        """When an effect was sent is told."""
        with Store(failed) as store:
            store.retry(MONDAY + 10 * DAY)
            store.deliver(MONDAY + 10 * DAY, lambda _: None)

        result = invoke("outbox", "list", "--store", failed, "--status", "sent", "--format", "json")

        first, *_ = map(json.loads, result.stdout.splitlines())
        assert first["sent_at"] == "2026-03-12T10:00:00+00:00"
        assert invoke("outbox", "failed", "--store", failed).exit_code == 0

    def test_retry(self, invoke, failed):
        """What was given up is sent again, by key, by deal, or all."""
        with Store(failed) as store:
            key = next(store.messages()).key

        assert invoke("outbox", "failed", "--store", failed).exit_code == 1
        one = invoke("outbox", "retry", "--store", failed, key)
        again = invoke("outbox", "retry", "--store", failed, key)
        of_deal = invoke("outbox", "retry", "--store", failed, "--deal", "ACME-17")
        rest = invoke("outbox", "retry", "--store", failed, "--all")

        said = [(each.exit_code, each.stdout) for each in (one, again, of_deal, rest)]
        assert said == [
            (0, "1 effect is sent again\n"),
            (1, "0 effects are sent again\n"),
            (0, "1 effect is sent again\n"),
            (0, "2 effects are sent again\n"),
        ]
        assert again.stderr == f"error: {key}: no effect with this key has failed.\n"
        assert one.stderr == of_deal.stderr == rest.stderr == ""

    @pytest.mark.parametrize("arguments", [[], ["--all", "key"], ["--all", "--deal", "A"]])
    def test_retry_of_what(self, invoke, failed, arguments):
        """It has to be said which."""
        result = invoke("outbox", "retry", "--store", failed, *arguments)

        assert result.exit_code == 2
        assert "Name the keys, or --deal, or --all." in result.stderr


class TestAgenda:
    def test_text(self, invoke, kept):
        """The agenda of a store is that of its deals, each under its own process."""
        result = invoke("agenda", "--store", kept, "--as-of", "2026-03-10", "--top", "3")

        assert result.exit_code == 0
        assert result.stdout.startswith(
            "Agenda of everybody, Tue 10 Mar 2026 23:59 (Europe/Berlin)"
        )
        assert "breached  ACME-17" in result.stdout
        assert "and 1 more item" in result.stdout
        assert "\x1b" not in result.stdout

    def test_now(self, invoke, kept):
        """Without an instant it is now; a name that is close to an owner's is told."""
        result = invoke("agenda", "--store", kept, "--who", "dnaa")

        assert "No deal belongs to 'dnaa'; did you mean 'dana'?" in result.stdout

    def test_of_nobody(self, invoke, kept):
        """An empty name asks for the deals without an owner, and the title says so."""
        with Store(kept, create=False) as store:
            store.open(OURS, id="BOLT-3", at=MONDAY)
        asked = ("agenda", "--store", kept, "--as-of", "2026-03-10", "--who", "")
        lines = invoke(*asked).stdout.splitlines()
        items = json.loads(invoke(*asked, "--format", "json").stdout)["items"]

        assert lines[0].startswith("Agenda of nobody, ")
        assert {item["deal_id"] for item in items} == {"BOLT-3"}

    def test_json(self, invoke, kept):
        """For programs it is the same as of a history."""
        result = invoke("agenda", "--store", kept, "--as-of", "2026-03-10", "--format", "json")

        items = json.loads(result.stdout)["items"]
        assert [item["urgency"] for item in items] == ["breached", "breached", "play", "play"]

    def test_empty(self, invoke, tmp_path):
        """A store without deals has an agenda without items."""
        Store(str(tmp_path / "empty.db")).close()
        asked = ("agenda", "--store", str(tmp_path / "empty.db"))
        shown, data = invoke(*asked), invoke(*asked, "--format", "json")

        assert (shown.exit_code, shown.stdout) == (0, "The store keeps no deals yet.\n")
        assert (data.exit_code, json.loads(data.stdout)["items"]) == (0, [])

    def test_both(self, invoke, failed, monkeypatch):
        """A history and a store at once are refused; a store in the variable gives way."""
        result = invoke("agenda", "log.jsonl", "--store", failed)

        assert result.exit_code == 2
        assert "LOG and --store: name one of them." in result.stderr
        monkeypatch.setenv("SALESFLOW_STORE", failed)
        assert "Missing: --process, --as-of." in invoke("agenda", "log.jsonl").stderr

    def test_neither(self, invoke):
        """It wants a history or a store."""
        result = invoke("agenda", "--process", "six-step")

        assert result.exit_code == 2
        assert "Missing: LOG, --as-of. Or name a store" in result.stderr


@contextlib.contextmanager
def receiver(got, status):
    """Run an HTTP server on this machine that always answers the same."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.headers, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def dt_of(seconds):
    """Return the instant that a timestamp means."""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path):
    """Return the answer of a health server: status, and what it says."""
    for _ in range(100):
        with contextlib.suppress(ConnectionRefusedError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, json.loads(body) if answer.status != 404 else None
        time.sleep(0.05)
    raise AssertionError("nobody answers")
