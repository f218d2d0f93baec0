"""
The layers: who may import whom.

A module imports only from lower layers or from its own family, and none in a circle. Some
libraries have one door each. What is imported inside a function is on a short list. The rules are
proved on small made-up trees below, so that each of them is known to be able to fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import networkx as nx
import pytest

pytestmark = pytest.mark.long

SOURCE = Path(__file__).parent.parent / "src" / "salesflow"

LAYERS = {
    "english": 0,
    "text_tables": 0,
    "given": 0,
    "intervals": 0,
    "plain": 0,
    "vocabulary": 0,
    "errors": 1,
    "events": 2,
    "calendars": 2,
    "charts": 2,
    "markup": 2,
    "samples": 2,
    "process": 3,
    "rules": 4,
    "graph": 5,
    "deal": 5,
    "change": 6,
    "history": 7,
    "store": 7,
    "simulation": 8,
    "testing": 9,
    "cli": 9,
}

SOLE_IMPORTERS = {
    "transitions": ("salesflow.deal.machine",),
    "matplotlib": ("salesflow.charts",),
    "numba": ("salesflow.rules.compiled", "salesflow.rules.packed", "salesflow.rules.parts"),
    "llvmlite": ("salesflow.rules.packed",),
    "sqlalchemy": ("salesflow.store.extras",),
}
"""Libraries that only these modules may import, wherever the import stands."""

ONLY_LATE = {"networkx": "salesflow.graph"}
"""Libraries that only one family may import, and only inside functions or for types."""

LATE_IMPORTS = {
    ("salesflow.calendars", "holidays"),
    ("salesflow.calendars", "importlib"),
    ("salesflow.calendars", "tzdata"),
    ("salesflow.cli", "rich"),
    ("salesflow.cli", "salesflow"),
    ("salesflow.deal", "salesflow.rules"),
    ("salesflow.graph", "networkx"),
    ("salesflow.history", "narwhals"),
    ("salesflow.history", "numpy"),
    ("salesflow.history", "pandas"),
    ("salesflow.history", "polars"),
    ("salesflow.history", "salesflow.rules"),
    ("salesflow.rules", "numba"),
    ("salesflow.rules", "numpy"),
    ("salesflow.rules", "salesflow.rules.blocks"),
    ("salesflow.rules", "salesflow.rules.packed"),
    ("salesflow.rules", "salesflow.rules.parts"),
    ("salesflow.simulation", "pandas"),
    ("salesflow.simulation", "polars"),
    ("salesflow.simulation", "salesflow.history"),
}
"""Who may import what inside a function. It must still come from a lower layer."""

Place = Literal["top", "function", "types"]


class Import(NamedTuple):
    """One import: *target* as dotted name, *place* is where in the module it stands."""

    module: str
    line: int
    target: str
    place: Place


def module_name(path: Path, source: Path) -> str:
    parts = ("salesflow", *path.relative_to(source).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def family(name: str) -> str:
    """``salesflow.graph.draw.svg`` belongs to ``graph``, the front door to ``""``."""
    return name.split(".")[1] if "." in name else ""


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def targets(node: ast.AST) -> Iterator[str]:
    """Dotted names that *node* imports; a leading dot means a relative import."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(level=level, module=module) if level:
            yield "." * level + (module or "")
        case ast.ImportFrom(module="salesflow", names=names):
            # A name of a module means that module, every other one the front door.
            for alias in names:
                yield f"salesflow.{alias.name}" if alias.name in LAYERS else "salesflow"
        case ast.ImportFrom(module=str(module)):
            yield module
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if ast.unparse(func) in {
            "__import__",
            "import_module",
            "importlib.import_module",
        }:
            yield name


def imports(path: Path, source: Path) -> Iterator[Import]:
    name = module_name(path, source)

    def walk(node: ast.AST, place: Place) -> Iterator[Import]:
        for target in targets(node):
            yield Import(name, node.lineno, target, place)
        if isinstance(node, ast.If) and is_type_checking(node.test):
            for child in node.body:
                yield from walk(child, "types")
            for child in node.orelse:
                yield from walk(child, place)
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            place = "function"
        for child in ast.iter_child_nodes(node):
            yield from walk(child, place)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), "top")


def undeclared(source: Path) -> Iterator[str]:
    for entry in sorted(source.iterdir()):
        is_module = entry.suffix == ".py" and entry.stem != "__init__"
        is_package = entry.is_dir() and any(entry.rglob("*.py"))
        if (is_module or is_package) and entry.stem not in LAYERS:
            yield f"salesflow.{entry.stem}: has no layer"
    for folder in sorted({path.parent for path in source.rglob("*.py")} - {source}):
        if not (folder / "__init__.py").exists():
            yield f"{module_name(folder, source)}: has no __init__.py"


