"""Which guarantee a worker gives: what it was told, as far as the broker can keep it."""

from __future__ import annotations

from typing import NamedTuple

from streams.cluster.brokers import reach
from streams.settings import Guarantee, Settings


class Delivery(NamedTuple):
    """``why``: in a few words, for the log."""

    guarantee: Guarantee
    why: str


def delivery_of(settings: Settings) -> Delivery:
    """What the worker gives. Asks the broker what it is; raises ``broker.unreachable``."""
    if settings.delivery == "at_least_once":
        return Delivery("at_least_once", "WANGGE_DELIVERY says so")
    if settings.embedded or reach(settings.brokers).practice_ground:
        return Delivery("at_least_once", "the embedded broker's transactions are fake")
    return Delivery("exactly_once", "outputs, state and offsets share a transaction")
