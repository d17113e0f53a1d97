"""The contenders, one process each: ``python -m benchmarks.contenders NAME EVENTS`` prints JSON.

Each reads ``EVENTS`` records that lie on the broker already and ends when all of them are
committed. Time runs from the end of the first tenth; processor time is the whole process's,
librdkafka's threads included.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from benchmarks.load import to_line
from incidents.state import MemoryState
from messages.errors import EventError
from messages.topics import LANES
from sinks.encode import Encoder
from sinks.output import Output
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.work import desk_batches, desk_outputs
from streams.lane import lane_outputs
from streams.ledger import balance
from streams.logs import configure
from streams.pipeline import judge, one_batch, understand
from streams.restore import VERSION_KEY
from streams.settings import Settings
from streams.settled import settle
from streams.understanding.decode import decode
from streams.wire import config
from streams.wire.producer import BatchProducer
from streams.wire.records import Records, columns


class Stopwatch:
    """Wall and processor seconds once the first tenth of the events is through.

    That tenth pays for what a process does once: connections, the rest of Faust's start.
    """

    def __init__(self, events: int) -> None:
        self._warm = events // 10
        self._began: tuple[float, float, int] | None = None

    def passed(self, done: int) -> None:
        """``done`` events are through."""
        if self._began is None and done >= self._warm:
            self._began = (time.perf_counter(), time.process_time(), done)

    def result(self, done: int) -> str:
        """The line for the parent: events, and the seconds they took."""
        assert self._began is not None, "fewer events than the warm-up"
        wall, cpu, before = self._began
        seconds = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        return to_line({"events": done - before, **seconds})


def bare(
    settings: Settings, topic: str, events: int, work: Callable[[Records], Iterable[Any]]
) -> str:
    """consume → work → produce → flush → commit, and nothing else."""
    consumer = Consumer(config.consumer(settings, f"bench.{time.time()}", "bare"))
    producer = BatchProducer(config.producer(settings, "bare"))
    consumer.subscribe([topic])
    watch, done = Stopwatch(events), 0
    while done < events:
        messages = consumer.consume(settings.batch, 0.05)
        if not messages:
            continue
        records = columns(messages, time.time())
        producer.produce(work(records))
        producer.flush()
        ends = [TopicPartition(topic, p, end) for p, (_, end) in records.spans().items()]
        consumer.commit(offsets=ends, asynchronous=False)
        done += len(records)
        watch.passed(done)
    result = watch.result(done)
    consumer.close()
    return result


def _settled_city(settings: Settings) -> City:
    """The city as the worker has it before its first event: nothing built on first use is left."""
    city = City.load(settings.pack, settings.cache)
    settle(city)
    return city


def bare_validate(settings: Settings, events: int) -> str:
    """The floor: validate each report and produce it to one topic."""
    topic = settings.topics.decisions

    def work(records: Records) -> list[Any]:
        outputs = []
        for body, key in zip(records.values, records.keys, strict=True):
            with contextlib.suppress(EventError):
                decode("reports", body)
                outputs.append(Output(topic, key or b"", body))
        return outputs

    return bare(settings, settings.topics.lane("reports"), events, work)


def bare_understand(settings: Settings, events: int) -> str:
    """Stage A's pure function and bytes in a bare loop."""
    city, encoder = _settled_city(settings), Encoder(settings.topics)

    def work(records: Records) -> Iterable[Any]:
        understood = understand("reports", records, InForce.of(city))
        now = time.time()
        return lane_outputs(encoder, understood, balance(records, understood, {}, now), now)

    return bare(settings, settings.topics.lane("reports"), events, work)


def bare_judge(settings: Settings, events: int) -> str:
    """Stage B's pure function and bytes in a bare loop."""
    city, encoder = _settled_city(settings), Encoder(settings.topics)
    states: dict[int, MemoryState] = {}

    def work(records: Records) -> Iterable[Any]:
        for shard, batch in desk_batches(records, InForce.of(city), encoder.topics.ns):
            state = states.setdefault(shard, MemoryState())
            unit = judge(state, batch, 0.0)
            yield from desk_outputs(encoder, shard, unit)
            state.apply(unit.base, unit.version, unit.writes)

    return bare(settings, settings.topics.desk, events, work)


