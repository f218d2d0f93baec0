"""Webhooks: only whoever may send them is heard, and nothing that was said is lost."""

import asyncio
import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import socket

import bodies
import pytest
from checks import CHECKS
from fastapi import HTTPException, Request
from tests.service.conftest import MONDAY, SECRETS, URL, signed_as
from tests.service.deals import (
    DEALS,
    HUBSPOT_DEAL,
    HUBSPOT_HOOK,
    MOVED,
    PIPEDRIVE_MOVED,
    pipedrive,
)

from salesflow.errors import ConflictError, SignatureError, StoreUnavailable

SYSTEMS = sorted(DEALS)
FIVE, SECOND = dt.timedelta(minutes=5), dt.timedelta(seconds=1)


NEEDED = {
    **dict.fromkeys(("need_confirmed", "special_needs_met", "decision_process_known"), True),
    "budget": "60000 USD",
    "decision_makers": 1,
    "buyer_knowledge": "some",
}


def signed(system, body):
    """Return the headers by which a CRM is known, as a server sees them."""
    said = signed_as(system, SECRETS[system], "/x", body, MONDAY)
    return {name.lower(): text for name, text in said.items()}


class TestRecording:
    @pytest.mark.parametrize("system", SYSTEMS)
    def test_deal(self, serve, system):
        """Of each CRM a deal that is told is kept, however often."""
        service, (payload, deal_id) = serve(system), DEALS[system]

        answers = [service.hook(payload) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json()["recorded"] >= 1
        assert answers[1].json() == {"recorded": 0, "early": 0, "problems": []}
        assert service.store.deal(deal_id).opened_at == dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)

    def test_too_early(self, service):
        """A move that comes before its deal waits for it, and is in its place then."""
        first = service.hook(MOVED).json()
        again = service.hook(MOVED).json()
        then = service.hook(pipedrive()).json()

        assert (first["recorded"], first["early"]) == (0, 1)
        assert (again["recorded"], again["early"]) == (0, 0)
        assert then["recorded"] >= 2
        assert service.store.state("123", MONDAY).stage == "meeting"
        assert service.host.inbox.early("123") == ()

    def test_hubspot_tells_the_deal_later(self, serve):
        """HubSpot's webhook knows no history: it waits until the deal itself is told."""
        service = serve("hubspot")

        assert service.hook(HUBSPOT_HOOK).json()["early"] == 1
        service.hook(HUBSPOT_DEAL)

        kinds = [event.kind_name for event in service.store.deal("332507367156").events]
        assert sorted(kinds) == ["moved", "opened"]

    def test_echo(self, service):
        """Our own move comes back from the CRM, and confirms it."""
        service.hook(pipedrive())
        service.store.change("123", lambda deal: deal.learn(at=MONDAY, facts=NEEDED), MONDAY)
        moved = service.client.post(
            "/move", json={"deal": "123", "to": "meeting"}, auth=service.dana
        )
        assert moved.json() == {"stage": "meeting", "warnings": []}
        before = service.store.state("123", MONDAY + FIVE)
        service.clock.at += FIVE
        data = PIPEDRIVE_MOVED | dict.fromkeys(
            ("stage_change_time", "update_time"), "2026-03-02T10:00:02Z"
        )

        echo = service.hook(pipedrive(data, {"stage_id": 1}, user_id=99, change_source="api"))

        after = service.store.state("123", MONDAY + FIVE)
        assert echo.json()["recorded"] == 1
        assert (after.stage, after.entered_at, after.deviations) == (
            "meeting",
            before.entered_at,
            (),
        )
        assert [m.kind for m in service.store.messages()] == []

    def test_not_understood(self, service):
        """What is not understood is kept as it came, and somebody can see it."""
        odd = {"meta": {"entity": "deal", "action": "change"}, "data": "?"}

        first, again = service.hook(odd), service.hook(odd)

        assert first.status_code == again.status_code == 422
        assert first.json()["problems"]
        [kept] = service.client.get("/unread", auth=service.dana).json()
        assert kept["problems"] == first.json()["problems"]
        assert kept["digest"] == hashlib.sha256(json.dumps(odd).encode()).hexdigest()

    def test_partly_understood(self, serve):
        """Of a batch the rest is recorded."""
        service = serve("hubspot")

        answer = service.hook([HUBSPOT_DEAL, {"subscriptionType": "deal.creation"}])

        assert answer.status_code == 200
        assert answer.json()["recorded"] == 2
        assert len(answer.json()["problems"]) == 1

    def test_database_is_away(self, service, monkeypatch):
        """If nothing could be kept, the CRM is asked to come again."""

        def away(*_, **__):
            raise StoreUnavailable("store postgresql://me:***@host: away")

        monkeypatch.setattr(service.store, "append", away)

        answer = service.hook(pipedrive())

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert answer.json() == {"error": "the store cannot be used"}

    def test_in_each_others_way(self, service, monkeypatch):
        """Whoever comes second looks again."""
        append, met = service.store.append, []

        def busy(*arguments, **options):
            if len(met) < 3:
                met.append(True)
                raise ConflictError("123", 0, 1)
            return append(*arguments, **options)

        monkeypatch.setattr(service.store, "append", busy)

        assert service.hook(pipedrive()).json()["recorded"] >= 1

    def test_always_in_the_way(self, service, monkeypatch):
        """Who is never first says so, and the CRM comes again."""

        def busy(*_, **__):
            raise ConflictError("123", 0, 1)

        monkeypatch.setattr(service.store, "append", busy)

        assert service.hook(pipedrive()).status_code == 409


