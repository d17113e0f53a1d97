"""CloudEvents 1.0 attributes as Kafka headers, binary content mode.

Source: CloudEvents Kafka Protocol Binding 1.0, section 3.2. By hand, because four headers cost the
hot path 0.3 µs and the SDK's builder some 20 µs an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

SPEC_VERSION = ("ce_specversion", b"1.0")
CONTENT_TYPE = ("content-type", b"application/json")

Headers = list[tuple[str, bytes]]


def headers(ce_id: str, ce_type: str, ce_source: str, time: bytes) -> Headers:
    """Headers of one record. ``ce_type`` is like ``wangge.decision.v1``; ``time`` is RFC 3339."""
    return [
        SPEC_VERSION,
        ("ce_id", ce_id.encode()),
        ("ce_source", ce_source.encode()),
        ("ce_type", ce_type.encode()),
        ("ce_time", time),
        CONTENT_TYPE,
    ]


def rfc3339(epoch_s: float) -> bytes:
    """Seconds since 1970 as ``2026-11-23T08:00:00.123456Z``."""
    return rfc3339_text(epoch_s).encode()


def rfc3339_text(epoch_s: float) -> str:
    """The same as text."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().removesuffix("+00:00") + "Z"


def read(raw: Sequence[tuple[str, str | bytes | None]] | None) -> dict[str, str]:
    """The ``ce_`` attributes of a record, without their prefix, at most 1,024 characters each.

    Undecodable bytes are replaced; of more than 32 headers the first are read.
    """
    if not raw:
        return {}
    return {
        name[3:67]: (value if isinstance(value, str) else value.decode("utf-8", "replace"))[:1024]
        for name, value in raw[:32]
        if name.startswith("ce_") and value is not None
    }
