"""Every officer stands in the table once."""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code``."""
    if pack.authority is None:
        return
    officers = [one.officer for one in pack.authority.officers]
    for i, officer in enumerate(officers):
        if officer in officers[:i]:
            raise pack.documents["authority.yaml"].error(
                "duplicate_code",
                f"{officer!r} stands in officers twice",
                ("officers", i, "officer"),
                mend="keep one of the two",
            )
