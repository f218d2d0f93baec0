"""
A service around a store: a CRM's webhooks come in, people look at pages, effects go out.

    uvicorn service:create_app --factory

What the store does waits for a database, so it is done in threads: webhooks, pages and the worker
that looks after time. The loop that answers requests waits for nobody.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import logging
import threading
from collections.abc import AsyncIterator
from typing import Annotated

import bodies
import sqlalchemy as sa
from checks import CHECKS
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from inbox import Inbox
from intake import Intake
from pages import agenda_page, deal_page, link_to, message_page
from settings import Settings, User, from_environment

import salesflow as sf
from salesflow.errors import (
    ConflictError,
    NoSuchDeal,
    SignatureError,
    StoreError,
    StoreUnavailable,
)
from salesflow.store import Worker
from salesflow.store.adapters import CALENDAR_TYPE, Webhook, calendar_feed

LOG = logging.getLogger("crm_service")
ROUTES = APIRouter()
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Host:
    """
    What all requests share.

    Args:
        settings: What the service is told.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = sf.Store(settings.store)
        self._engine = sa.create_engine(self.store.database.url)
        self.inbox = Inbox(self._engine)
        self.intake = Intake(self.store, self.inbox, settings.process, settings.mapping)
        send = None
        if settings.send_to:
            send = Webhook(settings.send_to, settings.send_secret or "", source=settings.public_url)
        self.worker = Worker(self.store, send, every=settings.every, clock=settings.clock)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        self.store.close()

    def user(self, name: str, password: str) -> User | None:
        """Return who that is; it takes as long whether there is such a user or not."""
        found = None
        for user in self.settings.users:
            is_name = hmac.compare_digest(user.name.encode(), name.encode())
            is_password = hmac.compare_digest(user.password.encode(), password.encode())
            if is_name & is_password:
                found = user
        return found

    def feed_token(self, who: str) -> str:
        """Return what is in the address of a person's calendar: it follows from a secret."""
        key = self.settings.feed_secret.encode()
        digest = hmac.new(key, f"feed/{who}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def feed_url(self, who: str) -> str:
        """Return the address of a person's calendar."""
        return f"{self.settings.public_url}/feed/{self.feed_token(who)}.ics"


def create_app(settings: Settings | None = None) -> FastAPI:
    """
    Return the application.

    Args:
        settings: What it is told; None: what the environment says.
    """
    said = settings or from_environment()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        host = await run_in_threadpool(Host, said)
        app.state.host = host
        thread = threading.Thread(target=host.worker.run, name="worker")
        thread.start()
        try:
            yield
        finally:
            host.worker.stop()
            await run_in_threadpool(thread.join)
            await run_in_threadpool(host.close)

    # Nothing that describes the service is shown to strangers.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(ROUTES)
    for error, answer in (
        (SignatureError, _not_signed),
        (NoSuchDeal, _no_such_deal),
        (ConflictError, _conflict),
        (StoreError, _unavailable),
        (sa.exc.OperationalError, _unavailable),
    ):
        app.add_exception_handler(error, answer)
    return app


def the_host(request: Request) -> Host:
    """Return what all requests share."""
    host = request.app.state.host
    assert isinstance(host, Host)
    return host


TheHost = Annotated[Host, Depends(the_host)]
Credentials = Annotated[HTTPBasicCredentials, Depends(HTTPBasic(realm="salesflow"))]


def the_user(host: TheHost, credentials: Credentials) -> User:
    """Return who asks; the host knows the role, whatever a request says."""
    user = host.user(credentials.username, credentials.password)
    if user is None:
        raise HTTPException(401, "who is that?", {"WWW-Authenticate": 'Basic realm="salesflow"'})
    return user


TheUser = Annotated[User, Depends(the_user)]


@ROUTES.get("/health")
async def health(host: TheHost) -> JSONResponse:
    """Say how the service is; that waits for no database."""
    said = host.worker.health()
    return JSONResponse(said, 200 if said["status"] == "ok" else 503)


@ROUTES.post("/webhooks/{system}")
async def webhook(system: str, request: Request, host: TheHost) -> JSONResponse:
    """Take a webhook: first who sent it, then what it says."""
    if system != host.intake.system:
        raise HTTPException(404, "another CRM is expected here")
    body = await bodies.read(request)
    settings, at = host.settings, host.settings.clock()
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.public_url}{request.scope['raw_path'].decode('latin-1')}{query}"
    CHECKS[system](settings.webhook_secret, url, request.headers, body, at)
    payload = bodies.parse(body)
    taken = await run_in_threadpool(host.intake.take, payload, body, at)
    said = {"recorded": taken.recorded, "early": taken.early, "problems": taken.problems}
    return JSONResponse(said, 200 if taken.is_of_use else 422)


