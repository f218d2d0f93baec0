"""
Who has sent a webhook: each CRM's own way to say it, compared in constant time.

A body is believed byte for byte as it came; nobody has read it as JSON before.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from salesflow.errors import SignatureError
from salesflow.store.adapters import verify

WINDOW = dt.timedelta(minutes=5)

Check = Callable[[str, str, Mapping[str, str], bytes, dt.datetime], None]
"""Takes the secret, the full URL, the headers, the body and what time it is."""

# HubSpot signs a URL with these signs decoded, and no others.
_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
_ENCODED = re.compile("|".join(_DECODED), re.IGNORECASE)
_MOST_DIGITS = 15


def hubspot(
    secret: str, url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime
) -> None:
    """
    Check the signature of HubSpot, version 3.

    Raises:
        SignatureError: If it is wrong, or older than five minutes.
    """
    signature = headers.get("x-hubspot-signature-v3", "")
    millis = headers.get("x-hubspot-request-timestamp", "")
    if not signature or not (millis.isascii() and millis.isdigit() and len(millis) <= _MOST_DIGITS):
        raise SignatureError("not signed as HubSpot signs, version 3")
    if abs(now.timestamp() * 1000 - int(millis)) > WINDOW.total_seconds() * 1000:
        raise SignatureError("the signature is not from the last five minutes")
    decoded = _ENCODED.sub(lambda found: _DECODED[found[0].upper()], url)
    said = b"POST" + decoded.encode() + body + millis.encode()
    expected = base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest())
    if not hmac.compare_digest(expected, signature.encode()):
        raise SignatureError("the signature is wrong")


def pipedrive(
    secret: str, _url: str, headers: Mapping[str, str], _body: bytes, _now: dt.datetime
) -> None:
    """
    Check the user and the password that Pipedrive was given for its webhooks.

    Raises:
        SignatureError: If they are wrong.
    """
    scheme, _, text = headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(text, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    if not hmac.compare_digest(secret.encode(), given):
        raise SignatureError("user or password is wrong")


def salesforce(
    secret: str, _url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime
) -> None:
    """
    Check the signature of whoever passes change events on.

    Salesforce sends no webhooks: something of ours subscribes to its events and calls here, signed
    as our own effects are.

    Raises:
        SignatureError: If it is wrong, or older than five minutes.
    """
    verify(secret, headers, body, now, window=WINDOW)


CHECKS: dict[str, Check] = {
    "hubspot": hubspot,
    "pipedrive": pipedrive,
    "salesforce": salesforce,
}
