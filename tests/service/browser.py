"""A browser without a window, if there is one: what pages look like to somebody who opens them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

WANTED = "SALESFLOW_TEST_BROWSER"
"""Set to ``required``: a browser that is not there is an error, not a test less."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """Return the path of a browser; None: there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def run(browser: str, folder: Path, *arguments: str) -> str:
    """Run a browser on a page and return what it prints."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    done = subprocess.run(
        [browser, *options, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        # It is not to look for anything elsewhere.
        env={**os.environ, "HOME": str(folder)},
    )
    return done.stdout
