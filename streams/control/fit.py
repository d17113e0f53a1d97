"""Whether a pack can follow the one that is running."""

from __future__ import annotations

from collections.abc import Collection

from messages.errors import PackError
from messages.topics import Topics
from streams.city import City


def refuse_other_city(running: str, city: City) -> None:
    """Raise ``PackError`` for a pack of another city than the running one's code."""
    if city.code != running:
        raise PackError(
            "other_city",
            f"it is city {city.code}'s, and {running} is running",
            file=city.pack.folder / "city.yaml",
            mend="activate a pack of the same city; another city has a namespace of its own",
        )


def refuse_other_shards(running: int, city: City) -> None:
    """Raise ``PackError`` for a pack with another number of shards than is running: it would part
    incidents from their events."""
    if city.shards != running:
        raise PackError(
            "other_shards",
            f"it has {city.shards} shards, and {running} are running",
            file=city.pack.folder / "city.yaml",
            mend="the number of shards is chosen before the first event, and stays",
        )


def refuse_without_topics(city: City, topics: Topics, existing: Collection[str]) -> None:
    """Raise ``PackError`` for a city with a unit whose queue is not among the ``existing`` topics:
    what is routed to it could not be written."""
    missing = [str(unit) for unit in city.units if topics.queue(unit) not in existing]
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise PackError(
            "new_units",
            f"{', '.join(missing[:5])}{more} {'have' if len(missing) > 1 else 'has'} no queue yet",
            file=city.pack.folder,
            mend="make the topics first: `wangge topics apply PACK`",
        )
