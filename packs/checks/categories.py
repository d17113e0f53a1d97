"""Every category that is named exists, and exists once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from packs.document import Where
from packs.pack import Pack
from packs.taxonomy import UNKNOWN


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code``, ``pack.no_unknown_category``, ``pack.unknown_category``."""
    taxonomy = pack.documents["taxonomy.yaml"]
    known: set[str] = set()
    sensors: set[str] = set()
    for part, codes, seen in (
        ("categories", [c.code for c in pack.taxonomy.categories], known),
        ("sensors", [s.code for s in pack.taxonomy.sensors], sensors),
    ):
        for i, code in enumerate(codes):
            if code in seen:
                raise taxonomy.error(
                    "duplicate_code",
                    f"{code!r} stands in {part} twice",
                    (part, i, "code"),
                    mend="give one of the two another code",
                )
            seen.add(code)
    if UNKNOWN not in known:
        raise taxonomy.error(
            "no_unknown_category",
            f"no category {UNKNOWN!r} for events that nothing classifies",
            ("categories",),
            mend=f'add {{code: "{UNKNOWN}", name: 未分类, priority: P3}}',
        )
    for name, where, code in _named(pack):
        if code not in known:
            near = difflib.get_close_matches(code, sorted(known), n=1)
            raise pack.documents[name].error(
                "unknown_category",
                f"there is no category {code!r}",
                where,
                mend=f"did you mean {near[0]!r}?" if near else "add it to taxonomy.yaml",
            )


def _named(pack: Pack) -> Iterator[tuple[str, Where, str]]:
    for i, sensor in enumerate(pack.taxonomy.sensors):
        yield "taxonomy.yaml", ("sensors", i, "category"), sensor.category
        if sensor.upkeep is not None:
            yield "taxonomy.yaml", ("sensors", i, "upkeep"), sensor.upkeep
    for i, entry in enumerate(pack.classify.lexicon):
        yield "classify.yaml", ("lexicon", i, "category"), entry.category
    for source in pack.sources.values():
        for word, code in source.category_hints.items():
            yield f"sources/{source.name}.yaml", ("category_hints", word), code
