"""An officer's order, read and held against what stands and who may order what. Pure.

Whoever takes an order in, the worker or the command line, asks :func:`check`: there is no other
answer to whether it may be given.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import ValidationError

from messages.errors import EventError
from messages.model import MAX_BODY_BYTES
from messages.order import (
    Accepted,
    AnyOrder,
    ApprovalOrder,
    EndOrder,
    LevelOrder,
    ModeOrder,
    PackOrder,
    SilenceOrder,
)
from packs.authority import Officer
from rules.modes import Mode
from streams.control.mandate import Mandate
from streams.control.refusals import (
    not_theirs,
    over,
    past,
    powerless,
    unknown_mode,
    unknown_officer,
)
from streams.control.standing import HOT, NOTICE, ORDERS, Standing

_ENDING: Final = (ModeOrder, LevelOrder, SilenceOrder)
_FIRST_YEAR, _LAST_YEAR = 1971, 2200


def read_order(body: bytes | None) -> AnyOrder:
    """The order in a body, if it makes sense by itself. Raises :class:`EventError`
    ``event.order_…``."""
    if not body or len(body) > MAX_BODY_BYTES:
        raise EventError("order_unreadable", "the order is empty or longer than 256 KiB")
    try:
        order = ORDERS.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise EventError("order_invalid", f"{field}: {first['msg']}", field=field) from None
    senseless = _senseless(order)
    if senseless is not None:
        raise senseless
    return order


def check(order: AnyOrder, standing: Standing, mandate: Mandate, now: float) -> EventError | None:
    """Why the order is refused, or None when it may stand. ``now``: its arrival, epoch seconds.

    An order that stands already, word for word, may be given again; it changes nothing.
    """
    senseless = _senseless(order)
    if senseless is not None:
        return senseless
    if order.order_id in standing.orders:
        if stands_already(order, standing):
            return None
        return EventError(
            "order_duplicate",
            f"another order has the id {order.order_id!r}",
            field="order_id",
            mend="give each order an id of its own",
        )
    if mandate.authority is None:
        return EventError(
            "order_no_authority",
            f"pack {mandate.pack} does not say who may order anything",
            mend="add authority.yaml to the pack: who may order what",
        )
    author = mandate.officer(order.author)
    if author is None:
        return unknown_officer(order.author, "author")
    approver = None
    if order.approver is not None:
        approver = mandate.officer(order.approver)
        if approver is None:
            return unknown_officer(order.approver, "approver")
    match order:
        case ModeOrder():
            return _mode(order, author, approver, mandate, now)
        case ApprovalOrder():
            return _approval(order, author, standing, mandate, now)
        case EndOrder():
            return _end(order, author, standing, mandate, now)
        case LevelOrder():
            return _level(order, author, mandate, now)
        case SilenceOrder():
            return _silence(order, author, mandate, now)
        case PackOrder():
            return _pack(order, author, mandate)


def stands_already(order: AnyOrder, standing: Standing) -> bool:
    """Whether this very order was accepted before, as when a record is read twice."""
    known = standing.orders.get(order.order_id)
    return known is not None and known.model_copy(update={"accepted": None}) == order


def accepted(order: AnyOrder, mandate: Mandate, now: float) -> AnyOrder:
    """The order as it goes on the record, with the engine's note. ``now``: its arrival."""
    at = datetime.fromtimestamp(now, UTC)
    note = Accepted(at=at, pack=mandate.pack)
    if isinstance(order, ModeOrder) and order.emergency and order.approver is None:
        assert mandate.authority is not None
        within = timedelta(minutes=mandate.authority.approve_within_minutes)
        note = Accepted(at=at, pack=mandate.pack, approve_by=max(order.effective_at, at) + within)
    return order.model_copy(update={"accepted": note})


def _senseless(order: AnyOrder) -> EventError | None:
    """What is wrong with an order whatever stands, and whoever gives it."""
    if order.accepted is not None:
        return EventError(
            "order_invalid",
            "accepted: the engine notes that, nobody else",
            field="accepted",
            mend="leave it out",
        )
    if order.order_id.startswith((HOT, NOTICE)):
        return EventError(
            "order_id_reserved",
            f"ids that begin with {HOT} or {NOTICE} are the engine's own",
            field="order_id",
            mend="give it another id",
        )
    if not all(_FIRST_YEAR <= time.year < _LAST_YEAR for time in _times(order)):
        # Far enough from the calendar's ends for every time zone and every limit added to it.
        return EventError("order_invalid", f"a year before {_FIRST_YEAR} or from {_LAST_YEAR} on")
    if isinstance(order, _ENDING) and order.ends_at <= order.effective_at:
        return EventError("order_ends_first", "ends_at is not after effective_at", field="ends_at")
    if order.approver is not None and order.approver == order.author:
        return EventError("order_self_approved", "author and approver are one", field="approver")
    return None


