"""How a worker is, for whoever watches it: a small server on this machine, and a file."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.store import Worker

_IDLE_SECONDS = 5


def write_health(worker: Worker, path: Path) -> None:
    """Write how a worker is; whoever reads meanwhile reads the old file or the new one."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_text(json.dumps(worker.health()) + "\n", encoding="utf-8")
    beside.replace(path)


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
