"""Who reaches whom, on a pack whose files are sound."""

from dataclasses import replace

from streams.checking.coverage import check_coverage, combinations
from streams.checking.territories import known_places


def test_a_street_without_a_queue_is_found_once_with_how_often(town, load):
    city = load(town)
    fewer = replace(city, units=tuple(u for u in city.units if str(u) != "street:S3"))
    found = check_coverage(fewer).findings
    assert {one.code for one in found} == {"check.unknown_unit"}
    assert all("street:S3" in one.text for one in found)
    assert any("more)" in one.text for one in found)
    assert len({one.line for one in found}) == len(found)


def test_a_priority_without_a_policy_is_found(town, load):
    city = load(town)
    found = check_coverage(replace(city, policies={"P1": "fast", "P2": "fast", "P3": "slow"}))
    assert {one.code for one in found.findings} == {"check.no_policy"}
    assert all(" P4 at " in one.text for one in found.findings)


def test_every_combination_is_routed_once(town, load):
    every = list(combinations(load(town)))
    assert len(every) == len(set(every))
    assert {facts.street for facts in every} == {"S1", "S2", "S3", "S4", None}


def test_a_grid_that_a_route_names_is_a_place_of_its_own(town, load):
    routing = town / "routing.yaml"
    named = "  - {route: corner, match: {grid: [G6]}, to: city}\n  - {route: rest"
    routing.write_text(routing.read_text("utf-8").replace("  - {route: rest", named), "utf-8")
    places = [p for p in known_places(load(town)) if p["street"] == "S3" and p["located"]]
    assert {place["grid"] for place in places} == {None, "G5", "G6"}
