"""Stage A for what units do to cases: checked, masked, and put on the desk of the case's shard."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from messages.action import Action
from messages.errors import EventError
from messages.model import SCHEMA_VERSION, Body
from messages.topics import unit_of_actions
from rules.masking import mask
from streams.city import City
from streams.decode import decode_action
from streams.letters import origin
from streams.wire.records import Records

_SHARD: Final = re.compile(r"(\d{3})-\d{6}-\d{7,}")
"""An incident id says where its case is kept."""


def acted(records: Records, row: int, city: City) -> Body:
    """The action as it lies on the desk. Who posts it is told by its topic, which only that unit
    may write to.

    Raises :class:`EventError` for what cannot be decoded, and ``event.no_incident_id`` for an
    incident id that names no shard of this city.
    """
    action = decode_action(records.values[row])
    found = _SHARD.fullmatch(action.incident_id)
    shard = int(found[1]) if found is not None else -1
    if not 0 <= shard < city.shards:
        raise EventError(
            "no_incident_id",
            f"{action.incident_id!r} is no id of an incident",
            field="incident_id",
            mend="give the id that stands on the queue's entry, such as 000-261123-0000001",
        )
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "action",
        "action": _plain(action),
        "unit": unit_of_actions(records.topic),
        "origin": origin(records, row),
        "received_at": datetime.fromtimestamp(records.received_at[row], UTC),
        "shard": shard,
        "pack": city.version,
    }


def _plain(action: Action) -> Body:
    body = action.model_dump(mode="json", exclude_none=True)
    if body["note"]:
        body["note"] = mask(body["note"])
    return body
