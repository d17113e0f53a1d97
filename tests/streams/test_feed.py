"""Lines of a file as checked events, or as refusals with their number and code."""

import orjson
import pytest

from messages.topics import Topics
from streams.posting import feed
from streams.posting.feed import Fed, Refused
from streams.understanding.decode import decode

REPORT = {
    "schema_version": 1,
    "kind": "report",
    "event_id": "r-1",
    "source": "suishoupai",
    "occurred_at": "2026-11-23T08:00:00+08:00",
    "text": "积水",
}
ALARM = {
    "schema_version": 1,
    "kind": "alarm",
    "event_id": "a-1",
    "source": "iot",
    "occurred_at": "2026-11-23T08:00:00+08:00",
    "device_id": "d-7",
    "sensor": "smoke",
    "state": "alarm",
}
READING = {**ALARM, "kind": "reading", "value": 1.5}
del READING["state"]


def lines(*bodies):
    return [orjson.dumps(body) + b"\n" for body in bodies]


def test_the_kind_of_an_event_chooses_its_lane():
    found = list(feed.read(lines(REPORT, ALARM, READING)))
    assert [one.lane for one in found] == ["reports", "alarms", "readings"]


def test_a_given_lane_overrides_the_kind():
    (found,) = feed.read(lines(REPORT), "urgent")
    assert found.lane == "urgent"


def test_a_line_of_a_run_folder_keeps_its_lane():
    (found,) = feed.read(lines({"lane": "urgent", "event": REPORT}))
    assert (found.lane, found.body) == ("urgent", REPORT)


def test_blank_lines_are_passed_over_and_still_counted():
    found = list(feed.read([b"\n", *lines(REPORT), b"  \n", b"nonsense\n"]))
    assert [one.line for one in found] == [2, 4]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "event.undecodable"),
        (b'"text"', "event.wrong_type"),
        (b"\xff\xfe", "event.undecodable"),
        (orjson.dumps({**REPORT, "kind": "rumour"}), "event.wrong_type"),
        (orjson.dumps({**REPORT, "kind": ["report"]}), "event.wrong_type"),
        (orjson.dumps({**REPORT, "schema_version": 9}), "event.unknown_version"),
        (orjson.dumps({**REPORT, "colour": "red"}), "event.unknown_field"),
        (orjson.dumps({**REPORT, "text": "x" * 300_000}), "event.body_too_large"),
        (orjson.dumps({"lane": "rumours", "event": REPORT}), "event.wrong_type"),
        (orjson.dumps({"lane": "urgent", "event": 3}), "event.wrong_type"),
    ],
)
def test_what_the_engine_would_refuse_is_refused_with_its_code(line, code):
    (found,) = feed.read([line])
    assert isinstance(found, Refused)
    assert (found.line, found.code) == (1, code)


def test_a_refused_line_does_not_end_the_reading():
    found = list(feed.read([b"{", *lines(REPORT)]))
    assert [type(one) for one in found] == [Refused, Fed]


def test_a_record_is_keyed_by_its_device_and_carries_its_cloudevents_headers():
    record = feed.record(Topics(), "alarms", ALARM)
    headers = dict(record.headers)
    assert (record.topic, record.key) == ("wangge.in.alarms", b"d-7")
    assert headers["ce_id"] == b"a-1"
    assert headers["ce_type"] == b"wangge.alarm.v1"
    assert headers["ce_source"] == b"iot"
    assert headers["ce_time"] == b"2026-11-23T08:00:00+08:00"
    assert headers["ce_specversion"] == b"1.0"


def test_what_is_fed_is_what_the_engine_decodes():
    record = feed.record(Topics(), "reports", REPORT)
    assert decode("reports", record.value).event_id == "r-1"
