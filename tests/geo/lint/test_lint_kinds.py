"""Each fault is found, by its own code, on the pack that is named after it."""

import pytest
from lint_packs import PACKS, linted

from geo.lint.kinds import KINDS
from geo.lint.reading import read_draft

# What a fault cannot help but bring with it.
COMPANIONS = {
    "ambiguous_parent": {"parent_uncovered"},
    "parent_contradicts": {"parent_uncovered"},
    "parent_uncovered": {"gap"},
}
# A JSON file cannot hold it, what decodes another format can.
FOUND_IN_PACKS = [code for code in KINDS if code != "coordinates_not_finite"]


@pytest.mark.parametrize("code", FOUND_IN_PACKS)
def test_a_fault_is_found_on_the_pack_named_after_it_and_nothing_else(code):
    found = linted(code).findings
    assert {finding.code for finding in found} == {code} | COMPANIONS.get(code, set())


@pytest.mark.parametrize("code", FOUND_IN_PACKS)
def test_a_finding_says_what_is_wrong_and_what_to_do(code):
    for finding in linted(code).findings:
        assert finding.text
        assert "\n" not in finding.text
        assert finding.what_to_do
        assert finding.severity == KINDS[finding.code].severity


@pytest.mark.parametrize(
    ("code", "who"),
    [
        ("overlap", ("S00", "S10")),
        ("gap", ("D1",)),
        ("beyond", ("S31",)),
        ("duplicate_polygon", ("S00", "S99")),
        ("code_duplicate", ("S01",)),
        ("orphan", ("S99",)),
        ("parent_unknown", ("S00", "D7")),
        ("parent_childless", ("D3",)),
        ("far_away", ("S99",)),
    ],
)
def test_a_finding_names_the_territories_at_fault(code, who):
    assert linted(code).findings[0].territories == who


def test_a_clean_city_has_no_finding():
    assert linted("clean").findings == ()
    assert linted("clean").clean


def test_a_coordinate_that_is_no_number_is_found():
    ring = [[118, 31], [float("inf"), 31], [118, 32], [118, 31]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": "S1"}, "geometry": geometry}
    obj = {"type": "FeatureCollection", "features": [feature]}
    draft, found = read_draft(obj, level="street", code="code")
    assert [finding.code for finding in found] == ["coordinates_not_finite"]
    assert len(draft) == 0


def test_an_info_leaves_a_city_clean():
    assert linted("overlap_rounding").clean
    assert not linted("overlap_sliver").clean


def test_special_grids_need_not_cover_their_streets_nor_be_apart_from_the_other_grids():
    survey = linted("special_grids")
    assert survey.findings == ()
    assert [layer.label for layer in survey.layers] == [
        "district",
        "street",
        "grid",
        "special grid",
    ]


def test_every_pack_here_is_of_a_fault_that_is_tested():
    others = {
        *("clean", "special_grids", "not_json", "not_geojson", "unreadable_file"),
        *("hostile_code", "one_swapped", "swapped_within_ninety"),
    }
    assert {folder.name for folder in PACKS.iterdir()} == set(FOUND_IN_PACKS) | others
