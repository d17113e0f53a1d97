"""What stands on the control topic, folded: orders, devices that are hot, notices that were sent.

Pure. The topic is compacted, so only the last record of each key counts, and the fold of what is
left after compaction is the fold of everything. Every order has a key of its own, its id, so
compaction loses none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, TypeAlias

import orjson
from pydantic import TypeAdapter, ValidationError

from messages.order import AnyOrder, LevelOrder, ModeOrder, Order, PackOrder, SilenceOrder
from rules.modes import Mode, modes_of, proposals_of

HOT: Final = "hot/"
"""Key of a device's sensor whose clearing matters: ``hot/<source> <device> <sensor>``; a tombstone
when cold. Its body names the shard that has its danger open."""
NOTICE: Final = "notice/"
"""Key of a notice that was sent: ``notice/<order>/<what>``."""

Record: TypeAlias = tuple[bytes | None, bytes | None]
"""Key and value."""

ORDERS: Final[TypeAdapter[AnyOrder]] = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Standing:
    """``orders``: every accepted one by its id. ``hot``: ``<source> <device> <sensor>``, each with
    the shard that has its danger open, None where an earlier release did not say. ``sent``: ids of
    notices. ``unreadable``: keys of records that are no order, which decide nothing.

    What follows from the orders: ``modes``; ``packs``, (from when on, version), ascending;
    ``silences`` and ``levels``, by time. Times in epoch seconds.
    """

    orders: Mapping[str, AnyOrder] = field(default_factory=lambda: MappingProxyType({}))
    hot: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
    sent: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    modes: tuple[Mode, ...] = field(default=(), compare=False)
    packs: tuple[tuple[float, str], ...] = field(default=(), compare=False)
    silences: tuple[SilenceOrder, ...] = field(default=(), compare=False)
    levels: tuple[LevelOrder, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Standing:
        """The fold of records in the order of their offsets."""
        return cls().after(records)

    def after(self, records: Iterable[Record]) -> Standing:
        """What stands once these records, too, have been read."""
        hot: dict[str, bytes | None] = {}
        sent: dict[str, bool] = {}
        orders: dict[str, bytes | None] = {}
        for raw, value in records:
            key = (raw or b"").decode("utf-8", "replace")
            if key.startswith(HOT):
                hot[key.removeprefix(HOT)] = value
            elif key.startswith(NOTICE):
                sent[key.removeprefix(NOTICE)] = value is not None
            else:
                orders[key] = value
        found = replace(self, hot=_heated(self.hot, hot), sent=_changed(self.sent, sent))
        return found._with_orders(orders) if orders else found

    @property
    def proposals(self) -> tuple[ModeOrder, ...]:
        """Modes that wait for an approval; the time of some may be over."""
        return proposals_of(self.orders.values())

    def mode(self, order_id: str) -> Mode | None:
        """The mode of that order, if it was approved or needs no approval to be in force."""
        return next((mode for mode in self.modes if mode.order_id == order_id), None)

    def _with_orders(self, changes: Mapping[str, bytes | None]) -> Standing:
        orders = dict(self.orders)
        unreadable: dict[str, bool] = {}
        for key, value in changes.items():
            order = _order(key, value) if value is not None else None
            unreadable[key] = value is not None and order is None
            if order is None:
                orders.pop(key, None)
            else:
                orders[key] = order
        by_time = sorted(orders.values(), key=lambda order: (order.applies_at, order.order_id))
        return replace(
            self,
            orders=MappingProxyType(orders),
            unreadable=_changed(self.unreadable, unreadable),
            modes=modes_of(by_time),
            packs=tuple((o.applies_at, o.pack) for o in by_time if isinstance(o, PackOrder)),
            silences=tuple(o for o in by_time if isinstance(o, SilenceOrder)),
            levels=tuple(o for o in by_time if isinstance(o, LevelOrder)),
        )


def packs_since(
    packs: tuple[tuple[float, str], ...], since: float
) -> tuple[tuple[float, str], ...]:
    """Of packs that follow one another, those that decide on what is received from ``since`` on."""
    past = sum(begins <= since for begins, _ in packs)
    return packs[max(0, past - 1) :]


def _changed(before: frozenset[str], changes: Mapping[str, bool]) -> frozenset[str]:
    if not changes:
        return before
    gone = {name for name, there in changes.items() if not there}
    return (before - gone) | (changes.keys() - gone)


def _heated(
    before: Mapping[str, int | None], changes: Mapping[str, bytes | None]
) -> Mapping[str, int | None]:
    if not changes:
        return before
    found = dict(before)
    for device, value in changes.items():
        if value is None:
            found.pop(device, None)
        else:
            found[device] = _shard(value)
    return MappingProxyType(found)


def _shard(value: bytes) -> int | None:
    try:
        shard = orjson.loads(value)["shard"]
    except (ValueError, KeyError, TypeError):
        return None
    return shard if isinstance(shard, int) else None


def _order(key: str, value: bytes) -> AnyOrder | None:
    """The order, or None where the record is none, or stands under another's id."""
    try:
        order = ORDERS.validate_json(value)
    except ValidationError:
        return None
    return order if order.order_id == key else None
