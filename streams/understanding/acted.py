"""Stage A for what units do to cases: checked, masked, and put on the desk of the case's shard."""

from __future__ import annotations

from datetime import UTC, datetime

from incidents.warnings.watch import Named
from messages.action import Action
from messages.errors import EventError
from messages.incident import shard_of
from messages.model import SCHEMA_VERSION, Body
from messages.topics import unit_of_actions
from messages.warning_action import WarningAction
from rules.masking import mask
from streams.city import City
from streams.letters import origin
from streams.understanding.decode import decode_action
from streams.wire.records import Records


def acted(records: Records, row: int, city: City) -> Body:
    """The action as it lies on the desk. Who posts it is told by its topic, which only that unit
    may write to.

    Raises :class:`EventError` for what cannot be decoded, and ``event.no_incident_id`` or
    ``event.no_alert_id`` for an id that names no shard of this city.
    """
    action = decode_action(records.values[row])
    warned = isinstance(action, WarningAction)
    shard = _shard_of_alert(action) if isinstance(action, WarningAction) else _shard_of_case(action)
    if not 0 <= shard < city.shards:
        raise _nowhere(action)
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "warning" if warned else "action",
        "action": _plain(action),
        "unit": unit_of_actions(records.topic),
        "origin": origin(records, row),
        "received_at": datetime.fromtimestamp(records.received_at[row], UTC),
        "shard": shard,
        "pack": city.version,
    }


def _shard_of_case(action: Action) -> int:
    found = shard_of(action.incident_id)
    return found if found is not None else -1


def _shard_of_alert(action: WarningAction) -> int:
    found = Named.by(action.alert_id)
    return found.shard if found is not None else -1


def _nowhere(action: Action | WarningAction) -> EventError:
    if isinstance(action, WarningAction):
        return EventError(
            "no_alert_id",
            f"{action.alert_id!r} is no id of an alert",
            field="alert_id",
            mend="give the id that stands in the alert, such as 001-flood.320106-17.1",
        )
    return EventError(
        "no_incident_id",
        f"{action.incident_id!r} is no id of an incident",
        field="incident_id",
        mend="give the id that stands on the queue's entry, such as 000-261123-0000001",
    )


def _plain(action: Action | WarningAction) -> Body:
    body = action.model_dump(mode="json", exclude_none=True)
    if body["note"]:
        body["note"] = mask(body["note"])
    return body
