"""A process made of what a CRM says: the part of ``init`` that reads and writes files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from salesflow.cli.reading import refuse_overwriting
from salesflow.errors import LogError

LARGEST = 16 * 2**20
"""Bytes of a CRM's answer that are read: a pipeline has some kilobytes."""


def start(
    system: str, source: Path, target: Path | None, pipeline: str | None, *, force: bool
) -> None:
    """
    Write a process file, and the mapping file that goes with it.

    Args:
        system: The CRM.

        source: Its answer, as JSON.

        target: Where the process is written; the mapping goes beside it. None: a file in the
            current folder, called as the process.

        pipeline: Which of several.

        force: Whether files that are there are overwritten.

    Raises:
        LogError: If the answer is not understood, with everything that is wrong.
        click.exceptions.Exit: If a file is there already; it was said.
    """
    from salesflow.history.crm.starting import start_from

    data = _read(source)
    try:
        made = start_from(system, data, pipeline)
    except LogError as error:
        raise LogError(str(source), error.problems) from None
    process = target or Path(f"{made.name}.toml")
    texts = {process: made.process}
    if made.mapping is not None:
        texts[process.with_name(f"{process.stem}-mapping.toml")] = made.mapping
    refuse_overwriting(*texts, force=force)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    for notice in made.notices:
        click.echo(f"note: {' '.join(notice.split())}", err=True)
    click.echo(f"{' and '.join(map(str, texts))} written. Next: salesflow check {process}")


def _read(source: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    with source.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise LogError(str(source), (f"longer than {LARGEST // 2**20} MiB; is it a pipeline?",))
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LogError(str(source), (f"this is not UTF-8: {error}. Save it as UTF-8.",)) from None
    except json.JSONDecodeError as error:
        problem = f"line {error.lineno}, column {error.colno}: this is not JSON: {error.msg}"
        raise LogError(str(source), (problem,)) from None
    except (RecursionError, ValueError):
        problem = "nested too deeply, or a number too long; is it a pipeline?"
        raise LogError(str(source), (problem,)) from None
