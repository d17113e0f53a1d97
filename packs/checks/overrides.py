"""What districts and streets set otherwise is what the city has left open to them, and no more."""

from __future__ import annotations

from packs.checks.routes import check_match, check_targets, every_route
from packs.document import Document, Where
from packs.overrides import Override
from packs.pack import Pack
from packs.routing import RouteNode


def check(pack: Pack) -> None:
    """Raises ``pack.unknown_route``, ``pack.not_overridable`` or ``pack.unknown_…`` as
    :mod:`packs.checks.routes`."""
    routes = {node.route: node for _, _, node in every_route(pack)}
    own = {node.route for node in _city_routes(pack)}
    for unit, file in pack.overrides.items():
        document = pack.documents[f"overrides/{unit.replace(':', '-')}.yaml"]
        for i, override in enumerate(file.overrides):
            where: Where = ("overrides", i)
            if override.route not in own:
                what = "a mode's: a mode is the city's" if override.route in routes else "unknown"
                raise document.error(
                    "unknown_route",
                    f"route {override.route!r} is {what}",
                    (*where, "route"),
                    mend="name a route of routing.yaml that has `override`",
                )
            _check_open(document, where, unit, override, routes[override.route])
            check_match(pack, document, (*where, "match"), override.match)
            check_targets(
                pack, document, where, override.to, override.copies or (), override.escalation
            )


def _check_open(
    document: Document, where: Where, unit: str, override: Override, route: RouteNode
) -> None:
    allowed, level = route.override, unit.partition(":")[0]
    if allowed is None or level not in allowed.by:
        raise document.error(
            "not_overridable",
            f"the city does not let a {level} override {route.route!r}",
            (*where, "route"),
            mend=f"leave it to the city, or let it say `override: {{by: [{level}], …}}`",
        )
    for name in ("to", "copies", "escalation"):
        if getattr(override, name) is not None and name not in allowed.what:
            raise document.error(
                "not_overridable",
                f"the city does not let {name!r} of {route.route!r} be set",
                (*where, name),
                mend=f"take it out; {', '.join(allowed.what)} may be set",
            )
    if override.to is not None and allowed.to and override.to not in allowed.to:
        raise document.error(
            "not_overridable",
            f"{override.to!r} is not one of the targets that {route.route!r} leaves open",
            (*where, "to"),
            mend=f"one of {', '.join(allowed.to)}",
        )


def _city_routes(pack: Pack) -> list[RouteNode]:
    found: list[RouteNode] = []
    left = list(pack.routing.nodes)
    while left:
        node = left.pop()
        found.append(node)
        left += node.children
    return found
