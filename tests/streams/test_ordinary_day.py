"""The invented day: the same from the same seed, and its devices stand where they are mounted."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import orjson
import pytest

from drills.ordinary_day import OrdinaryDay, events
from geo.datum import to_wgs84

START = datetime(2026, 11, 27, 8, tzinfo=UTC)
METRES = 111_000.0  # of a degree of latitude; one of longitude is shorter


@pytest.fixture(scope="module")
def made(nanjing, cells):
    """Makes the bodies of a day of which most can be decoded."""

    def day(seed, count=20_000):
        pack = nanjing.pack
        return list(events(OrdinaryDay.of(pack), pack, cells, count=count, seed=seed, start=START))

    return day


def places_of_devices(days):
    """Per device the WGS-84 points, lon and lat, that it gave; default points left out."""
    found = {}
    for posted in days:
        try:
            body = orjson.loads(posted.body)
        except orjson.JSONDecodeError:
            continue
        at = body.get("position")
        if "device_id" in body and at and at["lon"]:
            lon, lat = to_wgs84(np.array([at["lon"]]), np.array([at["lat"]]), at["datum"])
            found.setdefault(body["device_id"], []).append((float(lon[0]), float(lat[0])))
    return found


def test_a_device_stands_where_it_stood_also_on_another_day_and_lane(made):
    places = places_of_devices(made(1) + made(2))
    seen_again = {device: at for device, at in places.items() if len(at) > 1}
    spread = [np.ptp(np.array(at), axis=0).max() * METRES for at in seen_again.values()]
    assert len(seen_again) > 300
    assert max(spread) < 1.0  # a datum there and back, rounded to seven digits


def test_devices_are_mounted_all_over_the_city(made, cells):
    places = places_of_devices(made(1))
    spots = {tuple(np.round(at[0], 5)) for at in places.values()}
    assert len(spots) > 0.5 * min(len(places), len(cells.geometries))


def test_the_same_seed_makes_the_same_day(made):
    assert made(7, 500) == made(7, 500)
    assert made(7, 500) != made(8, 500)
