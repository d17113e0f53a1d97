"""Fixtures that many rooms share: one embedded stack a test module, a namespace of its own a test.

``stack``   broker and Redis, started once a module; ask for it and mark the test ``broker``.
``topics``  the topics of a small city (two streets, two shards) in a namespace nobody else uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from messages.topics import Topics
from messages.unit import CITY, Unit
from streams.cluster.topology import partitions_of, topic_plan
from streams.embedded.stack import EmbeddedStack

SMALL_CITY = (CITY, Unit("district", "320106"), Unit("street", "320106001"), Unit("linkage", "119"))
_numbers = count(1)


@pytest.fixture(scope="module")
def stack() -> Iterator[EmbeddedStack]:
    with EmbeddedStack.start({}) as running:
        yield running


@pytest.fixture
def topics(stack: EmbeddedStack) -> Topics:
    fresh = Topics(f"test.n{next(_numbers)}")
    stack.create_topics(partitions_of(topic_plan(fresh, shards=2, units=SMALL_CITY)))
    return fresh
