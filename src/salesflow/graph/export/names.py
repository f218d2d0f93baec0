"""Text that is safe in an XML file."""

from __future__ import annotations

import re

# What XML 1.0 forbids; control characters are refused by the process file already.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe_text(text: str) -> str:
    """Return *text* without the few characters that XML forbids."""
    return _UNFIT.sub("", text)
