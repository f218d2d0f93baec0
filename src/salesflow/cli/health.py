"""How a worker is, for whoever watches it: a small server on this machine, and a file."""

from __future__ import annotations

import contextlib
import http.server
import json
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.store import Worker

LOG = logging.getLogger("salesflow.store")

_IDLE_SECONDS = 5
_FILE_SECONDS = 5


@contextlib.contextmanager
def health_file(worker: Worker, path: Path) -> Iterator[None]:
    """
    Keep in a file how a worker is: every few seconds, and once more in the end.

    So it tells of a worker that hangs, and of rounds that fail. Whoever reads meanwhile reads the
    old file or the new one. If it cannot be written, the log says so, and the worker goes on.

    Args:
        worker: The worker.

        path: The file.
    """
    is_over = threading.Event()

    def keep() -> None:
        could = True
        while not is_over.is_set():
            could = _write(worker, path, is_told=not could)
            is_over.wait(_FILE_SECONDS)

    thread = threading.Thread(target=keep, name="health-file", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        _write(worker, path)


def _write(worker: Worker, path: Path, *, is_told: bool = False) -> bool:
    """Write how a worker is; return whether that was possible. Whoever was told is not again."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        try:
            beside.write_text(json.dumps(worker.health()) + "\n", encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        if not is_told:
            LOG.warning("health file %s: it cannot be written: %s", path, error.strerror or error)
        return False
    return True


@contextlib.contextmanager
def health_server(worker: Worker, port: int) -> Iterator[int]:
    """
    Answer ``GET /health`` on this machine: 200 while the worker is well, 503 if not.

    Args:
        worker: The worker.

        port: The port; 0: any that is free.

    Yields:
        The port.

    Raises:
        OSError: If the port is taken.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = _IDLE_SECONDS
        server_version, sys_version = "salesflow", ""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/health":
                self.send_error(404)
                return
            body = json.dumps(worker.health()).encode()
            self.send_response(200 if worker.is_well else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: who asks how we are is no news."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
