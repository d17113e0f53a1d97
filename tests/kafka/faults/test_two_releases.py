"""A rolling upgrade under load, and the way back: two releases side by side lose nothing."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from faults import Fault
from site_at_work import Site, Town
from test_faults import SEED, suffer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
EARLIER = os.environ.get("WANGGE_TEST_EARLIER", "27d384abc28e3b6272e2b81226cbefa89acb6ebe")
"""The release that was at work before this one: that of tests/streams/releases."""


@pytest.fixture
def earlier(tmp_path):
    """It, checked out."""
    here, folder = Path(__file__).parents[3], tmp_path / "earlier"
    archive = subprocess.run(
        ["git", "-C", here, "archive", "--format=tar", EARLIER], check=False, capture_output=True
    )
    if archive.returncode:
        pytest.skip(f"this clone's history does not hold {EARLIER[:7]}, the release before")
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def upgraded_and_back(earlier):
    """One worker after the other is replaced by one of this release, and then again by the
    earlier: it drains, and its successor takes its slot."""

    def strike(site):
        for releases in ({"one": None}, {"two": None}, {"two": earlier}, {"one": earlier}):
            time.sleep(8.0)
            site.releases |= releases
            for slot in releases:
                site.crew.dismiss(slot)
                site.crew.start(slot)
            site.lift()
        time.sleep(8.0)

    return strike


def test_two_releases_side_by_side_lose_nothing_on_the_way_up_or_back(
    kafka_server, kafka_namespace, tmp_path, earlier
):
    town = Town.read(earlier / "cities" / "nanjing")  # a pack follows when all are upgraded
    fault = Fault("two releases side by side, and back", upgraded_and_back(earlier))
    site = Site(kafka_server, town, tmp_path, kafka_namespace, seed=SEED)
    site.releases = {"one": earlier, "two": earlier}
    wrong = suffer(fault, site, fault.name)
    assert not wrong, "; ".join(wrong)
