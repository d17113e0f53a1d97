"""A case (案件) as the desk keeps it: the state of one incident, and its public body.

The record is JSON in the shard's state, kind ``incident``. Its ``due`` is when the case must be
looked at again by itself, which makes it a timer. Pure.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, Final, NamedTuple

import orjson

from incidents.record import from_values, known
from messages.errors import StateError
from messages.incident import IncidentStatus
from messages.model import Body

KIND: Final = "incident"
FORMAT: Final = 2
"""Of the record. One more is read as far as it is understood, one less (issue 4's: the public body
itself) is read too, so that a release and its neighbours can take each other's shards over."""

OPEN: Final = frozenset(("filed", "confirmed", "dispatched", "accepted", "in_progress", "returned"))
"""Somebody must still do something about it."""
ENDED: Final = frozenset(("closed", "void"))
_ENDS: Final = frozenset(("closed", "voided"))
"""The changes that end it."""

EVENTS: Final = 32
"""The latest events that are kept with a case; how many there were is counted."""
TIMELINE: Final = 64
"""The latest steps that are kept with a case; all of them stand on its queues."""


class Joined(NamedTuple):
    """One event of a case. ``at``: epoch seconds of its arrival. ``point``: degrees of WGS-84."""

    event_id: str
    kind: str
    at: float
    category: str
    priority: str
    point: tuple[float, float] | None
    place: Body | None = None


class Clock(NamedTuple):
    """One of a case's clocks, epoch seconds: running from ``start`` until ``end``. ``fired``: the
    steps of the policy that have been taken on it. ``longer``: what extensions have added."""

    start: float
    end: float | None = None
    fired: tuple[int, ...] = ()
    longer: tuple[str, ...] = ()


class Mark(NamedTuple):
    """One step of a case's life. ``at``: epoch seconds; ``by``: the unit; empty: the engine."""

    seq: int
    at: float
    change: str
    by: str = ""
    code: str = ""


