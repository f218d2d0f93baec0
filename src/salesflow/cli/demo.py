"""The demo: one process, one history, one deal, one day."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from salesflow.cli.exits import UNUSABLE
from salesflow.cli.reading import svg_file
from salesflow.samples import AS_OF, PROCESS, sample_file


@click.command()
@click.option("--who", default="dana", show_default=True, help="Whose agenda to show at the end.")
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=svg_file,
    help="Write the drawing to this file; otherwise to a temporary one.",
)
@click.option(
    "--copy",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only copy the files of the sample into this folder, to try the other commands on them.",
)
@click.pass_context
def demo(ctx: click.Context, *, who: str, svg: Path | None, copy: Path | None) -> None:
    """
    Show what salesflow does, on a sample that ships with it.

    The sample is synthetic; nothing is fetched, and nothing but the drawing is written.

    Exit codes: 0 shown; 2 a file cannot be written, or is there already.
    """
    if copy is not None:
        ctx.exit(copy_sample(copy))
    from salesflow.cli.demonstration import Demonstration

    Demonstration(who, svg).run()


def copy_sample(folder: Path) -> int:
    """Copy the sample into *folder*; what is there already is not overwritten."""
    targets = [folder / name for name in ("crm.csv", "crm-mapping.toml")]
    for target in targets:
        if target.exists():
            said = f"error: {target} already exists. Name another folder, or move it away."
            click.echo(said, err=True)
            return UNUSABLE
    folder.mkdir(parents=True, exist_ok=True)
    for target in targets:
        target.write_bytes(sample_file(target.name).read_bytes())
        click.echo(f"{target} written.")
    log, mapping = (shlex.quote(str(target)) for target in targets)
    arguments = f"{log} --process {PROCESS} --map {mapping} --as-of {AS_OF}"
    click.echo(f"It ends on {AS_OF}. Next: salesflow audit {arguments}")
    return 0
