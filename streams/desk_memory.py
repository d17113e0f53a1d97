"""What a shard remembers of events, over one unit of work: ids, filters, devices, witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import orjson

from incidents import devices, evidence
from incidents.devices import Change, Known
from incidents.evidence import Evidence
from incidents.state import Overlay, State
from messages.model import Body
from rules.screen import DeskFacts, Finding
from streams.city import City

_FILTER: Final = "screen"
"""The kind of the screen's own records."""


class Said(NamedTuple):
    """What a device's event is after what it had said: ``state``, with the pack's hysteresis."""

    state: str
    before: Known | None
    change: Change
    key: str


class DeskMemory:
    """Reads through to the shard's state, keeps what it writes in the unit's overlay.

    ``hot``: devices whose clearing matters from now on (True), or no more.
    """

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.hot: dict[str, bool] = {}

    # Ids -----------------------------------------------------------------------------------

    def seen(self, body: Body, now: float) -> Body | None:
        """What is remembered of the event's id: ``incident`` it opened, ``origin`` it came from."""
        first = self.overlay.get("seen", _seen_key(body))
        if first is None:
            return None
        found: Body = orjson.loads(first)
        return found if found["due"] > now else None

    def remember(self, body: Body, due: float, incident_id: str = "") -> None:
        """That the record has its outcome, and which incident it opened or joined."""
        seen = {"v": 1, "incident": incident_id, "origin": where(body), "due": due}
        self.overlay.put("seen", _seen_key(body), orjson.dumps(seen), due)

    # Filters -------------------------------------------------------------------------------

    def findings(
        self, facts: DeskFacts, passed: str | None, city: City, now: float
    ) -> Iterator[Finding]:
        """What each filter with memory finds, which then remembers the event."""
        for one in city.screen.memory_for(passed):
            key = one.key(facts)
            if key is None:
                continue
            before = self.overlay.get(_FILTER, key)
            found, state, due = one.observe(before, facts, now)
            if state is not before:
                self.overlay.put(_FILTER, key, state, due)
            if found is not None:
                yield found

    # Devices -------------------------------------------------------------------------------

    def said(self, body: Body, city: City) -> Said | None:
        """What a device's event means after what it has said before; None for one whose sensor is
        not known to have states."""
        event, state = body["event"], body["consulted"].get("state")
        if state is None:
            return None
        device = event["source"], event["device_id"]
        key = devices.record_key(*device, devices.group_of(state))
        before = Known.from_json(self.overlay.get(devices.KIND, key))
        watch = city.watches.get(event["sensor"])
        if body["kind"] == "reading" and watch is not None and before is not None:
            state = watch.level(event["value"], before.state)
        elif state == "cleared" and before is None:
            key = devices.record_key(*device, "upkeep")
            before = Known.from_json(self.overlay.get(devices.KIND, key))
        return Said(state, before, devices.change(before, state), key)

    def keep_device(self, said: Said, known: Known, due: float) -> None:
        """Remember what a device says; ask stage A for its clearing, where it is a danger."""
        self.overlay.put(devices.KIND, said.key, known.to_json(), due)
        if devices.group_of(known.state) == "danger":
            self.hot[_device(said.key)] = True

    def forget_device(self, said: Said) -> None:
        """What it said has cleared."""
        self.overlay.remove(devices.KIND, said.key)
        self.hot[_device(said.key)] = False

    # Witnesses -----------------------------------------------------------------------------

    def witness(self, body: Body, city: City, now: float) -> Evidence | None:
        """Count the event among those that speak of the same; None where nobody asks, or where it
        has no place to speak of."""
        category, place = body["category"], body["place"]
        cell = place.get("grid") or place.get("community") or place.get("street")
        if category not in city.remembered or cell is None:
            return None
        key = evidence.record_key(category, cell)
        window_s = city.merge_windows_s[category]
        found = Evidence.from_json(self.overlay.get(evidence.KIND, key)).with_one(
            sensor=body["kind"] != "report", now=now, window_s=window_s
        )
        self.overlay.put(evidence.KIND, key, found.to_json(), now + window_s)
        return found

    # Windows -------------------------------------------------------------------------------

    def expire(self, state: State, now: float, limit: int) -> None:
        """Forget what has left its window, at most ``limit`` records of it."""
        for kind, key in state.due(now, limit):
            if kind == "incident" or self.overlay.changed(kind, key):
                continue
            self.overlay.remove(kind, key)
            if kind == devices.KIND:
                self.hot[_device(key)] = False


def where(body: Body) -> str:
    """Where the event stood."""
    return _place(body["origin"])


def _place(origin: Body) -> str:
    return f"{origin['topic']}/{origin['partition']}/{origin['offset']}"


def _seen_key(body: Body) -> str:
    event, released = body["event"], body.get("released_from")
    if released:  # of one record in quarantine, the first release counts
        return f"released {_place(released)}"
    # An id is unique per producer, not among producers.
    # A source holds no space.
    return f"{event['source']} {event['event_id']}"


def _device(key: str) -> str:
    """``<source> <device>`` of a device's record: its group is the last word."""
    return key.rpartition(" ")[0]
