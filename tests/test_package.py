"""What is handed on: whoever unpacks the source distribution can do what `make help` offers."""

import re
import tomllib


def test_what_make_runs_is_there(root):
    """Every folder whose modules the Makefile runs is in the source distribution."""
    with (root / "pyproject.toml").open("rb") as file:
        included = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    named = re.findall(r"-m (\w+)", (root / "Makefile").read_text(encoding="utf-8"))
    ours = {f"/{name}" for name in named if any((root / name).glob("*.py"))}

    assert ours >= {"/benchmarks", "/tests"}
    assert ours <= {*included}
