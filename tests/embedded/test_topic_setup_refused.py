"""`topics apply` needs an Apache Kafka."""

import pytest

from messages.errors import BrokerError
from messages.topics import Topics
from messages.unit import CITY
from streams.cluster.topic_setup import apply
from streams.cluster.topology import topic_plan

pytestmark = pytest.mark.broker


def test_an_embedded_broker_makes_no_topics_for_others_and_says_so(stack):
    plan = topic_plan(Topics("x"), shards=1, units=[CITY])
    with pytest.raises(BrokerError, match=r"broker\.practice_ground"):
        apply(plan, stack.brokers)
