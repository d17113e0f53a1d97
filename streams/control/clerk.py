"""Takes officers' orders in, and tells what modes have to tell: of one worker, the one that owns
``{ns}.in.orders``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from messages.notice import Notice
from messages.order import AnyOrder, PackOrder
from streams.city import City
from streams.control.mandate import Mandate, Territory
from streams.control.notices import Names, due
from streams.control.orders import accepted, check, read_order, stands_already
from streams.control.reader import ControlReader


class Clerk:
    """``knows_pack``: whether the pack of a version is at hand and could decide."""

    def __init__(self, reader: ControlReader, knows_pack: Callable[[str], Awaitable[bool]]) -> None:
        self._reader = reader
        self._knows_pack = knows_pack
        self._told: set[str] = set()

    async def take(self, body: bytes | None, arrived: float) -> AnyOrder | None:
        """The order to put on the record, with the engine's note; None for one that stands there
        already. ``arrived``: epoch seconds.

        Raises :class:`EventError` ``event.order_…`` for one that is refused, and
        :class:`BrokerError` when it cannot be known what stands.
        """
        order = read_order(body)
        await self._catch_up()
        packs = frozenset[str]()
        if isinstance(order, PackOrder) and await self._knows_pack(order.pack):
            packs = frozenset({order.pack})
        standing = self._reader.standing
        city = self.city(arrived)
        mandate = Mandate.of(city.pack, territories(city), packs)
        refused = check(order, standing, mandate, arrived)
        if refused is not None:
            raise refused
        return None if stands_already(order, standing) else accepted(order, mandate, arrived)

    async def due(self, now: float) -> tuple[Notice, ...]:
        """Notices to be sent now, epoch seconds; say with :meth:`told` that one was."""
        if not self._due(now):
            return ()
        await self._catch_up()  # the owner before this one may have sent them a moment ago
        return self._due(now)

    def told(self, notice: Notice) -> None:
        """It was sent and is on the record."""
        self._told.add(notice.notice_id)

    def city(self, moment: float) -> City:
        """Whose pack decides then."""
        return self._reader.current().city_at(moment)

    def _due(self, now: float) -> tuple[Notice, ...]:
        standing = self._reader.standing
        self._told -= standing.sent
        return due(standing.modes, standing.sent | self._told, now, Names.of(self.city(now)))

    async def _catch_up(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._reader.catch_up)


def territories(city: City) -> Iterator[Territory]:
    """Every territory of a loaded city's boundary sets, the latest set last."""
    for ground in city.grounds:
        for (level, code), located in ground.territories.items():
            yield level, code, located.place.get("district")
