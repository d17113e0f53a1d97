"""What a shard remembers of events, over one unit of work: ids, filters, devices, witnesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple

import orjson

from incidents import devices, evidence
from incidents.devices import Change, Known
from incidents.evidence import Evidence
from incidents.overlay import Overlay
from incidents.state import State
from messages.decision import origin_text
from messages.model import Body
from rules.screen import DeskFacts, Finding
from streams.city import City

_FILTER: Final = "screen"
"""The kind of the screen's own records."""
_ORIGINS: Final = 8
_ACTION_KEPT_S: Final = 2 * 86_400.0
"""For how long the id of an action is remembered, so that a repeat is refused as one."""
_DANGER: Final = " danger"


class Said(NamedTuple):
    """What a device's event is after what it had said: ``state``, with the pack's hysteresis.
    ``occurred``, and ``now`` by the shard's clock: epoch seconds. ``open``: the cases that it goes
    on with."""

    state: str
    before: Known | None
    change: Change
    key: str
    kind: str
    occurred: float
    now: float
    open: Mapping[str, str]

    def known(self, due: float, incident_id: str | None = None) -> Known:
        """The record from now on; ``incident_id``: the case that the event opens."""
        before = self.before
        if incident_id is None and before is not None:
            rose = self.change == "risen"
            occurred = self.occurred if rose else before.occurred
            return before._replace(state=self.state, occurred=occurred, due=due, said=self.now)
        opened = {**self.open, self.state: incident_id or ""}
        return Known(self.state, self.occurred, due, self.kind, opened, self.now)


class DeskMemory:
    """Reads through to the shard's state, keeps what it writes in the unit's overlay.

    ``hot``: sensors of devices whose clearing matters from now on (True), or no more.
    """

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.hot: dict[str, bool] = {}

    # Ids -----------------------------------------------------------------------------------

    def seen(self, body: Body, now: float) -> Body | None:
        """What is remembered of the event's id: ``incident`` it opened, and
        ``origins``, the records that had it."""
        first = self.overlay.get("seen", _seen_key(body))
        if first is None:
            return None
        found: Body = orjson.loads(first)
        return found if found["due"] > now else None

    def remember(
        self, body: Body, due: float, incident_id: str = "", seen: Body | None = None
    ) -> None:
        """That the record has its outcome, and which incident it opened or joined. ``seen``: what
        was remembered of its id before; the last few records of one id are told apart."""
        origins = [*(seen["origins"] if seen is not None else ()), where(body)][-_ORIGINS:]
        record = {"v": 1, "incident": incident_id, "origins": origins, "due": due}
        self.overlay.put("seen", _seen_key(body), orjson.dumps(record), due)

    def action_before(self, body: Body, now: float) -> Literal["same", "repeat"] | None:
        """Whether an action lay here before: the very ``same`` record, which has its outcome, or a
        ``repeat`` of its unit's id. None: it is new. From now on it is remembered; of one id, the
        last few records are told apart."""
        key = _action_key(body["unit"], body["action"]["action_id"])
        record = self.overlay.get("seen", key)
        found: Body | None = orjson.loads(record) if record is not None else None
        if found is not None and found["due"] <= now:
            found = None
        origins = found["origins"] if found is not None else []
        if where(body) in origins:
            return "same"
        due = found["due"] if found is not None else now + _ACTION_KEPT_S
        remembered = {"v": 1, "origins": [*origins, where(body)][-_ORIGINS:], "due": due}
        self.overlay.put("seen", key, orjson.dumps(remembered), due)
        return "repeat" if found is not None else None

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

    def said(
        self, body: Body, city: City, now: float, is_open: Callable[[str], bool]
    ) -> Said | None:
        """What a device's event means after what it has said before; None for one whose sensor is
        not known to have states. ``is_open``: whether a case of that id is."""
        event, state = body["event"], body["consulted"].get("state")
        if state is None:
            return None
        device = event["source"], event["device_id"], event["sensor"]
        key = devices.record_key(*device, devices.group_of(state))
        before = Known.from_json(self.overlay.get(devices.KIND, key), now)
        watch = city.watches.get(event["sensor"])
        if body["kind"] == "reading" and watch is not None and before is not None:
            state = watch.level(event["value"], before.state)
        elif state == "cleared" and before is None:
            key = devices.record_key(*device, "upkeep")
            before = Known.from_json(self.overlay.get(devices.KIND, key), now)
        occurred = datetime.fromisoformat(event["occurred_at"]).timestamp()
        change = devices.change(before, state, body["kind"], occurred)
        opened = before.opened if before is not None else {}
        window_s = city.merge_windows_s.get(body["category"], 0.0)
        if (
            before is not None
            and devices.begins_again(change, body["kind"], now - before.said, window_s)
            and not is_open(before.case_of(state))
        ):
            change = "again"
            opened = {one: case for one, case in opened.items() if is_open(case)}
        return Said(state, before, change, key, body["kind"], occurred, now, opened)

    def keep_device(self, said: Said, known: Known) -> None:
        """Remember what a device says; ask stage A for its clearing, where it is a new danger."""
        self.overlay.put(devices.KIND, said.key, known.to_json(), known.due)
        if said.change == "new" and said.key.endswith(_DANGER):
            self.hot[said.key.removesuffix(_DANGER)] = True

    def forget_device(self, key: str) -> None:
        """What it said has cleared, or is too long ago."""
        self.overlay.remove(devices.KIND, key)
        if key.endswith(_DANGER):
            self.hot[key.removesuffix(_DANGER)] = False

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
        self.overlay.put(evidence.KIND, key, found.to_json(), found.due)
        return found

    # Windows -------------------------------------------------------------------------------

    def expire(self, state: State, now: float, limit: int) -> None:
        """Forget what has left its window, at most ``limit`` records of it."""
        for kind, key in state.due(now, limit):
            if self.overlay.changed(kind, key):
                continue
            if kind == devices.KIND:
                self.forget_device(key)
            else:
                self.overlay.remove(kind, key)


def where(body: Body) -> str:
    """Where the event stood."""
    return origin_text(body["origin"])


def _action_key(unit: str, action_id: str) -> str:
    # Actions' ids are unique per unit; no source's name ends with a colon.
    return f"action: {unit} {action_id}"


def _seen_key(body: Body) -> str:
    event, released = body["event"], body.get("released_from")
    if released:  # of one record in quarantine, the first release counts
        return f"released {origin_text(released)}"
    # An id is unique per producer, not among producers.
    # A source holds no space.
    return f"{event['source']} {event['event_id']}"
