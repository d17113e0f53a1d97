"""No personal data that people write leaves stage A, wherever the event goes."""

import orjson
import pytest
from event_bodies import NOW, report, wire

from streams.control.in_force import InForce
from streams.pipeline import decide, one_batch

PHONE = "13812345678"


def published(city, body):
    records = one_batch("wangge.in.reports", wire(body), NOW)
    found = decide("reports", records, InForce.of(city), {}, NOW)
    everything = [
        found.understood.desk,
        found.understood.quarantined,
        found.decisions,
        found.entries,
        [unit.incidents for unit in found.units.values()],
    ]
    return orjson.dumps(everything, option=orjson.OPT_UTC_Z).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"text": f"井盖破损 联系电话{PHONE}"},
        {"address": f"湖南路18号 {PHONE}"},
        {"extensions": {"note": f"打{PHONE}"}},
        {"text": f"井盖破损 {PHONE}", "occurred_at": "2020-01-01T00:00:00Z"},
    ],
    ids=["text", "address", "extensions", "quarantine"],
)
def test_a_telephone_number_is_masked_in_all_that_is_published(nanjing, change):
    found = published(nanjing, report(**change))
    assert PHONE not in found
    assert "138" in found


def test_an_event_without_personal_data_is_the_very_same(nanjing):
    text = "路口井盖破损 很危险"
    assert text in published(nanjing, report(text=text))
