"""The practice ground: the embedded stack, one worker, a recorder, and a feed that paces itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Message as KafkaMessage

from drills.accounting import Account, Place, account
from drills.ordinary_day import Posted
from geo.boundaries import BoundaryLayer
from messages import cloudevents
from messages.errors import RunError
from messages.topics import LANES, Topics
from packs.pack import Pack
from sinks.output import Output
from sinks.recorder import Recorder
from sinks.run_folder import Run, RunFolder, input_line
from streams.cluster.brokers import client
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.embedded.redis_server import free_port
from streams.embedded.stack import EmbeddedStack
from streams.embedded.worker_process import WorkerProcess
from streams.posting.lag import GroupLag
from streams.posting.poster import Poster
from streams.settings import Settings

READY_SECONDS = 60.0
SETTLE_SECONDS = 60.0
SLICE_SECONDS = 0.05


class PracticeGround:
    """One practice ground, from start to :meth:`close`. ``run`` receives all that comes out.

    ``posted`` is the feeder's own list: where the broker put each record → the id it was given.
    """

    def __init__(
        self,
        pack: Pack,
        layers: Sequence[BoundaryLayer],
        boundaries: str,
        run: RunFolder,
        *,
        cache: Path,
        web_port: int | None = None,
        namespace: str = "wangge",
        boundary_set: str | None = None,
    ) -> None:
        self.topics = Topics(namespace)
        self.run = run
        self.posted: dict[Place, str] = {}
        self._pack, self._boundaries = pack, boundaries
        self._started_at = datetime.now(UTC)
        plan = topic_plan(self.topics, shards=pack.city.shards.count, units=units_of(pack, layers))
        partitions = partitions_of(plan)
        self.stack = EmbeddedStack.start(partitions)
        try:
            self.settings = Settings.read(
                brokers=self.stack.brokers,
                redis=self.stack.redis_url,
                pack=pack.folder.resolve(),
                cache=cache,
                embedded=True,
                namespace=namespace,
                boundaries=boundary_set,
                web_port=free_port() if web_port is None else web_port,
            )
            self.worker = WorkerProcess(self.settings, self.stack.folder / "worker.log")
            outputs = {name: n for name, n in partitions.items() if _is_output(self.topics, name)}
            conf = client(self.stack.brokers)
            self.recorder = Recorder(conf, self.topics, outputs, run).start()
            self._lag = GroupLag(self.stack.brokers, self._groups(partitions, outputs))
            self._poster = Poster(
                self.stack.brokers,
                pace=self._lag,
                outstanding=6_000,
                patience=SETTLE_SECONDS,
                delivered=self._note,
            )
        except BaseException:
            self.stack.stop()
            raise

    def wait_ready(self) -> None:
        """Return when the worker reads. Raises when it ended or takes over a minute."""
        self.worker.wait_ready(READY_SECONDS)

    def feed(self, events: Iterable[Posted], rate: float | None = None) -> Iterator[int]:
        """Post the events, no faster than they are read, nor than ``rate`` a second.

        Yields the number posted so far, at least every twentieth of a second's worth.
        """
        began, count = time.monotonic(), 0
        size = max(1, int((rate or 20_000) * SLICE_SECONDS))
        with self.run.inputs.open("ab") as inputs:
            for batch in _slices(events, size):
                self.worker.check()
                self.recorder.check()
                inputs.writelines(input_line(event.lane, event.body) for event in batch)
                self._poster.post(self._output(event) for event in batch)
                count += len(batch)
                yield count
                if rate is not None:
                    time.sleep(max(0.0, began + count / rate - time.monotonic()))

    def settle(self) -> None:
        """Return when everything posted is decided and recorded.

        Raises :class:`RunError` ``run.unsettled`` when that takes over a minute.
        """
        self._poster.flush()
        if not self._poster.wait_until_read(within=SETTLE_SECONDS):
            lag = self._lag.read()
            raise RunError("unsettled", f"{lag.behind} records are still unread", mend="run again")

    def close(self) -> None:
        """Drain the worker, end the recording, write ``run.json``, end the stack."""
        self.worker.terminate()
        self.recorder.stop()
        self._lag.close()
        self.run.write_run(
            Run(
                namespace=self.topics.ns,
                pack=self._pack.version,
                pack_name=self._pack.city.name,
                boundaries=self._boundaries,
                started_at=self._started_at,
                ended_at=datetime.now(UTC),
                posted=dict(self._poster.posted.delivered),
                counts=self.recorder.counts,
            )
        )
        self.stack.stop()

    def account(self) -> Account:
        """The feeder's list against the run folder, once :meth:`close` has ended the run."""
        return account(self.posted, self.run)

    def __enter__(self) -> PracticeGround:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _groups(
        self, partitions: dict[str, int], outputs: dict[str, int]
    ) -> dict[str, dict[str, int]]:
        """Whom the feed must not outrun: every lane, the desk and the recorder."""
        lanes = {
            f"{self.settings.group}.{lane}": {t: partitions[t]}
            for lane in LANES
            for t in (self.topics.lane(lane),)
        }
        desk = {self.settings.desk_group: {self.topics.desk: partitions[self.topics.desk]}}
        return {**lanes, **desk, self.recorder.group: outputs}

    def _output(self, event: Posted) -> Output:
        time_now = cloudevents.rfc3339(time.time())
        return Output(
            self.topics.lane(event.lane),
            event.event_id.encode(),
            event.body,
            cloudevents.headers(event.event_id, "wangge.event.v1", "/wangge/practice", time_now),
        )

    def _note(self, message: KafkaMessage) -> None:
        place = (message.topic() or "", message.partition() or 0, message.offset() or 0)
        self.posted[place] = (message.key() or b"").decode()


def _is_output(topics: Topics, name: str) -> bool:
    published = {
        *(topics.decisions, topics.incidents, topics.quarantine, topics.dead, topics.ledger),
        *(topics.warnings, topics.notices),
    }
    return name in published or name.startswith(topics.queues_prefix)


def _slices(events: Iterable[Posted], size: int) -> Iterator[list[Posted]]:
    batch: list[Posted] = []
    for event in events:
        batch.append(event)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
