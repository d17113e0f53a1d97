"""What is said of a route's reach, held against every event of a small space."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_trees import CATCH_ALL, EVENTS, TAXONOMY, router, space, trees

from rules.reach import difference, reach
from rules.reach.difference import outcome
from rules.reach.mutants import mutants
from rules.route import Router

LAW = settings(
    max_examples=30,
    deadline=None,  # a busy machine is no fault
    suppress_health_check=[HealthCheck.too_slow],
)
CONDITIONS = ("reports > 2", "'flood' in modes || minute < 400", "score > 70.0 && kind == 'alarm'")


def reached_by_some_event(compiled):
    """Names of the routes that win, or add their copies, for at least one event."""
    left = {route.name for route in compiled.routes}
    for event in EVENTS:
        left -= {t["route"] for t in compiled.route(event).tried if t["matched"]}
        if not left:
            break
    return {route.name for route in compiled.routes} - left


@LAW
@given(trees())
def test_a_route_is_reached_if_and_only_if_some_event_reaches_it(tree):
    compiled = router(tree)
    found = {one.route.name for one in reach(compiled, space(compiled)) if one.witness}
    assert found == reached_by_some_event(compiled)


@LAW
@given(trees(*CONDITIONS))
def test_with_conditions_nothing_that_an_event_reaches_is_called_unreachable(tree):
    compiled = router(tree)
    reached = reached_by_some_event(compiled)
    for one in reach(compiled, space(compiled)):
        if one.verdict in ("covered", "empty"):
            assert one.route.name not in reached
        elif one.verdict == "undecided":
            assert any(m.name == "when" for route in compiled.routes for m in route.matchers)


@LAW
@given(trees(*CONDITIONS))
def test_a_witness_reaches_its_route(tree):
    compiled = router(tree)
    for one in reach(compiled, space(compiled)):
        if one.witness is not None:
            tried = compiled.route(one.witness).tried
            assert {"route": one.route.name, "matched": True} in tried


@LAW
@given(trees())
def test_the_routes_named_for_an_unreachable_one_leave_it_nothing(tree):
    compiled = router(tree)
    whole = space(compiled)
    boxes = {route.name: route for route in compiled.routes}
    for one in reach(compiled, whole):
        if one.verdict != "covered":
            continue
        names = list(one.by)
        assert names
        alone = Router([*(boxes[name] for name in names), one.route, compiled.routes[-1]], TAXONOMY)
        ranked = Router([r._replace(rank=i) for i, r in enumerate(alone.routes)], TAXONOMY)
        assert one.route.name not in reached_by_some_event(ranked)


@LAW
@given(trees(routes=4), trees(routes=4))
def test_two_trees_are_called_the_same_only_if_every_event_agrees(tree, other):
    one, two = router(tree), router(other)
    found = difference(one, two, space(one, two))
    if found.event is not None:
        assert outcome(one.route(found.event)) != outcome(two.route(found.event))
    elif found.verdict == "same":
        assert agree(one, two)


@LAW
@given(trees(routes=3), st.data())
def test_a_mutant_that_is_called_the_same_cannot_be_told_by_any_event(tree, data):
    compiled = router(tree)
    wrong = [m.routes for m in mutants((*tree, CATCH_ALL), compiled.routes)]
    whole = [r for r in wrong if r and not r[-1].matchers and not r[-1].goes_on]  # not refused
    changed = Router(data.draw(st.sampled_from(whole)), TAXONOMY)
    found = difference(compiled, changed, space(compiled, changed))
    if found.event is not None:
        assert outcome(compiled.route(found.event)) != outcome(changed.route(found.event))
    elif found.verdict == "same":
        assert agree(compiled, changed)


def agree(one, two):
    return all(outcome(one.route(e)) == outcome(two.route(e)) for e in EVENTS)
