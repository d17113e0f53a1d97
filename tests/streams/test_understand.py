"""Stage A: every record of a batch ends in exactly one place; a bad one takes no other along."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import shapely
from event_bodies import NOW, report, wire
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datum import from_wgs84
from streams.control.in_force import InForce
from streams.pipeline import one_batch, understand

TOPIC = "wangge.in.reports"


def understood(city, *bodies, lane="reports"):
    return understand(lane, one_batch(TOPIC, wire(*bodies), NOW), InForce.of(city))


def one(city, body, lane="reports"):
    (found,) = understood(city, body, lane=lane).desk
    return found


def spot(cells, row=0):
    """The code of a cell and a point inside it, in WGS-84 degrees."""
    point = shapely.point_on_surface(cells.geometries[row])
    return cells.codes[row], point.x, point.y


def test_an_event_is_placed_in_the_cell_it_lies_in(nanjing, cells):
    code, lon, lat = spot(cells, 700)
    place = one(nanjing, report(position={"lon": lon, "lat": lat, "datum": "wgs84"}))["place"]
    assert place["grid"] == code
    assert place["method"] == "inside"


def test_the_same_place_told_in_another_datum_is_the_same_cell(nanjing, cells):
    code, lon, lat = spot(cells, 900)
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        x, y = from_wgs84(*(shapely.get_coordinates(shapely.Point(lon, lat)).T), datum)
        position = {"lon": float(x[0]), "lat": float(y[0]), "datum": datum}
        assert one(nanjing, report(position=position))["place"]["grid"] == code, datum


def test_a_position_without_a_datum_gets_its_sources_declared_one(nanjing, cells):
    code, lon, lat = spot(cells, 900)
    x, y = from_wgs84(*(shapely.get_coordinates(shapely.Point(lon, lat)).T), "gcj02")
    position = {"lon": float(x[0]), "lat": float(y[0])}
    assert one(nanjing, report(position=position, source="suishoupai"))["place"]["grid"] == code


def test_no_datum_is_ever_guessed(nanjing):
    body = report(position={"lon": 118.79, "lat": 32.06}, source="nobody")
    found = one(nanjing, body)
    assert found["place"]["method"] == "unlocated"
    assert found["reasons"][0]["code"] == "no_datum"


def test_an_event_without_a_position_is_unlocated_and_goes_to_the_pack_s_shard(nanjing):
    found = one(nanjing, report(position=None))
    assert found["place"]["method"] == "unlocated"
    assert found["shard"] == nanjing.pack.city.shards.unlocated


def test_a_district_s_events_go_to_its_shard(nanjing, cells):
    _, lon, lat = spot(cells, 3)
    found = one(nanjing, report(position={"lon": lon, "lat": lat, "datum": "wgs84"}))
    assert found["shard"] == nanjing.pack.city.shards.districts[found["place"]["district"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"position": {"lon": 0.0, "lat": 0.0, "datum": "wgs84"}}, "impossible_position"),
        ({"occurred_at": "2027-11-23T12:00:00Z"}, "future"),
        ({"occurred_at": "2020-11-23T12:00:00Z"}, "too_old"),
        ({"text": "  "}, "empty"),
    ],
)
def test_what_is_screened_out_lies_in_quarantine_whole_and_with_its_reason(nanjing, change, code):
    body = report(**change)
    found = understood(nanjing, body)
    (put_aside,), (decision,) = found.quarantined, found.decisions
    assert put_aside["event"]["event_id"] == body["event_id"]
    assert put_aside["reasons"][-1]["code"] == code
    assert decision["outcome"] == "quarantined"
    assert not found.desk


def test_a_dead_letter_carries_the_original_bytes_and_where_they_stood(nanjing):
    records = one_batch(TOPIC, [b"\xff broken", *wire(report())], NOW, first_offset=40)
    found = understand("reports", records, InForce.of(nanjing))
    (letter,) = found.dead
    assert base64.b64decode(letter["body"]) == b"\xff broken"
    assert letter["origin"] == {"topic": TOPIC, "partition": 0, "offset": 40}
    assert letter["code"] == "event.undecodable"
    assert len(found.desk) == 1


def test_a_reading_within_its_limits_is_ignored_and_one_above_is_not(nanjing):
    reading = {
        "schema_version": 1,
        "event_id": "m-1",
        "source": "iot-readings",
        "occurred_at": datetime.fromtimestamp(NOW, UTC).isoformat(),
        "device_id": "gas-1",
        "sensor": "gas",
        "value": 1.0,
    }
    assert len(understood(nanjing, reading, lane="readings").ignored) == 1
    above = reading | {"value": 90.0}
    assert len(understood(nanjing, above, lane="readings").desk) == 1


def test_an_event_on_which_a_rule_raises_is_a_dead_letter_and_the_others_go_on(nanjing):
    # A rule that fails on one event is made by an event time that no platform can convert.
    poison = report("poison", occurred_at="0001-01-01T00:00:00+14:00")
    found = understood(nanjing, report("a"), poison, report("b"))
    ids = {body["event"]["event_id"] for body in through(found.desk)}
    assert ids == {"a", "b"}
    assert len(found.dead) + len(found.quarantined) == 1


def through(bodies):
    return orjson.loads(orjson.dumps(bodies, option=orjson.OPT_UTC_Z))


BODIES = st.one_of(
    st.binary(max_size=40),
    st.builds(
        report,
        event_id=st.text("abc", min_size=1, max_size=3),
        text=st.text(max_size=30),
        at=st.floats(NOW - 1e7, NOW + 1e6),
        position=st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {
                    "lon": st.floats(-200, 200),
                    "lat": st.floats(-100, 100),
                    "datum": st.sampled_from(["wgs84", "gcj02", "bd09", "mars"]),
                }
            ),
        ),
    ),
)


@settings(max_examples=60, deadline=None)
@given(bodies=st.lists(BODIES, max_size=12))
def test_every_record_of_any_batch_ends_in_exactly_one_place(nanjing, bodies):
    found = understood(nanjing, *bodies)
    rows = [b["origin"]["offset"] for b in (*found.desk, *found.quarantined, *found.dead)]
    rows += [row for row, _ in found.ignored]
    assert sorted(rows) == list(range(len(bodies)))


def test_events_that_arrive_late_keep_their_three_times_apart(nanjing):
    happened = datetime.fromtimestamp(NOW, UTC) - timedelta(hours=5)
    sent = happened + timedelta(hours=4)
    body = report(occurred_at=happened.isoformat(), submitted_at=sent.isoformat())
    (found,) = through([one(nanjing, body)])
    assert datetime.fromisoformat(found["event"]["occurred_at"]) == happened
    assert datetime.fromisoformat(found["event"]["submitted_at"]) == sent
    assert datetime.fromisoformat(found["received_at"]).timestamp() == NOW


@pytest.mark.parametrize(
    "position",
    [
        b'{"lon":NaN,"lon":118.79,"lat":32.06,"datum":"wgs84"}',
        b'{"lon":1e999,"lon":118.79,"lat":32.06,"datum":"wgs84"}',
    ],
)
def test_a_key_that_stands_twice_cannot_smuggle_in_what_json_does_not_know(nanjing, position):
    # pydantic keeps the last of two equal keys and never looks at the first.
    body = wire(report(position={"lon": 1, "lat": 2, "datum": "wgs84"}))[0]
    twice = body.replace(b'{"lon":1,"lat":2,"datum":"wgs84"}', position)
    (found,) = through(understood(nanjing, twice).desk)
    assert found["event"]["position"]["lon"] == 118.79


def test_a_dead_letter_of_a_huge_body_keeps_its_beginning_its_length_and_its_hash(nanjing):
    huge = b"x" * 3_000_000
    (letter,) = understood(nanjing, huge).dead
    assert letter["code"] == "event.body_too_large"
    assert letter["length"] == 3_000_000
    assert letter["sha256"] == hashlib.sha256(huge).hexdigest()
    assert len(orjson.dumps(letter)) < 1_500_000


@pytest.mark.parametrize(
    ("change", "code"), [({"sensor": "smok"}, "unknown_sensor"), ({"unit": "km"}, "other_unit")]
)
def test_a_reading_that_cannot_be_held_against_limits_is_quarantined(nanjing, change, code):
    reading = {
        "schema_version": 1,
        "event_id": "m-1",
        "source": "iot-readings",
        "occurred_at": datetime.fromtimestamp(NOW, UTC).isoformat(),
        "device_id": "gas-1",
        "sensor": "gas",
        "value": 1e9,
    }
    found = understood(nanjing, reading | change, lane="readings")
    assert found.quarantined[0]["reasons"][-1]["code"] == code
