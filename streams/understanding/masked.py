"""An event without the personal data that people write into it: what everything after decode sees.

Only a dead letter keeps the bytes as they came, under an ACL and a retention of its own.
"""

from __future__ import annotations

from typing import Any, TypeVar

from messages.event import Event
from rules.masking import mask

E = TypeVar("E", bound=Event)
_FREE_TEXT = ("text", "address", "category_hint")


def masked(event: E) -> E:
    """The event with its text, address, hint and extensions masked; the same where nothing was."""
    changed: dict[str, Any] = {}
    for name in _FREE_TEXT:
        said = getattr(event, name, None)
        if said:
            safe = mask(said)
            if safe is not said and safe != said:
                changed[name] = safe
    if event.extensions:
        safe_ones = {key: mask(value) for key, value in event.extensions.items()}
        if safe_ones != event.extensions:
            changed["extensions"] = safe_ones
    return event.model_copy(update=changed) if changed else event
