"""
Signed webhooks: who sent a message, when, and that nobody changed it on the way.

The scheme is Standard Webhooks, for which there are libraries in many languages. The signature
covers the id, the second at which the message is sent, and the body, byte for byte. Receivers and
senders may have several secrets, so that a secret can be changed without interruption.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets as random_secrets
from collections.abc import Iterable, Mapping

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import SECOND
from salesflow.errors import SignatureError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
"""The headers."""
WINDOW = dt.timedelta(minutes=5)
"""How far the clocks of sender and receiver may differ, including the time in transit."""
_PREFIX = "whsec_"
_VERSION = "v1"
_FEWEST, _MOST = 24, 64
"""Bytes of a secret."""
_MOST_SIGNATURES = 16
_LONGEST_NUMBER = 15
"""Digits of a timestamp: far more than any clock needs."""


def new_secret() -> str:
    """Return a secret that nobody can guess: 32 random bytes, as text."""
    return _PREFIX + base64.b64encode(random_secrets.token_bytes(32)).decode()


def keys_of(secrets: str | Iterable[str]) -> tuple[bytes, ...]:
    """
    Return the keys that secrets stand for.

    Args:
        secrets: One or several, as `new_secret` makes them: ``whsec_`` and base64.

    Raises:
        ValueError: If there is none, or one has another form; it is not shown.
    """
    given = (secrets,) if isinstance(secrets, str) else tuple(secrets)
    if not given:
        raise ValueError("webhook secrets: expected one or more, got none")
    return tuple(map(_key, given))


def sign(secrets: str | Iterable[str], *, id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """
    Return the headers of a message that is sent now.

    Args:
        secrets: One or several, as for `keys_of`; each of them signs.

        id: The id of the message, printable ASCII without a full stop.

        at: What time it is; aware.

        body: The body.

    Raises:
        TypeError, ValueError: If *at* is not an aware datetime, or a secret does not have the
            right form.
    """
    seconds = str(to_micros(at, "at") // SECOND)
    signatures = (_signature(key, id, seconds, body) for key in keys_of(secrets))
    return {
        ID: id,
        TIMESTAMP: seconds,
        SIGNATURE: " ".join(f"{_VERSION},{base64.b64encode(each).decode()}" for each in signatures),
    }


def verify(
    secrets: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: dt.datetime,
    *,
    window: dt.timedelta = WINDOW,
) -> str:
    """
    Return the id of a message if it is authentic.

    A receiver that processes each id once is safe from messages that are sent again, by the sender
    or by an eavesdropper; ids older than *window* may be forgotten.

    Args:
        secrets: One or several, as for `keys_of`; one of them must have signed.

        headers: The headers of the request; their names in upper or lower case.

        body: The body as it arrived, before it is parsed as JSON.

        now: What time it is; aware.

        window: How old, or how far ahead, a message may be.

    Raises:
        SignatureError: If it is not authentic.
        TypeError, ValueError: If *now* is not an aware datetime, or a secret does not have the
            right form.
    """
    keys, now_us = keys_of(secrets), to_micros(now, "now")
    named = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not named.get(name)]
    if missing:
        raise SignatureError(f"not signed: no {', '.join(missing)}")
    seconds = named[TIMESTAMP]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _LONGEST_NUMBER):
        raise SignatureError(f"{TIMESTAMP}: expected whole seconds since 1970")
    if abs(now_us - int(seconds) * SECOND) > window // dt.timedelta(microseconds=1):
        raise SignatureError(f"{TIMESTAMP}: it is not from the last {window}. Is a clock wrong?")
    if not _is_signed(keys, named[ID], seconds, body, named[SIGNATURE]):
        raise SignatureError("the signature is wrong. Is the secret the right one?")
    return named[ID]


def _is_signed(keys: Iterable[bytes], id: str, seconds: str, body: bytes, said: str) -> bool:
    expected = [_signature(key, id, seconds, body) for key in keys]
    given = [_decoded(part) for part in said.split()[:_MOST_SIGNATURES]]
    # All are compared, whatever the results, so that the time taken reveals nothing.
    return any([hmac.compare_digest(one, other) for one in expected for other in given])  # noqa: C419


def _decoded(signature: str) -> bytes:
    """Return the bytes of one signature in a header; none if it is of another kind."""
    version, _, text = signature.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == _VERSION else b""
    except (binascii.Error, ValueError):
        return b""


def _signature(key: bytes, id: str, seconds: str, body: bytes) -> bytes:
    # A header may contain anything; what is not text was not signed by us.
    signed = f"{id}.{seconds}.".encode(errors="surrogatepass") + body
    return hmac.new(key, signed, hashlib.sha256).digest()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _FEWEST <= len(key) <= _MOST:
        raise ValueError(
            f"webhook secret: expected {_PREFIX!r} and {_FEWEST} to {_MOST} bytes as base64. "
            "Make one with new_secret()."
        )
    return key