def wangge(settings: Settings, events: int, parts: tuple[str, ...]) -> str:
    """The worker itself, its Faust app and all, with these parts."""
    from mode.loop import use

    use("uvloop")
    import faust

    from streams import app as module
    from streams import backpressure
    from streams.engine import Engine

    if "desk" not in parts:  # nobody judges: what stage A puts on the desk stays there
        backpressure.FEW = sys.maxsize  # type: ignore[misc]
    watch = Stopwatch(events)
    module.engine = Engine(module.settings, module.channels, parts=parts)

    def end() -> None:
        while (done := int(_decided(parts))) < events:
            watch.passed(done)
            time.sleep(0.01)
        _print_and_leave(watch.result(done))

    threading.Thread(target=end, daemon=True).start()
    worker = faust.Worker(module.app, loglevel="ERROR", redirect_stdouts=False, quiet=True)
    worker.execute_from_commandline()
    return ""


def _decided(parts: tuple[str, ...]) -> float:
    from streams import metrics

    if "desk" in parts:
        return sum(
            metrics.DECIDED.labels(outcome)._value.get()
            for outcome in ("routed", "merged", "quarantined", "dead", "ignored")
        )
    topics = (f"wangge.in.{lane}" for lane in LANES)
    return sum(metrics.RECEIVED.labels(topic)._value.get() for topic in topics)


def stock_faust(settings: Settings, events: int) -> str:
    """The same two stages as ordinary Faust agents: one event at a time, Faust's own wire."""
    from mode.loop import use

    use("uvloop")
    import faust

    topics, encoder = settings.topics, Encoder(settings.topics)
    city = _settled_city(settings)
    states: dict[int, MemoryState] = {}
    app = faust.App(
        "bench.stock",
        broker=f"kafka://{settings.brokers}",
        store="memory://",
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        web_port=settings.web_port,
        web_bind="127.0.0.1",
    )
    raw = {"key_serializer": "raw", "value_serializer": "raw"}
    raw |= {"key_type": bytes, "value_type": bytes}
    watch, done = Stopwatch(events), 0
    sinks: dict[str, Any] = {}

    def send(output: Any) -> None:
        # One ledger entry and one @ver a *batch* is ours; an app of single events would not pay
        # for them with each event, so neither does this one.
        if output.topic == topics.ledger or output.key == VERSION_KEY:
            return
        topic = sinks.get(output.topic)
        if topic is None:
            topic = sinks[output.topic] = app.topic(output.topic, **raw)
        partition = output.partition if output.partition >= 0 else None
        topic.send_soon(
            key=output.key, value=output.value, partition=partition, headers=output.headers
        )

    @app.agent(app.topic(topics.lane("reports"), **raw))
    async def first(stream: Any) -> None:
        nonlocal done
        async for event in stream.events():
            records = one_batch(topics.lane("reports"), [event.value], time.time())
            understood = understand("reports", records, InForce.of(city))
            now = time.time()
            ledger = balance(records, understood, {}, now)
            for output in lane_outputs(encoder, understood, ledger, now):
                send(output)
            done += 1 if not understood.desk else 0
            _maybe_end(watch, done, events)

    @app.agent(app.topic(topics.desk, **raw))
    async def second(stream: Any) -> None:
        nonlocal done
        async for event in stream.events():
            message = event.message
            records = Records(
                topics.desk,
                [event.value],
                [None],
                [None],
                [message.partition],
                [message.offset],
                [time.time()],
            )
            for shard, batch in desk_batches(records, InForce.of(city), encoder.topics.ns):
                state = states.setdefault(shard, MemoryState())
                unit = judge(state, batch, 0.0)
                for output in desk_outputs(encoder, shard, unit):
                    send(output)
                state.apply(unit.base, unit.version, unit.writes)
            done += 1
            _maybe_end(watch, done, events)

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True)
    worker.execute_from_commandline()
    return ""


def _maybe_end(watch: Stopwatch, done: int, events: int) -> None:
    watch.passed(done)
    if done >= events:
        _print_and_leave(watch.result(done))


def _print_and_leave(line: str) -> None:
    sys.__stdout__.write(line + "\n")
    sys.__stdout__.flush()
    os._exit(0)


CONTENDERS: dict[str, Callable[[Settings, int], str]] = {
    "bare-validate": bare_validate,
    "bare-understand": bare_understand,
    "bare-judge": bare_judge,
    "wangge": lambda s, n: wangge(s, n, ("reports", "desk")),
    "wangge-understand": lambda s, n: wangge(s, n, ("reports",)),
    "wangge-judge": lambda s, n: wangge(s, n, ("desk",)),
    "stock-faust": stock_faust,
}

if __name__ == "__main__":
    configure(as_json=True, level="error")
    print(CONTENDERS[sys.argv[1]](Settings.read(), int(sys.argv[2])))
