"""Sending signed messages to a URL; the receiver's answer says what becomes of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import hashlib
import http
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from salesflow.errors import DeliveryError
from salesflow.store.adapters.envelope import MEDIA_TYPE, SOURCE, envelope
from salesflow.store.adapters.signatures import keys_of, sign
from salesflow.store.checks import positive
from salesflow.store.outbox import Message

_TIMEOUT = dt.timedelta(seconds=10)
_AGAIN_SECONDS = 0.05
_NEVER = frozenset({400, 410, 413, 415, 422})
"""Answers that reject this message for good. All others may be about the receiver."""


class Webhook:
    """
    Sends messages to a URL as CloudEvents, signed according to Standard Webhooks.

    Any answer from 200 to 299 means that the receiver has the message. 400, 410, 413, 415 and 422
    mean that it will never accept it; after any other answer, or none in time, the message is tried
    again, not before a ``Retry-After``. Redirections are not followed, and no proxy is used.

    Safe to use from many threads. No text of it shows a secret, or a part of the URL that may be
    one.

    Args:
        url: The target; ``https``, or ``http`` on this machine.

        secrets: One or several, from `salesflow.store.adapters.new_secret`; each of them signs.

        source: The sender: a URI, or a part of one.

        headers: More headers, such as ``Authorization``.

        timeout: The time limit for the whole call.

        context: The TLS settings; None: Python's defaults, with the certificates of the system.

        clock: Returns the time, for the signature.

    Raises:
        TypeError, ValueError: If the URL or a secret cannot be used, or *timeout* is not a positive
            span.
    """

    def __init__(
        self,
        url: str,
        secrets: str | Iterable[str],
        *,
        source: str = SOURCE,
        headers: Mapping[str, str] | None = None,
        timeout: dt.timedelta = _TIMEOUT,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._url = _checked(url)
        self._secrets = (secrets,) if isinstance(secrets, str) else tuple(secrets)
        keys_of(self._secrets)
        self._source = source
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._seconds = positive("timeout", timeout).total_seconds()
        self._context = context or ssl.create_default_context()
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Webhook {self._place}>"

    @property
    def _place(self) -> str:
        """The target without the path, which may be a secret."""
        return f"{self._url.scheme}://{self._url.netloc}/…"

    def __call__(self, message: Message) -> None:
        """
        Send a message.

        Raises:
            DeliveryError: If the receiver has not accepted it.
            ValueError: If the effect was written by a newer release.
        """
        body = json.dumps(envelope(message, self._source)).encode()
        headers = {
            **self._headers,
            "content-type": f"{MEDIA_TYPE}; charset=utf-8",
            "user-agent": "salesflow",
            **sign(self._secrets, id=id_of(message.key), at=self._clock(), body=body),
        }
        try:
            status, retry_after = self._post(body, headers)
        except TimeoutError:
            raise DeliveryError(f"{self._place}: no answer in {self._seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            # Its own text may quote what was sent.
            raise DeliveryError(f"{self._place}: {_why(error)}") from None
        if not 200 <= status < 300:  # noqa: PLR2004 - as in RFC 9110
            raise DeliveryError(
                f"{self._place}: answered {status} {_phrase(status)}".rstrip(),
                is_final=status in _NEVER,
                retry_after=_span(retry_after, self._clock()),
            )

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str | None]:
        """Return status and ``Retry-After`` of the answer; the rest of it is not read."""
        connection = self._connection()
        is_over, is_done = threading.Event(), threading.Event()
        # A socket timeout restarts with every byte; this one does not.
        watch = threading.Timer(self._seconds, _cut, [connection, is_over, is_done])
        watch.start()
        try:
            connection.connect()
            target = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            if is_over.is_set():
                raise TimeoutError from None
            raise
        else:
            # What was cut off in the middle of an answer can look like a whole one.
            if is_over.is_set():
                raise TimeoutError
            return answer.status, answer.headers.get("retry-after")
        finally:
            is_done.set()
            watch.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._seconds)
        return http.client.HTTPSConnection(host, port, timeout=self._seconds, context=self._context)


def id_of(key: str) -> str:
    """
    Return the id under which a key is signed: the same for the same key, and valid in a header.

    >>> id_of("ACME-17/touch/2026-03-02T10:00:00+00:00/breach")
    'sf_94d5d6b41ee3856d4c10d911561c52b6bc688a7ba638ad1c'
    """
    return f"sf_{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()[:48]}"


def _cut(
    connection: http.client.HTTPConnection, is_over: threading.Event, is_done: threading.Event
) -> None:
    """Cut off a connection, whatever it is waiting for; one that is not there yet when it is."""
    is_over.set()
    while not is_done.is_set():
        held: socket.socket | None = connection.sock
        if held is not None:
            with contextlib.suppress(OSError):  # it has gone already
                held.shutdown(socket.SHUT_RDWR)
        is_done.wait(_AGAIN_SECONDS)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("webhook URL: it cannot be read. Expected https://host/path") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f"webhook URL: expected https://host/path, got {parts.scheme!r}://…")
    if parts.username is not None or parts.password is not None:
        raise ValueError("webhook URL: it contains a user. Give an Authorization header instead")
    if parts.scheme == "http" and not _is_here(host):
        raise ValueError(f"webhook URL: http to {host!r} can be read by others. Use https")
    if any(not "!" <= sign <= "~" for sign in url):
        raise ValueError("webhook URL: it contains blanks or non-ASCII characters. Quote them")
    return parts


def _is_here(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _phrase(status: int) -> str:
    """Return the standard name of a status; the receiver's own may be anything."""
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""


def _why(error: OSError | http.client.HTTPException) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    if isinstance(error, ssl.SSLCertVerificationError):
        said = error.verify_message
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _span(retry_after: str | None, now: dt.datetime) -> dt.timedelta | None:
    """Return how long a receiver wants to be left alone; None: not given, or not understood."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return dt.timedelta(seconds=int(text[:9]))
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return max(aware - now, dt.timedelta())
