"""The commands on a store: sweep, store, outbox."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.reading import health_file as own_health_file
from salesflow.cli.reading import in_form
from salesflow.english import count_of

if TYPE_CHECKING:
    from salesflow.store import Message, Report, Store, Worker
    from salesflow.store.adapters import Webhook

SECRETS = "SALESFLOW_WEBHOOK_SECRET"
"""The variable with the secrets that messages are signed with, with blanks between them."""
_LEAP = dt.timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(?P<count>[0-9]{1,6}) ?(?P<unit>[smhd])")

of_store = click.option(
    "--store",
    "where",
    required=True,
    metavar="URL",
    envvar="SALESFLOW_STORE",
    show_envvar=True,
    help="The store: the path of an SQLite file, or the URL of a database. A password is better in "
    "the variable, where nobody sees it in the list of processes.",
)


def read_span(_ctx: click.Context, _param: click.Parameter, text: str) -> dt.timedelta:
    """Return the span that ``30s``, ``5m``, ``1h`` or ``7d`` means."""
    found = _SPAN.fullmatch(text)
    if not found or int(found["count"]) == 0:
        raise click.BadParameter(f"{text!r} is not a span. Use 30s, 5m, 1h or 7d.")
    return dt.timedelta(**{_UNITS[found["unit"]]: int(found["count"])})


def read_leap(ctx: click.Context, param: click.Parameter, text: str) -> dt.timedelta | None:
    """Return the span that *text* means; None: ``none``."""
    return None if text == "none" else read_span(ctx, param, text)


@click.command()
@of_store
@click.option(
    "--every",
    callback=read_span,
    default="30s",
    show_default=True,
    help="How long to wait between two rounds: 30s, 5m, 1h.",
)
@click.option("--once", is_flag=True, help="Do what is due now, say so in a line, and end.")
@click.option("--create", is_flag=True, help="Create the store if there is none.")
@click.option(
    "--leap",
    callback=read_leap,
    default=f"{_LEAP.days}d",
    show_default=True,
    help="How far the clock may be ahead of what the store knows before it counts as wrong: 7d, "
    "or none.",
)
@click.option(
    "--send-to",
    metavar="URL",
    help=f"Send effects there, as CloudEvents that are signed with what {SECRETS} holds.",
)
@click.option("--health-port", type=click.IntRange(1, 65_535), help="Answer GET /health there.")
@click.option(
    "--health-file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=own_health_file,
    help="Write the health to this file every five seconds.",
)
@in_form
@click.pass_context
def sweep(
    ctx: click.Context,
    *,
    where: str,
    every: dt.timedelta,
    once: bool,
    create: bool,
    leap: dt.timedelta | None,
    send_to: str | None,
    health_port: int | None,
    health_file: Path | None,
    form: str,
) -> None:
    """
    Let time act on the deals of a store, and promise effects.

    It goes on until it gets SIGTERM or SIGINT (Ctrl-C); then it finishes the batch at hand. As many
    of them as you like may work on one store. A round that has something to say prints a line; with
    --once or --format json each round does.

    Exit codes: 0 stopped, or all that was due is done; 1 with --once, if something could not be
    done; 2 the store cannot be used.
    """
    from salesflow.cli.health import health_file as kept_in
    from salesflow.cli.health import health_server
    from salesflow.store import Worker

    def told(report: Report) -> None:
        say(report, form, always=once)

    send = _webhook(send_to) if send_to else None
    with opened(where, leap=leap, create=create) as store:
        worker = Worker(store, send, every=every, told=told)
        with contextlib.ExitStack() as stack:
            if health_file is not None:
                stack.enter_context(kept_in(worker, health_file))
            if once:
                ctx.exit(0 if worker.round().is_clean else 1)
            stack.enter_context(_stopped_by_signals(worker))
            if health_port is not None:
                stack.enter_context(health_server(worker, health_port))
            click.echo(f"sweeping {store.database} every {every}", err=True)
            worker.run()
        click.echo("stopped", err=True)


def say(report: Report, form: str, *, always: bool = False) -> None:
    """Print what a worker has done; in words only if it is worth a line, or *always*."""
    from salesflow.cli.out import json_line

    if form == "json":
        click.echo(json_line(report.to_dict()))
    elif always or not report.is_idle:
        click.echo(f"{report.at:%Y-%m-%d %H:%M:%S} UTC: {report}")


def opened(where: str, leap: dt.timedelta | None = _LEAP, *, create: bool = False) -> Store:
    """
    Open a store; the arguments are those of `Store`.

    Without *create*, one that is not there is refused: a path with a slip in it would be a new
    store without deals, of which there is nothing but good to say.
    """
    from salesflow.store import Store

    return Store(where, leap=leap, create=create)


@contextlib.contextmanager
def _stopped_by_signals(worker: Worker) -> Iterator[None]:
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, lambda *_: worker.stop()) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _webhook(url: str) -> Webhook:
    from salesflow.store.adapters import Webhook

    secrets = os.environ.get(SECRETS, "").split()
    if not secrets:
        raise click.UsageError(
            f"--send-to needs a secret in the variable {SECRETS}. Make one: "
            'python -c "from salesflow.store.adapters import new_secret; print(new_secret())"'
        )
    try:
        return Webhook(url, secrets)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--send-to") from None


@click.group()
def store() -> None:
    """Check or rebuild a store, or undo a wrong clock."""


@store.command()
@of_store
def verify(*, where: str) -> None:
    """
    Say whether every event of a store is as it was written.

    Exit codes: 0 all is well; 1 something is not; 2 the store cannot be used.
    """
    from salesflow.cli.out import visible

    with opened(where) as kept:
        fault = kept.verify()
        if fault is not None:
            click.echo(visible(str(fault)))
            click.get_current_context().exit(1)
        click.echo(f"{count_of(sum(1 for _ in kept.rows()), 'deal')}, all as they were written")


@store.command()
@of_store
def rebuild(*, where: str) -> None:
    """
    Recompute from the events what a store finds its deals by.

    Exit codes: 0 done; 2 the store cannot be used.
    """
    with opened(where) as kept:
        click.echo(f"{count_of(kept.rebuild(), 'deal')} corrected")


@store.command("turn-back")
@of_store
def turn_back(*, where: str) -> None:
    """
    Undo what a clock that was ahead has done; first see to it that no clock is.

    Deals that were told of a later instant stand at now again. What nobody was told yet is not
    promised any more, what somebody was told is taken back by the next sweep.

    Exit codes: 0 done; 2 the store cannot be used.
    """
    with opened(where) as kept:
        click.echo(f"{count_of(kept.turn_back(dt.datetime.now(dt.UTC)), 'deal')} ahead")


@click.group()
def outbox() -> None:
    """List the effects of a store, and send failed ones again."""


@outbox.command("list")
@of_store
@click.option("--status", type=click.Choice(["waiting", "sent", "failed"]), help="Only these.")
@click.option("--deal", metavar="ID", help="Only those of this deal.")
@in_form
def list_messages(*, where: str, status: str | None, deal: str | None, form: str) -> None:
    """
    List effects in the order in which they were promised.

    With --format json each is one line.

    Exit codes: 0 listed; 2 the store cannot be used.
    """
    with opened(where) as kept:
        for message in kept.messages(status=status, deal_id=deal):
            _print(message, form)


@outbox.command()
@of_store
@in_form
@click.pass_context
def failed(ctx: click.Context, *, where: str, form: str) -> None:
    """
    List the effects that have failed.

    Exit codes: 0 there are none; 1 there are some; 2 the store cannot be used.
    """
    count = 0
    with opened(where) as kept:
        for message in kept.messages(status="failed"):
            _print(message, form)
            count += 1
    ctx.exit(1 if count else 0)


@outbox.command()
@of_store
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--deal", metavar="ID", help="All failed effects of this deal.")
@click.option("--all", "everything", is_flag=True, help="All failed effects.")
@click.pass_context
def retry(
    ctx: click.Context, *, where: str, keys: tuple[str, ...], deal: str | None, everything: bool
) -> None:
    """
    Have failed effects sent after all.

    Exit codes: 0 all of them wait again; 1 a KEY has not failed; 2 the store cannot be used.
    """
    if sum((bool(keys), deal is not None, everything)) != 1:
        raise click.UsageError("Name the keys, or --deal, or --all.")
    from salesflow.cli.out import visible

    # Who does it by hand has seen when it was.
    with opened(where, leap=None) as kept:
        others = set(keys) - {message.key for message in kept.messages(status="failed")}
        count = kept.retry(dt.datetime.now(dt.UTC), keys or None, deal_id=deal)
    click.echo(f"{count_of(count, 'effect')} {'is' if count == 1 else 'are'} sent again")
    for key in sorted(others):
        click.echo(visible(f"error: {key}: no effect with this key has failed."), err=True)
    ctx.exit(1 if others else 0)


def _print(message: Message, form: str) -> None:
    from salesflow.cli.out import json_line, visible

    if form == "json":
        click.echo(json_line(message.to_dict()))
        return
    tried = f", tried {message.tries}x" if message.tries else ""
    said = f": {message.error}" if message.error else ""
    when, status = f"{message.promised_at:%Y-%m-%d %H:%M} UTC", f"{message.status:<7}"
    # What a deal is called was chosen by others.
    click.echo(visible(f"{when}  {status}  {message.key}{tried}{said}"))
