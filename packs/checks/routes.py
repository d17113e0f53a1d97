"""The tree is total, its names are unique, and all that its routes name exists."""

from __future__ import annotations

from collections.abc import Iterator

from packs.document import Document, Where
from packs.pack import Pack
from packs.routing import Match, RouteNode
from packs.tree import walk


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_route``, ``pack.no_catch_all``, or ``pack.unknown_…`` for a category,
    source, department, linkage service, mode, layer, filter or policy that is not there."""
    seen: set[str] = set()
    for document, where, node in every_route(pack):
        if node.route in seen:
            raise document.error(
                "duplicate_route",
                f"two routes are named {node.route!r}",
                (*where, "route"),
                mend="rename one: a decision names its route",
            )
        seen.add(node.route)
        check_match(pack, document, (*where, "match"), node.match)
        check_targets(pack, document, where, node.to, node.copies, node.escalation)
    last = pack.routing.nodes[-1]
    if last.to is None or last.continue_ or not last.match.is_empty:
        raise pack.documents["routing.yaml"].error(
            "no_catch_all",
            f"the last route, {last.route!r}, does not take every event that is left",
            ("nodes", len(pack.routing.nodes) - 1),
            mend="end nodes with one without match, such as {route: street-default, to: street}",
        )


def every_route(pack: Pack) -> Iterator[tuple[Document, Where, RouteNode]]:
    """The routes of the modes and of the city, each with its file and place."""
    for scenario, mode in pack.modes.items():
        for where, node in walk(mode.nodes):
            yield pack.documents[f"modes/{scenario}.yaml"], where, node
    for where, node in walk(pack.routing.nodes):
        yield pack.documents["routing.yaml"], where, node


def check_match(pack: Pack, document: Document, where: Where, match: Match) -> None:
    """Raises ``pack.unknown_…`` for what a match names and the pack does not have."""
    codes = [c.code for c in pack.taxonomy.categories]
    for i, pattern in enumerate(match.category or ()):
        prefix = pattern.removesuffix("*")
        if not any(c.startswith(prefix) if pattern.endswith("*") else c == prefix for c in codes):
            raise document.error(
                "unknown_category",
                f"no category is {pattern!r}: it can never match",
                (*where, "category", i),
                mend="add it to taxonomy.yaml, or name one that is there",
            )
    filters = {one.filter for one in pack.screening.filters}
    for name, noun, known, place in (
        ("source", "source", set(pack.sources), "sources/"),
        ("mode", "mode", {*pack.modes, "routine"}, "modes/"),
        ("layer", "layer", {one.layer for one in pack.city.layers}, "layers in city.yaml"),
        ("marked", "filter", filters, "filters in screening.yaml"),
    ):
        for i, said in enumerate(getattr(match, name) or ()):
            if said not in known:
                raise document.error(
                    f"unknown_{noun}",
                    f"there is no {noun} {said!r}",
                    (*where, name, i),
                    mend=f"add it to {place}, or name one that is there",
                )


def check_targets(
    pack: Pack,
    document: Document,
    where: Where,
    to: str | None,
    copies: tuple[str, ...],
    escalation: str | None,
) -> None:
    """Raises ``pack.unknown_…`` for a department, linkage service or policy that is not there."""
    known = {"dept": {d.code for d in pack.city.departments}, "linkage": set(pack.city.linkage)}
    names = {"dept": "department", "linkage": "linkage"}
    places = {"dept": "departments", "linkage": "linkage"}
    targets: list[tuple[Where, str | None]] = [(("to",), to)]
    targets += [(("copies", i), copy) for i, copy in enumerate(copies)]
    for part, target in targets:
        kind, _, code = (target or "").partition(":")
        if code and code not in known.get(kind, {code}):
            raise document.error(
                f"unknown_{names[kind]}",
                f"there is no {names[kind]} {code!r}",
                (*where, *part),
                mend=f"add it to {places[kind]} in city.yaml, or name one that is there",
            )
    if escalation is not None:
        policies = pack.escalation.policies if pack.escalation is not None else ()
        if escalation not in {policy.policy for policy in policies}:
            raise document.error(
                "unknown_policy",
                f"there is no escalation policy {escalation!r}",
                (*where, "escalation"),
                mend="add it to escalation.yaml, or name one that is there",
            )
