"""
A morning with the service: it runs on this machine, and everything goes over real HTTP.

Pipedrive tells of a deal, in the wrong order and twice; somebody wants to move it too early, is
refused, and moves it in the CRM all the same; then comes a week of silence. What is to be done
about it is sent to a receiver, which checks who says it and takes each effect once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import json
import logging
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from service import create_app
from settings import Settings, User

import salesflow as sf
from salesflow.errors import SignatureError
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.store.adapters import new_secret, verify

MAPPING = parse_mapping("""
format = 1

[crm]
system = "pipedrive"
own = ["api:99"]                         # we move deals as this user

[stages]
1 = "qualify"
2 = "meeting"
won = "intake"
lost = "lost"

[facts]
value = "value"

[people]
7 = "dana"
""")
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DANA = ("dana", "correct horse")
PIPEDRIVE = ("pipedrive", "battery staple")


class Clock:
    """What time it is here: whatever the story says."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> dt.datetime:
        """Return what time it is."""
        return self.at


class Receiver:
    """Somebody who is told: checks who says it, and takes each effect once."""

    def __init__(self, secret: str) -> None:
        self.told: dict[str, str] = {}
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    verify(secret, dict(self.headers), body, dt.datetime.now(dt.UTC))
                except SignatureError:
                    self.send_response(401)
                else:
                    receiver.take(json.loads(body))
                    self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/effects"

    def take(self, event: dict[str, Any]) -> None:
        """Take an event that is believed; once, however often it comes."""
        data = event["data"]
        what = f"{data['kind']} {data.get('to', '')}".strip()
        self.told[event["id"]] = f"{what}: {data.get('rule') or data['of']}"


def webhook(data: dict[str, Any], previous: object = None, **meta: object) -> dict[str, Any]:
    """Return a webhook of Pipedrive, cut down to what matters here."""
    said = {"action": "change" if previous else "create", "entity": "deal", "entity_id": 123}
    return {"meta": {**said, "user_id": 7, **meta}, "data": data, "previous": previous}


CREATED = {
    "id": 123,
    "pipeline_id": 1,
    "owner_id": 7,
    "status": "open",
    "currency": "USD",
    "stage_id": 1,
    "value": 60000,
    "add_time": "2026-03-02T09:00:00Z",
}
VALUED = {**CREATED, "value": 90000, "update_time": "2026-03-02T09:30:00Z"}
MOVED = {
    **VALUED,
    "stage_id": 2,
    "stage_change_time": "2026-03-03T10:00:00Z",
    "update_time": "2026-03-03T10:00:00Z",
}


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Run a service on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def live(service: httpx.Client, clock: Clock) -> None:
    """Let the days go by."""
    hook = {"url": "/webhooks/pipedrive", "auth": PIPEDRIVE}
    print("Monday: Pipedrive tells of a deal")
    for what, payload in (
        ("a change, before we know the deal", webhook(VALUED, {"value": 60000})),
        ("its creation", webhook(CREATED)),
        ("its creation, once more", webhook(CREATED, attempt=2)),
    ):
        said = service.post(json=payload, **hook).json()
        print(f"  {what}: {said['recorded']} recorded, {said['early']} early")
    answer = service.post("/webhooks/pipedrive", json={}, auth=("pipedrive", "guess"))
    print(f"  somebody who is not Pipedrive: {answer.status_code}")

    clock.at += dt.timedelta(days=1)
    print("Tuesday: dana wants to move it")
    moved = service.post("/move", json={"deal": "123", "to": "meeting"}, auth=DANA)
    print(f"  {moved.status_code}: {moved.json()['obstacles'][0]['text']}")
    said = service.post(json=webhook(MOVED, {"stage_id": 1}), **hook).json()
    print(f"  she moves it in the CRM all the same: {said['recorded']} recorded")

    clock.at += dt.timedelta(days=9)
    print("A week of silence later")
    while service.get("/health").json()["last"]["at"] < clock.at.isoformat():
        time.sleep(0.01)
    agenda = service.get("/", auth=DANA).text
    print(f"  on dana's agenda: {'Too late' in agenda and 'Touch the buyer' in agenda}")
    address = agenda.partition('<a href="')[2].partition('">subscribe')[0].rpartition("http")[2]
    feed = service.get("/feed/" + address.rpartition("/feed/")[2]).text
    print(f"  in her calendar: {'SUMMARY:Overdue: 123: Touch the buyer' in feed}")
    print(f"  drawn: {'the deal is here' in service.get('/deal?id=123', auth=DANA).text}")


def main() -> None:
    """Run the example."""
    logging.getLogger("crm_service").addHandler(logging.NullHandler())
    clock, secret = Clock(), new_secret()
    receiver = Receiver(secret)
    threading.Thread(target=receiver.server.serve_forever, args=(0.01,), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            store=f"sqlite:///{Path(folder) / 'deals.db'}",
            process=sf.load_process("six-step"),
            mapping=MAPPING,
            public_url="https://sales.example",
            users=(User(name="dana", role="rep", password=DANA[1]),),
            webhook_secret=":".join(PIPEDRIVE),
            feed_secret=new_secret(),
            send_to=receiver.url,
            send_secret=secret,
            every=dt.timedelta(milliseconds=50),
            clock=clock,
        )
        with running(create_app(settings)) as url, httpx.Client(base_url=url) as service:
            live(service, clock)
            with sf.Store(settings.store) as store:
                while any(store.messages(status="waiting")):
                    time.sleep(0.01)
    print("What the receiver was told")
    for effect in receiver.told.values():
        print(f"  {effect}")
    receiver.server.shutdown()
    receiver.server.server_close()


if __name__ == "__main__":
    main()
