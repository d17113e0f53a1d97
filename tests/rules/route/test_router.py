import json

import pytest

from messages.errors import PackError
from packs.routing import RoutingFile
from packs.taxonomy import TaxonomyFile
from rules.route import Facts, Router
from rules.route.flat import RouteError

TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": (
            {"code": "0000", "name": "?", "priority": "P3"},
            {"code": "0401", "name": "fire", "priority": "P1", "life_safety": True},
            {"code": "0403", "name": "flood", "priority": "P2", "department": "drainage"},
        ),
    }
)
DEFAULT = {"route": "rest", "to": "street"}


def compiled(*nodes):
    routing = RoutingFile.model_validate_json(
        json.dumps({"schema_version": 1, "nodes": [*nodes, DEFAULT]})
    )
    return Router.compile(routing.nodes, TAXONOMY)


def facts(**changes):
    event = {
        "category": "0403",
        "priority": "P2",
        "kind": "report",
        "source": "app",
        "district": "D1",
        "street": "S1",
        "community": "C1",
        "grid": "G1",
    }
    return Facts(**(event | changes))


def route(*nodes, **changes):
    return compiled(*nodes).route(facts(**changes))


def test_what_no_other_route_takes_goes_to_the_last_one():
    routed = route()
    assert (routed.route, routed.unit, routed.copies) == ("rest", "street:S1", ())
    assert routed.runner_up is None


def test_the_first_match_wins_and_the_next_is_the_runner_up():
    first = {"route": "a", "match": {"category": ["0403"]}, "to": "dept:x"}
    second = {"route": "b", "match": {"priority": ["P2"]}, "to": "city"}
    routed = route(first, second)
    assert (routed.route, routed.unit, routed.runner_up) == ("a", "dept:x", "b")


def test_a_prefix_matches_every_category_under_it():
    node = {"route": "a", "match": {"category": ["04*"]}, "to": "city"}
    assert route(node).route == "a"
    assert route(node, category="0000").route == "rest"


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ({"category": ["0403"]}, {"category": "0000"}),
        ({"life_safety": False}, {"category": "0401"}),
        ({"priority": ["P2"]}, {"priority": "P3"}),
        ({"kind": ["report"]}, {"kind": "alarm"}),
        ({"source": ["app"]}, {"source": "web"}),
        ({"district": ["D1"]}, {"district": "D2"}),
        ({"street": ["S1"]}, {"street": None}),
        ({"community": ["C1"]}, {"community": "C2"}),
        ({"grid": ["G1"]}, {"grid": None}),
        ({"located": True}, {"located": False}),
        ({"working": True}, {"working": False}),
        ({"weekday": ["mon"]}, {"weekday": 7}),
        ({"hours": ["22:00-06:00"]}, {"minute": 360}),
        ({"hours": ["00:00-23:59"]}, {"minute": 1439}),
        ({"mode": ["routine"]}, {"modes": ("flood",)}),
        ({"when": "score < 10.0"}, {"score": 10.0}),
    ],
)
def test_each_matcher_asks_for_its_own_fact_and_is_named_when_it_says_no(match, change):
    router = compiled({"route": "a", "match": match, "to": "city"})
    assert router.route(facts()).route == "a"
    assert router.route(facts(**change)).route == "rest"
    refused = router.everything_tried(facts(**change))[0]
    assert refused == {"route": "a", "matched": False, "failed": next(iter(match))}


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ({"layer": ["school"]}, {"layers": ("hospital", "school")}),
        ({"mode": ["flood", "fire"]}, {"modes": ("fire",)}),
        ({"marked": ["rate"]}, {"marks": ("rate",)}),
        ({"reports": 3}, {"reports": 3}),
        ({"when": "value > 1.5 && sensor == 'smoke'"}, {"value": 2.0, "sensor": "smoke"}),
    ],
)
def test_what_an_ordinary_event_lacks_is_asked_for_too(match, change):
    router = compiled({"route": "a", "match": match, "to": "city"})
    assert router.route(facts()).route == "rest"
    assert router.route(facts(**change)).route == "a"


def test_a_span_over_midnight_takes_its_first_minute_and_not_its_last():
    router = compiled({"route": "night", "match": {"hours": ["22:00-06:00"]}, "to": "city"})
    taken = [m for m in range(1440) if router.route(facts(minute=m)).route == "night"]
    assert taken == [*range(360), *range(1320, 1440)]


