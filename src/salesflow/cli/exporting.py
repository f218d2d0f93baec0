"""The command that writes a process for other tools, and says what they cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.reading import PROCESS_HELP, read_process, refuse_source
from salesflow.english import count_of

if TYPE_CHECKING:
    from salesflow.graph.export import Export

LOSSES = 1
"""The exit code where ``--strict`` finds a loss."""


@click.command(
    help=f"""
Write a process for another tool, and say what is lost.

FILE: {PROCESS_HELP} The export is printed, unless -o names a file. What is lost on the way is
printed as messages, one a line: where it stands in the process, what is lost, what the export says
instead.

Exit codes: 0 exported; 1 with --strict: something would be lost, and nothing was written;
2 FILE cannot be read or holds no process.
"""
)
@click.argument("file")
@click.option(
    "--to",
    "target",
    type=click.Choice(["xstate", "scxml", "bpmn"]),
    required=True,
    help="XState 5 JSON, SCXML or BPMN 2.0.",
)
@click.option("--strict", is_flag=True, help="Write nothing if anything would be lost.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the export to this file.",
)
@click.option(
    "--guards",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With xstate: write the module with its guards and actions to this file.",
)
@click.pass_context
def export(
    ctx: click.Context,
    file: str,
    target: str,
    output: Path | None,
    guards: Path | None,
    *,
    strict: bool,
) -> None:
    """Write a process for another tool."""
    from salesflow.graph.export import export as export_process
    from salesflow.graph.export import guards_text

    if guards is not None and target != "xstate":
        raise click.UsageError("--guards goes with --to xstate: nothing else has such a module.")
    refuse_source(file, output, guards)
    exported = export_process(read_process(file), target)
    _tell(exported)
    if strict and exported.losses:
        click.echo("error: --strict allows no loss. Nothing was written.", err=True)
        ctx.exit(LOSSES)
    if guards is not None:
        guards.write_text(guards_text(), encoding="utf-8", newline="\n")
        click.echo(f"{guards} written.", err=True)
    if output is None:
        click.echo(exported.text, nl=False)
    else:
        exported.save(output)
        click.echo(f"{output} written.", err=True)


def _tell(exported: Export) -> None:
    for said in exported.told():
        click.echo(f"lost: {said}", err=True)
    for note in exported.notes:
        click.echo(f"note: {note}", err=True)
    count = len(exported.losses)
    said = count_of(count, "loss", "losses") if count else "nothing is lost"
    click.echo(f"{exported.target}: {said}.", err=True)
