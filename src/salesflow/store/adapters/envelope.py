"""A message as a CloudEvents 1.0 event, in structured mode: everything in one JSON object."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from salesflow.store.effect_rows import effect_to_dict
from salesflow.store.outbox import Message

MEDIA_TYPE = "application/cloudevents+json"
SOURCE = "/salesflow"
"""The default source: a URI or a part of one."""
_TYPE = "salesflow.effect"

# What CloudEvents forbids in strings, and the sign that replaces it.
_NOT_ALLOWED = re.compile(
    "[%\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def envelope(message: Message, source: str = SOURCE) -> dict[str, Any]:
    """
    Return a message as a CloudEvent.

    Its ``id`` is the key of the effect, so that a receiver that remembers ids processes each effect
    once. To keep the order, use ``subject``, the deal, and ``sequence``.

    Args:
        message: The message.

        source: The sender: a URI, or a part of one; ids are unique within it.

    Raises:
        ValueError: If the effect was written by a newer release.
    """
    effect = message.effect
    return {
        "specversion": "1.0",
        "id": _text(message.key),
        "source": source,
        "type": f"{_TYPE}.{effect.kind}",
        "subject": _text(message.deal_id),
        "time": effect.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        # As wide as the numbers of the outbox may become, so that text sorts as they do.
        "sequence": f"{message.number:020d}",
        "data": {
            **effect_to_dict(effect),
            "owner": message.owner,
            "promised_at": message.promised_at.isoformat(),
        },
    }


def _text(text: str) -> str:
    """Return a text that is allowed in an envelope; the rest is escaped, as in a URL."""
    return _NOT_ALLOWED.sub(lambda found: quote(found[0], safe="", errors="surrogatepass"), text)
