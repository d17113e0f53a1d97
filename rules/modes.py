"""Which emergency modes (平/战) are in force, as a function of the orders given so far. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, TypeAlias

from messages.order import AnyOrder, ApprovalOrder, EndOrder, ModeOrder

WARNED_MINUTES = (60, 15)
"""How long before its end a mode warns."""

APPROVE_WITHIN_S = 1800.0
"""For an emergency start on which no engine has noted its pack's time limit."""

Ending: TypeAlias = Literal["expires", "unapproved", "ended"]


class Mode(NamedTuple):
    """One scenario over one area. Times in epoch seconds: in force from ``starts`` to before
    ``ends``; one that was withdrawn before it began has ``ends`` ≤ ``starts``.

    ``approved``: an emergency start still waits without it. ``change``: what ended it before its
    time, or empty. ``ending``: why it ends: its time is over, an emergency start that nobody has
    approved, or an order. ``due``: when it would end by its own order.
    """

    order_id: str
    scenario: str
    area: frozenset[str]
    starts: float
    ends: float
    approved: bool
    author: str
    approver: str | None
    reason: str
    change: str = ""
    ending: Ending = "expires"
    due: float = 0.0

    def at(self, moment: float) -> bool:
        """Whether it is in force then."""
        return self.starts <= moment < self.ends


def modes_of(
    orders: Iterable[AnyOrder], approve_within_s: float = APPROVE_WITHIN_S
) -> tuple[Mode, ...]:
    """Every mode that was ordered and, where it needs it, approved by somebody else; by start, then
    order id. ``approve_within_s``: for orders on which no limit was noted.

    A function of the set of orders, not of the order in which they are read.
    """
    orders = list(orders)
    approvals, ends = _by_mode(orders)
    found = [
        _mode(
            order,
            _first_valid(order, approvals.get(order.order_id, ())),
            min(ends.get(order.order_id, ()), key=_by_time, default=None),
            approve_within_s,
        )
        for order in orders
        if isinstance(order, ModeOrder)
    ]
    return tuple(sorted(filter(None, found), key=lambda mode: (mode.starts, mode.order_id)))


def proposals_of(orders: Iterable[AnyOrder]) -> tuple[ModeOrder, ...]:
    """Every mode that waits for somebody's approval and was not withdrawn; by start, then order id.
    Its time may be over. An emergency start is no proposal: it is in force."""
    orders = list(orders)
    approvals, ends = _by_mode(orders)
    found = [
        order
        for order in orders
        if isinstance(order, ModeOrder)
        and not order.emergency
        and _named_approver(order) is None
        and _first_valid(order, approvals.get(order.order_id, ())) is None
        and order.order_id not in ends
    ]
    return tuple(sorted(found, key=_by_time))


def in_force(modes: Iterable[Mode], units: Collection[str], moment: float) -> tuple[Mode, ...]:
    """The modes in force at ``moment`` (epoch s) at a place whose units are ``units``, such as
    ``city``, ``district:320106`` and ``street:320106003``."""
    return tuple([m for m in modes if m.at(moment) and not m.area.isdisjoint(units)])


def _mode(
    order: ModeOrder, approval: ApprovalOrder | None, end: EndOrder | None, approve_within_s: float
) -> Mode | None:
    starts, due = order.applies_at, order.ends_at.timestamp()
    ends, change, ending = due, "", "expires"
    approver = _named_approver(order)
    approved_at = starts if approver is not None else None
    if approval is not None and approved_at is None:
        approver, approved_at = approval.author, approval.applies_at
    if order.emergency:
        limit = _approve_by(order, approve_within_s)
        if approved_at is None or approved_at > limit:
            approver, approved_at = None, None
            if limit < ends:
                ends, change, ending = limit, "not approved in time", "unapproved"
    elif approved_at is None:
        return None
    else:
        starts = max(starts, approved_at)
    if end is not None and end.applies_at < ends:
        ends, change, ending = end.applies_at, f"ended by {end.author}: {end.reason}", "ended"
    return Mode(
        order.order_id,
        order.scenario,
        frozenset(order.area),
        starts,
        ends,
        approved_at is not None,
        order.author,
        approver,
        order.reason,
        change,
        ending,  # type: ignore[arg-type]  # mypy widens the literals
        due,
    )


def _approve_by(order: ModeOrder, approve_within_s: float) -> float:
    noted = order.accepted.approve_by if order.accepted is not None else None
    return noted.timestamp() if noted is not None else order.applies_at + approve_within_s


def _by_mode(
    orders: Iterable[AnyOrder],
) -> tuple[dict[str, list[ApprovalOrder]], dict[str, list[EndOrder]]]:
    approvals: dict[str, list[ApprovalOrder]] = {}
    ends: dict[str, list[EndOrder]] = {}
    for order in orders:
        if isinstance(order, ApprovalOrder):
            approvals.setdefault(order.approves, []).append(order)
        elif isinstance(order, EndOrder):
            ends.setdefault(order.ends, []).append(order)
    return approvals, ends


def _named_approver(order: ModeOrder) -> str | None:
    """Two people: nobody approves what is his own, whatever was let through before."""
    return order.approver if order.approver != order.author else None


def _first_valid(order: ModeOrder, approvals: Iterable[ApprovalOrder]) -> ApprovalOrder | None:
    others = (approval for approval in approvals if approval.author != order.author)
    return min(others, key=_by_time, default=None)


def _by_time(order: AnyOrder) -> tuple[float, str]:
    return order.applies_at, order.order_id
