"""The numbers of findings: areas, widths, shares and places."""

import numpy as np
import pytest
import shapely
from lint_packs import linted, only

from geo.layer import BoundaryLayer
from geo.lint.draft import drafts_of
from geo.lint.survey import survey

SIDE_M = 0.02 * 110_900  # the height of a street of the packs


def layer(level, shapes, parents=None):
    codes = tuple(shapes)
    given = tuple(parents or (None,) * len(codes))
    return BoundaryLayer(level, codes, codes, given, np.array(list(shapes.values()), dtype=object))


@pytest.mark.parametrize(
    ("code", "width"), [("overlap", 50), ("overlap_sliver", 1.5), ("gap", 6), ("gap_sliver", 1.5)]
)
def test_a_strip_is_measured_across_and_in_square_metres(code, width):
    measures = only(code).measures
    assert measures["width_m"] == pytest.approx(width, rel=0.06)
    assert measures["area_m2"] == pytest.approx(width * SIDE_M, rel=0.01)


def test_a_finding_lies_on_what_it_is_about():
    finding = only("overlap")
    assert finding.lon == pytest.approx(118.72, abs=0.001)
    assert 31.9 < finding.lat < 31.92


def test_rounding_is_one_finding_that_counts_and_names_the_largest():
    finding = only("overlap_rounding")
    assert finding.count == 1
    assert finding.measures["largest_m2"] == finding.measures["area_m2"]


def test_thousands_of_centimetres_do_not_drown_a_metre():
    """A checkerboard of 400 whose every second row is drawn 2 cm too wide; one cell is 20 m off."""
    cm, size = 1 / 9_450_000, 0.002
    cells = {}
    for x in range(20):
        for y in range(20):
            wide = 2 * cm if y % 2 else 0.0
            cells[f"G{x}-{y}"] = shapely.box(
                118 + x * size, 31 + y * size, 118 + (x + 1) * size + wide, 31 + (y + 1) * size
            )
    cells["G3-3"] = shapely.affinity.translate(cells["G3-3"], 2000 * cm, 0)
    found = survey(drafts_of([layer("grid", cells)])).findings
    codes = [finding.code for finding in found]
    assert codes == ["overlap", "hole", "overlap_rounding"]
    assert found[0].territories in {("G3-3", "G4-3"), ("G4-3", "G3-3")}
    assert found[2].count > 150


def test_an_invalid_ring_says_what_mending_made_of_it():
    measures = only("ring_invalid").measures
    assert measures["reason"] == "ring self-intersection"
    lost = measures["area_before_m2"] - measures["area_after_m2"]
    assert measures["lost_m2"] - measures["gained_m2"] == pytest.approx(lost, abs=0.01)
    assert measures["parts"] == 1


def test_a_bow_tie_gains_the_half_that_was_counted_against_the_other():
    bow = shapely.Polygon([(118, 31), (118.02, 31.02), (118.02, 31), (118, 31.03)])
    measures = survey(drafts_of([layer("street", {"bow": bow})])).findings[0].measures
    assert measures["parts"] == 2
    assert measures["gained_m2"] > 0


def test_a_parent_says_which_share_its_children_cover():
    uncovered = next(f for f in linted("parent_uncovered").findings if f.code != "gap")
    assert uncovered.measures["covered_share"] == pytest.approx(0.75, abs=0.001)
    assert uncovered.measures["children"] == 3


def test_a_contradiction_says_how_much_lies_in_the_named_parent():
    found = next(f for f in linted("parent_contradicts").findings if f.level == "street")
    assert found.measures["share_named"] == 0
    assert found.measures["share_best"] == 1


def test_a_hole_of_one_territory_that_another_one_fills_is_no_hole():
    outer = shapely.box(118, 31, 118.1, 31.1)
    inner = shapely.box(118.04, 31.04, 118.06, 31.06)
    layers = [layer("street", {"ring": outer.difference(inner), "town": inner})]
    assert survey(drafts_of(layers)).findings == ()
