"""Every department and linkage service that is named exists, and exists once."""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code`` or ``pack.unknown_department``."""
    city = pack.documents["city.yaml"]
    for part, codes in (
        ("departments", [d.code for d in pack.city.departments]),
        ("linkage", list(pack.city.linkage)),
    ):
        for i, code in enumerate(codes):
            if code in codes[:i]:
                raise city.error(
                    "duplicate_code",
                    f"{code!r} stands in {part} twice",
                    (part, i),
                    mend="keep one of the two",
                )
    known = {d.code for d in pack.city.departments}
    for i, category in enumerate(pack.taxonomy.categories):
        if category.department is not None and category.department not in known:
            raise pack.documents["taxonomy.yaml"].error(
                "unknown_department",
                f"there is no department {category.department!r}",
                ("categories", i, "department"),
                mend="add it to departments in city.yaml, or name one that is there",
            )
