"""An Apache Kafka for tests, of one node or more: KRaft, from Maven Central, with the local Java.

``WANGGE_TEST_KAFKA=host:port`` uses a running one instead. The jars (43 MB) are fetched once into
``$WANGGE_TEST_CACHE``, else ``~/.cache/wangge-kafka``. Settings:
https://kafka.apache.org/documentation/#kraft and #brokerconfigs
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from messages.errors import BrokerError
from streams.cluster.brokers import reach
from streams.embedded import child

VERSION = "4.1.1"
_START_SECONDS = 60.0
_FORMAT = ("kafka.tools.StorageTool", "format", "--ignore-formatted")
_COPY = ("dependency:copy-dependencies", "-DincludeScope=runtime")
_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>wangge.test</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>{version}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.1</version>
    </dependency>
  </dependencies>
</project>
"""
_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
default.replication.factor={copies}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={in_sync}
"""


class Node(NamedTuple):
    """One broker, which is a controller too: its number, and its two ports."""

    number: int
    port: int
    controller: int


class MissingError(Exception):
    """What the machine lacks, and how to get it."""


class KafkaServer:
    """``with KafkaServer.start() as kafka: kafka.brokers``. Raises :class:`MissingError`."""

    def __init__(
        self, folder: Path, jars: Path, node: Node, among: Sequence[Node], more: str = ""
    ) -> None:
        self.brokers = f"127.0.0.1:{node.port}"
        self._folder = folder
        self._jars = jars
        self._properties = folder / "server.properties"
        self._log = folder / "kafka.log"
        self._properties.write_text(
            _PROPERTIES.format(
                node=node.number,
                port=node.port,
                controller=node.controller,
                voters=",".join(f"{one.number}@127.0.0.1:{one.controller}" for one in among),
                copies=len(among),
                in_sync=len(among) // 2 + 1,
                data=folder / "data",
            )
            + more
        )
        self._leash: subprocess.Popen[str] | None = None
        self.pid = 0

    @classmethod
    def start(cls, more: str = "") -> KafkaServer:
        """A formatted, running broker that answers. ``more``: lines of ``server.properties``."""
        (server,) = made(1, more)
        server.run()
        return server

    def format(self, cluster: str) -> None:
        """Make its data folder, as one of a cluster's."""
        subprocess.run(
            [*self._java("64m"), *_FORMAT, "-t", cluster, "-c", str(self._properties)],
            check=True,
            capture_output=True,
            timeout=_START_SECONDS,
        )

    def run(self) -> None:
        """Start the broker (again) on its data, and return when it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start the broker. One of several answers once more than half of them are there."""
        self._leash = child.start(
            "streams.embedded.leash",
            *[*self._java("512m"), "kafka.Kafka", str(self._properties)],
            log=self._log,
        )
        assert self._leash.stdout is not None
        self.pid = int(self._leash.stdout.readline())

    def wait(self) -> None:
        """Return when it answers."""
        assert self._leash is not None
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                reach(self.brokers, within=1.0)
                return
            except BrokerError:
                if self._leash.poll() is not None or time.monotonic() > deadline:
                    words = child.tail(self._log, 10)
                    self.stop()
                    raise RuntimeError(f"Kafka did not start: {words}") from None

    def kill(self) -> None:
        """SIGKILL, as a machine that loses power does. :meth:`run` starts it again."""
        assert self._leash is not None
        os.kill(self.pid, signal.SIGKILL)
        self._leash.wait(10)
        child.stop(self._leash)

    def stop(self) -> None:
        """End the broker and forget its data."""
        if self._leash is not None:
            child.stop(self._leash)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> KafkaServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _java(self, heap: str) -> list[str]:
        return ["java", f"-Xmx{heap}", "-cp", f"{self._jars}/*"]


class KafkaCluster:
    """``with KafkaCluster.start(3) as kafka: kafka.brokers``: every topic on all of them, and a
    record taken once more than half of them have it. Raises :class:`MissingError`."""

    def __init__(self, servers: Sequence[KafkaServer]) -> None:
        self.servers = servers
        self.brokers = ",".join(server.brokers for server in servers)

    @classmethod
    def start(cls, count: int) -> KafkaCluster:
        """Formatted, running brokers that answer."""
        cluster = cls(made(count))
        for server in cluster.servers:
            server.launch()
        for server in cluster.servers:
            server.wait()
        return cluster

    def __enter__(self) -> KafkaCluster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self.servers:
            server.stop()


def made(count: int, more: str = "") -> list[KafkaServer]:
    """The brokers of one cluster, formatted and not started. ``more``: lines of each one's
    ``server.properties``. Raises :class:`MissingError`."""
    need_java()
    jars = fetch_jars()
    ports = _free_ports(2 * count)
    nodes = [Node(n + 1, ports[2 * n], ports[2 * n + 1]) for n in range(count)]
    folders = [Path(tempfile.mkdtemp(prefix="wangge-kafka-")) for _ in nodes]
    found = [
        KafkaServer(folder, jars, node, nodes, more)
        for folder, node in zip(folders, nodes, strict=True)
    ]
    # A byte in front that is an "A": an id that begins with "-" would be read as an option.
    cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    for server in found:
        server.format(cluster)
    return found


def need_java() -> None:
    """Raises :class:`MissingError` without Java 17 or newer."""
    mend = "install openjdk-17-jre-headless, or set WANGGE_TEST_KAFKA=host:port"
    if shutil.which("java") is None:
        raise MissingError(f"there is no Java: {mend}")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < 17:
        raise MissingError(f"Kafka {VERSION} needs Java 17: {mend}")


def fetch_jars() -> Path:
    """The folder with Kafka's jars, fetched when it is not there. Raises :class:`MissingError`."""
    cache = Path(os.environ.get("WANGGE_TEST_CACHE", Path.home() / ".cache" / "wangge-kafka"))
    jars = cache / f"kafka-{VERSION}"
    if jars.is_dir():
        return jars
    if shutil.which("mvn") is None:
        raise MissingError("there is no Maven: install maven, or set WANGGE_TEST_KAFKA=host:port")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as temporary:
        pom, fresh = Path(temporary, "pom.xml"), Path(temporary, "jars")
        pom.write_text(_POM.format(version=VERSION))
        done = subprocess.run(
            ["mvn", "-B", "-q", "-f", str(pom), *_COPY, f"-DoutputDirectory={fresh}"],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            words = (done.stdout.strip().splitlines() or ["no word"])[0]
            raise MissingError(f"Maven could not fetch Kafka {VERSION}: {words}")
        fresh.rename(jars)  # whole, or not there: two runs may fetch at once
    return jars


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
