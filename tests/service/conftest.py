"""The service of `examples/crm_service`, run as its users run it."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import sys
from pathlib import Path

import httpx
import pytest

import salesflow as sf
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.store.adapters import sign

EXAMPLE = Path(__file__).parents[2] / "examples" / "crm_service"
# Its modules import each other by name, as scripts in one folder do.
sys.path.insert(0, str(EXAMPLE))

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
URL = "https://sales.example"
WHSEC = "whsec_" + base64.b64encode(b"s" * 32).decode()
SECRETS = {"hubspot": "client-secret", "pipedrive": "pipe:drive:hunter2", "salesforce": WHSEC}
PASSWORD = "correct horse"  # noqa: S105 - of nobody
MAPPING = """
format = 1

[crm]
system = "{system}"
own = ["api:99", "39522895"]

[stages]
{stages}
lost = "lost"

[facts]
{facts}

[people]
7 = "dana"
"""
STAGES = {
    "hubspot": ["appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"],
    "pipedrive": ["1", "2", "won"],
    "salesforce": ["Prospecting", "Qualification", "Closed Won", "Closed Lost"],
}
MEANT = ("qualify", "meeting", "intake", "lost")


class Clock:
    """What time it is, as the test says."""

    def __init__(self):
        self.at = MONDAY

    def __call__(self):
        return self.at


def mapping_of(system):
    """Return a small mapping file for a CRM."""
    stages = "\n".join(
        f'"{name}" = "{meant}"' for name, meant in zip(STAGES[system], MEANT, strict=False)
    )
    facts = 'value = "value"' if system == "pipedrive" else ""
    return parse_mapping(MAPPING.format(system=system, stages=stages, facts=facts))


def settings_of(folder, system="pipedrive", **said):
    """Return the settings of a service for a CRM."""
    from settings import Settings, User

    return Settings(
        **{
            "store": f"sqlite:///{folder / 'deals.db'}",
            "process": sf.load_process("six-step"),
            "mapping": mapping_of(system),
            "public_url": URL,
            "users": (
                User(name="dana", role="rep", password=PASSWORD),
                User(name="kim", role="sales_manager", password="other"),  # noqa: S106
            ),
            "webhook_secret": SECRETS[system],
            "feed_secret": "feed-secret",
            "every": dt.timedelta(milliseconds=20),
            "clock": Clock(),
        }
        | said
    )


class Service:
    """A running service, and a client that knows how a CRM signs."""

    def __init__(self, app, client, settings, system):
        self.app, self.client, self.settings, self.system = app, client, settings, system
        self.clock, self.dana = settings.clock, ("dana", PASSWORD)

    def hook(self, payload, *, body=None, at=None, secret=None, path="", **headers):
        """Send a webhook as the CRM does."""
        said = json.dumps(payload).encode() if body is None else body
        path = f"/webhooks/{self.system}{path}"
        signed = signed_as(
            self.system, secret or SECRETS[self.system], path, said, at or self.clock.at
        )
        return self.client.post(path, content=said, headers=signed | headers)

    @property
    def store(self):
        """The store of the service."""
        return self.host.store

    @property
    def host(self):
        """What all its requests share."""
        return self.app.state.host


def signed_as(system, secret, path, body, at):
    """Return the headers by which a CRM is known."""
    match system:
        case "hubspot":
            millis = str(int(at.timestamp() * 1000))
            said = b"POST" + f"{URL}{path}".encode() + body + millis.encode()
            digest = hmac.new(secret.encode(), said, hashlib.sha256).digest()
            return {
                "X-HubSpot-Signature-v3": base64.b64encode(digest).decode(),
                "X-HubSpot-Request-Timestamp": millis,
            }
        case "pipedrive":
            return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        case _:
            return sign(secret, id="evt_1", at=at, body=body)


@contextlib.contextmanager
def serving(folder, system, **said):
    """Run the service of a CRM on a free port of this machine."""
    from demo import running
    from service import create_app

    settings = settings_of(folder, system, **said)
    app = create_app(settings)
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield Service(app, client, settings, system)


@pytest.fixture
def serve(tmp_path):
    """Run the service of a CRM."""
    with contextlib.ExitStack() as stack:
        yield lambda system="pipedrive", **said: stack.enter_context(
            serving(tmp_path, system, **said)
        )


@pytest.fixture
def service(serve):
    """Run the service of Pipedrive."""
    return serve()
