"""Each notebook of the examples runs, and says what is stored in it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.long

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.rglob("*.ipynb"))
ADDRESS = re.compile(r"0x[0-9a-f]+")


def said(notebook):
    """What each cell of code says: texts as they are, of pictures only that they are there."""
    return [
        [said_by(output) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def said_by(output):
    if output.output_type == "stream":
        return output.name, output.text
    assert output.output_type != "error", output
    return {
        kind: ADDRESS.sub("0x", data) if kind.startswith("text/") else ""
        for kind, data in output.data.items()
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path, tmp_path, monkeypatch):
    """Run from the top, the notebook says what it says in the repository."""
    # A kernel of its own, with a history of its own, whatever the machine has.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(
        fresh,
        timeout=120,
        kernel_name="python3",
        # What is printed at once may come in pieces where the machine is busy.
        coalesce_streams=True,
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()

    assert said(fresh) == said(stored)


def test_there_is_one():
    """The folder is looked at in the right place."""
    assert "five_day_rule" in {path.stem for path in NOTEBOOKS}


def test_no_trace_of_a_machine():
    """What is stored holds no path of whoever ran it."""
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(home|Users|root|work|tmp)/", text)
