"""Effects in the outbox: how one is written, and read again."""

from __future__ import annotations

import datetime as dt
import enum
import json
from typing import Any

import attrs

from salesflow.deal import Effect, EffectKind, EffectStatus
from salesflow.errors import Code, Obstacle
from salesflow.store.rows import canonical


def outbox_values(effect: Effect, owner: str | None, promised_us: int) -> dict[str, Any]:
    """
    Return the row of an effect that is promised.

    Args:
        effect: The effect.

        owner: Of the deal.

        promised_us: When it was promised, in microseconds; from then on it may be sent.
    """
    return {
        "deal": effect.deal_id,
        "key": effect.key,
        "kind": effect.kind.value,
        "body": canonical(effect_to_dict(effect)),
        "owner": owner,
        "promised_us": promised_us,
        "try_us": promised_us,
    }


def effect_to_dict(effect: Effect) -> dict[str, Any]:
    """Return an effect as JSON-ready data; what is not set is left out, and so is its status."""
    return {
        field.name: _to_json(value)
        for field in attrs.fields(Effect)
        if field.name != "status" and (value := getattr(effect, field.name)) != field.default
    }


def effect_from_dict(data: dict[str, Any]) -> Effect:
    """Return an effect that is due, from what `effect_to_dict` returned."""
    said = dict(data) | {"kind": EffectKind(data["kind"]), "status": EffectStatus.DUE}
    for name in ("at", "due_at"):
        if name in said:
            said[name] = dt.datetime.fromisoformat(said[name])
    said["obstacles"] = tuple(map(_obstacle, said.get("obstacles", ())))
    return Effect(**said)


def effect_of(body: str) -> Effect:
    """Return an effect as it was written into the outbox."""
    return effect_from_dict(json.loads(body))


def _obstacle(data: dict[str, Any]) -> Obstacle:
    said = dict(data) | {"code": Code(data["code"])}
    if "due_at" in said:
        said["due_at"] = dt.datetime.fromisoformat(said["due_at"])
    said |= {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Obstacle(**said)


def _to_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    match value:
        case dt.datetime():
            return value.isoformat()
        case enum.StrEnum():
            return value.value
        case tuple():
            return [_to_json(item) for item in value]
        case Obstacle():
            return {
                field.name: _to_json(item)
                for field in attrs.fields(Obstacle)
                if (item := getattr(value, field.name)) != field.default
            }
        case _:
            return value
