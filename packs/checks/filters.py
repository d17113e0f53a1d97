"""Every filter has a name of its own, and all that it names exists."""

from __future__ import annotations

import difflib

from packs.document import Where
from packs.pack import Pack
from packs.screening import Filter


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_filter``, ``pack.second_repeat``, ``pack.unknown_category`` or
    ``pack.unknown_source``."""
    document = pack.documents["screening.yaml"]
    seen: set[str] = set()
    repeats = 0
    for i, one in enumerate(pack.screening.filters):
        where: Where = ("filters", i)
        if one.filter in seen:
            raise document.error(
                "duplicate_filter",
                f"two filters are named {one.filter!r}",
                (*where, "filter"),
                mend="rename one: what is found is told by its filter's name",
            )
        seen.add(one.filter)
        repeats += one.check == "repeat"
        if repeats > 1:
            raise document.error(
                "second_repeat",
                f"{one.filter!r} is a second filter for repeats: an id is remembered once",
                (*where, "check"),
                mend="keep one of the two",
            )
        _check_names(pack, where, one)


def _check_names(pack: Pack, where: Where, one: Filter) -> None:
    document = pack.documents["screening.yaml"]
    codes = [c.code for c in pack.taxonomy.categories]
    for i, pattern in enumerate(one.category or ()):
        prefix = pattern.removesuffix("*")
        if not any(c.startswith(prefix) if pattern.endswith("*") else c == prefix for c in codes):
            raise document.error(
                "unknown_category",
                f"no category is {pattern!r}: it holds for no event",
                (*where, "category", i),
                mend="add it to taxonomy.yaml, or name one that is there",
            )
    for i, source in enumerate(one.source or ()):
        if source not in pack.sources:
            near = difflib.get_close_matches(source, sorted(pack.sources), n=1)
            raise document.error(
                "unknown_source",
                f"there is no source {source!r}",
                (*where, "source", i),
                mend=f"did you mean {near[0]!r}?" if near else f"add sources/{source}.yaml",
            )
