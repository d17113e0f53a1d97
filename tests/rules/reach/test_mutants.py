"""Every way in which a tree is made wrong, and whether that is told."""

import pytest
from small_trees import CATCH_ALL, EVENTS, TAXONOMY, router, space

from packs.routing import Match, RouteNode
from rules.reach import difference, mutants
from rules.route import Router


def route(name, to="city", **match):
    more = {k: match.pop(k) for k in ("copies", "children", "escalation") if k in match}
    return RouteNode(route=name, match=Match(**match), to=to, **more)


TREE = (
    route(
        "life",
        None,
        life_safety=True,
        children=(
            route("fire", "linkage:119", category=("0401",), copies=("city", "district")),
            route("rest-of-life", "dept", escalation="fast"),
        ),
    ),
    route("water", "dept", category=("0403",), priority=("P1",)),
)


@pytest.fixture(scope="module")
def right():
    return router(TREE)


@pytest.fixture(scope="module")
def wrong(right):
    return {(m.route, m.change): m.routes for m in mutants((*TREE, CATCH_ALL), right.routes)}


def names(routes):
    return [one.name for one in routes]


def test_each_route_is_changed_in_every_way_that_it_has(wrong):
    assert [change for route, change in wrong if route == "fire"] == [
        "deleted",
        "swapped with the next",
        "with category negated",
        "without category",
        "leading to city, not linkage:119",
        "without the copy to city",
        "without the copy to district",
    ]
    assert ("rest-of-life", "without the escalation fast") in wrong
    assert ("rest-of-life", "swapped with the next") not in wrong


def test_a_group_is_deleted_and_moved_whole(wrong):
    assert names(wrong["life", "deleted"]) == ["water", "rest"]
    swapped = wrong["life", "swapped with the next"]
    assert names(swapped) == ["water", "fire", "rest-of-life", "rest"]
    assert [one.rank for one in swapped] == [0, 1, 2, 3]


def test_a_question_of_a_group_is_taken_from_all_below_it(wrong):
    fire, rest, *_ = wrong["life", "without life_safety"]
    assert [m.name for m in fire.matchers] == ["category"]
    assert rest.matchers == ()


def test_a_negated_question_takes_exactly_the_other_events(right, wrong):
    routes = wrong["water", "with priority negated"]
    changed = Router(routes, TAXONOMY)
    water = [e for e in EVENTS if e.category == "0403"]
    assert all(right.route(e).route == ("water" if e.priority == "P1" else "rest") for e in water)
    assert all(changed.route(e).route == ("rest" if e.priority == "P1" else "water") for e in water)


def test_an_order_that_makes_no_difference_is_proved_to(right, wrong):
    same = Router(wrong["life", "swapped with the next"], TAXONOMY)
    assert difference(right, same, space(right, same)).verdict == "same"


def test_an_order_that_makes_one_is_told_by_an_event(right, wrong):
    other = Router(wrong["fire", "swapped with the next"], TAXONOMY)
    event = difference(right, other, space(right, other)).event
    assert (right.route(event).route, other.route(event).route) == ("fire", "rest-of-life")


def test_a_copy_that_is_missing_is_told_by_an_event(right, wrong):
    other = Router(wrong["fire", "without the copy to district"], TAXONOMY)
    event = difference(right, other, space(right, other)).event
    assert set(right.route(event).copies) - set(other.route(event).copies)