def _times(order: AnyOrder) -> list[datetime]:
    ends = [order.ends_at] if isinstance(order, _ENDING) else []
    return [order.effective_at, *ends]


def _mode(
    order: ModeOrder, author: Officer, approver: Officer | None, mandate: Mandate, now: float
) -> EventError | None:
    assert mandate.authority is not None
    if order.scenario not in mandate.scenarios:
        return EventError(
            "order_unknown_scenario",
            f"pack {mandate.pack} has no scenario {order.scenario!r}",
            field="scenario",
            mend=f"one of {', '.join(sorted(mandate.scenarios)) or '(it has none)'}",
        )
    refused = powerless(author, "mode.propose") or not_theirs(author, order.area, mandate)
    if refused is None and approver is not None:
        refused = powerless(approver, "mode.approve", "approver") or not_theirs(
            approver, order.area, mandate
        )
    if refused is not None:
        return refused
    longest = mandate.authority.longest_mode_hours
    hours = (order.ends_at - order.effective_at) / timedelta(hours=1)
    if hours > longest:
        return EventError(
            "order_too_long",
            f"{hours:.4g} hours are longer than the pack's longest mode, {longest}",
            field="ends_at",
            mend=f"order at most {longest} hours; another mode may follow it",
        )
    return past(order, now)


def _approval(
    order: ApprovalOrder, author: Officer, standing: Standing, mandate: Mandate, now: float
) -> EventError | None:
    found = standing.orders.get(order.approves)
    if not isinstance(found, ModeOrder):
        return unknown_mode(order.approves, "approves")
    if author.officer == found.author:
        return EventError(
            "order_self_approved",
            f"{author.officer} has proposed mode {found.order_id!r}",
            field="author",
            mend="another officer approves it",
        )
    refused = powerless(author, "mode.approve") or not_theirs(author, found.area, mandate)
    if refused is not None:
        return refused
    mode = standing.mode(found.order_id)
    takes_effect = max(now, order.effective_at.timestamp())
    if mode is not None and mode.approved and mode.starts <= takes_effect:
        return EventError(
            "order_approved_already",
            f"mode {found.order_id!r} was approved by {mode.approver}",
            field="approves",
        )
    if takes_effect >= found.ends_at.timestamp() or _ended(found, standing, takes_effect):
        return over(found.order_id, "approves")
    return None


def _end(
    order: EndOrder, author: Officer, standing: Standing, mandate: Mandate, now: float
) -> EventError | None:
    found = standing.orders.get(order.ends)
    if not isinstance(found, ModeOrder):
        return unknown_mode(order.ends, "ends")
    refused = powerless(author, "mode.propose", more="mode.approve")
    refused = refused or not_theirs(author, found.area, mandate)
    if refused is not None:
        return refused
    takes_effect = max(now, order.effective_at.timestamp())
    if takes_effect >= found.ends_at.timestamp() or _ended(found, standing, takes_effect):
        return over(found.order_id, "ends")
    return None


def _level(order: LevelOrder, author: Officer, mandate: Mandate, now: float) -> EventError | None:
    if order.level not in author.levels:
        return EventError(
            "order_no_power",
            f"{author.officer} ({author.name}) may not set level {order.level}",
            field="author",
            mend="authority.yaml says who may: `levels`",
        )
    return not_theirs(author, order.area, mandate) or past(order, now)


def _silence(
    order: SilenceOrder, author: Officer, mandate: Mandate, now: float
) -> EventError | None:
    # A department's or a linkage service's notices are the whole city's, as is a category.
    local = order.unit is not None and order.unit.startswith(("district:", "street:"))
    area = (order.unit,) if local and order.unit is not None else ("city",)
    refused = powerless(author, "silence") or not_theirs(author, area, mandate, "unit")
    return refused or past(order, now)


def _pack(order: PackOrder, author: Officer, mandate: Mandate) -> EventError | None:
    refused = powerless(author, "pack") or not_theirs(author, ("city",), mandate)
    if refused is not None:
        return refused
    if order.pack not in mandate.packs:
        return EventError(
            "order_unknown_pack",
            f"no pack {order.pack} is at hand that could decide",
            field="pack",
            mend="check and store the pack before it is ordered",
        )
    return None


def _ended(found: ModeOrder, standing: Standing, moment: float) -> bool:
    """Whether the mode has ended by then, or was withdrawn."""
    mode: Mode | None = standing.mode(found.order_id)
    if mode is None:
        return found not in standing.proposals
    return mode.ends <= moment
