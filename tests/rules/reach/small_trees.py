"""Small random trees over a space that is small enough to try every event of it."""

from itertools import product

from hypothesis import strategies as st

from packs.routing import Match, RouteNode
from packs.taxonomy import TaxonomyFile
from rules.reach import Axis, Space, subsets
from rules.route import Facts, Router

CODES = ("0000", "0401", "0403")
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
TARGETS = ("city", "district", "street", "dept", "linkage:119")
CATCH_ALL = RouteNode(route="rest", to="street")
WHAT = Axis.of(
    "what",
    [
        {
            "category": code,
            "life_safety": code == "0401",
            "source": "app" if kind == "report" else "iot",
            "kind": kind,
            "sensor": None if kind == "report" else "smoke",
            "state": None if kind == "report" else "alarm",
            "value": None,
        }
        for code in CODES
        for kind in ("report", "alarm")
    ],
)
URGENCY = Axis.of("urgency", [{"priority": f"P{i}", "score": 100.0 - 20 * i} for i in (1, 2)])
WHERE = Axis.of(
    "where",
    [
        {
            "district": district,
            "street": street,
            "community": None,
            "grid": street and f"G{street}",
            "located": located,
            "reports": reports,
        }
        for district, street in ((None, None), ("D1", None), ("D1", "S1"), ("D2", "S2"))
        for located in ((False,) if district is None else (True, False))
        for reports in ((1, 3) if street else (1,))
    ],
)
WHEN = Axis.of(
    "when",
    [
        {"minute": minute, "weekday": weekday, "working": weekday < 6 and 480 <= minute < 720}
        for minute, weekday in ((300, 1), (600, 1), (600, 6), (1380, 6))
    ],
)
LAYERS = ("schools",)
MODES = ("fire", "flood")


def some(*values):
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=2).map(tuple)


def matches(*conditions):
    """Routes that ask one to four things, so that they overlap; ``conditions``: in CEL."""
    asked = {
        "category": some(*CODES, "04*", "*"),
        "priority": some("P1", "P2", "P3"),
        "kind": some("report", "alarm"),
        "source": some("app", "iot"),
        "district": some("D1", "D2"),
        "street": some("S1", "S2"),
        "grid": some("GS1", "GS2"),
        "located": st.booleans(),
        "life_safety": st.booleans(),
        "layer": some(*LAYERS),
        "mode": some(*MODES, "routine"),
        "hours": some("22:00-06:00", "08:00-12:00"),
        "weekday": some("mon", "sat"),
        "working": st.booleans(),
        "reports": st.integers(2, 3),
    }
    if conditions:
        asked["when"] = st.sampled_from(conditions)
    names = st.lists(st.sampled_from(sorted(asked)), min_size=0, max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: asked[n] for n in chosen})).map(
        lambda given: Match(**given)
    )


def trees(*conditions, routes=6):
    """Trees of a few routes, each with a name of its own, without the catch-all."""
    targets = st.sampled_from(TARGETS)
    copies = st.lists(targets, max_size=2, unique=True).map(tuple)
    leaves = st.builds(
        RouteNode,
        route=st.just("x"),
        match=matches(*conditions),
        to=targets,
        copies=copies,
        continue_=st.booleans(),
    )
    nodes = st.recursive(
        leaves,
        lambda below: st.builds(
            RouteNode,
            route=st.just("x"),
            match=matches(*conditions),
            to=st.none() | targets,
            children=st.lists(below, min_size=1, max_size=3).map(tuple),
        ),
        max_leaves=4,
    )
    return st.lists(nodes, min_size=1, max_size=routes).map(named)


def named(tree, prefix="r"):
    """The tree with a name of its own for every route."""
    return tuple(
        node.model_copy(
            update={"route": f"{prefix}{i}", "children": named(node.children, f"{prefix}{i}-")}
        )
        for i, node in enumerate(tree)
    )


def router(tree):
    return Router.compile((*tree, CATCH_ALL), TAXONOMY)


def space(*routers):
    """The space as the routes of all of them divide it."""
    routes = [route for one in routers for route in one.routes]
    sets = (subsets("layers", LAYERS, routes), subsets("modes", MODES, routes))
    return Space((WHAT, URGENCY, WHERE, WHEN, *sets, Axis.of("marks", [{"marks": ()}])), routes)


def _sets(field, names):
    return [{field: one} for one in dict.fromkeys([(), *((n,) for n in names), names])]


EVENTS = [
    Facts(**{k: v for part in parts for k, v in part.items()})
    for parts in product(
        WHAT.points,
        URGENCY.points,
        WHERE.points,
        WHEN.points,
        _sets("layers", LAYERS),
        _sets("modes", MODES),
    )
]
"""Every event there is."""