def faults_of_own(item: Import) -> Iterator[str]:
    """What is wrong with an import of salesflow's own modules."""
    where, own, other = f"{item.module}:{item.line}", family(item.module), family(item.target)
    if item.target.startswith("."):
        yield f"{where}: relative import of {item.target!r}"
    elif not within(item.target, "salesflow"):
        return
    elif item.module == "salesflow":
        if item.place == "top":
            yield f"{where}: the front door imports {item.target} when it is opened"
    elif not other:
        yield f"{where}: imports the front door"
    elif other not in LAYERS:
        yield f"{where}: {item.target} has no layer"
    elif own in LAYERS and own != other and LAYERS[other] >= LAYERS[own]:
        yield f"{where}: layer {LAYERS[own]} imports {item.target} from layer {LAYERS[other]}"


def faults_of_others(item: Import) -> Iterator[str]:
    """What is wrong with an import of somebody else's library."""
    where, root = f"{item.module}:{item.line}", item.target.split(".")[0]
    if item.module not in SOLE_IMPORTERS.get(root, (item.module,)):
        yield f"{where}: only {' and '.join(SOLE_IMPORTERS[root])} may import {root}"
    if root in ONLY_LATE and not within(item.module, ONLY_LATE[root]):
        yield f"{where}: only {ONLY_LATE[root]} imports {root}"
    elif root in ONLY_LATE and item.place == "top":
        yield f"{where}: imports {root} outside a function"


def faults_of_place(item: Import) -> Iterator[str]:
    """What is wrong with an import inside a function."""
    if item.place != "function" or item.module == "salesflow" or item.target.startswith("."):
        return
    if not any(
        within(item.module, who) and within(item.target, what) for who, what in LATE_IMPORTS
    ):
        yield f"{item.module}:{item.line}: {item.target} is imported inside a function"


def faults(source: Path) -> list[str]:
    """All breaches of the layers under *source*, sorted."""
    found = set(undeclared(source))
    for path in sorted(source.rglob("*.py")):
        for item in imports(path, source):
            found.update(faults_of_own(item), faults_of_others(item), faults_of_place(item))
    return sorted(found)


def circles(source: Path) -> list[list[str]]:
    """Modules that import each other in a circle, wherever the imports stand."""
    paths = {module_name(path, source): path for path in source.rglob("*.py")}
    graph = nx.DiGraph()
    for name, path in paths.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in targets(node):
                # A name of a module means that module, every other one the package.
                inner = {f"{target}.{alias.name}" for alias in getattr(node, "names", ())}
                graph.add_edges_from((name, one) for one in inner & paths.keys() or {target})
    found = nx.strongly_connected_components(graph)
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


class TestSourceTree:
    def test_layers_hold(self):
        """Nothing imports upwards, sideways, or where it should not."""
        assert faults(SOURCE) == []

    def test_no_circles(self):
        """No module imports one that imports it, however far round, and not for types either."""
        assert circles(SOURCE) == []

    def test_there_is_something_to_walk(self):
        """A wrong path would pass every rule."""
        assert (SOURCE / "errors.py").is_file()


