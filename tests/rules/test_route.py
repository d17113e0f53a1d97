import json

import pytest

from messages.errors import PackError
from packs.routing import RoutingFile
from packs.taxonomy import TaxonomyFile
from rules.route import Router

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


def route(*nodes, **changes):
    routing = RoutingFile.model_validate_json(
        json.dumps({"schema_version": 1, "nodes": [*nodes, DEFAULT]})
    )
    event = {
        "category": "0403",
        "priority": "P2",
        "kind": "report",
        "source": "app",
        "district": "D1",
        "street": "S1",
        "located": True,
        "life_safety": False,
    }
    return Router.compile(routing, TAXONOMY).route(**(event | changes))


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
        ({"priority": ["P2"]}, {"priority": "P3"}),
        ({"kind": ["report"]}, {"kind": "alarm"}),
        ({"source": ["app"]}, {"source": "web"}),
        ({"district": ["D1"]}, {"district": "D2"}),
        ({"street": ["S1"]}, {"street": None}),
        ({"located": True}, {"located": False}),
        ({"life_safety": False}, {"life_safety": True}),
    ],
)
def test_each_matcher_asks_for_its_own_fact_and_is_named_when_it_says_no(match, change):
    node = {"route": "a", "match": match, "to": "city"}
    assert route(node).route == "a"
    routed = route(node, **change)
    assert routed.route == "rest"
    assert routed.tried[0] == {"route": "a", "matched": False, "failed": next(iter(match))}


def test_all_matchers_of_a_route_must_hold():
    node = {"route": "a", "match": {"category": ["0403"], "priority": ["P1"]}, "to": "city"}
    assert route(node).tried[0]["failed"] == "priority"


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
    assert [entry["route"] for entry in routed.tried] == ["group", "child", "rest"]


def test_a_group_that_does_not_match_keeps_its_children_untried():
    child = {"route": "child", "to": "district"}
    group = {"route": "group", "match": {"life_safety": True}, "children": [child]}
    assert [entry["route"] for entry in route(group).tried] == ["group", "rest"]


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
        Router.compile(routing, TAXONOMY)
