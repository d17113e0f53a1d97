"""Swapped axes, undeclared and wrong CRS, and datums that are not what they are called."""

import numpy as np
import pytest
import shapely
from lint_packs import linted, only

from cli.city_option import DEFAULT_PACK
from geo.datum import from_wgs84
from geo.layer import BoundaryLayer
from geo.lint.draft import drafts_of
from geo.lint.survey import survey
from streams.boundaries.recipe import build_recipe


@pytest.fixture(scope="module")
def nanjing():
    return build_recipe(DEFAULT_PACK / "boundaries" / "recipe.yaml")


def moved(layer, move):
    geometries = shapely.transform(layer.geometries, move, interleaved=False)
    return BoundaryLayer(layer.level, layer.codes, layer.names, layer.parents, geometries)


def test_a_swapped_file_is_one_finding_and_the_rest_is_looked_at_turned_back():
    finding = only("axes_swapped")
    assert finding.territories == ()
    assert finding.measures["territories"] == 8
    assert 118 < finding.lon < 119


def test_a_swapped_file_is_known_by_the_other_layer_where_both_ways_are_degrees():
    finding = only("swapped_within_ninety")
    assert (finding.code, finding.level) == ("axes_swapped", "street")


def test_one_swapped_territory_is_named():
    finding = only("one_swapped")
    assert (finding.code, finding.territories) == ("axes_swapped", ("S11",))


def test_a_projected_file_without_a_crs_is_told_the_one_that_fits():
    finding = only("crs_undeclared")
    assert finding.measures["guessed_crs"] == "EPSG:4528"  # CGCS2000, zone 40
    assert "crs: EPSG:4528" in finding.what_to_do


def test_degrees_that_are_declared_projected_are_told_so():
    assert "take `crs:` out" in only("crs_wrong").what_to_do


@pytest.mark.parametrize("declared", ["wgs84", "gcj02"])
@pytest.mark.parametrize("really", ["wgs84", "gcj02", "bd09"])
def test_the_datum_that_a_layer_really_has_is_found(nanjing, declared, really):
    districts, streets, _ = nanjing
    raw = moved(streets, lambda x, y: from_wgs84(x, y, really)).geometries
    above, below = drafts_of([districts, streets])
    drafts = [above, below.moved(raw, datum=declared)]
    found = survey(drafts).findings
    if really == declared:
        assert found == ()
        return
    assert [finding.code for finding in found] == ["datum_suspect"]
    assert (found[0].level, found[0].measures["fits"]) == ("street", really)
    assert found[0].measures["fits_off_m"] < 1


@pytest.mark.parametrize(("datum", "metres"), [("gcj02", 539), ("bd09", 1190)])
def test_a_datum_finding_says_how_far_off_the_layer_lies(nanjing, datum, metres):
    _, streets, grids = nanjing
    wrong = moved(grids, lambda x, y: from_wgs84(x, y, datum))
    (finding,) = survey(drafts_of([streets, wrong])).findings
    assert finding.measures["shift_m"] == pytest.approx(metres, rel=0.05)
    assert finding.measures[f"grid_as_{datum}_off_m"] < 1


def test_where_the_parents_are_wrong_it_is_they_who_are_named(nanjing):
    districts, streets, _ = nanjing
    wrong = moved(districts, lambda x, y: from_wgs84(x, y, "gcj02"))
    (finding,) = survey(drafts_of([wrong, streets])).findings
    assert (finding.code, finding.level) == ("datum_suspect", "district")
    assert finding.measures["fits"] == "gcj02"


def test_a_shift_that_no_datum_explains_is_told_in_metres():
    measures = only("layer_shifted").measures
    assert measures["add_east_m"] == pytest.approx(-80, abs=1)
    assert measures["add_north_m"] == pytest.approx(-40, abs=1)


def test_children_of_one_district_only_do_not_make_the_layer_lie_off(nanjing):
    districts, streets, _ = nanjing
    rows = [row for row, parent in enumerate(streets.parents) if parent == "320106"]
    few = BoundaryLayer(
        "street",
        tuple(streets.codes[row] for row in rows),
        tuple(streets.names[row] for row in rows),
        tuple(streets.parents[row] for row in rows),
        streets.geometries[np.array(rows)],
    )
    codes = {finding.code for finding in survey(drafts_of([districts, few])).findings}
    assert codes == {"parent_childless"}


def test_the_demonstration_city_is_clean(nanjing):
    assert survey(drafts_of(nanjing)).findings == ()


def test_a_pack_without_one_usable_polygon_is_still_told_what_is_wrong(nanjing):
    found = linted("geometry_missing").findings
    assert [finding.measures for finding in found] == [{}]
