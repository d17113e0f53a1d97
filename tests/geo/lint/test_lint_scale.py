"""Twelve thousand grids, each border drawn by both of its neighbours and rounded apart."""

import time

import numpy as np
import pytest
import shapely

from cli.city_option import DEFAULT_PACK
from geo.lint.draft import drafts_of
from geo.lint.survey import survey
from streams.boundaries.recipe import build_recipe


@pytest.fixture(scope="module")
def noisy():
    districts, streets, grids = drafts_of(build_recipe(DEFAULT_PACK / "boundaries" / "recipe.yaml"))
    fine = shapely.segmentize(grids.geometries, 0.0012)
    owner = np.arange(len(fine)).repeat(shapely.get_num_coordinates(fine))[:, None]
    # A centimetre this way and that, otherwise in every grid: the same corner moves as its ring's.
    apart = shapely.transform(fine, lambda xy: xy + 1e-7 * np.sin(owner * 1.7 + xy * 1e5))
    return [districts, streets, grids.moved(shapely.make_valid(apart))]


@pytest.mark.slow
def test_rounding_everywhere_is_one_info_and_takes_seconds(noisy):
    began = time.perf_counter()
    found = survey(noisy).findings
    assert [finding.code for finding in found] == ["overlap_rounding"]
    assert found[0].count > 10_000
    assert time.perf_counter() - began < 60
