"""The whole routing tree of a pack: the modes' routes, then the city's with what its units set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packs.document import Where
from packs.overrides import Override
from packs.pack import Pack
from packs.routing import RouteNode


class Placed(NamedTuple):
    """Where a route stands: the file relative to the pack, and the path in it."""

    file: str
    where: Where


def tree(pack: Pack) -> tuple[RouteNode, ...]:
    """Every route in the order of precedence, with all that the files imply written out: a mode's
    routes match their scenario; a unit's override its territory, and it stands before what it
    overrides."""
    modes = (
        node.model_copy(update={"match": node.match.model_copy(update={"mode": (scenario,)})})
        for scenario, mode in pack.modes.items()
        for node in mode.nodes
    )
    local = dict(_local(pack))
    return (*modes, *(_with(node, local) for node in pack.routing.nodes))


def places(pack: Pack) -> dict[str, Placed]:
    """Every route's name → where it stands."""
    found = {
        node.route: Placed(f"modes/{scenario}.yaml", where)
        for scenario, mode in pack.modes.items()
        for where, node in walk(mode.nodes)
    }
    found |= {n.route: Placed("routing.yaml", where) for where, n in walk(pack.routing.nodes)}
    for unit, file in pack.overrides.items():
        for i, override in enumerate(file.overrides):
            place = Placed(f"overrides/{unit.replace(':', '-')}.yaml", ("overrides", i))
            found[override_name(unit, i, override)] = place
    return found


def walk(
    nodes: tuple[RouteNode, ...], above: Where = ("nodes",)
) -> Iterator[tuple[Where, RouteNode]]:
    """Every route of a file with its path in it."""
    for i, node in enumerate(nodes):
        yield (*above, i), node
        yield from walk(node.children, (*above, i, "children"))


def override_name(unit: str, number: int, override: Override) -> str:
    """What an override is called in decisions, such as ``street-default@320106-1``."""
    return f"{override.route}@{unit.partition(':')[2]}-{number + 1}"


def _local(pack: Pack) -> Iterator[tuple[str, list[tuple[str, str, int, Override]]]]:
    """City route → what its units set, streets before districts."""
    found: dict[str, list[tuple[str, str, int, Override]]] = {}
    for unit in sorted(pack.overrides, key=lambda unit: (not unit.startswith("street"), unit)):
        kind, _, code = unit.partition(":")
        for i, override in enumerate(pack.overrides[unit].overrides):
            found.setdefault(override.route, []).append((kind, code, i, override))
    yield from found.items()


def _with(node: RouteNode, local: Mapping[str, list[tuple[str, str, int, Override]]]) -> RouteNode:
    children = tuple(_with(child, local) for child in node.children)
    overrides = tuple(
        node.model_copy(
            update={
                "route": override_name(f"{kind}:{code}", i, override),
                "match": override.match.model_copy(update={kind: (code,)}),
                "to": override.to or node.to,
                "copies": node.copies if override.copies is None else override.copies,
                "escalation": override.escalation or node.escalation,
                "override": None,
                "children": (),
            }
        )
        for kind, code, i, override in local.get(node.route, ())
    )
    return node.model_copy(update={"children": children + overrides})
