"""The pack and its boundaries speak of the same districts and streets."""

from __future__ import annotations

from collections.abc import Collection

from packs.checks.routes import walk
from packs.document import Where
from packs.pack import Pack


def check_territories(pack: Pack, districts: Collection[str], streets: Collection[str]) -> None:
    """For the caller that has read the boundaries: every district has a shard and back, and every
    district or street that a route names exists. Raises ``pack.unknown_territory`` or
    ``pack.no_shard``."""
    city, table = pack.documents["city.yaml"], pack.city.shards.districts
    if pack.city.shards.count > 1:
        for code in districts:
            if code not in table:
                raise city.error(
                    "no_shard",
                    f"district {code!r} of the boundaries has no shard",
                    ("shards", "districts"),
                    mend=f'add "{code}": 0 (or another shard) to districts',
                )
    for code in table:
        if code not in districts:
            raise city.error(
                "unknown_territory",
                f"the boundaries have no district {code!r}",
                ("shards", "districts", code),
                mend="take it out, or mend the boundaries",
            )
    known = {"district": frozenset(districts), "street": frozenset(streets)}
    for where, kind, code in _named(pack):
        if code not in known[kind]:
            raise pack.documents["routing.yaml"].error(
                "unknown_territory",
                f"the boundaries have no {kind} {code!r}",
                where,
                mend="name one that the boundaries have",
            )


def _named(pack: Pack) -> list[tuple[Where, str, str]]:
    found: list[tuple[Where, str, str]] = []
    for where, node in walk(pack.routing.nodes):
        for kind, codes in (("district", node.match.district), ("street", node.match.street)):
            found += [((*where, "match", kind, i), kind, c) for i, c in enumerate(codes or ())]
        targets: list[tuple[Where, str]] = [(("to",), node.to or "")]
        targets += [(("copies", i), copy) for i, copy in enumerate(node.copies)]
        for part, target in targets:
            kind, _, code = target.partition(":")
            if code and kind in ("district", "street"):
                found.append(((*where, *part), kind, code))
    return found
