"""
The same rules, compiled: the very functions of `salesflow.rules`, run through numba.

There is no second text of any rule. A function's code object is copied into a namespace in which
the functions it calls are compiled ones, and handed to numba. Machine code is cached on disk, in a
folder named after the text of all the rules, so that a changed rule is never answered by an old
copy of it.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from salesflow.errors import MissingExtraError

_HOMES = ("salesflow.rules", "salesflow.calendars")


@functools.cache
def compiled(function: FunctionType) -> Callable[..., Any]:
    """
    Return *function* of the rules, compiled.

    It takes numpy arrays (int64) where the plain one takes lists and tuples; see `arrays`. It is
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
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_cache_folder(function, before))
    try:
        return _jit(function, {}, cache=True)
    finally:
        config.CACHE_DIR = before


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
        # The rules allocate nothing, so they need no reference counts; with them, each call would
        # count the references to every array of the tables, and take ten times as long.
        done[function] = njit(_nrt=False, **options)(copy)
    return done[function]


def _inner(caller: FunctionType, callee: FunctionType) -> dict[str, bool]:
    """
    Return the options of a function that only compiled ones call.

    Tables are passed by value, so calls are dear and go inline, but for those from the rules into
    the calendars: inlining these too would triple the time that compiling takes.
    """
    return {
        "forceinline": _package(caller) == _package(callee),
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }


def _package(function: FunctionType) -> str:
    return function.__module__.rpartition(".")[0]


def _globals(function: FunctionType) -> Iterator[tuple[str, Any]]:
    names = function.__code__.co_names
    return ((name, function.__globals__[name]) for name in names if name in function.__globals__)


def _is_rule(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_HOMES)


def _callees(function: FunctionType) -> Iterator[FunctionType]:
    """Yield *function* and every rule that it calls, directly or not."""
    yield function
    for _, value in _globals(function):
        if _is_rule(value):
            yield from _callees(value)


def _cache_folder(function: FunctionType, configured: str) -> pathlib.Path:
    """Return where the machine code of this text of the rules is kept."""
    digest = hashlib.sha256()
    folders = {pathlib.Path(callee.__code__.co_filename).parent for callee in _callees(function)}
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        digest.update(path.read_bytes())
    name = digest.hexdigest()[:16]
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path("~/.cache").expanduser()
    folder = pathlib.Path(configured or pathlib.Path(home, "salesflow"), name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return pathlib.Path(tempfile.gettempdir(), f"salesflow-{name}")
    return folder


def arrays(fields: Any) -> Any:  # noqa: ANN401 - the same named tuple
    """Return the named tuple of integer sequences with each sequence as an int64 array."""
    import numpy as np

    return type(fields)._make(
        field if isinstance(field, int) else np.array(field, dtype=np.int64) for field in fields
    )