@dataclass(slots=True)
class Case:
    """One incident. Times are epoch seconds; ``opened_at`` and ``changed_at`` as they travel.

    ``dispatcher``: who hands the case to units, a district or the city; ``arbiter``: whose word on
    the owner is final, and ``ruled``: it has spoken. ``told``: units that hear of the case without
    owning it (抄送). ``co_owners``: whom an escalation has put beside the owner. ``assists``: whom
    the owner has asked for help (协办). ``occurred``, ``point``, ``sketch``, ``photos``: of its
    first event, see :mod:`incidents.anchors`. ``policy``: key of the snapshot that it was opened
    under. ``accept``, ``dispose``: its clocks. ``pauses``: when the latter stood still, the last
    one without an end while it does; ``review``: when a suspension ends. ``reminder``: when what
    nobody has acknowledged is said again. ``asks``: requests that wait for the dispatcher.
    ``patrol``: grid workers found it on their rounds.
    ``steps``: how many steps of escalation were taken. ``due``: when to look at it by itself.
    """

    incident_id: str
    seq: int
    status: IncidentStatus
    opened: float
    changed: float
    opened_at: str
    changed_at: str
    category: str
    priority: str
    place: Body
    unit: str
    pack: str
    dispatcher: str = "city"
    told: list[str] = field(default_factory=list)
    co_owners: list[str] = field(default_factory=list)
    assists: list[str] = field(default_factory=list)
    events: list[Joined] = field(default_factory=list)
    count: int = 1
    patrol: bool = False
    occurred: float = 0.0
    point: tuple[float, float] | None = None
    sketch: str = ""
    photos: list[str] = field(default_factory=list)
    escalation: str | None = None
    modes: list[Body] = field(default_factory=list)
    policy: str | None = None
    accept: Clock | None = None
    dispose: Clock | None = None
    pauses: list[tuple[float, float | None]] = field(default_factory=list)
    review: float | None = None
    reminder: float | None = None
    asks: dict[str, Body] = field(default_factory=dict)
    steps: int = 0
    stage: str | None = None
    accepted_by: str | None = None
    resolved_by: str | None = None
    returns: int = 0
    reopened: int = 0
    arbiter: str | None = None
    ruled: bool = False
    urged: int = 0
    supervised: Body | None = None
    satisfaction: int | None = None
    linked: list[str] = field(default_factory=list)
    timeline: list[Mark] = field(default_factory=list)
    due: float | None = None

    @property
    def open(self) -> bool:
        """Somebody must still do something about it."""
        return self.status in OPEN

    @property
    def paused(self) -> bool:
        """It is suspended (挂账)."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    @property
    def ended_at(self) -> float:
        """When it was closed or voided, epoch seconds; what is said of it later does not count."""
        ends = (mark.at for mark in reversed(self.timeline) if mark.change in _ENDS)
        return next(ends, self.changed)

    def copy(self, **changes: Any) -> Case:
        """Another one with these changes; its lists are its own."""
        found = replace(self, **changes)
        for name in _LISTS:
            setattr(found, name, list(getattr(found, name)))
        found.asks = dict(found.asks)
        return found

    def mark(self, change: str, now: float, stamp: str, by: str = "", code: str = "") -> None:
        """One more change of it, at ``now``: ``seq`` moves on and the timeline says why."""
        self.seq += 1
        self.changed, self.changed_at = now, stamp
        self.timeline = [*self.timeline[1 - TIMELINE :], Mark(self.seq, now, change, by, code)]

    def also(self, change: str, now: float, code: str = "") -> None:
        """What else has changed with the last mark, and is published with it: under its ``seq``."""
        self.timeline = [*self.timeline[1 - TIMELINE :], Mark(self.seq, now, change, code=code)]

    def to_json(self) -> bytes:
        """The record; fields that have nothing to say are left out."""
        body: Body = {"v": FORMAT}
        for name, default, value in zip(_NAMES, _DEFAULTS, _VALUES(self), strict=True):
            if value != default:
                body[name] = value
        return orjson.dumps(body, default=tuple)

    @classmethod
    def from_json(cls, record: bytes) -> Case:
        """The case. Raises :class:`StateError` ``state.case`` for what is none."""
        try:
            body = orjson.loads(record)
            if "v" not in body:
                return _of_issue_4(body)
            found = cls(**known(body, _NAMES))
            found.events = [from_values(Joined, one) for one in found.events]
            found.timeline = [from_values(Mark, one) for one in found.timeline]
            found.pauses = [(one[0], one[1]) for one in found.pauses]
            found.accept = from_values(Clock, found.accept) if found.accept else None
            found.dispose = from_values(Clock, found.dispose) if found.dispose else None
        except (TypeError, KeyError, ValueError) as error:
            raise StateError("case", f"a case's record cannot be read: {error}") from None
        return found

    def public(self) -> Body:
        """The :class:`messages.incident.Incident` body: what everybody may know."""
        body: Body = {
            "schema_version": 1,
            "incident_id": self.incident_id,
            "seq": self.seq,
            "status": self.status,
            "opened_at": self.opened_at,
            "changed_at": self.changed_at,
            "category": self.category,
            "priority": self.priority,
            "place": self.place,
            "unit": self.unit,
            "copies": self.told,
            "events": [one.event_id for one in self.events],
            "count": self.count,
            "escalation": self.escalation,
            "modes": self.modes,
            "pack": self.pack,
        }
        for name in _PUBLIC:
            value = getattr(self, name)
            if value:
                body[name] = value
        if self.paused:
            body["suspended"] = True
        if self.supervised is not None:
            body["supervised"] = self.supervised
        body["clocks"] = {
            name: _span(clock)
            for name, clock in (("accept", self.accept), ("dispose", self.dispose))
            if clock is not None
        }
        body["timeline"] = [mark._asdict() for mark in self.timeline]
        return body


_FIELDS: Final[tuple[tuple[str, Any], ...]] = tuple(
    (
        one.name,
        one.default
        if one.default is not MISSING
        else one.default_factory()
        if one.default_factory is not MISSING
        else MISSING,
    )
    for one in fields(Case)
)
_NAMES: Final = tuple(name for name, _ in _FIELDS)
_DEFAULTS: Final = tuple(default for _, default in _FIELDS)
_VALUES: Final = attrgetter(*_NAMES)
_LISTS: Final = tuple(name for name, default in _FIELDS if isinstance(default, list))
_PUBLIC: Final = (
    *("co_owners", "assists", "stage", "accepted_by", "resolved_by", "returns", "reopened"),
    *("arbiter", "urged", "satisfaction", "linked", "patrol"),
)


def _span(clock: Clock) -> Body:
    return {"start": clock.start, "end": clock.end, "longer": clock.longer}


def _of_issue_4(body: Body) -> Case:
    """A record of the release before: the public body, and no clocks."""
    return Case(
        incident_id=body["incident_id"],
        seq=body["seq"],
        status=body["status"],
        opened=0.0,
        changed=0.0,
        opened_at=body["opened_at"],
        changed_at=body["changed_at"],
        category=body["category"],
        priority=body["priority"],
        place=body["place"],
        unit=body["unit"],
        pack=body["pack"],
        told=list(body.get("copies", ())),
        events=[
            Joined(event, "report", 0.0, body["category"], body["priority"], None)
            for event in body["events"][-EVENTS:]
        ],
        count=len(body["events"]),
        escalation=body.get("escalation"),
        modes=list(body.get("modes", ())),
    )
