"""A Faust channel of batches that a consumer thread fills.

Stock channels do not fit: Faust clears their queues on *its* rebalances and makes ``put`` wait for
*its* consumer, and ``Channel(queue=...)`` is dropped when the channel is cloned for iteration. So
this one keeps its queue through ``_clone_args`` and is filled from the thread by the event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from faust.channels import Channel

from streams.wire.records import Delivery


class _PlainQueue(asyncio.Queue[Any]):
    """What a Faust channel asks of a queue, without its flow control."""

    def __init__(self) -> None:
        super().__init__()
        self._errors: deque[BaseException] = deque()

    def _throw(self, error: BaseException) -> None:
        self._errors.append(error)

    async def throw(self, error: BaseException) -> None:
        self._throw(error)


class BatchChannel(Channel):  # type: ignore[misc]
    """``@app.agent(channel)`` iterates over :class:`Delivery` objects."""

    def _clone_args(self) -> Mapping[str, Any]:
        return {**super()._clone_args(), "queue": self.queue}

    def fill_from(self, loop: asyncio.AbstractEventLoop) -> Any:
        """A function for another thread that puts one delivery into this channel."""
        queue = self.queue

        def hand_over(delivery: Delivery) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, delivery)

        return hand_over


def batch_channel(app: Any) -> BatchChannel:
    """An unbounded channel: the consumer thread bounds what is in flight."""
    return BatchChannel(app, queue=_PlainQueue())
