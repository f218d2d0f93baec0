"""XML files: text that is safe in one, and how one is written."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, indent, tostring

# What XML 1.0 forbids; control characters are refused by the process file already.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe_text(text: str) -> str:
    """Return *text* without the few characters that XML forbids."""
    return _UNFIT.sub("", text)


def escaped(text: str) -> str:
    """Return *text* with those characters as JSON and ECMAScript write them in a string."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def xml_file(root: Element) -> str:
    """Return the file with *root* in it, which is indented."""
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
