"""From bytes to a checked event, or to an error with a stable code.

=========================  ==========================================================
code                       what was wrong
=========================  ==========================================================
event.empty_body           no bytes at all
event.body_too_large       more than 256 KiB
event.undecodable          not UTF-8 JSON
event.unknown_version      ``schema_version`` is not one this release knows
event.missing_field        a required field is absent
event.unknown_field        a field that the contract does not have
event.wrong_type           a field of another type
event.not_finite           NaN or Infinity
event.out_of_range         a number outside its range, such as a latitude of 118
event.too_long             a text, list or id over its limit
event.wrong_value          a text of the right type that cannot be one: an empty id, a bad link
event.undecided            decoded, but no decision could be made of it
=========================  ==========================================================
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from pydantic import ValidationError
from pydantic_core import SchemaValidator

from messages.action import Action
from messages.errors import EventError
from messages.event import Alarm, Event, Reading, Report
from messages.model import MAX_BODY_BYTES
from messages.topics import Lane
from messages.verdict import Verdict
from messages.warning_action import WarningAction

_VALIDATORS: Final[dict[Lane, SchemaValidator]] = {
    "alarms": Alarm.__pydantic_validator__,  # type: ignore[dict-item]
    "urgent": Report.__pydantic_validator__,  # type: ignore[dict-item]
    "reports": Report.__pydantic_validator__,  # type: ignore[dict-item]
    "readings": Reading.__pydantic_validator__,  # type: ignore[dict-item]
}
# pydantic's own error types: https://docs.pydantic.dev/latest/errors/validation_errors/
_CODES: Final = {
    "json_invalid": "undecodable",
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "finite_number": "not_finite",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_too_long": "too_long",
    "string_too_short": "wrong_value",
    "string_pattern_mismatch": "wrong_value",
    "too_long": "too_long",
}


def decode(lane: Lane, body: bytes | None) -> Event:
    """The event that a lane's body holds. Raises :class:`EventError` with a code of the table."""
    event: Event = _validated(_VALIDATORS[lane], body)
    return event


def decode_verdict(body: bytes | None) -> Verdict:
    """What an officer decided on a quarantined event. Raises :class:`EventError`, as above."""
    verdict: Verdict = _validated(Verdict.__pydantic_validator__, body)  # type: ignore[arg-type]
    return verdict


def decode_action(body: bytes | None) -> Action | WarningAction:
    """What a unit does to a case or a warning. Raises :class:`EventError`, as above."""
    model = WarningAction if _kind(body) == "warning" else Action
    action: Action | WarningAction = _validated(model.__pydantic_validator__, body)  # type: ignore[arg-type]
    return action


def _kind(body: bytes | None) -> object:
    try:
        found = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return None
    return found.get("kind") if isinstance(found, dict) else None


def _validated(validator: SchemaValidator, body: bytes | None) -> Any:
    if not body:
        raise EventError("empty_body", "the record has no body")
    if len(body) > MAX_BODY_BYTES:
        raise EventError(
            "body_too_large",
            f"{len(body):,} bytes are more than {MAX_BODY_BYTES:,}",
            mend="send pictures as links",
        )
    try:
        return validator.validate_json(body)
    except ValidationError as error:
        raise _explained(error) from None


def _explained(error: ValidationError) -> EventError:
    found: list[dict[str, Any]] = error.errors(
        include_url=False, include_context=False, include_input=False
    )  # type: ignore[assignment]
    # An unknown version explains every other finding.
    first = next((e for e in found if e["loc"][:1] == ("schema_version",)), found[0])
    field = ".".join(str(part) for part in first["loc"])
    if field == "schema_version" and first["type"] != "missing":
        return EventError(
            "unknown_version",
            "schema_version is not 1",
            field=field,
            mend="post bodies of schema_version 1",
        )
    code = _CODES.get(first["type"], "wrong_type")
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return EventError(code, f"{field or 'body'}: {first['msg']}{more}", field=field)
