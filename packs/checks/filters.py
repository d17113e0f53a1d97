"""Every filter has a name of its own, and all that it names exists."""

from __future__ import annotations

from packs.checks.routes import check_match
from packs.document import Where
from packs.pack import Pack
from packs.routing import Match


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
        check_match(pack, document, where, Match(category=one.category, source=one.source))
