"""An officer's order is checked here, and published for every worker on the control topic."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter, ValidationError

from messages.errors import EventError
from messages.model import MAX_BODY_BYTES
from messages.order import ModeOrder, Order, PackOrder, SilenceOrder

_ORDERS: Final[TypeAdapter[ModeOrder | SilenceOrder | PackOrder]] = TypeAdapter(Order)


def read_order(body: bytes | None) -> ModeOrder | SilenceOrder | PackOrder:
    """The order, if it can be obeyed. Raises :class:`EventError` ``event.order_…``."""
    if not body or len(body) > MAX_BODY_BYTES:
        raise EventError("order_unreadable", "the order is empty or longer than 256 KiB")
    try:
        order = _ORDERS.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise EventError("order_invalid", f"{field}: {first['msg']}", field=field) from None
    if isinstance(order, ModeOrder | SilenceOrder) and order.ends_at <= order.effective_at:
        raise EventError("order_ends_first", "ends_at is not after effective_at", field="ends_at")
    if order.approver is not None and order.approver == order.author:
        raise EventError("order_self_approved", "author and approver are one", field="approver")
    return order
