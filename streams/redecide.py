"""As-of replay: one event decided again, by the pack, at the time and in the modes of its decision.

The same two functions as in production. What only the shard's memory knew is taken from what the
decision consulted. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from incidents import anchors, devices, evidence
from incidents.anchors import Anchor
from incidents.case import KIND, Case
from incidents.devices import Known
from incidents.evidence import Evidence
from incidents.state import Timer, Version, Write
from messages.errors import RunError
from messages.event import Event
from messages.model import Body
from messages.topics import Input, Lane
from rules.modes import Mode
from rules.route import facts_of
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.judge import DeskBatch, judge
from streams.pipeline import one_batch
from streams.understanding.classified import device_key
from streams.understanding.decode import decode
from streams.understanding.masked import masked
from streams.understanding.understand import understand

COMPARED: Final = (
    "outcome",
    "category",
    "priority",
    "score",
    "route",
    "runner_up",
    "unit",
    "copies",
    "escalation",
    "boundaries",
)
"""Fields of a decision that must come out the same."""
ROUTED: Final = ("route", "runner_up", "unit", "copies")
JOINED: Final = ("route", "runner_up")
"""Of an event that has joined a case, which is its own unit's."""
_PLACES: Final = ("grid", "community", "street", "district", "method")


@dataclass(frozen=True, slots=True)
class Difference:
    """``then``: as it was decided; ``now``: as it is decided again."""

    field: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Again:
    """``decision``: the body of the second decision. ``recalled``: what was taken from the first
    one's record, because only the shard's memory or an officer knew it."""

    decision: Body
    differences: tuple[Difference, ...]
    recalled: tuple[str, ...] = field(default=())

    @property
    def same(self) -> bool:
        return not self.differences


def redecide(decision: Body, lane: Lane, event: Body, city: City) -> Again:
    """Decide an event again as a decision of it (a body as read from JSON) says it was decided.

    ``event``: as it came on its lane. ``city``: of the decision's pack. Raises ``run.discarded``
    for an officer's word, which no rule decided, and ``EventError`` for what cannot be decoded.
    """
    if decision["outcome"] == "discarded":
        raise RunError("discarded", "an officer threw it out: no rule decided that")
    read = decode(lane, orjson.dumps(event))
    found, recalled = _decided(decision, lane, event, read, city)
    differences = [*_compared(COMPARED, decision, found), *_places(decision, found)]
    if decision.get("route") is not None:
        differences += _rerouted(decision, city)
    return Again(found, tuple(differences), recalled)


def _decided(
    decision: Body, lane: Lane, event: Body, read: Event, city: City
) -> tuple[Body, tuple[str, ...]]:
    modes = tuple(_mode(**applied) for applied in decision.get("modes") or ())
    # A reading within its limits has a decision only where its device was hot.
    hot = frozenset({device_key(read)} if hasattr(read, "device_id") else ())
    force = InForce.of(city, modes, hot)
    come_by, body = _as_it_came(decision, lane, event, read)
    origin = decision["origin"]
    received_at = _epoch(decision["received_at"])
    records = one_batch(origin["topic"], [body], received_at, origin["offset"])
    understood = understand(come_by, records, force)
    if not understood.desk:
        dead = ({**letter, "outcome": "dead"} for letter in understood.dead)
        ended = [*understood.decisions, *dead, {"outcome": "ignored"}]
        return _plain(ended[0]), ()
    known = _plain(understood.desk[0])
    said = _memory_s_word(decision, city)
    if said is not None:
        shared = {name: known[name] for name in ("category", "priority", "score", "boundaries")}
        return {**decision, **shared, "place": known["place"]}, (f"filter {said}",)
    recalled = _recall_marks(decision, known)
    memory = Recalled(decision)
    memory.at(known.get("point"), decision["occurred_at"])
    batch = DeskBatch(force, known["shard"], [known], [0], 1)
    unit = judge(memory, batch, memory.version.now)
    found = [*unit.decisions, *({**letter, "outcome": "dead"} for letter in unit.dead)]
    return _plain(found[0]), (*recalled, *memory.knew)


_ENDED: Final = "ended"
"""Id of a case that is no more: which one it was is in the decision's reasons only."""


