"""What the service is told from outside: by whom it is used, and what it must keep to itself."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

import salesflow as sf
from salesflow.history import load_mapping
from salesflow.history.reading.mapping import Mapping as CrmMapping


@attrs.frozen(kw_only=True)
class User:
    """
    Somebody who may come in.

    Args:
        name: As the CRM's owners are called in the mapping file.

        role: One of the roles of the process; what it may override is said there.

        password: To come in with.
    """

    name: str
    role: str
    password: str = attrs.field(repr=False)


def now() -> dt.datetime:
    """Return what time it is."""
    return dt.datetime.now(dt.UTC)


@attrs.frozen(kw_only=True)
class Settings:
    """
    What the service is told. Nothing that is secret shows when it is printed.

    Args:
        store: The database.

        process: The process that new deals run under.

        mapping: What the CRM's words mean in it, and which CRM it is.

        public_url: Where the world reaches the service, without a slash at the end.

        users: Who may come in.

        webhook_secret: By what the CRM's webhooks are known: HubSpot's client secret,
            ``user:password`` for Pipedrive, ``whsec_…`` for whoever passes Salesforce's on.

        feed_secret: From what the addresses of the calendars are made.

        send_to: Where effects are sent; None: they stay in the outbox.

        send_secret: What they are signed with.

        every: How often time is looked after.

        clock: What time it is.
    """

    store: str = attrs.field(repr=False)
    process: sf.Process = attrs.field(repr=False)
    mapping: CrmMapping = attrs.field(repr=False)
    public_url: str
    users: tuple[User, ...]
    webhook_secret: str = attrs.field(repr=False)
    feed_secret: str = attrs.field(repr=False)
    send_to: str | None = attrs.field(default=None, repr=False)
    send_secret: str | None = attrs.field(default=None, repr=False)
    every: dt.timedelta = dt.timedelta(seconds=30)
    clock: Callable[[], dt.datetime] = now


WANTED = {
    "SALESFLOW_STORE": "the database, such as postgresql://user:password@host/deals",
    "SERVICE_PROCESS": "a process file, or the name of a built-in process",
    "SERVICE_MAPPING": "a mapping file",
    "SERVICE_PUBLIC_URL": "where the world reaches this service",
    "SERVICE_USERS": "name:role:password, with blanks between several",
    "SERVICE_WEBHOOK_SECRET": "by what the CRM's webhooks are known",
    "SERVICE_FEED_SECRET": "something long that nobody can guess",
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """
    Return what the environment says.

    Raises:
        SystemExit: If something is missing or wrong, with all of it; no value is shown.
    """
    missing = [f"  {name}: {what}" for name, what in WANTED.items() if not environment.get(name)]
    if missing:
        raise SystemExit("\n".join(["The environment lacks", *missing]))
    parts = [user.split(":", 2) for user in environment["SERVICE_USERS"].split()]
    if not all(len(each) == 3 for each in parts):  # noqa: PLR2004 - name, role, password
        raise SystemExit("SERVICE_USERS: expected name:role:password for each")
    users = tuple(User(name=n, role=r, password=p) for n, r, p in parts)
    source = environment["SERVICE_PROCESS"]
    process = sf.load_process(Path(source) if Path(source).is_file() else source)
    roles = [role.id for role in process.roles]
    if not all(user.role in roles for user in users):
        raise SystemExit(f"SERVICE_USERS: expected roles of the process: {', '.join(roles)}")
    return Settings(
        store=environment["SALESFLOW_STORE"],
        process=process,
        mapping=load_mapping(environment["SERVICE_MAPPING"]),
        public_url=environment["SERVICE_PUBLIC_URL"].rstrip("/"),
        users=users,
        webhook_secret=environment["SERVICE_WEBHOOK_SECRET"],
        feed_secret=environment["SERVICE_FEED_SECRET"],
        send_to=environment.get("SERVICE_SEND_TO"),
        send_secret=environment.get("SERVICE_SEND_SECRET"),
    )
