"""
Parts: functions that only compiled ones call.

numba makes every function ready to be called from Python: it links whatever the function calls into
it, optimizes the whole and emits machine code. For rules that is done over and over, since each is
linked into the next one, and only the last is ever called. A part is left as it is until then,
which takes a third of the time and less.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class PartCompiler(Compiler):
    """Compiles a function as a part: the *pipeline_class* of `numba.njit`."""

    def __init__(self, typing: Any, target: Any, _library: None, *rest: Any) -> None:  # noqa: ANN401 - numba's
        super().__init__(typing, target, Part(target.codegen(), "part"), *rest)
        self.state.targetctx.get_executable = _stand_in


class Part(JITCodeLibrary):
    """Code that is finished where it is linked in."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


def _stand_in(*_: Any) -> Any:  # noqa: ANN401 - numba's
    """Return what numba knows a part by: a built-in function of its own, which nobody calls."""
    return [].copy