@pytest.fixture
def tree(tmp_path):
    """Write a made-up package from paths and texts, and return its folder."""

    def write(**modules: str) -> Path:
        for name, text in modules.items():
            path = tmp_path.joinpath(*name.split("__")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for folder in {path.parent for path in tmp_path.rglob("*.py")} - {tmp_path}:
            for package in (folder, *folder.parents):
                if package == tmp_path:
                    break
                (package / "__init__.py").touch()
        return tmp_path

    return write


class TestRules:
    @pytest.mark.parametrize(
        ("module", "text"),
        [
            pytest.param("deal__agenda", "from salesflow.rules import clocks", id="down"),
            pytest.param("graph__draw__svg", "import salesflow.graph.build", id="same-family"),
            pytest.param("cli__main", "from salesflow import errors, history", id="module-by-name"),
            pytest.param("deal__machine", "import transitions.core", id="transitions"),
            pytest.param("rules__compiled", "from numba import njit", id="numba"),
            pytest.param("graph__build", "def f():\n    import networkx", id="networkx-late"),
            pytest.param(
                "graph__build",
                "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import networkx",
                id="networkx-for-types",
            ),
            pytest.param("history__log", "def f():\n    import polars as pl", id="listed-late"),
        ],
    )
    def test_allowed(self, tree, module, text):
        """What the design allows passes."""
        assert faults(tree(**{module: text})) == []

    @pytest.mark.parametrize(
        ("module", "text", "fault"),
        [
            pytest.param(
                "process__model",
                "from salesflow.graph import build",
                "salesflow.process.model:1: layer 3 imports salesflow.graph from layer 5",
                id="upwards",
            ),
            pytest.param(
                "graph__build",
                "import salesflow.deal",
                "salesflow.graph.build:1: layer 5 imports salesflow.deal from layer 5",
                id="sideways",
            ),
            pytest.param(
                "errors",
                "if True:\n    from salesflow import cli",
                "salesflow.errors:2: layer 1 imports salesflow.cli from layer 9",
                id="upwards-by-name",
            ),
            pytest.param(
                "events",
                "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import salesflow.process",
                "salesflow.events:3: layer 2 imports salesflow.process from layer 3",
                id="upwards-for-types",
            ),
            pytest.param(
                "graph__checks",
                "def f():\n    import salesflow.cli",
                "salesflow.graph.checks:2: layer 5 imports salesflow.cli from layer 9",
                id="upwards-late",
            ),
            pytest.param(
                "rules__gates",
                "from .tables import Table",
                "salesflow.rules.gates:1: relative import of '.tables'",
                id="relative",
            ),
            pytest.param(
                "rules__gates",
                "from .. import errors",
                "salesflow.rules.gates:1: relative import of '..'",
                id="relative-bare",
            ),
            pytest.param(
                "cli__main",
                "from salesflow import Deal",
                "salesflow.cli.main:1: imports the front door",
                id="front-door-name",
            ),
            pytest.param(
                "deal__deal",
                "import salesflow",
                "salesflow.deal.deal:1: imports the front door",
                id="front-door",
            ),
            pytest.param(
                "cli__main",
                "import salesflow.gadgets",
                "salesflow.cli.main:1: salesflow.gadgets has no layer",
                id="unknown-target",
            ),
            pytest.param("gadgets", "", "salesflow.gadgets: has no layer", id="undeclared-module"),
            pytest.param(
                "gadgets__deep__down",
                "",
                "salesflow.gadgets: has no layer",
                id="undeclared-package",
            ),
            pytest.param(
                "deal__agenda",
                "import transitions",
                "salesflow.deal.agenda:1: only salesflow.deal.machine may import transitions",
                id="transitions-elsewhere",
            ),
            pytest.param(
                "history__audit",
                "def f():\n    from numba import njit",
                "salesflow.history.audit:2: only salesflow.rules.compiled and "
                "salesflow.rules.packed and salesflow.rules.parts may import numba",
                id="numba-elsewhere",
            ),
            pytest.param(
                "graph__build",
                "import networkx as nx",
                "salesflow.graph.build:1: imports networkx outside a function",
                id="networkx-at-the-top",
            ),
            pytest.param(
                "change__diff",
                "def f():\n    import networkx",
                "salesflow.change.diff:2: only salesflow.graph imports networkx",
                id="networkx-elsewhere",
            ),
            pytest.param(
                "process__load",
                "def f():\n    import tomllib",
                "salesflow.process.load:2: tomllib is imported inside a function",
                id="unlisted-late",
            ),
            pytest.param(
                "process__load",
                "import importlib\nx = lambda: importlib.import_module('polars')",
                "salesflow.process.load:2: polars is imported inside a function",
                id="unlisted-late-by-text",
            ),
        ],
    )
    def test_refused(self, tree, module, text, fault):
        """Each rule finds the fault that it is there for."""
        assert fault in faults(tree(**{module: text}))

    @pytest.mark.parametrize(
        ("shapes", "found"),
        [
            pytest.param("from salesflow.charts.box import Box", ["box", "shapes"], id="two"),
            pytest.param("from salesflow.charts import box", ["box", "shapes"], id="by-name"),
            pytest.param("def f():\n    import salesflow.charts.box", ["box", "shapes"], id="late"),
            pytest.param(
                "from typing import TYPE_CHECKING\n"
                "if TYPE_CHECKING:\n    from salesflow.charts.lid import Lid",
                ["box", "lid", "shapes"],
                id="three-for-types",
            ),
        ],
    )
    def test_circles(self, tree, shapes, found):
        """They are found however long they are, and wherever the imports stand."""
        source = tree(
            charts__shapes=shapes,
            charts__box="import salesflow.charts.shapes",
            charts__lid="from salesflow.charts.box import Box",
        )

        assert circles(source) == [[f"salesflow.charts.{name}" for name in found]]

    def test_front_door_is_lazy(self, tmp_path):
        """The front door imports nothing of the package at its top, and all it wants later."""
        (tmp_path / "__init__.py").write_text(
            "from typing import TYPE_CHECKING\n"
            "from salesflow.errors import SalesflowError\n"
            "if TYPE_CHECKING:\n"
            "    from salesflow.deal.deal import Deal\n"
            "def __getattr__(name):\n"
            "    import salesflow.deal.deal\n",
            encoding="utf-8",
        )

        assert faults(tmp_path) == [
            "salesflow:2: the front door imports salesflow.errors when it is opened"
        ]

    def test_folder_without_init(self, tmp_path):
        """A folder of modules is a package, or tools that walk packages pass it over."""
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "clocks.py").touch()

        assert faults(tmp_path) == ["salesflow.rules: has no __init__.py"]

    def test_all_faults_are_told(self, tree):
        """One run shows every fault."""
        source = tree(errors="import salesflow.cli\nimport numba", gadgets="")

        assert len(faults(source)) == 3
