"""The pack and its boundaries speak of the same districts and streets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from packs.checks.routes import every_route
from packs.document import Document, Where
from packs.pack import Pack
from packs.routing import Match


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
    for document, where, kind, code in _named(pack):
        if code not in known[kind]:
            raise document.error(
                "unknown_territory",
                f"the boundaries have no {kind} {code!r}",
                where,
                mend="name one that the boundaries have",
            )


def _named(pack: Pack) -> Iterator[tuple[Document, Where, str, str]]:
    """Every district and street that a route, an override, an office or the roster names."""
    for document, where, node in every_route(pack):
        yield from _in_match(document, (*where, "match"), node.match)
        yield from _in_targets(document, where, node.to, node.copies)
    for unit, file in pack.overrides.items():
        document = pack.documents[f"overrides/{unit.replace(':', '-')}.yaml"]
        yield document, ("unit",), *_split(unit)
        for i, override in enumerate(file.overrides):
            yield from _in_match(document, ("overrides", i, "match"), override.match)
            yield from _in_targets(document, ("overrides", i), override.to, override.copies or ())
    if pack.authority is not None:
        for i, officer in enumerate(pack.authority.officers):
            if officer.office != "city":
                document = pack.documents["authority.yaml"]
                yield document, ("officers", i, "office"), *_split(officer.office)
    if pack.roster is not None:
        for office in pack.roster.offices:
            kind, code = _split(office)
            if kind in ("district", "street"):
                yield pack.documents["roster.yaml"], ("offices", office), kind, code


def _in_match(
    document: Document, where: Where, match: Match
) -> Iterator[tuple[Document, Where, str, str]]:
    for kind, codes in (("district", match.district), ("street", match.street)):
        for i, code in enumerate(codes or ()):
            yield document, (*where, kind, i), kind, code


def _in_targets(
    document: Document, where: Where, to: str | None, copies: Sequence[str]
) -> Iterator[tuple[Document, Where, str, str]]:
    targets: list[tuple[Where, str]] = [(("to",), to or "")]
    targets += [(("copies", i), copy) for i, copy in enumerate(copies)]
    for part, target in targets:
        kind, code = _split(target)
        if code and kind in ("district", "street"):
            yield document, (*where, *part), kind, code


def _split(unit: str) -> tuple[str, str]:
    kind, _, code = unit.partition(":")
    return kind, code
