"""The demo city, its units, and namespaces of it on the one embedded broker."""

from __future__ import annotations

import pytest

from cli.city_option import DEFAULT_PACK, cache_folder
from messages.topics import Topics
from packs.load import load
from streams.boundaries.load import load_layers
from streams.city import City
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.embedded.redis_server import free_port
from streams.settings import Settings


@pytest.fixture(scope="module")
def city():
    return City.load(DEFAULT_PACK, cache_folder())


@pytest.fixture(scope="module")
def units():
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    return units_of(pack, layers)


@pytest.fixture(scope="module")
def town(stack, city, units):
    """Makes the settings of a worker of the city in a namespace of its own."""

    def town(ns, **more):
        plan = topic_plan(Topics(ns), shards=city.shards, units=units)
        stack.create_topics(partitions_of(plan))
        return Settings.read(
            brokers=stack.brokers,
            pack=DEFAULT_PACK.resolve(),
            cache=cache_folder(),
            embedded=True,
            namespace=ns,
            web_port=free_port(),
            **{"redis": stack.redis_url, **more},
        )

    return town
