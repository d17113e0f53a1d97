"""The packs at hand of one worker: loaded from the store in the background, before they decide.

An order names a version; from when it applies that pack decides. What arrives then waits for a
pack that is being loaded, for a bounded time; one that cannot be loaded is refused, and the pack
before it goes on.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, TypeAlias

import structlog

from messages.errors import BrokerError, PackError, WanggeError
from packs.store import PackStore
from streams import metrics
from streams.city import City
from streams.control.fit import refuse_other_city, refuse_other_shards
from streams.control.in_force import InForce
from streams.desk.decided import DeskBatch
from streams.leave import leave_if_failed

log = structlog.get_logger(__name__)

WAIT_SECONDS: Final = 60.0
"""Events wait so long for a pack under way; then the one before it decides."""
LATE_SECONDS: Final = 10.0
"""A version that the store does not hold, or not whole, is looked for so long: a shared volume may
show it late. An order's usual lead is as long, so that nobody waits for one that never comes."""
AGAIN_SECONDS: Final = 180.0
"""A refused version that should decide is tried again after so long, and nobody waits for it."""
KEPT: Final = 8
"""Packs at hand, at most: each takes a city's memory."""

_GLANCE_SECONDS: Final = 0.1
_LATE_CODES: Final = frozenset({"pack.not_stored", "pack.damaged"})

Packs: TypeAlias = Sequence[tuple[float, str]]
"""(From when on, in epoch seconds, version), ascending."""


class Control(Protocol):
    """Whoever knows the orders: :class:`streams.control.reader.ControlReader`. ``ordered``: whose
    ``packs`` are all that were ordered, at hand or not."""

    @property
    def ordered(self) -> InForce: ...

    def rebuild(self) -> None:
        """Work out anew what is in force, because another pack is at hand."""


class Refused(NamedTuple):
    """Why a version is not at hand, and when that was found (monotonic seconds)."""

    code: str
    text: str
    tried: float


