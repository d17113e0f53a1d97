"""Workers join, leave and are lost under load: no record waits longer than a takeover may take."""

from __future__ import annotations

import os
import time

import pytest
from faults import Fault
from kafka_server import KafkaServer, MissingError
from site_at_work import Site
from table import FIGURES
from test_faults import SEED, suffer

from streams.settings import Settings
from streams.wire import config
from streams.wire.transaction import TRANSACTION_SECONDS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
SCAN_S = 1.0
"""How often the broker looks for transactions whose time is up."""
GRACE_S = 5.0


@pytest.fixture(scope="module")
def scanning_kafka():
    """A broker that ends a lost worker's transaction as soon as its time is up."""
    scan = "transaction.abort.timed.out.transaction.cleanup.interval.ms"
    try:
        server = KafkaServer.start(f"{scan}={SCAN_S * 1000:.0f}\n")
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with server:
        yield server


def joins(site):
    """A third worker."""
    site.crew.start("three")


def leaves(site):
    """One of three drains and is gone."""
    site.crew.dismiss("two")


def is_lost(site):
    """One of two is killed and does not come back."""
    site.crew.lose("two")


def roll(site):
    """Each is replaced, one after the other."""
    for slot in site.crew.slots:
        site.crew.dismiss(slot)
        site.crew.start(slot)
        time.sleep(3.0)


@pytest.mark.parametrize(
    ("name", "change", "slots"),
    [
        ("a third worker joins", joins, ("one", "two")),
        ("one of three leaves", leaves, ("one", "two", "three")),
        ("one of two is lost", is_lost, ("one", "two")),
        ("all restarted in turn", roll, ("one", "two")),
    ],
)
def test_no_record_waits_longer_than_a_takeover_takes(
    name, change, slots, scanning_kafka, kafka_namespace, town, tmp_path
):
    site = Site(scanning_kafka, town, tmp_path, kafka_namespace, seed=SEED, rate=100.0)

    def strike(site):
        time.sleep(5.0)
        change(site)
        site.lift()
        time.sleep(25.0)

    wrong = suffer(Fault(name, strike, slots=slots), site, name)
    stall = site.witness.longest_wait(site.feeder.posted)
    FIGURES.append(f"{name}: no record waited longer than {stall:.1f} s")
    assert not wrong, "; ".join(wrong)
    session = config.consumer(Settings.read(), "any", "any")["session.timeout.ms"] / 1000
    assert stall < max(session, TRANSACTION_SECONDS + SCAN_S) + GRACE_S