class Recalled:
    """A shard's memory as far as one decision recorded it: :class:`incidents.state.State`.

    ``knew``: what that is, in words.
    """

    def __init__(self, decision: Body) -> None:
        consulted: Body = decision.get("consulted") or {}
        now = _epoch(decision["decided_at"])
        self.version = Version(now=now)
        self.knew: list[str] = []
        self._records: dict[str, bytes] = {}
        self._group = ""
        self._joins: Case | None = None
        if "reports" in consulted:
            self._evidence(decision["kind"] == "report", consulted, now)
        if consulted.get("state_before"):
            self._device(decision, consulted, now)
        if consulted.get("joins"):
            self._joins = self._case(consulted["joins"], decision, now)
            self.knew.append(f"joins={consulted['joins']}")
        put_aside = decision["outcome"] == "quarantined"
        if "repeat_of" in consulted and (consulted["repeat_of"] or put_aside):
            first = consulted["repeat_of"] or ""
            seen: Body = {"v": 1, "incident": first, "origins": [], "due": math.ldexp(1, 60)}
            self._records["seen"] = orjson.dumps(seen)
            self.knew.append(f"repeat_of={first or '(put aside)'}")

    def _device(self, decision: Body, consulted: Body, now: float) -> None:
        """What the device had said before, and the case that it goes on with."""
        before = consulted["state_before"]
        self._group = devices.group_of(before)
        incident, end = decision.get("incident_id") or "", math.ldexp(1, 60)
        codes = {reason["code"] for reason in decision["reasons"] if reason["step"] == "desk"}
        opened = {before: incident}
        if "risen" in codes:  # back to a state that had a case
            opened[consulted["state"]] = incident
        if "again" in codes:  # of what had a case, which has ended
            opened = {before: _ENDED, consulted["state"]: _ENDED}
        elif decision["outcome"] == "merged" and not consulted.get("joins"):
            self._case(incident, decision, now)
        known = Known(
            before,
            end if "late" in codes else 0.0,
            end,
            "alarm" if "outranked" in codes else "reading",
            opened,
            0.0 if "again" in codes else now,
        )
        self._records[devices.KIND] = known.to_json()
        self.knew.append(f"state_before={before}")

    def _evidence(self, is_report: bool, consulted: Body, now: float) -> None:
        reports, both = consulted["reports"], bool(consulted.get("corroborated"))
        if is_report:
            witnesses = Evidence((now,) * (reports - 1), (now,) if both else ())
        else:
            witnesses = Evidence((now,) * reports if both else ())
        self._records[evidence.KIND] = witnesses.to_json()
        self.knew += [f"reports={reports}", f"corroborated={str(both).lower()}"]

    def _case(self, incident: str, decision: Body, now: float) -> Case:
        """The open case that the event has joined or goes on with, as far as its decision tells:
        near enough, of its own priority, and of the unit that has it."""
        case = Case(
            incident_id=incident,
            seq=1,
            status="accepted",
            opened=now,
            changed=now,
            opened_at=decision["decided_at"],
            changed_at=decision["decided_at"],
            category=decision["category"],
            priority=decision["priority"],
            place=decision["place"],
            unit=decision.get("unit") or "",
            pack=decision["pack"],
            told=list(decision.get("copies") or ()),
            escalation=decision.get("escalation"),
        )
        self._records[KIND] = case.to_json()
        return case

    def at(self, point: list[float] | None, occurred_at: str) -> None:
        """Where the event is that is decided again: the case that it has joined is there too."""
        if self._joins is not None and point is not None:
            end = math.ldexp(1, 60)
            anchor = Anchor(self._joins.incident_id, (point[0], point[1]), _epoch(occurred_at), end)
            self._records[anchors.KIND] = anchors.written([anchor])[0]

    def get(self, kind: str, key: str) -> bytes | None:
        if kind == devices.KIND and not key.endswith(f" {self._group}"):
            return None
        return None if key == _ENDED else self._records.get(kind)

    def due(self, now: float, limit: int) -> list[tuple[str, str]]:
        return []

    def timers(self, now: float, limit: int) -> list[Timer]:
        return []

    def apply(self, base: int, version: Version, writes: Iterable[Write]) -> None:
        """Nothing is remembered: it is one decision."""


def _as_it_came(decision: Body, lane: Lane, event: Body, read: Event) -> tuple[Input, bytes]:
    """The lane and the body to be understood: the producer's, or an officer's release of it."""
    if not decision.get("released_from"):
        return lane, orjson.dumps(event)
    release = {
        "schema_version": 1,
        "verdict_id": "again",
        "verdict": "release",
        "of": decision["released_from"],
        "event_id": decision["event_id"],
        "author": "again",
        "reason": "decided again",
        "decided_at": decision["received_at"],
        "lane": lane,
        "event": orjson.loads(masked(read).to_json()),
    }
    return "verdicts", orjson.dumps(release)


def _mode(order_id: str, scenario: str) -> Mode:
    """A mode that is in force, wherever and whenever it is asked for."""
    everywhere = frozenset({"city"})
    return Mode(order_id, scenario, everywhere, -math.inf, math.inf, True, "", None, "")


def _memory_s_word(decision: Body, city: City) -> str | None:
    """The filter with memory that put the event aside: what it had counted is not on record."""
    if decision["outcome"] != "quarantined":
        return None
    code: str = decision["reasons"][-1]["code"]
    return code if code in {one.name for one in city.screen.memory} else None


def _recall_marks(decision: Body, known: Body) -> tuple[str, ...]:
    """Put what filters with memory marked where those without it put theirs."""
    own = tuple(known["consulted"].get("marks") or ())
    then = tuple((decision.get("consulted") or {}).get("marks") or ())
    if len(then) <= len(own) or then[: len(own)] != own:
        return ()
    known["consulted"]["marks"] = then
    return (f"marks={','.join(then[len(own) :])}",)


def _rerouted(decision: Body, city: City) -> Iterator[Difference]:
    """The routing part alone, by the values on record: whatever became of the rest."""
    found = _plain(city.router.route(facts_of(decision))._asdict())
    for one in _compared(ROUTED if decision["outcome"] == "routed" else JOINED, decision, found):
        yield Difference(f"{one.field} by its own record", one.then, one.now)


def _compared(names: Iterable[str], then: Body, now: Body) -> Iterator[Difference]:
    for name in names:
        # A field that is empty need not be written.
        if (then.get(name) or None) != (now.get(name) or None):
            yield Difference(name, then.get(name), now.get(name))


def _places(then: Body, now: Body) -> Iterator[Difference]:
    was: Mapping[str, Any] = then.get("place") or {}
    for one in _compared(_PLACES, dict(was), dict(now.get("place") or {})):
        yield Difference(f"place.{one.field}", one.then, one.now)


def _plain(body: Body) -> Body:
    """Through the wire's bytes and back."""
    plain: Body = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
    return plain


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
