"""The Faust app: one agent a lane (stage A), one for the desk (stage B), one for officers' orders.

``faust -A streams.app worker`` and ``wangge worker`` start the same thing; settings come from the
environment (``WANGGE_…``), see :mod:`streams.settings`.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import faust
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from messages.cloudevents import headers, rfc3339
from messages.decision import Origin
from messages.errors import EventError
from messages.letters import DeadLetter
from streams import metrics
from streams.engine import PARTS, Engine
from streams.orders import read_order
from streams.settings import Settings
from streams.wire.channel import batch_channel

log = structlog.get_logger(__name__)
settings = Settings.read()
topics = settings.topics

app = faust.App(
    f"{settings.namespace}.orders",
    broker=[f"kafka://{broker}" for broker in settings.brokers.split(",")],
    store="memory://",
    datadir=str(settings.cache / "faust"),
    topic_allow_declare=False,  # topics are made by `wangge topics apply`, with their settings
    topic_disable_leader=True,
    stream_wait_empty=False,
    broker_session_timeout=8.0,
    web_port=settings.web_port,
    web_bind=settings.web_bind,
    web_in_thread=False,
)
channels = {part: batch_channel(app) for part in PARTS}
engine = Engine(settings, channels)


@app.service
class _Engine(faust.Service):  # type: ignore[misc]
    """Starts the engine with the app, and drains it before Faust stops its agents."""

    async def on_start(self) -> None:
        await self.add_runtime_dependency(engine)


def _reader(part: str) -> Callable[[Any], Awaitable[None]]:
    async def read(stream: Any) -> None:
        async for delivery in stream:
            await engine.run(part, delivery)

    return read


# One agent a lane (stage A: alarms, urgent, reports, readings), one for the desk (stage B).
agents = {part: app.agent(channels[part], name=part)(_reader(part)) for part in PARTS}


_raw: dict[str, Any] = {
    "key_type": bytes,
    "key_serializer": "raw",
    "value_type": bytes,
    "value_serializer": "raw",
}
control = app.topic(topics.control, **_raw)
dead = app.topic(topics.dead, **_raw)


@app.agent(app.topic(topics.orders, **_raw), name="orders")  # type: ignore[untyped-decorator]
async def orders(stream: Any) -> None:
    """Check officers' orders and publish the good ones to every worker."""
    async for event in stream.events():
        await _one_order(event)


async def _one_order(event: Any) -> None:
    message = event.message
    try:
        order = read_order(event.value)
    except EventError as error:
        metrics.ORDERS.labels("refused").inc()
        log.warning("order.refused", code=error.code, field=error.field)
        await dead.send(key=message.key, value=_dead_order(message, error))
        return
    time = rfc3339(message.timestamp)
    ce = headers(order.order_id, "wangge.order.v1", f"/wangge/{topics.ns}", time)
    await control.send(key=order.order_id.encode(), value=order.to_json(), headers=ce)
    metrics.ORDERS.labels("applied").inc()
    log.info("order.published", order=order.order_id, kind=order.kind)


def _dead_order(message: Any, error: EventError) -> bytes:
    origin = Origin(topic=message.topic, partition=message.partition, offset=message.offset)
    letter = DeadLetter(
        origin=origin,
        received_at=datetime.fromtimestamp(message.timestamp, UTC),
        code=error.code,
        message=error.message,
        field=error.field,
        body=base64.b64encode(message.value or b""),
        pack="",
    )
    return letter.to_json()


@app.page("/-/healthy")  # type: ignore[untyped-decorator]
async def healthy(web: Any, request: Any) -> Any:
    """200 while every consumer runs, else 503."""
    return web.json({"healthy": engine.alive}, status=200 if engine.alive else 503)


@app.page("/-/ready")  # type: ignore[untyped-decorator]
async def ready(web: Any, request: Any) -> Any:
    """200 once every lane and the desk have partitions, else 503."""
    return web.json({"ready": engine.ready}, status=200 if engine.ready else 503)


@app.page("/metrics")  # type: ignore[untyped-decorator]
async def prometheus(web: Any, request: Any) -> Any:
    """Prometheus text format."""
    return web.bytes(generate_latest(), content_type=CONTENT_TYPE_LATEST.split(";")[0])
