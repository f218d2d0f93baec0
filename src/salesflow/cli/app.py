"""The command ``salesflow`` and its options; what a command needs is imported when it runs."""

from __future__ import annotations

import sys
from typing import Any

import click

from salesflow.cli.analyses import backtest, silence
from salesflow.cli.changing import diff
from salesflow.cli.definitions import check, init, schema, show
from salesflow.cli.demo import demo
from salesflow.cli.exits import UNUSABLE
from salesflow.cli.exporting import export
from salesflow.cli.fitting import fit
from salesflow.cli.freezing import freeze
from salesflow.cli.histories import agenda, audit
from salesflow.cli.migrating import migrate
from salesflow.cli.simulating import simulate
from salesflow.cli.storing import outbox, store, sweep
from salesflow.errors import SalesflowError


class Commands(click.Group):
    """A group whose commands end with a message where the library raises an error of its own."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as in click
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # No error of ours; click knows what to do with it.
            raise
        except SalesflowError as error:
            said = str(error)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            said = f"{place}{error.strerror or error}"
        click.echo(f"error: {said}", err=True)
        return ctx.exit(UNUSABLE)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as in click
        """Return the commands in the order in which they are used."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="salesflow", message="salesflow %(version)s")
def cli() -> None:
    """
    A sales process as a state machine that is enforced.

    Start with `salesflow demo`, or with `salesflow init six-step my.toml`.
    """


for _command in (
    *(demo, init, check, show, diff, migrate, export, freeze, schema),
    *(audit, silence, backtest, fit, simulate),
    *(agenda, sweep, outbox, store),
):
    cli.add_command(_command)


def run() -> None:
    """Run the command line on streams that can take whatever is printed."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="salesflow")
