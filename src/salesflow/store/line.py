"""The line of threads that write to one file: of SQLite only one writes at a time."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator


class InVain(Exception):  # noqa: N818 - not an error of the line: the database was busy
    """Whoever was before in the line has waited for others for nothing, and so would this one."""


class Line:
    """
    Where threads wait for each other; that is far faster than connections that ask again.

    They wait as long as it takes while those before them get on. If somebody outside of the line
    holds the database, only the first waits for it: who has waited as long goes with it, or the
    last of many would wait as many times as long.

    Args:
        seconds: How long somebody may wait for others outside of the line.

        is_busy: Whether an error says that somebody has waited for them, and for nothing.
    """

    def __init__(self, seconds: float, is_busy: Callable[[BaseException], bool]) -> None:
        self._seconds = seconds
        self._is_busy = is_busy
        self._turn = threading.RLock()
        self._in_vain_at = -math.inf

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """
        Wait in line, and be the only one while the context lasts.

        Raises:
            InVain: If this one has waited long enough, and the one before it for nothing.
        """
        since = time.monotonic()
        with self._turn:
            has_waited = time.monotonic() - since >= self._seconds
            if has_waited and since <= self._in_vain_at:
                raise InVain
            try:
                yield
            except BaseException as error:
                if self._is_busy(error):
                    self._in_vain_at = time.monotonic()
                raise