class PackLoader:
    """Lives on the event loop it is made on; :meth:`get` and :meth:`expect` are for any thread.

    ``load`` makes the city of a stored folder, and ``check`` raises ``PackError`` for one that must
    not decide here; both are called on a thread of their own. ``first``, which decides until a pack
    is ordered, is never let go.
    """

    def __init__(
        self,
        store: PackStore,
        first: City,
        load: Callable[[Path], City],
        *,
        check: Callable[[City], None] = lambda _: None,
        late_s: float = LATE_SECONDS,
        wait_s: float = WAIT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._first = first
        self._load = load
        self._check = check
        self._late_s = late_s
        self._wait_s = wait_s
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(1, "packs")
        self._control: Control | None = None
        self._cities: dict[str, City] = {first.version: first}
        self._used: dict[str, float] = {}
        self._asked: list[str] = []  # the next to be loaded at the end
        self._loading: str | None = None
        self._refused: dict[str, Refused] = {}
        self._runner: asyncio.Task[None] | None = None
        metrics.PACK.labels(first.version, first.boundaries).set(1)

    def follow(self, control: Control) -> None:
        """Obey these orders, and have them worked out anew whenever a pack comes to hand."""
        self._control = control

    @property
    def pending(self) -> frozenset[str]:
        """Versions that are on their way: events wait for them. Not one that was refused before."""
        under_way = {*self._asked, self._loading} - {None}
        return frozenset(under_way - self._refused.keys())  # type: ignore[arg-type]

    @property
    def refused(self) -> Mapping[str, Refused]:
        """Versions that cannot decide, with the reason."""
        return MappingProxyType(self._refused)

    def get(self, version: str) -> City | None:
        """The city of a version that is at hand, or None."""
        return self._cities.get(version)

    def expect(self, version: str) -> None:
        """A version was ordered: have it at hand when it begins to decide."""
        self._loop.call_soon_threadsafe(self._ask, version)

    async def knows(self, version: str) -> bool:
        """Whether a version is at hand and could decide, once that is known: as when it is ordered.

        One that was refused before is tried again; one that is not stored is refused at once.
        """
        if version not in self._cities:
            self._refused.pop(version, None)
            try:
                stored = self._loop.run_in_executor(self._pool, self._store.get, version)
                await asyncio.wait_for(stored, self._wait_s)  # a shared volume may hang
            except (PackError, OSError, TimeoutError) as error:
                self._refuse(version, error)
        await self._wait(lambda: {version} - self._refused.keys())
        return version in self._cities

    async def keep(self) -> None:
        """Put the first pack into the store, so that what it decides can be decided again. That it
        cannot be put there stops nobody; it is logged and counted."""
        pack, version = self._first.pack.folder, self._first.version
        try:
            stored = await self._loop.run_in_executor(self._pool, self._store.put, pack)
            if stored != version:
                raise PackError("changed", f"its files make version {stored} by now", file=pack)
        except (WanggeError, OSError) as error:
            _tell("pack.not_kept", version, error)

    # For what decides ----------------------------------------------------------------------

    async def ready(
        self, received_at: Sequence[float], unless: Callable[[], bool] = lambda: False
    ) -> None:
        """Return once the packs that decide on events received then are at hand: mostly at once.

        For one under way it waits a minute at most, or until ``unless`` turns true: a rebalance and
        the end of the worker wait for what is in flight.
        """
        packs = self._control.ordered.packs if self._control is not None else ()
        if not packs:
            return
        span = min(received_at), max(received_at)
        self._try_again(deciding(self._first.version, packs, *span))
        await self._wait(lambda: deciding(self._first.version, packs, *span, self._refused), unless)

    async def known(
        self,
        batches: list[tuple[int, DeskBatch]],
        unless: Callable[[], bool] = lambda: False,
    ) -> list[tuple[int, DeskBatch]]:
        """The desk's batches once the packs that their events were understood with are at hand:
        mostly at once, as they are. ``unless``: as in :meth:`ready`."""
        named = {
            body["pack"]
            for _, batch in batches
            for body in batch.bodies
            if isinstance(body, dict) and isinstance(body.get("pack"), str)
        }
        if all(named <= batch.force.cities.keys() for _, batch in batches):
            return batches
        self._try_again(named)
        await self._wait(lambda: named - self._refused.keys(), unless)
        return [(shard, self._with_cities(batch)) for shard, batch in batches]

    def _with_cities(self, batch: DeskBatch) -> DeskBatch:
        cities = MappingProxyType({**batch.force.cities, **self._cities})
        return replace(batch, force=replace(batch.force, cities=cities))

    async def _wait(
        self,
        wanted: Callable[[], Collection[str]],
        unless: Callable[[], bool] = lambda: False,
    ) -> None:
        deadline = self._clock() + self._wait_s
        while missing := self._missing(wanted()):
            for version in missing:
                self._ask(version)
            if unless() or self._runner is None:
                log.warning("pack.not_waited_for", packs=missing)
                return
            if self._clock() >= deadline:  # nobody waits for it twice; it may still come
                for version in missing:
                    self._refuse(version, self._late(version))
                continue
            await asyncio.wait([self._runner], timeout=_GLANCE_SECONDS)

    def _late(self, version: str) -> PackError:
        return PackError(
            "late",
            f"pack {version} was not loaded within {self._wait_s:g} s",
            file=self._store.folder,
            mend="see whether the store's volume answers",
        )

    def _try_again(self, versions: Collection[str]) -> None:
        """What was refused some minutes ago, while the one before it decides."""
        for version in self._refused.keys() & versions:
            if self._clock() - self._refused[version].tried >= AGAIN_SECONDS:
                self._ask(version)

    def _missing(self, versions: Collection[str]) -> list[str]:
        self._used.update(dict.fromkeys(versions, self._clock()))
        return [version for version in versions if version not in self._cities]

    # Loading -------------------------------------------------------------------------------

    def _ask(self, version: str) -> None:
        """Load it next. Of many asked for at once, as when a worker starts, the last ones count:
        the others are asked for again when an event needs them."""
        if version in self._cities or version == self._loading:
            return
        if version in self._asked:
            self._asked.remove(version)
        self._asked.append(version)
        del self._asked[: -(KEPT - 1)]
        if self._runner is None:
            self._runner = self._loop.create_task(self._run())
            self._runner.add_done_callback(leave_if_failed)

    async def _run(self) -> None:
        while self._asked:
            self._loading = self._asked.pop()
            await self._bring(self._loading)
            self._loading = None
        self._runner = None

    async def _bring(self, version: str) -> None:
        began = self._clock()
        try:
            city = await self._patiently(version, began)
        except Exception as error:  # whatever a pack makes of the libraries: the old one goes on
            self._refuse(version, error)
            return
        self._take(city)
        log.info("pack.loaded", pack=version, seconds=round(self._clock() - began, 3))
        if self._control is not None:
            self._control.rebuild()

    async def _patiently(self, version: str, began: float) -> City:
        while True:
            try:
                return await self._loop.run_in_executor(self._pool, self._read, version)
            except (PackError, BrokerError, OSError) as error:
                late = not isinstance(error, PackError) or error.code in _LATE_CODES
                if not late or self._clock() - began >= self._late_s:
                    raise
            await asyncio.sleep(self._late_s / 10)

    def _read(self, version: str) -> City:
        city = self._load(self._store.get(version))
        refuse_other_city(self._first.code, city)
        refuse_other_shards(self._first.shards, city)
        self._check(city)
        city.warm()
        return city

    def _refuse(self, version: str, error: Exception) -> None:
        code = _tell("pack.refused", version, error)
        self._refused[version] = Refused(code, str(error), self._clock())

    def _take(self, city: City) -> None:
        self._refused.pop(city.version, None)
        self._cities[city.version] = city
        self._used[city.version] = self._clock()
        metrics.PACK.labels(city.version, city.boundaries).set(1)
        others = sorted(self._cities.keys() - {self._first.version}, key=self._used.__getitem__)
        for version in others[: 1 - KEPT]:
            gone = self._cities.pop(version)
            metrics.PACK.remove(version, gone.boundaries)
            log.info("pack.let_go", pack=version)
        gc.freeze()  # see streams.settled; without a collection, which would hold up the loop

    def close(self) -> None:
        """Begin no further load; one under way ends by itself."""
        self._asked.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)


def deciding(
    version: str, packs: Packs, first: float, last: float, refused: Collection[str] = ()
) -> frozenset[str]:
    """The versions that decide on what is received from ``first`` to ``last`` (epoch s), where
    those that are ``refused`` never do. ``version`` decides until the first of ``packs``."""
    found = set()
    for begins, other in packs:
        if begins > last:
            break
        if other in refused:
            continue
        if begins > first:
            found.add(version)
        version = other
    return frozenset(found | {version})


def _tell(what: str, version: str, error: Exception) -> str:
    """Log and count why a version is not at hand; the code."""
    code = error.code if isinstance(error, WanggeError) else "pack.unloadable"
    metrics.PACK_REFUSED.labels(code).inc()
    log.error(
        what,
        pack=version,
        code=code,
        file=getattr(error, "file", ""),
        line=getattr(error, "line", 0),
        error=f"{type(error).__name__}: {error}",
    )
    return code
