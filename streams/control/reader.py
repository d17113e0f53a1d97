"""Follows the control topic: what every worker knows of orders before it decides on an event."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import structlog
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError
from sinks import offsets
from streams.city import City
from streams.cluster.brokers import client
from streams.cluster.tail import Tail
from streams.control.in_force import InForce
from streams.control.standing import Standing, packs_since

log = structlog.get_logger(__name__)

KEPT_SECONDS: Final = 8 * 24 * 3600.0
"""An input lane keeps a record for seven days: what was over before then decides on nothing."""
WAIT_SECONDS: Final = 0.05
START_SECONDS: Final = 60.0
CATCH_UP_SECONDS: Final = 60.0


class ControlReader(threading.Thread):
    """Reads the topic from its beginning, in no group, and follows it until :meth:`close`.

    :attr:`force` is what decides now: one immutable snapshot, swapped by one assignment. Of
    :attr:`ordered`, which is swapped with it, ``packs`` are all that were ordered, at hand or not.

    ``city``: whose pack decides until another one is ordered. ``cities``: the city of a pack
    version, or None where it is not at hand; the one before it then goes on. ``on_pack`` is called
    once with each version that is ordered and still matters, before ``cities`` is asked for it;
    both on this thread. ``fatal`` is called once when the topic cannot be followed any more.
    ``clock``: only to forget what is long over.
    """

    def __init__(
        self,
        brokers: str,
        topic: str,
        city: City,
        *,
        cities: Callable[[str], City | None],
        on_pack: Callable[[str], None],
        fatal: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name="control-reader", daemon=True)
        self.cities = cities
        self._brokers = brokers
        self._topic = topic
        self._first = city
        self._on_pack = on_pack
        self._fatal = fatal
        self._clock = clock
        self._told: set[str] = {city.version}
        self._asked: deque[Future[None]] = deque()
        self._answering: list[Future[None]] = []
        self._building = threading.Lock()
        self._stopping = threading.Event()
        self._ended = False
        self.standing = Standing()
        self.force = self.ordered = InForce.of(city)

    # Called from other threads ------------------------------------------------------------

    def current(self) -> InForce:
        """What decides now."""
        return self.force

    def begin(self) -> None:
        """Start, and return when everything that stands on the topic is known.

        Raises :class:`BrokerError`: ``broker.offsets``, ``broker.reading``, ``broker.control``.
        """
        first: Future[None] = Future()
        self._asked.append(first)
        self.start()
        self._wait(first, START_SECONDS)

    def catch_up(self) -> None:
        """Return when everything is known that stands on the topic at this moment: what this worker
        has written itself, and what another owner has written before it.

        Raises :class:`BrokerError` ``broker.control`` after a minute.
        """
        asked: Future[None] = Future()
        self._asked.append(asked)
        if self._ended:
            raise BrokerError("control", f"{self._topic} is not followed any more")
        self._wait(asked, CATCH_UP_SECONDS)

    def rebuild(self) -> None:
        """Make the snapshot anew, because ``cities`` has another answer than before."""
        with self._building:
            self.ordered = self._ordered(self.standing)
            self.force = self._at_hand(self.ordered)

    def close(self) -> None:
        """End the thread; what it last knew stays."""
        self._stopping.set()
        self.join(2.0)

    def _wait(self, asked: Future[None], within: float) -> None:
        try:
            asked.result(within)
        except TimeoutError:
            raise BrokerError(
                "control",
                f"{self._topic} could not be read to its end within {within:g} s",
                mend="see whether the broker answers",
            ) from None

    # On the reader's thread ---------------------------------------------------------------

    def run(self) -> None:
        try:
            self._answering = self._all_asked()
            with Tail(self._brokers, {self._topic: 1}, from_start=True) as tail:
                self._follow(tail)
        except Exception as error:  # a worker that hears no order must not go on deciding
            self._give_up(error)
            if not self._stopping.is_set():
                self._fatal(f"{self._topic} cannot be followed: {error}")
        else:
            self._give_up(BrokerError("control", f"{self._topic} is not followed any more"))

    def _follow(self, tail: Tail) -> None:
        admin = AdminClient(client(self._brokers))
        begun = False
        while not self._stopping.is_set():
            changed = self._take(tail)
            at_end = tail.at_end()
            if at_end if not begun else changed:
                self._show()
                begun = True
            if self._answering and at_end:
                for asked in self._answering:
                    asked.set_result(None)
                self._answering = []
            if self._asked and not self._answering:
                self._aim(tail, admin)

    def _take(self, tail: Tail) -> bool:
        """Whether anything has come."""
        messages = tail.take(WAIT_SECONDS)
        if not messages:
            return False
        before = self.standing
        self.standing = before.after((m.key(), m.value()) for m in messages)
        for key in self.standing.unreadable - before.unreadable:
            log.error("control.unreadable", key=key)
        return True

    def _aim(self, tail: Tail, admin: AdminClient) -> None:
        """Read on to where the topic ends now, then answer those who have asked."""
        asked = self._all_asked()
        try:
            tail.until = offsets.ends(admin, list(tail.until))
        except BrokerError as error:
            log.warning("control.passing_error", error=str(error))
            self._asked.extendleft(reversed(asked))
        else:
            self._answering = asked

    def _all_asked(self) -> list[Future[None]]:
        return [self._asked.popleft() for _ in range(len(self._asked))]

    def _show(self) -> None:
        """Call for packs that are new, then let the snapshot decide."""
        self._call_for_packs(self.standing)
        self.rebuild()

    def _call_for_packs(self, found: Standing) -> None:
        for _, version in packs_since(found.packs, self._clock() - KEPT_SECONDS):
            if version not in self._told:
                self._told.add(version)
                self._on_pack(version)

    def _ordered(self, found: Standing) -> InForce:
        since = self._clock() - KEPT_SECONDS
        return InForce(
            cities=MappingProxyType({self._first.version: self._first}),
            first=self._first.version,
            packs=packs_since(found.packs, since),
            modes=tuple(mode for mode in found.modes if mode.ends > since),
            hot=found.hot,
        )

    def _at_hand(self, ordered: InForce) -> InForce:
        cities, packs = dict(ordered.cities), []
        for begins, version in ordered.packs:
            city = cities.get(version) or self.cities(version)
            if city is not None:
                cities[version] = city
                packs.append((begins, version))
        return replace(ordered, cities=MappingProxyType(cities), packs=tuple(packs))

    def _give_up(self, error: BaseException) -> None:
        self._ended = True
        for asked in [*self._answering, *self._all_asked()]:
            asked.set_exception(error)
