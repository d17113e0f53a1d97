"""What is said of routes that are reached, covered, impossible or behind a condition."""

import pytest
from small_trees import LAYERS, MODES, router, space

from packs.routing import Match, RouteNode
from rules.reach import SetsError, reach, subsets


def route(name, to="city", **match):
    more = {k: match.pop(k) for k in ("copies", "children", "continue_") if k in match}
    return RouteNode(route=name, match=Match(**match), to=to, **more)


def verdicts(*tree):
    compiled = router(tree)
    return {one.route.name: one for one in reach(compiled, space(compiled))}


def test_a_route_behind_a_wider_one_is_covered_by_it_alone():
    found = verdicts(
        route("other", category=("0403",)),
        route("wide", category=("04*",)),
        route("narrow", category=("0401",), priority=("P1",)),
    )
    assert (found["narrow"].verdict, found["narrow"].by) == ("covered", ("wide",))


def test_a_route_may_be_covered_by_several_none_of_which_suffices():
    found = verdicts(
        route("day", category=("0401",), hours=("06:00-22:00",)),
        route("night", category=("0401",), hours=("22:00-06:00",)),
        route("fire", category=("0401",)),
    )
    assert found["fire"].by == ("day", "night")


def test_a_parent_is_covered_by_children_that_leave_nothing():
    children = (route("in", working=True), route("out", working=False))
    found = verdicts(route("fire", category=("0401",), children=children))
    assert found["fire"].by == ("in", "out")


def test_a_route_that_goes_on_covers_nothing():
    found = verdicts(
        route("copy", continue_=True, category=("0401",)), route("fire", category=("0401",))
    )
    assert found["fire"].verdict == "reached"


def test_questions_that_contradict_one_another_are_named():
    found = verdicts(route("never", category=("0403",), life_safety=True))
    assert (found["never"].verdict, found["never"].by) == ("empty", ("category", "life_safety"))


def test_a_witness_meets_the_condition_of_its_route():
    found = verdicts(route("hot", when="score > 70.0 && kind == 'alarm'"))
    witness = found["hot"].witness
    assert (witness.score, witness.kind) == (80.0, "alarm")


def test_a_condition_that_no_event_of_the_space_meets_is_not_decided():
    found = verdicts(route("never", when="score > 1000.0"))
    assert found["never"].verdict == "undecided"


def test_conditions_of_one_text_are_one_question():
    found = verdicts(
        route("one", when="score > 70.0"), route("two", when="score > 70.0", priority=("P1",))
    )
    assert found["two"].verdict == "covered"


def test_routine_is_asked_of_the_empty_set_only():
    compiled = router([route("calm", mode=("routine",)), route("flood", mode=("flood",))])
    (axis,) = [subsets("modes", MODES, compiled.routes)]
    assert {point["modes"] for point in axis.points} == {(), ("fire",), ("flood",)}


def test_names_that_no_route_tells_apart_give_no_more_sets():
    compiled = router([route("at-school", layer=LAYERS)])
    many = [f"l{i}" for i in range(200)]
    assert len(subsets("layers", [*many, *LAYERS], compiled.routes).points) == 3


def test_too_many_different_answers_are_refused():
    names = [f"l{i}" for i in range(13)]
    compiled = router([route(f"r{i}", layer=(name,)) for i, name in enumerate(names)])
    with pytest.raises(SetsError):
        subsets("layers", names, compiled.routes)
