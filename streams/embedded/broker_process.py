"""The child that holds librdkafka's test cluster, through ctypes on the wheel's own library.

    python -P -m streams.embedded.broker_process PARENT_PID LIBRARY

Answers its address in one JSON line, then one line per request: ``{"topic": partitions, ...}``
makes topics and answers the error code of each (0 is well). Ends when standard input closes or the
parent is gone. The functions are those of ``rdkafka_mock.h``; what the cluster can and cannot do
stands in ``streams/embedded/broker.py``.
"""

from __future__ import annotations

import ctypes as c
import json
import os
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from streams.embedded.leash import GLANCE_SECONDS, parent_is_gone

_REBALANCE_DELAY_MS = 200
"""The cluster's own default of 3 seconds is what a first consumer would wait."""
_PRODUCER = 0
_NUDGE_SECONDS = 0.005


class Cluster:
    """One broker, no topics yet."""

    def __init__(self, library: str) -> None:
        self._lib = c.CDLL(library)
        reason = c.create_string_buffer(512)
        client = self._call("rd_kafka_new", c.c_void_p, _PRODUCER, None, reason, len(reason))
        self._handle = c.c_void_p(
            self._call("rd_kafka_mock_cluster_new", c.c_void_p, c.c_void_p(client), 1)
        )
        self._call(
            "rd_kafka_mock_group_initial_rebalance_delay_ms",
            None,
            self._handle,
            c.c_int32(_REBALANCE_DELAY_MS),
        )
        # Without a controller, the admin client waits for one until it times out.
        self._call("rd_kafka_mock_set_controller_id", c.c_int, self._handle, c.c_int32(1))

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        found: bytes = self._call("rd_kafka_mock_cluster_bootstraps", c.c_char_p, self._handle)
        return found.decode()

    def create(self, topic: str, partitions: int) -> int:
        """librdkafka's error code: 0, or 36 when the topic is there already."""
        name = topic.encode()
        code: int = self._call(
            "rd_kafka_mock_topic_create", c.c_int, self._handle, name, partitions, 1
        )
        return code

    def _call(self, name: str, result: Any, *arguments: object) -> Any:
        function = self._lib[name]
        function.restype = result
        found = function(*arguments)
        if result is c.c_void_p and not found:
            raise RuntimeError(f"{name} gave nothing")
        return found


def main(parent: int, library: str) -> None:
    """Serve until the parent is gone."""
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    cluster = Cluster(library)
    _answer({"address": cluster.address})
    for line in sys.stdin:
        _answer(_create(cluster, json.loads(line)))
    # Not through the interpreter's end: librdkafka's threads need no farewell.
    os._exit(0)


def _create(cluster: Cluster, wanted: dict[str, int]) -> dict[str, int]:
    """Each topic's error code.

    The cluster's thread can lose the wake-up of a request that comes while it answers another
    (``rd_kafka_mock_cluster_io_poll`` serves requests *before* it clears the wake-up), and then
    sleeps out its second. A connection to its port wakes it too.
    """
    host, port = cluster.address.rsplit(":", 1)
    with ThreadPoolExecutor(1) as worker:
        made = worker.submit(lambda: {name: cluster.create(name, n) for name, n in wanted.items()})
        while not wait([made], _NUDGE_SECONDS).done:
            socket.create_connection((host, int(port))).close()
        return made.result()


def _answer(body: object) -> None:
    sys.stdout.write(json.dumps(body) + "\n")
    sys.stdout.flush()


def _leave_with(parent: int) -> None:
    while not parent_is_gone(parent):
        time.sleep(GLANCE_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
