"""The commands on a definition: init, check, show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.reading import read_process

if TYPE_CHECKING:
    from salesflow.process import Process

FORMAT = click.Choice(["text", "json"])


@click.command()
@click.argument("name", required=False)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@click.pass_context
def init(ctx: click.Context, name: str | None, file: Path | None, *, force: bool) -> None:
    """
    Copy a built-in process to start from, with its comments.

    Without NAME the built-in ones are listed. FILE is NAME.toml in the current folder unless given.

    Exit codes: 0 written or listed; 2 NAME is unknown, or FILE is there or cannot be written.
    """
    from salesflow.process import catalog_text

    if name is None:
        _list_catalog()
        return
    text = catalog_text(name)
    target = file or Path(f"{name}.toml")
    if target.exists() and not force:
        click.echo(f"error: {target} is there already. Use --force to overwrite it.", err=True)
        ctx.exit(2)
    target.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{target} written. Next: salesflow check {target}")


def _list_catalog() -> None:
    from salesflow.cli.out import Screen
    from salesflow.process import catalog_names, load_process

    screen = Screen()
    screen.line("Built-in processes:")
    screen.pairs([(name, load_process(name).title) for name in catalog_names()])
    screen.line("Copy one: salesflow init NAME [FILE]")


@click.command()
@click.argument("file")
@click.option(
    "--format", "form", type=FORMAT, default="text", show_default=True, help="How to answer."
)
@click.pass_context
def check(ctx: click.Context, file: str, form: str) -> None:
    """
    Check a process: what is wrong in it, what is not meant.

    FILE may be the name of a built-in process. Everything is reported at once, each as
    FILE:LINE:COLUMN.

    Exit codes: 0 nothing but infos; 1 errors or warnings; 2 FILE cannot be read.
    """
    from salesflow.cli.checking import report_on

    report = report_on(file)
    if form == "json":
        from salesflow.cli.out import json_text

        click.echo(json_text(report.to_dict()))
    else:
        report.show()
    ctx.exit(report.exit_code)


@click.command()
@click.argument("file")
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Write the drawing as SVG to this file instead.",
)
@click.option("--mermaid", is_flag=True, help="Print the drawing as Mermaid text instead.")
def show(file: str, svg: Path | None, *, mermaid: bool) -> None:
    """
    Show a process: its drawing, and its rules in words.

    FILE may be the name of a built-in process.

    Exit codes: 0 shown; 2 FILE cannot be read or holds no process.
    """
    from salesflow.graph import draw

    process = read_process(file)
    if svg is not None:
        with click.open_file(str(svg), "w", encoding="utf-8") as target:
            target.write(draw(process, format="svg").text)
        click.echo(f"{svg} written.", err=True)
    if mermaid:
        click.echo(draw(process, format="mermaid").text, nl=False)
    if svg is None and not mermaid:
        _show_text(process)


def _show_text(process: Process) -> None:
    from salesflow.cli.out import Screen
    from salesflow.cli.words import in_words
    from salesflow.graph import draw

    screen = Screen()
    screen.drawing(draw(process, format="text", ascii_only=screen.ascii_only).text)
    for section in in_words(process):
        screen.section(section)
