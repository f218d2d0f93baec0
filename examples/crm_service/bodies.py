"""Bodies of requests: how much is read, and what is no JSON that we want."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

from fastapi import HTTPException, Request

LARGEST = 1024 * 1024
"""Bytes: a batch of HubSpot's hundred webhooks has about 40,000."""
_SECONDS = 10
_DEEPEST = 40
_LONGEST_NUMBER = 40
"""Digits: a CRM's ids have up to 20, its amounts fewer."""


async def read(request: Request) -> bytes:
    """
    Return the body of a request, if it is neither large nor slow.

    Raises:
        HTTPException: 413 or 408.
    """
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > LARGEST:
        raise HTTPException(413, "the body is too large")
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST:
                    raise HTTPException(413, "the body is too large")
    except TimeoutError:
        raise HTTPException(408, "the body came too slowly") from None
    return bytes(body)


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """
    Return what a body says as JSON.

    Raises:
        HTTPException: 400, if it is no JSON, or has numbers or a depth that nobody means.
    """
    try:
        said = json.loads(body, parse_constant=_no_number, parse_float=_float, parse_int=_int)
    except RecursionError:
        raise HTTPException(400, "JSON: nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise HTTPException(400, f"JSON: {error}") from None
    _check_depth(said)
    return said


def _check_depth(said: object) -> None:
    layer, depth = [said], 0
    while layer:
        depth += 1
        if depth > _DEEPEST:
            raise HTTPException(400, "JSON: nested too deeply")
        inner: list[object] = []
        for each in layer:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        layer = [each for each in inner if isinstance(each, dict | list)]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(text)


def _float(text: str) -> float:
    number = float(text) if len(text) <= 2 * _LONGEST_NUMBER else math.inf
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number
