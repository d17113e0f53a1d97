"""From GeoJSON objects to layers: what is read, what is mended, what is refused and why."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.boundaries import parse_layer
from geo.datum import from_wgs84
from messages.errors import BoundaryError

SQUARE = [[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]
BOW_TIE = [[118.0, 32.0], [118.1, 32.1], [118.1, 32.0], [118.0, 32.1], [118.0, 32.0]]
DATA = Path(__file__).parents[2].parent / "shared" / "data"


def feature(code="A", ring=SQUARE, **properties):
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def parse(obj, **options):
    return parse_layer(obj, **{"level": "street", "code": "code", **options})


def refusal(obj, **options):
    with pytest.raises(BoundaryError) as refused:
        parse(obj, **options)
    assert refused.value.mend
    return refused.value


def test_codes_names_and_parents_come_from_the_properties_named():
    obj = collection(feature("A", title="东街", up="D1"), feature("B", title="西街", up=None))
    layer, findings = parse(obj, name="title", parent="up")
    assert (layer.codes, layer.names, layer.parents) == (("A", "B"), ("东街", "西街"), ("D1", None))
    assert findings == ()


def test_a_territory_without_a_name_is_named_by_its_code():
    assert parse(collection(feature("A", title="")), name="title")[0].names == ("A",)


@pytest.mark.parametrize(("given", "read"), [(12, "12"), (12.0, "12"), (" 012 ", "012")])
def test_a_numeric_code_is_read_as_its_digits(given, read):
    assert parse(collection(feature(given)))[0].codes == (read,)


@pytest.mark.parametrize("code", [None, "", "  ", True, ["A"]])
def test_a_code_that_is_missing_is_refused(code):
    assert refusal(collection(feature("A"), feature(code))).code == "boundary.code_missing"


def test_a_code_that_stands_twice_is_refused():
    assert refusal(collection(feature("A"), feature("A"))).code == "boundary.code_duplicate"


@pytest.mark.parametrize("code", ["中央门", "a b", "a.b", "x" * 49])
def test_a_street_code_that_cannot_name_a_topic_is_refused(code):
    assert refusal(collection(feature(code))).code == "boundary.code_unusable"


def test_a_property_that_no_feature_has_is_refused_and_the_others_are_named():
    refused = refusal(collection(feature("A", kind="x")), name="title")
    assert refused.code == "boundary.property_unknown"
    assert "code, kind" in refused.mend


def test_feet_without_a_declared_crs_are_refused_with_the_option_to_add():
    feet = [[x, y] for x, y in ((786509, 2965597), (791490, 2965597), (791490, 2968803))]
    refused = refusal(collection(feature(ring=[*feet, feet[0]])))
    assert refused.code == "boundary.crs_undeclared"
    assert "--crs street=EPSG:2249" in refused.mend


@pytest.mark.parametrize("way", ["argument", "member"])
def test_a_declared_crs_leads_to_degrees(way):
    feet = [[775000, 2955000], [776000, 2955000], [776000, 2956000], [775000, 2955000]]
    member = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2249"}}}
    obj = collection(feature(ring=feet), **(member if way == "member" else {}))
    layer, _ = parse(obj, crs="EPSG:2249" if way == "argument" else None)
    # Boston's city hall is at 71.06 W, 42.36 N.
    assert layer.geometries[0].bounds == pytest.approx((-71.06, 42.36, -71.06, 42.36), abs=0.01)


@pytest.mark.parametrize("crs", ["EPSG:0", "feet", "EPSG:"])
def test_a_crs_that_nobody_knows_is_refused(crs):
    assert refusal(collection(feature()), crs=crs).code == "boundary.crs_unknown"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2326", "EPSG:4490"])
def test_a_crs_that_does_not_fit_the_coordinates_is_refused(crs):
    boston_feet = [[775000, 2955000], [776000, 2955000], [776000, 2956000], [775000, 2955000]]
    refused = refusal(collection(feature(ring=boston_feet)), crs=crs)
    assert refused.code == "boundary.crs_wrong"


def test_a_layer_in_gcj02_is_moved_to_wgs84():
    lon, lat = np.array(SQUARE).T
    moved = np.column_stack(from_wgs84(lon, lat, "gcj02")).tolist()
    layer, _ = parse(collection(feature(ring=moved)), datum="gcj02")
    np.testing.assert_allclose(shapely.get_coordinates(layer.geometries[0]), SQUARE, atol=1e-8)


def test_a_ring_that_crosses_itself_is_mended_and_reported():
    layer, findings = parse(collection(feature("A", ring=BOW_TIE)))
    assert shapely.is_valid(layer.geometries).all()
    assert shapely.area(layer.geometries[0]) == pytest.approx(0.005)
    assert [(f.code, f.territory) for f in findings] == [("ring_mended", "A")]


def test_heights_are_dropped():
    layer, _ = parse(collection(feature(ring=[[*p, 7.0] for p in SQUARE])))
    assert not shapely.has_z(layer.geometries[0])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("row", [0, 1, 4])
def test_a_coordinate_that_is_not_a_number_is_refused(bad, row):
    ring = [list(p) for p in SQUARE]
    ring[row][1] = bad
    assert refusal(collection(feature(ring=ring))).code == "boundary.coordinates_not_finite"


def test_a_line_that_encloses_nothing_is_refused():
    flat = [[118.0, 32.0], [118.1, 32.0], [118.2, 32.0], [118.0, 32.0]]
    assert refusal(collection(feature(ring=flat))).code == "boundary.geometry_broken"


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "geometry_missing"),
        ({"type": "Polygon", "coordinates": []}, "geometry_missing"),
        ({"type": "Polygon"}, "geometry_missing"),
        ({"type": "Point", "coordinates": [118, 32]}, "geometry_type"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry_type"),
        ({"type": "Polygon", "coordinates": [[[118, 32], [119, 32]]]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[["x", 32]] * 4]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[[118, 32], [119], [119, 33], [118, 32]]]},
         "geometry_broken"),
        ({"type": "Polygon", "coordinates": 5}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[None, None, None, None]]}, "geometry_broken"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "geometry_broken"),
    ],
)  # fmt: skip
def test_a_geometry_that_is_no_polygon_is_refused(geometry, code):
    obj = collection({"type": "Feature", "properties": {"code": "A"}, "geometry": geometry})
    assert refusal(obj).code == f"boundary.{code}"


@pytest.mark.parametrize(
    "obj",
    [
        None, [], 3, "x", {}, {"type": "Feature"}, {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [None]},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": []}]},
    ],
)  # fmt: skip
def test_what_is_no_feature_collection_is_refused(obj):
    assert refusal(obj).code == "boundary.not_geojson"


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not there")
def test_every_file_of_geojsonhint_is_read_or_refused_by_name():
    files = sorted(DATA.glob("badinput/**/*.geojson"))
    assert files
    for file in files:
        try:
            obj = json.loads(file.read_text("utf-8", errors="replace"))
        except json.JSONDecodeError:
            continue
        try:
            parse(obj)
        except BoundaryError as refused:
            assert refused.mend, file


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not there")
def test_taipei_s_one_invalid_ring_is_mended():
    obj = json.loads((DATA / "taipei" / "taipei_villages.geojson").read_text("utf-8"))
    layer, findings = parse(obj, level="community", code="VILLCODE", name="VILLNAME")
    assert len(layer) == 456
    assert [f.code for f in findings] == ["ring_mended"]
