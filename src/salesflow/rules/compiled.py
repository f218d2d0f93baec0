"""
The same rules, compiled: the very functions of `salesflow.rules`, run through numba.

There is no second text of any rule. A function's code object is copied into a namespace in which
the functions it calls are compiled ones, and handed to numba. Machine code is cached on disk, in a
folder named after the text of all the rules, so that a changed rule is never answered by an old
copy of it.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib.util
import os
import pathlib
import threading
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from salesflow.errors import MissingExtraError

if TYPE_CHECKING:
    from salesflow.rules.packed import Packed

Fields = TypeVar("Fields", bound=NamedTuple)

_CONFIGURING = threading.Lock()
"""numba's cache folder is a setting of the whole process, changed while a function is set up."""
_LARGE = 1500
"""Steps of Python above which a function is called instead of being put in wherever it is asked."""
_HOMES = ("salesflow.rules", "salesflow.calendars", "salesflow.simulation.kernel")


@functools.cache
def compiled(function: FunctionType) -> Callable[..., Any]:
    """
    Return *function* of the rules, compiled.

    It takes named tuples `packed`, and numpy arrays where the plain one takes sequences. It is
    compiled at its first call: that takes seconds, once for each text of the rules on a machine.

    Args:
        function: A function of `salesflow.rules` that keeps to integers and sequences of them.

    Raises:
        MissingExtraError: If numba is not installed.
    """
    try:
        import numba
    except ImportError:
        raise MissingExtraError("numba", "fast") from None
    folder = _cache_folder()
    if folder is None:
        return _jit(function)
    config: Any = numba.config
    with _CONFIGURING:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return _jit(function, cache=True)
        finally:
            config.CACHE_DIR = before


def entry(function: FunctionType) -> Callable[..., Any]:
    """
    Return *function* of the rules, compiled to be called from Python for little work each time.

    It is compiled at once, for the types that it is annotated with, and called past all that numba
    does to find out with what it is called. It takes named tuples and columns that have an address;
    see `salesflow.rules.blocks` and `addressed`.

    Args:
        function: A function of `salesflow.rules` that keeps to integers and sequences of them.

    Raises:
        MissingExtraError: If numba is not installed.
    """
    dispatcher: Any = compiled(function)
    from salesflow.rules.packed import taken_by

    kinds = taken_by(function)
    dispatcher.compile(kinds)
    called: Callable[..., Any] = dispatcher.overloads[kinds].entry_point
    return called


def is_at_hand(function: Callable[..., Any]) -> bool:
    """Return whether machine code of *function* was kept by an earlier process, or by this one."""
    if importlib.util.find_spec("numba") is None:
        return False
    folder = _cache_folder()
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}-*.nbi"
    return folder is not None and any(folder.glob(f"*/{name}"))


def is_worth_compiling(
    function: Callable[..., Any], count: int, *, compiling: int, loading: int
) -> bool:
    """
    Return whether there is so much to do that the compiled rules are done sooner.

    Args:
        function: The one that would be compiled.

        count: How much there is to do.

        compiling: From how much on compiling it pays.

        loading: From how much on it pays to load machine code that is at hand.
    """
    if importlib.util.find_spec("numba") is None or count < loading:
        return False
    return count >= compiling or is_at_hand(function)


def _jit(function: FunctionType, **options: Any) -> Callable[..., Any]:  # noqa: ANN401 - numba's
    """Hand *function* to numba after everything that it calls."""
    import numba
    import numpy as np

    njit: Callable[..., Any] = numba.njit
    namespace: dict[str, Any] = {"__name__": function.__module__}
    for name, value in _globals(function):
        namespace[name] = value
        if _is_rule(value):
            namespace[name] = _part(value)
        elif type(value) is int:
            # A plain one would have what it is given to compiled once more, for that number.
            namespace[name] = np.int64(value)
    copy = FunctionType(function.__code__, namespace, function.__name__)
    # The rules allocate nothing, so they need no reference counts.
    # They touch nothing of Python, so several threads may run them side by side.
    handed: Callable[..., Any] = njit(_nrt=False, nogil=True, **options)(copy)
    return handed


@functools.cache
def _part(function: FunctionType) -> Callable[..., Any]:
    """Return a function that only compiled ones call."""
    from salesflow.rules.parts import PartCompiler

    return _jit(
        function,
        pipeline_class=PartCompiler,
        forceinline=_size(function) <= _LARGE,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )


@functools.cache
def _size(function: FunctionType) -> int:
    """Return how many steps of Python a function has, with those of what is put into it."""
    steps, read = list(dis.get_instructions(function)), dict(_globals(function))
    asked = (read.get(step.argval) for step in steps if step.opname == "LOAD_GLOBAL")
    sizes = [_size(rule) for rule in asked if _is_rule(rule)]
    return len(steps) + sum(size for size in sizes if size <= _LARGE)


def _globals(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the globals that a function reads; its names alone would hold attributes as well."""
    read = (step.argval for step in dis.get_instructions(function) if step.opname == "LOAD_GLOBAL")
    names = dict.fromkeys(read)
    return ((name, function.__globals__[name]) for name in names if name in function.__globals__)


def _is_rule(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_HOMES)


def _digest_of_text() -> str:
    """Return a digest of the text of everything in the homes of rules."""
    digest = hashlib.sha256()
    package = pathlib.Path(__file__).parent.parent
    for home in _HOMES:
        for path in sorted(package.joinpath(*home.split(".")[1:]).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


_TEXT = _digest_of_text()
"""
Of the rules as they are loaded. A process that lives on while the package is replaced goes on with
the old ones, and must not keep what it compiles under the name of the new ones.
"""


def _cache_folder() -> pathlib.Path | None:
    """
    Return where the machine code of this text of the rules is kept.

    None if no folder is there that is ours to write: then it is compiled again in each process.
    A folder that everybody may write to will not do, since what is cached is run.
    """
    try:
        folder = _cache_root() / _TEXT
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no such place, or nobody's home
        return None
    return folder if os.access(folder, os.W_OK) else None


def _cache_root() -> pathlib.Path:
    configured = os.environ.get("NUMBA_CACHE_DIR")
    if configured:
        return pathlib.Path(configured)
    home = os.environ.get("XDG_CACHE_HOME")
    return pathlib.Path(home or pathlib.Path("~/.cache").expanduser(), "salesflow")


def packed(fields: Fields) -> Packed[Fields]:
    """
    Return a named tuple of sequences as compiled rules take it; see `salesflow.rules.packed`.

    Raises:
        MissingExtraError: If numba is not installed.
    """
    try:
        from salesflow.rules.packed import Packed
    except ImportError:
        raise MissingExtraError("numba", "fast") from None
    return getattr(fields, "packed", None) or Packed(fields)


def addressed(fields: Fields) -> Fields:
    """Return a named tuple that both the plain and the compiled rules take, and never write to."""
    from salesflow.rules.packed import addressed

    return addressed(fields)


def arrays(fields: Fields) -> Fields:
    """Return a named tuple of sequences of whole numbers with each of them as an array."""
    import numpy as np

    return fields._make(np.asarray(field, dtype=np.int64) for field in fields)