class TestSignatures:
    @pytest.mark.parametrize("system", SYSTEMS)
    def test_wrong_secret(self, serve, system, caplog):
        """Who does not know the secret is not heard, whatever is said; what it is nobody reads."""
        service = serve(system)
        wrong = "whsec_" + base64.b64encode(b"x" * 32).decode()

        answer = service.hook(DEALS[system][0], secret=wrong)

        assert (answer.status_code, answer.json()) == (401, {"error": "signature"})
        assert list(service.store.rows()) == []
        assert SECRETS[system] not in caplog.text
        assert wrong not in caplog.text

    @pytest.mark.parametrize("system", SYSTEMS)
    def test_unsigned(self, system):
        """Who signs nothing is not heard."""
        with pytest.raises(SignatureError):
            CHECKS[system](SECRETS[system], URL, {}, b"[]", MONDAY)

    @pytest.mark.parametrize("system", ["hubspot", "salesforce"])
    @pytest.mark.parametrize(
        ("late", "is_heard"),
        [(FIVE, True), (FIVE + SECOND, False), (-FIVE, True), (-FIVE - SECOND, False)],
    )
    def test_replay(self, system, late, is_heard):
        """What was signed longer than five minutes ago is not heard any more."""
        headers = signed(system, b"[]")

        with contextlib.nullcontext() if is_heard else pytest.raises(SignatureError):
            CHECKS[system](SECRETS[system], f"{URL}/x", headers, b"[]", MONDAY + late)

    @pytest.mark.parametrize("system", ["hubspot", "salesforce"])
    def test_another_body(self, system):
        """A body that somebody has changed is not heard."""
        headers = signed(system, b"[]")

        with pytest.raises(SignatureError):
            CHECKS[system](SECRETS[system], f"{URL}/x", headers, b"[ ]", MONDAY)

    def test_hubspot_signs_the_address(self, serve):
        """HubSpot's signature is for one address, with its query and some signs decoded."""
        service = serve("hubspot")
        path, body = "/webhooks/hubspot?a=%20b&c=%3Ad", json.dumps(HUBSPOT_DEAL).encode()
        millis = str(int(MONDAY.timestamp() * 1000))
        said = f"POSThttps://sales.example/webhooks/hubspot?a=%20b&c=:d{body.decode()}{millis}"
        digest = hmac.new(SECRETS["hubspot"].encode(), said.encode(), hashlib.sha256).digest()
        headers = {
            "X-HubSpot-Signature-v3": base64.b64encode(digest).decode(),
            "X-HubSpot-Request-Timestamp": millis,
        }

        there = service.client.post(path, content=body, headers=headers)
        elsewhere = service.client.post(path + "x", content=body, headers=headers)

        assert (there.status_code, elsewhere.status_code) == (200, 401)

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("x-hubspot-request-timestamp", "soon"),
            ("x-hubspot-request-timestamp", "9" * 400),
            ("x-hubspot-request-timestamp", ""),
            ("x-hubspot-signature-v3", ""),
            ("x-hubspot-signature-v3", "ä"),
        ],
    )
    def test_hubspot_odd(self, header, value):
        """Whatever stands in a header, it is a signature or not."""
        headers = signed("hubspot", b"") | {header: value}

        with pytest.raises(SignatureError):
            CHECKS["hubspot"](SECRETS["hubspot"], f"{URL}/x", headers, b"", MONDAY)

    @pytest.mark.parametrize(
        "value",
        ["", "Basic", "Basic !", "Bearer " + base64.b64encode(b"a:b").decode(), "Basic YTpi\u00e4"],
    )
    def test_pipedrive_odd(self, value):
        """Whatever stands in the header, it is user and password or not."""
        with pytest.raises(SignatureError):
            CHECKS["pipedrive"]("a:b", URL, {"authorization": value}, b"", MONDAY)

    def test_another_crm(self, service):
        """A service hears one CRM."""
        assert service.client.post("/webhooks/hubspot", content=b"[]").status_code == 404


