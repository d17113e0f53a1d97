"""The Faust app: one agent a lane (stage A), one for the desk (stage B), one for officers' orders.

``faust -A streams.app worker`` and ``wangge worker`` start the same thing; settings come from the
environment (``WANGGE_…``), see :mod:`streams.settings`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import faust
import structlog
from faust.exceptions import ConsumerNotStarted
from faust.types import TP
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from messages.cloudevents import headers, rfc3339
from messages.decision import Origin
from messages.errors import BrokerError, EventError
from messages.letters import DeadLetter
from messages.notice import Notice
from streams import metrics
from streams.cluster.brokers import practise
from streams.control.standing import NOTICE
from streams.engine import PARTS, Engine
from streams.leave import leave
from streams.letters import original
from streams.settings import Settings
from streams.wire.channel import batch_channel
from streams.wire.committed_transport import CommittedTransport
from streams.wire.credentials import credentials

log = structlog.get_logger(__name__)
settings = Settings.read()
topics = settings.topics
if settings.embedded:
    practise(settings.brokers)

app = faust.App(
    f"{settings.namespace}.orders",
    broker=[f"kafka://{broker}" for broker in settings.brokers.split(",")],
    broker_credentials=credentials(settings),
    store="memory://",
    datadir=str(settings.cache / "faust"),
    topic_allow_declare=False,  # topics are made by `wangge topics apply`, with their settings
    topic_disable_leader=True,
    stream_wait_empty=False,
    broker_session_timeout=8.0,
    producer_max_request_size=2 * 1024 * 1024,  # a refused order goes to the dead letters whole
    web_port=settings.web_port,
    web_bind=settings.web_bind,
    web_in_thread=False,
)
app.transport = CommittedTransport(app.conf.broker_consumer, app)
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
notices = app.topic(topics.notices, **_raw)
APPEND_TIME = 1
"""Kafka's timestamp type of a record that the broker has stamped, and not its producer."""
NOTICE_SECONDS = 1.0


@app.agent(app.topic(topics.orders, **_raw), name="orders")  # type: ignore[untyped-decorator]
async def orders(stream: Any) -> None:
    """Check officers' orders and publish the good ones to every worker."""
    async for event in stream.events():
        try:
            await _one_order(event.message)
        except Exception as error:  # going on would step over the order
            leave(f"leaving at once: orders: {type(error).__name__}: {error}")


async def _one_order(message: Any) -> None:
    stamped = message.timestamp_type == APPEND_TIME
    arrived = message.timestamp if stamped else time.time()
    clerk = await engine.clerk()
    try:
        order = await clerk.take(message.value, arrived)
    except EventError as error:
        metrics.ORDERS.labels("refused").inc()
        log.warning("order.refused", code=error.code, field=error.field)
        letter = _dead_order(message, error, arrived, clerk.city(arrived).version)
        await _publish(dead, message.key, letter)
        return
    if order is None:
        metrics.ORDERS.labels("repeated").inc()
        return
    ce = headers(order.order_id, "wangge.order.v1", f"/wangge/{topics.ns}", rfc3339(arrived))
    await _publish(control, order.order_id.encode(), order.to_json(), ce)
    metrics.ORDERS.labels("applied").inc()
    log.info("order.published", order=order.order_id, kind=order.kind)


async def _publish(
    topic: Any, key: bytes | None, value: bytes, ce: list[tuple[str, bytes]] | None = None
) -> None:
    """Return when the broker has it."""
    await (await topic.send(key=key, value=value, headers=ce))


def _dead_order(message: Any, error: EventError, arrived: float, pack: str) -> bytes:
    origin = Origin(topic=message.topic, partition=message.partition, offset=message.offset)
    kept = original(message.value or b"")
    letter = DeadLetter(
        origin=origin,
        received_at=datetime.fromtimestamp(arrived, UTC),
        code=error.code,
        message=error.message,
        field=error.field,
        pack=pack,
        **{**kept, "body": kept["body"].encode()},
    )
    return letter.to_json()


@app.timer(interval=NOTICE_SECONDS)  # type: ignore[untyped-decorator]
async def tell() -> None:
    """Publish what modes have to tell, on the worker that owns the orders' partition."""
    if not engine.begun or not _owns_orders():
        return
    try:
        clerk = await engine.clerk()
        for notice in await clerk.due(time.time()):
            await _tell(notice)
            clerk.told(notice)
    except BrokerError as error:  # told at the next tick, or by the next owner
        log.warning("notice.put_off", error=str(error))
    except Exception as error:
        leave(f"leaving at once: notices: {type(error).__name__}: {error}")


async def _tell(notice: Notice) -> None:
    """First the notice, then the record that it was sent: a crash in between repeats its id."""
    body, now = notice.to_json(), rfc3339(time.time())
    ce = headers(notice.notice_id, "wangge.notice.v1", f"/wangge/{topics.ns}", now)
    await _publish(notices, ",".join(notice.area).encode(), body, ce)
    await _publish(control, f"{NOTICE}{notice.notice_id}".encode(), body, ce)
    log.info("notice.sent", notice=notice.notice_id)


def _owns_orders() -> bool:
    try:
        return TP(topics.orders, 0) in app.consumer.assignment()
    except ConsumerNotStarted:
        return False


@app.page("/-/healthy")  # type: ignore[untyped-decorator]
async def healthy(web: Any, request: Any) -> Any:
    """200 while every consumer runs, else 503."""
    return web.json({"healthy": engine.alive}, status=200 if engine.alive else 503)


@app.page("/-/ready")  # type: ignore[untyped-decorator]
async def ready(web: Any, request: Any) -> Any:
    """200 once every lane and the desk have partitions, else 503; and the guarantee given."""
    ready = {"ready": engine.ready, "delivery": engine.guarantee}
    return web.json(ready, status=200 if engine.ready else 503)


@app.page("/metrics")  # type: ignore[untyped-decorator]
async def prometheus(web: Any, request: Any) -> Any:
    """Prometheus text format."""
    return web.bytes(generate_latest(), content_type=CONTENT_TYPE_LATEST.split(";")[0])
