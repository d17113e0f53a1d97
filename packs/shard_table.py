"""Another shard for one district in ``city.yaml``: one number of its text, and nothing else of it.

Comments, order and spacing stay as somebody wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from messages.errors import PackError
from packs.city import CityFile, Shards
from packs.document import Document, read


def refuse_unfit(document: Document, city: CityFile, district: str, shard: int) -> None:
    """Raise ``pack.unknown_territory`` for a district that has no row in the table, or
    ``pack.unknown_shard`` for a shard that there is not."""
    if district not in city.shards.districts:
        raise document.error(
            "unknown_territory",
            f"the shard table has no district {district!r}",
            ("shards", "districts"),
            mend="name one of "
            + (", ".join(city.shards.districts) or "none: all events go to one shard")
            + "; the row of a new district is added by hand, with the shard that had its area",
        )
    if not 0 <= shard < city.shards.count:
        raise document.error(
            "unknown_shard",
            f"there is no shard {shard}: count is {city.shards.count}, the first shard is 0",
            ("shards", "count"),
            mend=f"use 0 to {city.shards.count - 1}; their number is chosen before the first event",
        )


def rewrite(document: Document, district: str, shard: int) -> None:
    """Write the district's shard into the file of ``document``, at once or not at all.

    Raises ``pack.shard_table`` where the row is written in a way that one number cannot be found
    in; the file is as it was then.
    """
    file = document.file
    lines = file.read_bytes().decode("utf-8").split("\n")
    line = document.line(("shards", "districts", district))
    lines[line - 1] = _with(lines[line - 1], document, district, shard)
    # A dot file: no part of the pack, whatever becomes of it.
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes("\n".join(lines).encode())
    try:
        if read(draft).data != _moved(document.data, district, shard):
            raise _by_hand(document, district, shard)
        draft.chmod(file.stat().st_mode)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def moved(shards: Shards, district: str, shard: int) -> Mapping[str, int]:
    """The table after the move: the district has that shard, and every other the one it had."""
    return {**shards.districts, district: shard}


def _with(line: str, document: Document, district: str, shard: int) -> str:
    row = re.compile(rf"(?<![\w-])(?P<q>[\"']?){re.escape(district)}(?P=q)\s*:\s*(?P<shard>\d+)")
    found = list(row.finditer(line))
    if len(found) != 1:
        raise _by_hand(document, district, shard)
    at = found[0]
    return f"{line[: at.start('shard')]}{shard}{line[at.end('shard') :]}"


def _moved(data: Any, district: str, shard: int) -> Any:
    shards = data["shards"]
    return {**data, "shards": {**shards, "districts": {**shards["districts"], district: shard}}}


def _by_hand(document: Document, district: str, shard: int) -> PackError:
    return document.error(
        "shard_table",
        f"the shard of district {district!r} does not stand in its line as one number",
        ("shards", "districts", district),
        mend=f'write "{district}": {shard} by hand',
    )