class TestBodies:
    def test_too_large(self, service):
        """What is too large is refused before it is read whole, whoever sends it."""
        for body in (b"x" * (1024 * 1024 + 1), (b"x" * 65536 for _ in range(17))):
            answer = service.client.post("/webhooks/pipedrive", content=body)
            assert (answer.status_code, answer.json()) == (413, {"detail": "the body is too large"})

    def test_ten_megabytes(self, service):
        """What says that it is large is not read at all."""
        url = service.client.base_url
        with socket.create_connection((url.host, url.port), timeout=5) as connection:
            head = (
                "POST /webhooks/pipedrive HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"
            )
            connection.sendall(head.encode())
            answer = connection.recv(100)

        assert answer.startswith(b"HTTP/1.1 413 ")

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "JSON"),
            (b"{", "JSON"),
            (b"\xff", "JSON"),
            (b'{"a": NaN}', "NaN is no number"),
            (b"[-Infinity]", "Infinity is no number"),
            (b"[1e999]", "too large"),
            (b"[" + b"9" * 41 + b"]", "too long"),
            (b"[0." + b"9" * 100 + b"]", "too large"),
            (b"[" * 41 + b"]" * 41, "too deeply"),
            (b"[" * 400_000, "too deeply"),
        ],
    )
    def test_not_meant(self, body, said):
        """What no CRM means is refused with what is wrong."""
        with pytest.raises(HTTPException, match=said) as raised:
            bodies.parse(body)

        assert raised.value.status_code == 400

    def test_no_json(self, service):
        """Who is believed and sends no JSON is told."""
        answer = service.hook(None, body=b"{")

        assert (answer.status_code, answer.json()["detail"][:5]) == (400, "JSON:")

    def test_slow(self, monkeypatch):
        """Who dawdles is not waited for."""

        async def receive():
            await asyncio.sleep(60)

        monkeypatch.setattr(bodies, "_SECONDS", 0.01)
        request = Request({"type": "http", "headers": [], "method": "POST"}, receive)
        with pytest.raises(HTTPException) as raised:
            asyncio.run(bodies.read(request))
        assert raised.value.status_code == 408
