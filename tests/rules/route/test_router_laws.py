"""Laws of the tree that hold for every tree and every event."""

from unittest.mock import patch

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from packs.routing import Match, RouteNode
from packs.taxonomy import TaxonomyFile
from rules.route import Facts, Router

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
CODES = ("0000", "0401", "0403", "2101")
TAXONOMY = TaxonomyFile.model_validate(
    {
        "schema_version": 1,
        "categories": tuple(
            {
                "code": c,
                "name": c,
                "priority": "P3",
                "department": "d" if c > "04" else None,
                "life_safety": c == "0401",
            }
            for c in CODES
        ),
    }
)
TARGETS = ("city", "district", "street", "dept", "dept:gas", "linkage:119", "street:S9")
CATCH_ALL = RouteNode(route="rest", to="street")


def some(*values):
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=2).map(tuple)


matches = st.builds(
    Match,
    category=some(*CODES, "04*", "*"),
    priority=some("P1", "P2", "P3"),
    kind=some("report", "alarm"),
    district=some("D1", "D2"),
    street=some("S1", "S2"),
    grid=some("G1", "G2"),
    located=st.none() | st.booleans(),
    life_safety=st.none() | st.booleans(),
    mode=some("flood", "fire", "routine"),
    hours=some("22:00-06:00", "08:00-12:00"),
    reports=st.none() | st.integers(2, 4),
    when=st.none() | st.sampled_from(["reports > 2", "'flood' in modes || minute < 400"]),
)
targets = st.sampled_from(TARGETS)
leaves = st.builds(
    RouteNode,
    route=st.just("x"),
    match=matches,
    to=targets,
    copies=st.lists(targets, max_size=2).map(tuple),
    continue_=st.booleans(),
)


def groups(children):
    return st.builds(
        RouteNode,
        route=st.just("x"),
        match=matches,
        to=st.none() | targets,
        children=st.lists(children, min_size=1, max_size=3).map(tuple),
    )


nodes = st.recursive(leaves, groups, max_leaves=5)
trees = st.lists(nodes, max_size=5)
facts = st.builds(
    Facts,
    category=st.sampled_from(CODES),
    priority=st.sampled_from(["P1", "P2", "P3", "P4"]),
    kind=st.sampled_from(["report", "alarm", "reading"]),
    source=st.just("app"),
    district=st.sampled_from([None, "D1", "D2"]),
    street=st.sampled_from([None, "S1", "S2"]),
    grid=st.sampled_from([None, "G1", "G3"]),
    located=st.booleans(),
    modes=st.sampled_from([(), ("flood",), ("fire", "flood")]),
    minute=st.sampled_from([0, 359, 360, 480, 719, 720, 1320]),
    reports=st.integers(1, 4),
)


def named(tree, prefix="r"):
    """The tree with a name of its own for every route."""
    return tuple(
        node.model_copy(
            update={
                "route": f"{prefix}{i}",
                "children": named(node.children, f"{prefix}{i}-"),
            }
        )
        for i, node in enumerate(tree)
    )


def router(tree):
    return Router.compile((*tree, CATCH_ALL), TAXONOMY)


def within(span, minute):
    first, last = ((int(h[:2]) * 60 + int(h[3:])) for h in span.split("-"))
    return first <= minute < last if first < last else minute >= first or minute < last


PLAIN = {
    "category": lambda asked, e: any(
        e.category == p or (p[-1] == "*" and e.category.startswith(p[:-1])) for p in asked
    ),
    "life_safety": lambda asked, e: (e.category == "0401") == asked,
    "located": lambda asked, e: e.located == asked,
    "mode": lambda asked, e: any(m in e.modes or (m == "routine" and not e.modes) for m in asked),
    "hours": lambda asked, e: any(within(span, e.minute) for span in asked),
    "reports": lambda asked, e: e.reports >= asked,
    "when": lambda asked, e: (
        e.reports > 2 if asked == "reports > 2" else "flood" in e.modes or e.minute < 400
    ),
}


def holds(match, event):
    """A plain reading of a match, apart from the router's."""
    return all(
        asked is None or PLAIN.get(name, lambda a, e, n=name: getattr(e, n) in a)(asked, event)
        for name, asked in match
    )


def takers(tree, event):
    """Every route that would take the event, best first, by a plain reading of the tree."""
    for node in tree:
        if holds(node.match, event):
            yield from takers(node.children, event)
            if node.to is not None and not node.continue_:
                yield node.route


@LAW
@given(trees, facts)
def test_every_event_has_one_winner_and_it_is_the_first_taker(tree, event):
    tree = named(tree)
    routed = router(tree).route(event)
    first, *others = takers((*tree, CATCH_ALL), event)
    assert routed.route == first
    assert routed.runner_up == (others[0] if others else None)


@LAW
@given(trees, facts)
def test_what_was_tried_are_the_routes_that_the_index_offers_up_to_the_winner(tree, event):
    compiled = router(named(tree))
    routed = compiled.route(event)
    everything = compiled.everything_tried(event)
    last = [entry["route"] for entry in everything].index(routed.route)
    assert everything[last] == routed.tried[-1] == {"route": routed.route, "matched": True}
    assert [e for e in everything[: last + 1] if e in routed.tried] == list(routed.tried)
    assert {"category", "priority"}.isdisjoint(entry.get("failed") for entry in routed.tried)


@LAW
@given(trees, facts)
def test_the_owner_is_not_told_twice(tree, event):
    routed = router(named(tree)).route(event)
    assert routed.unit not in routed.copies
    assert len(set(routed.copies)) == len(routed.copies)
    assert routed.unit not in ("street", "district", "dept")


@LAW
@given(trees, leaves, st.integers(0, 5), facts)
def test_a_new_route_changes_nothing_for_events_it_does_not_match(tree, leaf, at, event):
    tree = named(tree)
    new = leaf.model_copy(update={"route": "new"})
    assume(not holds(new.match, event))
    before = router(tree).route(event)
    after = router((*tree[:at], new, *tree[at:])).route(event)
    assert after[:4] == before[:4]


@LAW
@given(trees, facts, st.lists(facts, min_size=1, max_size=3))
def test_what_was_answered_before_changes_no_answer(tree, event, others):
    tree = named(tree)
    compiled = router(tree)
    # Events that differ in one fact only, which is where a wrong answer would be taken for theirs.
    near = [
        event._replace(**{name: getattr(other, name)}) for other in others for name in event._fields
    ]
    for one in (event, *near, event):
        assert compiled.route(one) == router(tree).route(one)


@LAW
@given(trees, st.lists(facts, min_size=5, max_size=12))
def test_answers_that_were_forgotten_are_found_again(tree, events):
    tree = named(tree)
    with patch("rules.route.remembered.KEPT", 3):
        compiled = router(tree)
        for event in (*events, *events):
            assert compiled.route(event) == router(tree).route(event)