def test_what_is_tried_leaves_out_routes_of_another_category_priority_or_territory():
    routed = route(
        {"route": "a", "match": {"category": ["0401"]}, "to": "city"},
        {"route": "b", "match": {"street": ["S2"]}, "to": "city"},
        {"route": "c", "match": {"priority": ["P1"]}, "to": "city"},
        {"route": "d", "match": {"kind": ["alarm"]}, "to": "city"},
    )
    assert routed.tried == (
        {"route": "d", "matched": False, "failed": "kind"},
        {"route": "rest", "matched": True},
    )


def test_all_matchers_of_a_route_must_hold():
    node = {"route": "a", "match": {"category": ["0403"], "kind": ["alarm"]}, "to": "city"}
    assert route(node).tried[0]["failed"] == "kind"


def test_a_category_that_the_taxonomy_no_longer_has_goes_by_routes_that_ask_for_none():
    by_category = {"route": "a", "match": {"category": ["04*"]}, "to": "city"}
    by_kind = {"route": "b", "match": {"kind": ["report"]}, "to": "district"}
    assert route(by_category, by_kind, category="0499").route == "b"


def test_the_escalation_policy_is_the_winner_s():
    policy = {"route": "a", "to": "city", "escalation": "storm"}
    assert route(policy).escalation == "storm"
    assert route().escalation is None


def test_a_condition_that_cannot_be_compiled_names_its_route():
    with pytest.raises(RouteError, match="no event has 'rain'") as caught:
        route({"route": "a", "match": {"when": "rain > 3"}, "to": "city"})
    assert caught.value.route == "a"


def test_categories_whose_reports_a_route_counts_are_known():
    router = compiled(
        {"route": "a", "match": {"category": ["04*"], "reports": 3}, "to": "city"},
        {"route": "b", "match": {"category": ["0000"]}, "to": "city"},
    )
    assert router.counted == {"0401", "0403"}


def test_a_child_comes_before_its_parent():
    child = {"route": "child", "match": {"priority": ["P2"]}, "to": "district"}
    parent = {"route": "parent", "to": "city", "children": [child]}
    routed = route(parent)
    assert (routed.route, routed.runner_up) == ("child", "parent")
    assert route(parent, priority="P4").route == "parent"


def test_a_group_without_a_target_leaves_what_its_children_refuse_to_the_next_route():
    child = {"route": "child", "match": {"priority": ["P1"]}, "to": "district"}
    routed = route({"route": "group", "children": [child]})
    assert routed.route == "rest"
    assert [entry["route"] for entry in routed.tried] == ["rest"]


def test_what_a_group_refuses_is_said_of_the_group():
    child = {"route": "child", "to": "district"}
    group = {"route": "group", "match": {"kind": ["alarm"]}, "children": [child]}
    assert route(group).tried[0] == {"route": "child", "matched": False, "failed": "group.kind"}


def test_continue_adds_copies_and_goes_on():
    node = {"route": "tell", "to": "linkage:110", "copies": ["city"], "continue": True}
    routed = route(node)
    assert (routed.route, routed.copies) == ("rest", ("linkage:110", "city"))


def test_the_owner_is_never_among_its_own_copies_and_each_copy_stands_once():
    node = {"route": "a", "to": "street", "copies": ["street:S1", "city", "city"]}
    assert route(node).copies == ("city",)


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        ({}, "street:S1"),
        ({"street": None}, "district:D1"),
        ({"street": None, "district": None, "located": False}, "city"),
    ],
)
def test_a_missing_level_is_stood_in_for_by_the_next_coarser_one(place, unit):
    assert route(**place).unit == unit


def test_dept_is_the_category_s_department_or_else_its_street():
    node = {"route": "a", "to": "dept"}
    assert route(node).unit == "dept:drainage"
    assert route(node, category="0000").unit == "street:S1"


def test_a_tree_that_does_not_take_every_event_is_refused():
    routing = RoutingFile.model_validate_json(
        '{"schema_version": 1, "nodes": [{"route": "a", "match": {"located": true}, "to": "city"}]}'
    )
    with pytest.raises(PackError, match="no_catch_all"):
        Router.compile(routing.nodes, TAXONOMY)
