"""Every shard that is named is one of the desk's partitions, and the table is not left out."""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.unknown_shard`` or ``pack.no_shards``."""
    city, shards = pack.documents["city.yaml"], pack.city.shards
    named = {("unlocated",): shards.unlocated} | {
        ("districts", code): shard for code, shard in shards.districts.items()
    }
    for where, shard in named.items():
        if shard >= shards.count:
            raise city.error(
                "unknown_shard",
                f"there is no shard {shard}: count is {shards.count}, the first shard is 0",
                ("shards", *where),
                mend=f"use 0 to {shards.count - 1}, or raise count",
            )
    if shards.count > 1 and not shards.districts:
        raise city.error(
            "no_shards",
            f"{shards.count} shards, and no district in any of them",
            ("shards",),
            mend="give every district a shard under districts, or set count to 1",
        )
