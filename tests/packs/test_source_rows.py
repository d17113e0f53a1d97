import pytest

from messages.errors import SettingsError
from packs.source import SourceFile
from streams.posting.source_rows import RowError, rows_to_events

CSV = {
    "event_id": "id",
    "occurred_at": {"column": "at", "time_zone": "America/New_York"},
    "lon": "x",
    "lat": "y",
    "text": {"columns": ["title", "type"], "join": " / "},
    "category_hint": ["type", "reason"],
    "extensions": {"ward": "ward"},
    "skip_when": [{"column": "ward", "equals": ["test"]}],
}
ROW = {
    "id": "7",
    "at": "2022-07-01 08:00:00",
    "x": "-71.06",
    "y": "42.35",
    "title": "Lamp out",
    "type": "Light",
    "reason": "",
    "ward": "Ward 3",
}


def source(**changes):
    base = {"schema_version": 1, "name": "app", "datum": "wgs84", "lane": "reports"}
    hints = {"Street Lights": "1060", "light": "1061"}
    return SourceFile.model_validate(
        {**base, "category_hints": hints, "csv": CSV, **changes}, strict=False
    )


def one(**changes):
    return next(rows_to_events([{**ROW, **changes}], source()))


def test_a_row_becomes_a_body_of_the_source_s_lane():
    assert one() == {
        "schema_version": 1,
        "kind": "report",
        "event_id": "7",
        "source": "app",
        "occurred_at": "2022-07-01T08:00:00-04:00",
        "position": {"lon": -71.06, "lat": 42.35, "datum": "wgs84"},
        "text": "Lamp out / Light",
        "category_hint": "1061",
        "extensions": {"ward": "Ward 3"},
    }


def test_the_first_column_whose_words_are_mapped_gives_the_hint():
    assert one(type="Other", reason="STREET LIGHTS")["category_hint"] == "1060"


def test_words_that_nothing_maps_are_carried_along():
    body = one(type="Other", reason="Odd")
    assert "category_hint" not in body
    assert body["extensions"]["category_hint"] == "Other / Odd"


def test_a_row_without_a_position_is_an_event_without_one():
    assert "position" not in one(x="", y=" ")


def test_equal_texts_are_joined_once():
    assert one(title="Light")["text"] == "Light"


def test_an_ambiguous_local_time_is_the_earlier_one():
    assert one(at="2022-11-06 01:30:00")["occurred_at"] == "2022-11-06T01:30:00-04:00"


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"ward": "test"}, "row.skipped", "ward"),
        ({"id": " "}, "row.missing_value", "id"),
        ({"y": ""}, "row.missing_value", "y"),
        ({"x": "west"}, "row.not_a_number", "x"),
        ({"x": "nan"}, "row.not_a_number", "x"),
        ({"at": "07/01/2022"}, "row.not_a_time", "at"),
        ({"y": "142.35"}, "event.out_of_range", "position.lat"),
        ({"title": "x" * 4001}, "event.too_long", "text"),
        ({"ward": None}, "row.cells", ""),
        ({None: ["more"]}, "row.cells", ""),
    ],
)
def test_a_bad_row_is_an_error_and_the_others_go_on(changes, code, column):
    bad = {**ROW, **changes}
    first, second, third = rows_to_events([ROW, bad, ROW], source())
    assert isinstance(second, RowError)
    assert (second.row, second.code, second.column) == (2, code, column)
    assert first == third == one()


def test_a_file_without_a_mapped_column_is_refused_whole():
    row = {key: value for key, value in ROW.items() if key != "reason"}
    with pytest.raises(SettingsError, match="no column 'reason'"):
        next(rows_to_events([row], source()))


def test_a_source_without_a_mapping_is_refused():
    with pytest.raises(SettingsError, match="no csv mapping"):
        next(rows_to_events([ROW], source(csv=None)))


def test_a_device_s_rows_become_alarms():
    mapping = {
        "event_id": "id",
        "occurred_at": {"column": "at", "format": "%Y-%m-%dT%H:%M:%S%z"},
        "device_id": "device",
        "sensor": "what",
        "state": "state",
        "value": "v",
    }
    row = {"id": "1", "at": "2026-01-02T03:04:05+0800", "device": "d", "what": "smoke"}
    rows = [{**row, "state": "alarm", "v": "3.5"}, {**row, "state": "on fire", "v": ""}]
    good, bad = rows_to_events(rows, source(lane="alarms", csv=mapping))
    assert good["state"] == "alarm"
    assert good["value"] == 3.5
    assert bad.code == "event.wrong_type"
