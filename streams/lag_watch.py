"""Tells among the metrics how far the groups of the workers are behind what was written.

Every worker tells of every group: a partition that nobody reads has a lag too, and who is dead
tells of none.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from confluent_kafka import KafkaException

from messages.errors import BrokerError
from streams import metrics
from streams.cluster.brokers import reach
from streams.posting.lag import GroupLag, every_group
from streams.settings import Settings

log = structlog.get_logger(__name__)
EVERY_SECONDS: Final = 10.0


class LagWatch:
    """Of the namespace of ``settings``. A broker that does not answer leaves the last figures."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lag: GroupLag | None = None

    async def watch(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                found = await loop.run_in_executor(None, self._read)
            except (BrokerError, KafkaException) as error:
                log.debug("lag.unknown", error=str(error))
                continue
            for group, behind in found.items():
                metrics.LAG.labels(group).set(behind)

    def _read(self) -> dict[str, int]:
        if self._lag is None:
            partitions = reach(self._settings.brokers).partitions
            groups = every_group(self._settings, partitions)
            self._lag = GroupLag(self._settings.brokers, groups)
        return {group: lag.behind for group, lag in self._lag.each().items()}
