"""The modes that a duty officer must know of: in force, waiting, to come, ended in the last day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from messages.cloudevents import rfc3339_text
from messages.model import Body
from messages.order import ModeOrder
from rules.modes import Mode
from streams.control.notices import occasions
from streams.control.standing import Standing

DAY_S: Final = 24 * 3600.0
State: TypeAlias = Literal["in force", "waiting", "to come", "ended"]
STATES: Final[tuple[State, ...]] = ("in force", "waiting", "to come", "ended")


@dataclass(frozen=True, slots=True)
class Listed:
    """One mode. Times in epoch seconds. ``approved``: False for an emergency start that ends at
    ``ends`` unless somebody approves it, and for a proposal. ``warnings``: when it will still warn.
    ``incidents``: those opened under it that have not ended, the handover list."""

    order_id: str
    scenario: str
    area: tuple[str, ...]
    state: State
    starts: float
    ends: float
    approved: bool
    author: str
    approver: str | None
    reason: str
    change: str
    warnings: tuple[float, ...]
    incidents: tuple[str, ...]

    def left_s(self, now: float) -> float:
        """Seconds that it will still be in force, counted from its start where that is to come."""
        return max(0.0, self.ends - max(now, self.starts))

    def as_row(self, now: float) -> Body:
        """The same for programs."""
        return {
            "order_id": self.order_id,
            "scenario": self.scenario,
            "area": self.area,
            "state": self.state,
            "starts": rfc3339_text(self.starts),
            "ends": rfc3339_text(self.ends),
            "left_s": round(self.left_s(now)) if self.state != "ended" else 0,
            "approved": self.approved,
            "author": self.author,
            "approver": self.approver,
            "reason": self.reason,
            "change": self.change,
            "warnings": [rfc3339_text(at) for at in self.warnings],
            "handover": {"count": len(self.incidents), "incidents": self.incidents},
        }


def overview(
    standing: Standing, handover: Mapping[str, tuple[str, ...]], now: float
) -> tuple[Listed, ...]:
    """The modes by state, then by their end. ``handover``: incidents by order id; ``now``: epoch
    seconds."""
    found = [
        *(_mode(mode, handover, now) for mode in standing.modes if mode.ends > now - DAY_S),
        *_proposals(standing, now),
    ]
    return tuple(sorted(found, key=lambda one: (STATES.index(one.state), one.ends, one.order_id)))


def handover(incidents: Iterable[Body]) -> dict[str, tuple[str, ...]]:
    """Incidents that have not ended, by the mode that they were opened under. ``incidents``: the
    latest body of each :class:`messages.incident.Incident`."""
    found: dict[str, list[str]] = {}
    for case in incidents:
        if case["status"] not in ("closed", "void"):
            for mode in case.get("modes", ()):
                found.setdefault(mode["order_id"], []).append(case["incident_id"])
    return {order_id: tuple(sorted(ids)) for order_id, ids in found.items()}


def _mode(mode: Mode, handover: Mapping[str, tuple[str, ...]], now: float) -> Listed:
    state: State = "in force" if mode.at(now) else "to come" if now < mode.starts else "ended"
    if mode.ends <= mode.starts:  # withdrawn before it began, or approved when it was over
        state = "ended"
    coming = (o.at for o in occasions(mode) if o.kind == "ending" and o.at > now)
    return Listed(
        order_id=mode.order_id,
        scenario=mode.scenario,
        area=tuple(sorted(mode.area)),
        state=state,
        starts=mode.starts,
        ends=mode.ends,
        approved=mode.approved,
        author=mode.author,
        approver=mode.approver,
        reason=mode.reason,
        change=mode.change,
        warnings=tuple(coming) if state != "ended" else (),
        incidents=handover.get(mode.order_id, ()),
    )


def _proposals(standing: Standing, now: float) -> Iterator[Listed]:
    for order in standing.proposals:
        ends = order.ends_at.timestamp()
        if ends > now:
            yield _proposal(order, "waiting", "")
        elif ends > now - DAY_S:
            yield _proposal(order, "ended", "never approved")


def _proposal(order: ModeOrder, state: State, change: str) -> Listed:
    return Listed(
        order_id=order.order_id,
        scenario=order.scenario,
        area=tuple(sorted(order.area)),
        state=state,
        starts=order.applies_at,
        ends=order.ends_at.timestamp(),
        approved=False,
        author=order.author,
        approver=None,
        reason=order.reason,
        change=change,
        warnings=(),
        incidents=(),
    )
