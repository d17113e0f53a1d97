"""``kafka``: the address of a real Apache Kafka, one for the whole run.

Where it cannot be had the tests are skipped with the reason; in CI (``CI=true``) they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest
from kafka_server import KafkaServer, MissingError

_numbers = count(1)


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """The server itself, for tests that kill and restart it."""
    try:
        server = KafkaServer.start()
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    running = os.environ.get("WANGGE_TEST_KAFKA")
    if running:
        return running
    server: KafkaServer = request.getfixturevalue("kafka_server")
    return server.brokers


@pytest.fixture
def kafka_namespace() -> str:
    """A namespace that no other test and no other run uses."""
    return f"test.{os.getpid()}.n{next(_numbers)}"
