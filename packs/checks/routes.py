"""The tree is total, its names are unique, and all that it names exists."""

from __future__ import annotations

from collections.abc import Iterator

from packs.document import Where
from packs.pack import Pack
from packs.routing import RouteNode


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_route``, ``pack.unknown_category``, ``pack.unknown_source``,
    ``pack.unknown_department``, ``pack.unknown_linkage`` or ``pack.no_catch_all``."""
    document = pack.documents["routing.yaml"]
    seen: set[str] = set()
    for where, node in walk(pack.routing.nodes):
        if node.route in seen:
            raise document.error(
                "duplicate_route",
                f"two routes are named {node.route!r}",
                (*where, "route"),
                mend="rename one: a decision names its route",
            )
        seen.add(node.route)
        _check_match(pack, where, node)
        _check_targets(pack, where, node)
    last = pack.routing.nodes[-1]
    if last.to is None or last.continue_ or not last.match.is_empty:
        raise document.error(
            "no_catch_all",
            f"the last route, {last.route!r}, does not take every event that is left",
            ("nodes", len(pack.routing.nodes) - 1),
            mend="end nodes with one without match, such as {route: street-default, to: street}",
        )


def walk(
    nodes: tuple[RouteNode, ...], above: Where = ("nodes",)
) -> Iterator[tuple[Where, RouteNode]]:
    """Every route of the tree with its path in the file."""
    for i, node in enumerate(nodes):
        yield (*above, i), node
        yield from walk(node.children, (*above, i, "children"))


def _check_match(pack: Pack, where: Where, node: RouteNode) -> None:
    document = pack.documents["routing.yaml"]
    codes = [c.code for c in pack.taxonomy.categories]
    for i, pattern in enumerate(node.match.category or ()):
        prefix = pattern.removesuffix("*")
        if not any(c.startswith(prefix) if pattern.endswith("*") else c == prefix for c in codes):
            raise document.error(
                "unknown_category",
                f"no category is {pattern!r}: the route can never match",
                (*where, "match", "category", i),
                mend="add it to taxonomy.yaml, or name one that is there",
            )
    for i, source in enumerate(node.match.source or ()):
        if source not in pack.sources:
            raise document.error(
                "unknown_source",
                f"there is no source {source!r}",
                (*where, "match", "source", i),
                mend=f"add sources/{source}.yaml, or name one that is there",
            )


def _check_targets(pack: Pack, where: Where, node: RouteNode) -> None:
    document = pack.documents["routing.yaml"]
    known = {"dept": {d.code for d in pack.city.departments}, "linkage": set(pack.city.linkage)}
    names = {"dept": "department", "linkage": "linkage"}
    places = {"dept": "departments", "linkage": "linkage"}
    targets: list[tuple[Where, str | None]] = [(("to",), node.to)]
    targets += [(("copies", i), copy) for i, copy in enumerate(node.copies)]
    for part, target in targets:
        kind, _, code = (target or "").partition(":")
        if code and code not in known.get(kind, {code}):
            raise document.error(
                f"unknown_{names[kind]}",
                f"there is no {names[kind]} {code!r}",
                (*where, *part),
                mend=f"add it to {places[kind]} in city.yaml, or name one that is there",
            )
