"""What goes out is what the standards say: read back by libraries that others have written."""

import base64
import contextlib
import datetime as dt
import http.client
import http.server
import json
import socket
import ssl
import threading
import time

import icalendar
import pytest
import standardwebhooks
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from hypothesis import given
from hypothesis import strategies as st
from tests.store.small import DAY, HOUR, MONDAY, OURS, moved, opening

import salesflow as sf
from salesflow.errors import DeliveryError, SignatureError
from salesflow.store import Store
from salesflow.store.adapters import (
    CALENDAR_TYPE,
    MEDIA_TYPE,
    Webhook,
    calendar_feed,
    envelope,
    new_secret,
    sign,
    verify,
    webhook,
)
from salesflow.store.adapters.envelope import _text
from salesflow.store.adapters.webhook import id_of

WEEK = MONDAY + 9 * DAY
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"]
IDS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30
)


@pytest.fixture
def messages():
    """The messages of a deal that nobody has touched, and that was moved against the rules."""
    with Store("sqlite://") as store:
        store.append("A", [opening("A"), moved("m", "offer", MONDAY)], MONDAY, process=OURS)
        store.sweep(WEEK)
        yield list(store.messages())


class Receiver:
    """An HTTP server on this machine that answers as it is told."""

    def __init__(self):
        self.requests, self.answers = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):  # noqa: N805 - as in the base class
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self.requests.append((handler.path, dict(handler.headers), body))
                status, headers, seconds = self.answers.pop(0) if self.answers else (204, {}, 0)
                if seconds:
                    with contextlib.suppress(OSError):
                        # One byte after the other: no read of the sender takes long.
                        for sign in b"HTTP/1.1 204 No Content\r\n" * 100:
                            handler.wfile.write(bytes([sign]))
                            time.sleep(seconds)
                    return
                handler.send_response(status)
                for name, value in headers.items():
                    handler.send_header(name, value)
                handler.end_headers()

            def log_message(handler, *_):  # noqa: N805
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class TestEnvelope:
    def test_read_by_others(self, messages):
        """CloudEvents' own library reads it, and finds the effect."""
        message = messages[0]
        said = json.dumps(envelope(message, "https://sales.example")).encode()

        event = from_http_event(HTTPMessage({"content-type": MEDIA_TYPE}, said))

        said = event.get_attributes()
        assert (said["id"], said["subject"], said["specversion"]) == (message.key, "A", "1.0")
        assert (said["id"], said["type"]) == ("A/#revert/m", "salesflow.effect.revert")
        assert said["source"] == "https://sales.example"
        assert said["time"] == message.effect.at
        assert said["sequence"] == "00000000000000000001"
        data = event.get_data()
        assert (data["obstacles"][0]["rule"], data["owner"]) == ("need", "dana")
        assert "status" not in data

    @pytest.mark.parametrize(
        ("key", "text"),
        [("a/é b", "a/é b"), ("a\n", "a%0A"), ("a%0A", "a%250A"), ("\udc80", "%ED%B2%80")],
    )
    def test_escaped(self, key, text):
        """What may not stand in an envelope is escaped, and so is the sign that escapes."""
        assert _text(key) == text

    @given(IDS, IDS)
    def test_any_key(self, one, other):
        """Whatever is in the id of a deal, the envelope may have it, and no two are mixed up."""
        made = [_text(name) for name in (one, other)]

        for text in made:
            assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)
            text.encode()
        assert (one == other) == (made[0] == made[1])


