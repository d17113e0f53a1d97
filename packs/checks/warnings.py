"""What a warning counts and proposes exists, and stands in its file once."""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code``, ``pack.unknown_category`` or ``pack.unknown_scenario``."""
    if pack.warnings is None:
        return
    document = pack.documents["warnings.yaml"]
    categories = frozenset(one.code for one in pack.taxonomy.categories)
    known: set[str] = set()
    for i, rule in enumerate(pack.warnings.warnings):
        where = ("warnings", i)
        if rule.warning in known:
            raise document.error(
                "duplicate_code",
                f"two warnings are named {rule.warning!r}",
                (*where, "warning"),
                mend="give each a name of its own",
            )
        known.add(rule.warning)
        for j, code in enumerate(rule.category):
            if code not in categories:
                raise document.error(
                    "unknown_category",
                    f"the taxonomy has no category {code!r}",
                    (*where, "category", j),
                    mend="name one of taxonomy.yaml, in full",
                )
        if rule.mode is not None and rule.mode not in pack.modes:
            raise document.error(
                "unknown_scenario",
                f"the pack has no scenario {rule.mode!r}",
                (*where, "mode"),
                mend=f"one of {', '.join(pack.modes) or '(it has none)'}, or leave mode out",
            )
