"""The commands on a definition: init, check, show, schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.reading import read_process, refuse_overwriting, refuse_source, svg_file

if TYPE_CHECKING:
    from salesflow.process import Process


@click.command()
@click.argument("name", required=False)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@click.option(
    "--from",
    "system",
    type=click.Choice(["hubspot", "pipedrive", "salesforce", "zoho"]),
    help="Make it from a CRM's pipeline: NAME is a file with the answer of the CRM's API.",
)
@click.option("--pipeline", metavar="ID", help="With --from: which of several pipelines.")
def init(
    name: str | None,
    file: Path | None,
    system: str | None,
    pipeline: str | None,
    *,
    force: bool,
) -> None:
    """
    Copy a built-in process to start from, with its comments.

    Without NAME the built-in ones are listed. FILE is NAME.toml in the current folder unless given.
    With --from the process is made of a CRM's pipeline, and a mapping file for the CRM's data is
    written beside it.

    Exit codes: 0 written or listed; 2 NAME is unknown or cannot be understood, or FILE is there or
    cannot be written.
    """
    from salesflow.process import catalog_text

    if system is not None:
        if name is None:
            raise click.UsageError("--from needs a file: the answer of the CRM's API, as JSON.")
        from salesflow.cli.starting import start

        start(system, Path(name), file, pipeline, force=force)
        return
    if pipeline is not None:
        raise click.UsageError("--pipeline goes with --from.")
    if name is None:
        _list_catalog()
        return
    text = catalog_text(name)
    target = file or Path(f"{name}.toml")
    refuse_overwriting(target, force=force)
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
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="The form of the answer; github: annotations of a workflow.",
)
@click.option("--select", multiple=True, metavar="CODES", help="Only these, such as SF3 or SF201.")
@click.option("--ignore", multiple=True, metavar="CODES", help="All but these.")
@click.pass_context
def check(
    ctx: click.Context, file: str, form: str, select: tuple[str, ...], ignore: tuple[str, ...]
) -> None:
    """
    Check a process: what is wrong in it, what is not meant.

    FILE may be the name of a built-in process. Everything is reported at once, each as
    FILE:LINE:COLUMN. A comment `# salesflow: ignore[SF304]` accepts a finding on its line.

    Exit codes: 0 nothing but infos; 1 errors or warnings; 2 FILE cannot be read.
    """
    from salesflow.cli.checking import choice_of, report_on

    try:
        wanted = choice_of(select, ignore)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--select or --ignore") from None
    report = report_on(file, wanted)
    if form == "json":
        from salesflow.cli.out import json_text

        click.echo(json_text(report.to_dict()))
    elif form == "github":
        click.echo(report.annotations(), nl=False)
    else:
        report.show()
    ctx.exit(report.exit_code)


@click.command()
@click.argument("file")
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    callback=svg_file,
    help="Write the drawing as SVG to this file instead.",
)
@click.option("--mermaid", is_flag=True, help="Print the drawing as Mermaid text instead.")
@click.option("--dot", is_flag=True, help="Print the drawing as text for Graphviz instead.")
def show(file: str, svg: Path | None, *, mermaid: bool, dot: bool) -> None:
    """
    Show a process: its drawing, its rules, what can be proved.

    FILE may be the name of a built-in process.

    Exit codes: 0 shown; 2 FILE cannot be read or holds no process.
    """
    from salesflow.graph import draw

    refuse_source(file, svg)
    process = read_process(file)
    if svg is not None:
        with click.open_file(str(svg), "w", encoding="utf-8") as target:
            target.write(draw(process, format="svg").text)
        click.echo(f"{svg} written.", err=True)
    if mermaid:
        click.echo(draw(process, format="mermaid").text, nl=False)
    if dot:
        click.echo(draw(process, format="dot").text, nl=False)
    if svg is None and not mermaid and not dot:
        _show_text(process)


def _show_text(process: Process) -> None:
    from salesflow.cli.out import Screen
    from salesflow.cli.rule_words import in_words, proofs
    from salesflow.graph import draw

    screen = Screen()
    screen.drawing(draw(process, format="text", ascii_only=screen.ascii_only).text)
    for section in (*in_words(process), proofs(process)):
        screen.section(section)


@click.command()
def schema() -> None:
    """
    Print the JSON Schema of the process file, for editors.

    An editor that knows it offers keys, shows what they mean, and underlines what does not fit.

    Exit codes: 0 printed.
    """
    from salesflow.cli.out import json_text
    from salesflow.process import json_schema

    click.echo(json_text(json_schema()))