class TestSignature:
    def test_others_accept_ours(self):
        """The library of Standard Webhooks accepts what we sign."""
        body, now = b'{"a": 1}', dt.datetime.now(dt.UTC)
        headers = sign(SECRET, id="sf_1", at=now, body=body)

        assert standardwebhooks.Webhook(SECRET).verify(body, headers) == {"a": 1}

    def test_we_accept_others(self):
        """What that library signs we accept."""
        body, now = '{"a": 1}', dt.datetime.now(dt.UTC)
        signature = standardwebhooks.Webhook(SECRET).sign("msg_1", now, body)
        headers = {
            "Webhook-Id": "msg_1",
            "Webhook-Timestamp": str(int(now.timestamp())),
            "Webhook-Signature": signature,
        }

        assert verify(SECRET, headers, body.encode(), now) == "msg_1"

    def test_rotation(self):
        """While a secret is changed both sides may know either, or both."""
        headers = sign([SECRET, OTHER], id="1", at=MONDAY, body=b"")

        for known in (SECRET, OTHER, [new_secret(), OTHER]):
            assert verify(known, headers, b"", MONDAY) == "1"
        only_new = sign(OTHER, id="1", at=MONDAY, body=b"")
        assert verify([SECRET, OTHER], only_new, b"", MONDAY) == "1"
        with pytest.raises(SignatureError, match="signature is wrong"):
            verify(SECRET, only_new, b"", MONDAY)

    @pytest.mark.parametrize(
        ("late", "is_taken"),
        [
            pytest.param(dt.timedelta(minutes=5), True, id="just-in-time"),
            pytest.param(dt.timedelta(minutes=5, seconds=1), False, id="too-old"),
            pytest.param(dt.timedelta(minutes=-5), True, id="clock-behind"),
            pytest.param(dt.timedelta(minutes=-5, seconds=-1), False, id="too-new"),
        ],
    )
    def test_window(self, late, is_taken):
        """What is older than the window is not believed, however well it is signed."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x")

        if is_taken:
            assert verify(SECRET, headers, b"x", MONDAY + late) == "1"
        else:
            with pytest.raises(SignatureError, match="not from the last 0:05:00"):
                verify(SECRET, headers, b"x", MONDAY + late)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"webhook-id": "2"}, id="another-id"),
            pytest.param({"webhook-timestamp": str(int(MONDAY.timestamp()) + 1)}, id="time"),
            pytest.param({"webhook-timestamp": "1e9"}, id="no-number"),
            pytest.param({"webhook-timestamp": "9" * 400}, id="long-number"),
            pytest.param({"webhook-timestamp": "\u0661\u0662"}, id="other-digits"),
            pytest.param({"webhook-signature": "v1,"}, id="empty"),
            pytest.param({"webhook-signature": "v1,not base64"}, id="not-base64"),
            pytest.param({"webhook-signature": "v1,äöü"}, id="not-ascii"),
            pytest.param({"webhook-signature": "v1a," + "A" * 44}, id="another-version"),
            pytest.param({"webhook-signature": "v1," + "A" * 43 + "="}, id="forged"),
            pytest.param({"webhook-id": "\udc80"}, id="half-a-sign"),
            pytest.param({"webhook-id": None}, id="no-id"),
            pytest.param({"webhook-timestamp": None}, id="no-timestamp"),
            pytest.param({"webhook-signature": None}, id="no-signature"),
        ],
    )
    def test_forged(self, change):
        """Whatever is changed, the message is not believed."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x") | change
        headers = {name: value for name, value in headers.items() if value is not None}

        with pytest.raises(SignatureError):
            verify(SECRET, headers, b"x", MONDAY)

    def test_another_scheme(self):
        """Bytes that are right for one scheme are no signature of another one."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x")
        headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")

        with pytest.raises(SignatureError):
            verify(SECRET, headers, b"x", MONDAY)

    def test_another_body(self):
        """A body that was changed is not believed, and the error says nothing that helps."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x")

        with pytest.raises(SignatureError) as raised:
            verify(SECRET, headers, b"y", MONDAY)
        assert str(raised.value) == "the signature is wrong. Is the secret the right one?"

    @given(st.dictionaries(st.sampled_from(NAMES), st.text()))
    def test_anything(self, headers):
        """Whatever comes, the answer is that it is not believed."""
        with pytest.raises(SignatureError):
            verify(SECRET, headers, b"", MONDAY)

    @pytest.mark.parametrize(
        "secret", ["", "whsec_", f"{SECRET[:20]} {SECRET[20:]}", "hunter2", "whsec_c2hvcnQ="]
    )
    def test_bad_secret(self, secret):
        """A secret that is none is a mistake, and is not shown."""
        with pytest.raises(ValueError, match="24 to 64 bytes") as raised:
            verify(secret, {}, b"", MONDAY)
        assert "hunter2" not in str(raised.value)

    @pytest.mark.parametrize("forged", [15, 16])
    def test_how_many_signatures(self, forged):
        """Nobody is kept busy by a header that is full of signatures."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x")
        headers["webhook-signature"] = "v1,AAAA " * forged + headers["webhook-signature"]

        if forged < 16:
            assert verify(SECRET, headers, b"x", MONDAY) == "1"
        else:
            with pytest.raises(SignatureError):
                verify(SECRET, headers, b"x", MONDAY)

    @pytest.mark.parametrize("size", [23, 24, 64, 65])
    def test_length_of_a_secret(self, size):
        """A secret has 24 to 64 bytes."""
        secret = "whsec_" + base64.b64encode(b"k" * size).decode()

        if size in {24, 64}:
            headers = sign(secret, id="1", at=MONDAY, body=b"x")
            assert verify(secret, headers, b"x", MONDAY) == "1"
        else:
            with pytest.raises(ValueError, match="24 to 64 bytes"):
                sign(secret, id="1", at=MONDAY, body=b"x")

    @pytest.mark.parametrize("at", [MONDAY.replace(tzinfo=None), MONDAY.date(), None])
    def test_no_instant(self, at):
        """What has no zone would be read in that of the machine, so it is refused."""
        headers = sign(SECRET, id="1", at=MONDAY, body=b"x")

        with pytest.raises((TypeError, ValueError), match=r"^at: .* expected an aware datetime"):
            sign(SECRET, id="1", at=at, body=b"x")
        with pytest.raises((TypeError, ValueError), match=r"^now: .* expected an aware datetime"):
            verify(SECRET, headers, b"x", at)

    def test_no_secret(self):
        """Nobody checks nothing by mistake."""
        with pytest.raises(ValueError, match="got none"):
            verify([], {}, b"", MONDAY)

    def test_secrets_differ(self):
        """Each new secret is another one."""
        assert len({new_secret() for _ in range(9)}) == 9


class TestWebhook:
    def test_is_sent(self, messages):
        """A receiver gets the event, and can see that it is ours."""
        more = {"Authorization": "Bearer x"}
        with Receiver() as receiver:
            Webhook(f"{receiver.url}/in?a=b", [SECRET], headers=more)(messages[0])

        [(path, headers, body)] = receiver.requests
        assert path == "/in?a=b"
        assert verify(SECRET, headers, body, dt.datetime.now(dt.UTC)) == id_of(messages[0].key)
        assert json.loads(body)["id"] == messages[0].key
        assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        assert headers["authorization"] == "Bearer x"

    def test_headers_of_the_host(self, messages):
        """What a host adds cannot take the place of what is signed and said about the body."""
        more = {"Webhook-Id": "x", "WEBHOOK-SIGNATURE": "v1,", "Content-Type": "text/plain"}
        with Receiver() as receiver:
            Webhook(receiver.url, SECRET, headers=more)(messages[0])

        [(_, headers, body)] = receiver.requests
        assert verify(SECRET, headers, body, dt.datetime.now(dt.UTC)) == id_of(messages[0].key)
        assert [value for name, value in headers.items() if name.lower() == "content-type"] == [
            "application/cloudevents+json; charset=utf-8"
        ]

    def test_same_id_each_time(self, messages):
        """Sent again, a message has the same id and the same body."""
        with Receiver() as receiver:
            send = Webhook(receiver.url, SECRET)
            send(messages[0])
            send(messages[0])

        [(_, first, one), (_, second, other)] = receiver.requests
        assert (first["webhook-id"], one) == (second["webhook-id"], other)

    @pytest.mark.long
    @pytest.mark.parametrize("status", [302, 401, 404, 408, 429, 500, 503, 799])
    def test_later(self, messages, status):
        """What may be taken later is tried again; no redirection is followed."""
        error = self.refused(messages[0], status)

        assert (error.is_final, error.retry_after) == (False, None)

    @pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
    def test_never(self, messages, status):
        """What will never be taken is given up."""
        assert self.refused(messages[0], status).is_final

    def refused(self, message, status):
        """Return what is raised where the receiver answers like that."""
        with Receiver() as receiver:
            receiver.answers.append((status, {"Location": f"{receiver.url}/else"}, 0))
            with pytest.raises(DeliveryError, match=f"answered {status}") as raised:
                Webhook(f"{receiver.url}/in/token", SECRET)(message)
        assert "token" not in str(raised.value)
        assert len(receiver.requests) == 1
        return raised.value

    @pytest.mark.parametrize(
        ("said", "wait"),
        [
            pytest.param("120", dt.timedelta(minutes=2), id="seconds"),
            pytest.param("9" * 50, dt.timedelta(seconds=999_999_999), id="for-ever"),
            pytest.param("Mon, 02 Mar 2026 11:00:00 GMT", HOUR, id="instant"),
            pytest.param("Mon, 02 Mar 2026 11:00:00 -0000", HOUR, id="instant-without-a-zone"),
            pytest.param("Mon, 02 Mar 2026 09:00:00 GMT", dt.timedelta(), id="past"),
            pytest.param("soon", None, id="words"),
            pytest.param(f"Mon, 02 Mar 2026 11:00:00 +{'9' * 30}", None, id="huge-zone"),
            pytest.param("-5", None, id="negative"),
        ],
    )
    def test_retry_after(self, messages, said, wait):
        """How long a receiver wants to be left alone is heard, if it can be understood."""
        with Receiver() as receiver:
            receiver.answers.append((503, {"Retry-After": said}, 0))
            with pytest.raises(DeliveryError) as raised:
                Webhook(receiver.url, SECRET, clock=lambda: MONDAY)(messages[0])

        assert raised.value.retry_after == wait

    @pytest.mark.parametrize("seconds", [0.02, 1])
    def test_slow(self, messages, seconds):
        """A receiver that drips, or says nothing, is cut off when the time is over."""
        with Receiver() as receiver:
            receiver.answers.append((204, {}, seconds))
            began = time.monotonic()
            with pytest.raises(DeliveryError, match=r"no answer in 0\.2 s"):
                Webhook(receiver.url, SECRET, timeout=dt.timedelta(seconds=0.2))(messages[0])
            took = time.monotonic() - began

        assert took < 0.9

    def test_slow_to_connect(self, messages, monkeypatch):
        """Where finding a receiver takes all the time there is, none is left for the rest."""
        connect = socket.create_connection

        def late(*arguments, **named):
            time.sleep(0.3)
            return connect(*arguments, **named)

        monkeypatch.setattr(socket, "create_connection", late)
        with Receiver() as receiver:
            receiver.answers.append((204, {}, 0.02))
            began = time.monotonic()
            with pytest.raises(DeliveryError, match=r"no answer in 0\.2 s"):
                Webhook(receiver.url, SECRET, timeout=dt.timedelta(seconds=0.2))(messages[0])
            took = time.monotonic() - began

        assert took < 5  # all that the receiver drips takes fifty

    def test_cut_off_in_an_answer(self, messages):
        """What has come of an answer when the time is over is no answer, though it looks whole."""
        with socket.create_server(("127.0.0.1", 0)) as server:

            def begin():
                caller, _ = server.accept()
                with caller:
                    caller.sendall(b"HTTP/1.1 204")
                    while caller.recv(4096):
                        pass

            answering = threading.Thread(target=begin)
            answering.start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            with pytest.raises(DeliveryError, match=r"no answer in 0\.2 s"):
                Webhook(url, SECRET, timeout=dt.timedelta(seconds=0.2))(messages[0])
            answering.join()

    def test_nobody_there(self, messages):
        """Where nobody listens it is tried again; the path is not told."""
        with Receiver() as receiver:
            url = receiver.url
        with pytest.raises(DeliveryError, match="ConnectionRefused") as raised:
            Webhook(f"{url}/token", SECRET)(messages[0])
        assert not raised.value.is_final
        assert "token" not in str(raised.value)

    def test_no_tls(self, messages):
        """Who does not speak TLS is not spoken to."""
        with Receiver() as receiver:
            secure = receiver.url.replace("http:", "https:")
            with pytest.raises(DeliveryError, match="SSL"):
                Webhook(secure, SECRET, timeout=dt.timedelta(seconds=1))(messages[0])
        assert receiver.requests == []

    def test_bad_certificate(self):
        """What is wrong with a certificate is told."""
        error = ssl.SSLCertVerificationError(1, "[SSL] long text")
        error.verify_message = "self-signed certificate"

        assert webhook._why(error) == "SSLCertVerificationError: self-signed certificate"

    def test_cut_off_in_any_state(self):
        """A connection that is not there yet, or gone already, can be cut off."""
        for sock in (None, socket.socket()):
            connection = http.client.HTTPConnection("localhost")
            is_over, is_done = threading.Event(), threading.Event()
            connection.sock = sock
            threading.Timer(0.2, is_done.set).start()

            webhook._cut(connection, is_over, is_done)

            assert is_over.is_set()
            connection.close()

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("ftp://example.com/x", "expected https"),
            ("example.com", "expected https"),
            ("https://", "expected https"),
            ("http://example.com/token", "Use https"),
            ("http://localhost.example.com/token", "Use https"),
            ("https://me:hunter2@example.com", "contains a user"),
            ("https://example.com:port/token", "cannot be read"),
            ("https://[::1", "cannot be read"),
            ("https://example.com/a b", "blanks"),
            ("https://example.com/ü", "ASCII"),
            ("https://example.com/\r\nHost: x", "blanks"),
        ],
    )
    def test_bad_url(self, url, said):
        """A URL that would not do is refused before anything is sent; no secret of it is told."""
        with pytest.raises(ValueError, match=said) as raised:
            Webhook(url, SECRET)
        assert "token" not in str(raised.value)
        assert "hunter2" not in str(raised.value)

    @pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "crm.localhost:80"])
    def test_here(self, host):
        """On this machine it need not be https."""
        assert repr(Webhook(f"http://{host}/token", SECRET)) == f"<Webhook http://{host}/…>"

    def test_shows_no_secret(self):
        """Whoever prints a sender sees neither secret nor path."""
        shown = repr(Webhook("https://example.com/token", SECRET, headers={"X": "hunter2"}))

        assert shown == "<Webhook https://example.com/…>"

    def test_bad_timeout(self):
        """A time limit that is none is refused at once, not when the first message is sent."""
        with pytest.raises(TypeError, match="timeout: got 5, expected a timedelta"):
            Webhook("https://example.com", SECRET, timeout=5)
        with pytest.raises(ValueError, match="timeout: expected a positive span"):
            Webhook("https://example.com", SECRET, timeout=dt.timedelta())

    def test_bad_secret(self):
        """A secret that is none is refused at once."""
        with pytest.raises(ValueError, match="Make one with new_secret"):
            Webhook("https://example.com", "hunter2")

    def test_id_of_a_key(self):
        """An id fits a header, and differs as keys do."""
        ids = [id_of(key) for key in ("a", "b", "ä", "a\n", "\udc80")]

        assert len(set(ids)) == 5
        assert all(each.isascii() and "." not in each for each in ids)


def entries(deals, now=MONDAY, **said):
    """Read a feed with a library that others have written: its entries by their ids."""
    calendar = icalendar.Calendar.from_ical(calendar_feed(deals, now, **said))
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


class TestFeed:
    @pytest.fixture
    def deal(self):
        return sf.Deal.open(OURS, id="A", at=MONDAY, owner="dana")

    def test_entries(self, deal):
        """What a rule ends with is an entry that ends then; warnings and escalations are not."""
        deal.plan("meeting", at=MONDAY, starts_at=MONDAY + HOUR, by="dana")

        found = entries([deal])

        assert list(found) == ["A/planned/A/1", "A/play/look", "A/touch/breach", "A/gone_cold/move"]
        breach = found["A/touch/breach"]
        due = next(d for d in deal.deadlines(MONDAY) if d.rung == "breach")
        assert breach["DTEND"].dt == due.due_at
        assert breach["DTSTART"].dt == due.due_at - dt.timedelta(minutes=30)
        assert breach["DTSTAMP"].dt == MONDAY
        assert str(breach["SUMMARY"]) == "A: Touch the buyer (touch)"
        assert str(breach["DESCRIPTION"]) == "No longer than 5 days between touches."
        assert (
            str(found["A/gone_cold/move"]["SUMMARY"])
            == "A: Touch the buyer, or it goes to Lost (gone cold)"
        )
        assert str(found["A/planned/A/1"]["SUMMARY"]) == "A: Meeting, as planned"

    def test_moves_with_its_deadline(self, deal):
        """After a touch an entry has the same id and another instant."""
        before = entries([deal])["A/touch/breach"]["DTEND"].dt
        deal.log("call", at=MONDAY + DAY)

        after = entries([deal], MONDAY + DAY)["A/touch/breach"]["DTEND"].dt

        assert after - before == DAY

    def test_overdue(self, deal):
        """What has passed says so, and nobody is reminded of it."""
        found = entries([deal], MONDAY + 6 * DAY, alarm=HOUR)

        assert str(found["A/touch/breach"]["SUMMARY"]).startswith("Overdue: A")
        assert found["A/touch/breach"].walk("VALARM") == []
        [alarm] = found["A/gone_cold/move"].walk("VALARM")
        assert (alarm["TRIGGER"].dt, alarm["TRIGGER"].params["RELATED"]) == (-HOUR, "END")

    def test_in_time(self, deal):
        """In the instant of its deadline nothing is overdue yet."""
        for uid in ("A/touch/breach", "A/play/look"):
            at = entries([deal])[uid]["DTEND"].dt
            for now, is_over in ((at, False), (at + HOUR, True)):
                summary = str(entries([deal], now)[uid]["SUMMARY"])
                assert summary.startswith("Overdue: ") is is_over

    def test_revert(self, deal):
        """What is to be taken back is an entry as well."""
        deal.record(moved("m", "offer", MONDAY))

        assert (
            str(entries([deal])["A/revert/m"]["SUMMARY"]) == "A: Catch up, or take it back to Talk"
        )

    def test_timer_without_a_move(self):
        """A timer that only breaches is called by its name."""
        deal = sf.Deal.open(sf.load_process("six-step"), id="A", at=MONDAY)

        found = entries([deal])

        assert (
            str(found["A/qualify_age/breach"]["SUMMARY"])
            == "A: Move it on or drop it (qualify age)"
        )
        assert str(found["A/gone_cold/move"]["DESCRIPTION"]).endswith("goes to Lost.")

    def test_only_hers(self, deal):
        """A person's calendar has nobody else's deals, and none that is not open yet."""
        kims = sf.Deal.open(OURS, id="B", at=MONDAY, owner="kim")
        later = sf.Deal.open(OURS, id="C", at=MONDAY + DAY, owner="dana")

        found = entries([deal, kims, later], who="dana")

        assert {name.partition("/")[0] for name in found} == {"A"}

    def test_names_and_links(self, deal):
        """A host says what its deals are called and where they are shown."""
        found = entries([deal], name_of="Deal {}".format, link_to="https://x/{}\r\nX:1".format)

        assert str(found["A/play/look"]["SUMMARY"]) == "Deal A: Look"
        assert str(found["A/play/look"]["URL"]) == "https://x/AX:1"

    @given(IDS, st.text(max_size=200))
    def test_any_text(self, name, title):
        """Whatever deals and calendars are called, the feed is well formed and says it."""
        deal = sf.Deal.open(OURS, id=name, at=MONDAY)

        text = calendar_feed([deal], MONDAY, title=title, name_of=lambda _: title)

        lines = text.encode().split(b"\r\n")
        assert lines[-1] == b""
        assert max(map(len, lines)) <= 75
        for line in lines:
            line.decode()
            assert not any(sign in line for sign in b"\r\n\0\x1b\x7f")
        calendar = icalendar.Calendar.from_ical(text)
        play, *others = calendar.walk("VEVENT")
        assert len(others) == 2
        said = title.replace("\r\n", "\n").replace("\r", "\n")
        fit = "".join("\ufffd" if (s < " " and s not in "\t\n") or s == "\x7f" else s for s in said)
        assert str(play["SUMMARY"]) == f"{fit}: Look"

    def test_folding(self):
        """A long line is folded between signs, and is whole again when it is read."""
        title = "Geschäfte über zwölf Größen – " * 12
        text = calendar_feed([], MONDAY, title=title)

        assert {len(line) for line in text.encode().split(b"\r\n")[5:9]} <= {73, 74, 75}
        assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75
        assert text.count("\r\n ") >= 10
        assert str(icalendar.Calendar.from_ical(text)["X-WR-CALNAME"]) == title

    @pytest.mark.parametrize("length", range(60, 160))
    def test_every_length(self, length):
        """However long a line is, no part of it is longer than 75 bytes."""
        text = calendar_feed([], MONDAY, title="x" * length)

        assert max(map(len, text.split("\r\n"))) <= 75

    @pytest.mark.parametrize("name", ["a\\nb", "a\\;b", "\\", "a;b,c:d", "a\nb"])
    def test_escaping(self, deal, name):
        """Whatever has a meaning in a feed is text in a name."""
        found = entries([deal], name_of=lambda _: name)

        assert str(found["A/play/look"]["SUMMARY"]) == f"{name}: Look"

    def test_early(self):
        """The first years that there are do no harm."""
        first = dt.datetime(1971, 1, 1, tzinfo=dt.UTC)

        assert len(entries([sf.Deal.open(OURS, id="A", at=first)], first)) == 3

    @pytest.mark.parametrize("deals", [[], [sf.Deal.open(OURS, id="A", at=MONDAY)]])
    def test_no_instant(self, deals):
        """An instant without a zone is refused, also where there is no deal."""
        with pytest.raises(ValueError, match=r"^now: .* has no time zone"):
            calendar_feed(deals, MONDAY.replace(tzinfo=None))

    def test_bad_alarm(self):
        """A reminder comes before the deadline."""
        with pytest.raises(ValueError, match="alarm: expected a positive span"):
            calendar_feed([], MONDAY, alarm=-HOUR)

    def test_type(self):
        """It is text/calendar in UTF-8."""
        assert CALENDAR_TYPE == "text/calendar; charset=utf-8"
        assert calendar_feed([], MONDAY).endswith("END:VCALENDAR\r\n")
