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
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from salesflow.errors import MissingExtraError

if TYPE_CHECKING:
    from salesflow.rules.packed import Packed

Fields = TypeVar("Fields", bound=NamedTuple)

_CONFIGURING = threading.Lock()
"""numba's cache folder is a setting of the whole process, changed while a function is set up."""
_SELDOM = frozenset(
    {"worked_out", "end_of", "enter", "against", "next_rung", "go_on", "judge", "note_gaps"}
)
"""Rules that few events ask for, that many places ask, or that much is made of at once."""
_RULES = "salesflow.rules"
_HOMES = (_RULES, "salesflow.calendars", "salesflow.simulation.kernel")


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
    folder = _cache_folder(function)
    if folder is None:
        return _jit(function, {})
    config: Any = numba.config
    with _CONFIGURING:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return _jit(function, {}, cache=True)
        finally:
            config.CACHE_DIR = before


def is_at_hand(function: Callable[..., Any]) -> bool:
    """Return whether machine code of *function* was kept by an earlier process, or by this one."""
    if importlib.util.find_spec("numba") is None:
        return False
    folder = _cache_folder(cast("FunctionType", function))
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}-*.nbi"
    return folder is not None and any(folder.glob(f"*/{name}"))


def _jit(
    function: FunctionType, done: dict[FunctionType, Callable[..., Any]], **options: bool
) -> Callable[..., Any]:
    """Hand *function* to numba after everything that it calls."""
    import numba

    njit: Callable[..., Any] = numba.njit
    if function not in done:
        namespace: dict[str, Any] = {"__name__": function.__module__}
        for name, value in _globals(function):
            namespace[name] = value
            if _is_rule(value):
                namespace[name] = _jit(value, done, **_inner(function, value))
        copy = FunctionType(function.__code__, namespace, function.__name__)
        # The rules allocate nothing, so they need no reference counts.
        # They touch nothing of Python, so several threads may run them side by side.
        done[function] = njit(_nrt=False, nogil=True, **options)(copy)
    return done[function]


def _inner(caller: FunctionType, callee: FunctionType) -> dict[str, bool]:
    """
    Return the options of a function that only compiled ones call.

    What the rules ask for again and again goes inline. What lies in the calendars does not, nor
    what happens seldom: that would multiply the code, and the time that compiling takes.
    """
    goes_inline = _package(callee) in (_package(caller), _RULES)
    return {
        "forceinline": goes_inline and callee.__name__ not in _SELDOM,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }


def _package(function: FunctionType) -> str:
    return function.__module__.rpartition(".")[0]


def _globals(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the globals that a function reads; its names alone would hold attributes as well."""
    read = (step.argval for step in dis.get_instructions(function) if step.opname == "LOAD_GLOBAL")
    names = dict.fromkeys(read)
    return ((name, function.__globals__[name]) for name in names if name in function.__globals__)


def _is_rule(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_HOMES)


def _callees(function: FunctionType) -> Iterator[FunctionType]:
    """Yield *function* and every rule that it calls, directly or not."""
    yield function
    for _, value in _globals(function):
        if _is_rule(value):
            yield from _callees(value)


def _cache_folder(function: FunctionType) -> pathlib.Path | None:
    """
    Return where the machine code of this text of the rules is kept.

    None if no folder is there that is ours to write: then it is compiled again in each process.
    A folder that everybody may write to will not do, since what is cached is run.
    """
    digest = hashlib.sha256()
    folders = {pathlib.Path(callee.__code__.co_filename).parent for callee in _callees(function)}
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        digest.update(path.read_bytes())
    try:
        folder = _cache_root() / digest.hexdigest()[:16]
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
    return Packed(fields)


def arrays(fields: Fields) -> Fields:
    """Return a named tuple of sequences of whole numbers with each of them as an array."""
    import numpy as np

    return fields._make(np.asarray(field, dtype=np.int64) for field in fields)
