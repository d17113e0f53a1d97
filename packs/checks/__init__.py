"""What no file can know alone: one file per concern, each raises ``PackError`` on a fault."""

from __future__ import annotations

from packs.checks import (
    assessment,
    authority,
    categories,
    clocks,
    departments,
    filters,
    overrides,
    roster,
    routes,
    shards,
    warnings,
    words,
)
from packs.pack import Pack


def run(pack: Pack) -> None:
    """All cross-checks of a pack, in the order in which a person would mend it."""
    categories.check(pack)
    departments.check(pack)
    shards.check(pack)
    words.check(pack)
    filters.check(pack)
    clocks.check(pack)
    assessment.check(pack)
    authority.check(pack)
    roster.check(pack)
    warnings.check(pack)
    routes.check(pack)
    overrides.check(pack)