@ROUTES.post("/move")
async def move(request: Request, host: TheHost, user: TheUser) -> JSONResponse:
    """
    Move a deal, if the process lets it.

    Browsers do not send JSON to other sites by themselves, so nobody can be made to do it.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "expected application/json")
    said = bodies.parse(await bodies.read(request))
    wanted = {name: said.get(name) for name in ("deal", "to")} if isinstance(said, dict) else {}
    if not wanted or not all(isinstance(value, str) for value in wanted.values()):
        raise HTTPException(422, 'expected a deal and a stage: {"deal": …, "to": …}')
    at = host.settings.clock()

    def do(deal: sf.Deal) -> tuple[sf.Obstacle, ...]:
        return deal.move(wanted["to"], at=at, by=user.name, role=user.role)

    try:
        warnings = await run_in_threadpool(host.store.change, wanted["deal"], do, at)
    except sf.Refused as refused:
        return JSONResponse({"obstacles": [each.to_dict() for each in refused.obstacles]}, 409)
    except sf.EventError as error:  # such as a stage that the process does not have
        raise HTTPException(422, str(error)) from None
    return JSONResponse({"stage": wanted["to"], "warnings": [each.to_dict() for each in warnings]})


# Without `async`: these run in threads.


@ROUTES.get("/")
def agenda(host: TheHost, user: TheUser) -> HTMLResponse:
    """Show what somebody is to do now."""
    at = host.settings.clock()
    items = host.store.agenda(at, user.name)
    deals = host.store.deals({item.deal_id for item in items})
    processes = {deal.id: deal.process for deal in deals}
    feed = host.feed_url(user.name)
    zone = host.settings.process.calendar.timezone
    return _page(agenda_page(items, processes, who=user.name, at=at, zone=zone, feed=feed))


@ROUTES.get("/deal")
def deal(id: str, host: TheHost, user: TheUser) -> HTMLResponse:  # noqa: ARG001 - somebody of ours
    """Show where a deal is."""
    found, at = host.store.deal(id), host.settings.clock()
    if at < found.opened_at:
        return _page(message_page("Not yet", f"It opens at {found.opened_at}."))
    return _page(deal_page(found, at))


@ROUTES.get("/unread")
def unread(host: TheHost, user: TheUser) -> JSONResponse:  # noqa: ARG001 - somebody of ours
    """Show what was not understood, so that somebody can mend the mapping."""
    return JSONResponse(host.inbox.unread(), headers=HEADERS)


@ROUTES.get("/feed/{token}.ics")
def feed(token: str, host: TheHost) -> Response:
    """Give a person's calendar to whoever knows its address."""
    given = token.encode()
    found = None
    for user in host.settings.users:
        if hmac.compare_digest(host.feed_token(user.name).encode(), given):
            found = user.name
    if found is None:
        raise HTTPException(404, "no such calendar")
    text = calendar_feed(
        host.store.deals(row.deal_id for row in host.store.rows(owner=found)),
        host.settings.clock(),
        title=f"Deals of {found}",
        who=found,
        link_to=lambda deal_id: f"{host.settings.public_url}{link_to(deal_id)}",
    )
    return Response(text, media_type=CALENDAR_TYPE, headers=HEADERS)


@ROUTES.get("/favicon.ico")
async def favicon() -> RedirectResponse:
    """Have no picture."""
    raise HTTPException(404)


def _page(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, headers=HEADERS)


def _not_signed(_: Request, error: Exception) -> Response:
    LOG.warning("a webhook was not believed: %s", error)
    return JSONResponse({"error": "signature"}, 401)


def _no_such_deal(request: Request, error: Exception) -> Response:
    if request.method == "POST":
        return JSONResponse({"error": str(error)}, 404)
    return _page(message_page("No such deal", "It is not kept here. Is the address right?"), 404)


def _conflict(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 409)


def _unavailable(_: Request, error: Exception) -> Response:
    """Ask to come again: what was sent was not kept."""
    LOG.error("the store cannot be used: %s", error)
    after = {"Retry-After": "30"} if isinstance(error, StoreUnavailable) else {}
    return JSONResponse({"error": "the store cannot be used"}, 503, headers=after)
