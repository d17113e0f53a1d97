"""Event bodies that every rule of the demo city lets pass, to be changed by a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()


def report(event_id="r-1", *, text="路口井盖破损", at=NOW, **fields) -> dict:
    """A report body that every rule lets pass; ``fields`` override, None leaves one out."""
    body = {
        "schema_version": 1,
        "event_id": event_id,
        "source": "suishoupai",
        "occurred_at": (datetime.fromtimestamp(at, UTC) - timedelta(minutes=5)).isoformat(),
        "position": {"lon": 118.79, "lat": 32.06, "datum": "wgs84"},
        "text": text,
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def wire(*bodies) -> list[bytes]:
    """Bodies as bytes; bytes pass as they are."""
    return [body if isinstance(body, bytes) else orjson.dumps(body) for body in bodies]
