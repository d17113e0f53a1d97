"""Which guarantee a worker gives, where the broker's transactions are fake."""

from __future__ import annotations

import pytest

from streams.delivery import delivery_of
from streams.settings import Settings

pytestmark = pytest.mark.broker


def test_on_the_embedded_broker_it_is_at_least_once_whatever_was_asked_for(stack):
    asked = Settings.read(brokers=stack.brokers, delivery="exactly_once")
    found = delivery_of(asked)
    assert found.guarantee == "at_least_once"
    assert "embedded" in found.why


def test_what_was_asked_for_as_less_is_not_asked_of_the_broker():
    nowhere = Settings.read(brokers="127.0.0.1:1", delivery="at_least_once")
    assert delivery_of(nowhere).guarantee == "at_least_once"
