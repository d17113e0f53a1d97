"""Bad input gets a stable code, whatever it is; good input is never refused."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import EventError
from messages.model import MAX_BODY_BYTES
from streams.understanding.decode import decode

GOOD = {
    "schema_version": 1,
    "event_id": "e-1",
    "source": "app",
    "occurred_at": "2026-11-23T08:00:00+08:00",
    "text": "积水",
}
BAD_INPUT = Path(__file__).parents[3] / "shared" / "data" / "badinput"


def code_of(body: bytes | None, lane="reports") -> str:
    with pytest.raises(EventError) as refused:
        decode(lane, body)
    return refused.value.code


def changed(**fields) -> bytes:
    return orjson.dumps(GOOD | fields)


def test_a_good_report_is_decoded():
    assert decode("reports", orjson.dumps(GOOD)).event_id == "e-1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "event.empty_body"),
        (b"", "event.empty_body"),
        (b"\xff\xfe", "event.undecodable"),
        (b'{"a":', "event.undecodable"),
        (b"[" * 100_000, "event.undecodable"),
        (b'"text"', "event.wrong_type"),
        (changed(text=5), "event.wrong_type"),
        (changed(occurred_at="yesterday"), "event.wrong_type"),
        (changed(occurred_at="2026-11-23T08:00:00"), "event.wrong_type"),
        (orjson.dumps({k: v for k, v in GOOD.items() if k != "source"}), "event.missing_field"),
        (changed(acurracy=5), "event.unknown_field"),
        (changed(schema_version=2), "event.unknown_version"),
        (changed(position={"lon": 118, "lat": 118}), "event.out_of_range"),
        (changed(position={"lon": 218, "lat": 32}), "event.out_of_range"),
        (changed(text="x" * 4001), "event.too_long"),
        (changed(event_id="x" * 129), "event.too_long"),
        (changed(media=[{"url": "https://a"}] * 21), "event.too_long"),
    ],
)
def test_each_fault_has_its_own_stable_code(body, code):
    assert code_of(body) == code


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_coordinate_that_is_no_number_is_not_finite(number):
    body = orjson.dumps(GOOD | {"position": {"lon": 118.5, "lat": 0}})
    assert code_of(body.replace(b'"lat":0', b'"lat":' + number)) == "event.not_finite"


def test_a_body_of_exactly_256_kib_is_not_too_large_and_one_byte_more_is():
    padding = b" " * (MAX_BODY_BYTES - len(orjson.dumps(GOOD)))
    assert decode("reports", orjson.dumps(GOOD) + padding).event_id == "e-1"
    assert code_of(orjson.dumps(GOOD) + padding + b" ") == "event.body_too_large"


def test_an_unknown_version_is_named_before_what_else_is_wrong():
    assert code_of(changed(schema_version=9, future_field=1)) == "event.unknown_version"


def test_an_error_names_the_field():
    with pytest.raises(EventError) as refused:
        decode("reports", changed(position={"lon": 118, "lat": "32"}))
    assert refused.value.field == "position.lat"


def test_what_decode_accepts_orjson_can_read_again():
    # The body travels on as its own bytes, so both parsers must agree about what JSON is.
    for text in (b'"\\ud800"', b'"a\\u0000b"', b'"\xc3\x28"', b'"\\ud83d\\ude00"'):
        body = orjson.dumps(GOOD).replace('"积水"'.encode(), text)
        try:
            decode("reports", body)
        except EventError:
            continue
        orjson.loads(body)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_it_raise_anything_else(body):
    try:
        decode("reports", body)
    except EventError as error:
        assert error.code.startswith("event.")


@pytest.mark.skipif(not BAD_INPUT.is_dir(), reason="shared/data is not beside this checkout")
def test_every_file_of_the_json_test_suite_is_refused_with_a_code():
    files = sorted(BAD_INPUT.glob("JSONTestSuite/*/*.json"))
    assert files
    for file in files:
        assert code_of(file.read_bytes()).startswith("event."), file.name
