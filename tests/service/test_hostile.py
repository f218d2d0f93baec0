"""Whatever comes in, the answer is typed: it was kept, or it was refused, and never 500."""

import datetime as dt
import json
import logging
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.service.conftest import PASSWORD, SECRETS
from tests.service.deals import DEALS, HUBSPOT_HOOK, MOVED, pipedrive

SEEDS = {
    "pipedrive": [pipedrive(), MOVED],
    "hubspot": [HUBSPOT_HOOK, DEALS["hubspot"][0]],
    "salesforce": [DEALS["salesforce"][0]],
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("\0", "\ud800", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
            *("2026-03-02T09:00:00+23:59", "253402300800000", "-1", "1e400", "NaN", "x" * 10_000),
            *([], {}, [[]], 253402300800000, -62135596800001, "2026-02-30", "won", "1"),
        ]
    ),
)


def places(payload, path=()):
    """Yield the path of every value in a payload."""
    yield path
    if isinstance(payload, dict | list):
        inner = payload.items() if isinstance(payload, dict) else enumerate(payload)
    else:
        inner = ()
    for name, value in inner:
        yield from places(value, (*path, name))


def changed(payload, path, value):
    """Return a payload with another value at a place."""
    if not path:
        return value
    copy = payload.copy()
    copy[path[0]] = changed(payload[path[0]], path[1:], value)
    return copy


@st.composite
def payloads(draw, system):
    """Draw a payload that is nearly what the CRM sends."""
    payload = draw(st.sampled_from(SEEDS[system]))
    for _ in range(draw(st.integers(1, 3))):
        payload = changed(payload, draw(st.sampled_from(list(places(payload)))), draw(ODD))
    return payload


ONE_SERVICE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.long
@pytest.mark.parametrize("system", sorted(SEEDS))
def test_webhooks(serve, system):
    """A webhook that is nearly right is kept or refused; the service is well afterwards."""
    service = serve(system)

    @ONE_SERVICE
    @given(payloads(system))
    def send(payload):
        body = json.dumps(payload).encode()
        answer = service.hook(None, body=body)
        said = answer.json()
        assert answer.status_code in {200, 422}
        assert (answer.status_code == 422) == bool(
            said["problems"] and not said["recorded"] and not said["early"]
        )
        again = service.hook(None, body=body).json()
        assert (again["recorded"], again["early"]) == (0, 0)
        assert again["problems"] == said["problems"]

    send()
    assert service.client.get("/health").json()["status"] == "ok"
    assert service.store.verify() is None


def test_bytes(service):
    """Bytes that are no JSON are refused."""

    @ONE_SERVICE
    @given(st.binary(max_size=200))
    def send(body):
        assert service.hook(None, body=body).status_code in {200, 400, 422}

    send()


def test_queries(service):
    """Whatever somebody asks for, it is there or it is not."""

    @ONE_SERVICE
    @given(st.text(max_size=50))
    def ask(text):
        params = {"id": text.encode(errors="surrogatepass")}
        answer = service.client.get("/deal", params=params, auth=service.dana)
        assert answer.status_code == 404

    ask()


def test_no_secret_is_logged(serve, caplog):
    """Over a whole run nothing that is secret is in the log, in an answer, or in the outbox."""
    caplog.set_level(logging.DEBUG)
    secret = "whsec_" + "c2VjcmV0" * 6
    service = serve(send_to="http://127.0.0.1:9/path-token", send_secret=secret)
    service.hook(pipedrive())
    service.hook(pipedrive(), secret="a:wrong-guess")  # noqa: S106 - of nobody
    service.hook(None, body=b"{")
    service.client.get("/", auth=("dana", "wrong-guess"))
    answers = [service.client.get(path, auth=service.dana).text for path in ("/health", "/unread")]
    service.clock.at += dt.timedelta(days=10)
    messages = []
    for _ in range(200):
        messages = [message for message in service.store.messages() if message.error]
        if messages:
            break
        time.sleep(0.02)

    assert messages
    said = [caplog.text, *answers, *map(str, messages), repr(service.settings)]
    secrets = [secret, "path-token", "feed-secret", PASSWORD, SECRETS["pipedrive"], "wrong-guess"]
    found = [(each, text) for each in secrets for text in said if each in text]
    assert found == []
