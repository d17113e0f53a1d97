"""Open cases that another shard keeps, and near which events arrive here since a district moved.

They come in hand-overs: records of the desk, like a tick, so that what follows from them is a
function of the log. What is kept of them is anchors (:mod:`incidents.anchors`) of a kind of their
own: events are linked with these cases and never join them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from incidents import anchors
from incidents.anchors import Anchor
from incidents.case import KIND as CASE
from incidents.case import Case
from incidents.merging import Like
from incidents.record import from_values
from incidents.state import MemoryState, Write
from messages.model import SCHEMA_VERSION, Body

KIND: Final = "elsewhere"
"""Of the records here: squares as those of ``anchors``."""
HAND_OVER: Final = "hand-over"
"""The ``kind`` of a hand-over's body on the desk."""
AT_ONCE: Final = 250
"""Cases, and ids, that one body carries: some 100 KB, far below what a broker takes."""
SEEN: Final = "seen"
"""The kind of the records of ids that were posted before."""


class Kept(NamedTuple):
    """An open case that another shard keeps: what events are compared with."""

    category: str
    priority: str
    anchor: Anchor


class Posted(NamedTuple):
    """An id that was posted before: the key and the value of its record, and until when it counts
    (epoch s)."""

    key: str
    value: Body
    due: float


def cases_of(state: MemoryState) -> list[Case]:
    """Every case of a shard, ended ones too as long as they are kept. Raises ``state.case``."""
    return [Case.from_json(one.value) for one in state.records() if one.kind == CASE and one.value]


def handed(
    state: MemoryState, cases: Iterable[Case], to: MemoryState
) -> tuple[list[Kept], list[Posted]]:
    """What the new shard of an area does not know yet: open cases that events could still be about,
    and the ids of their events and of ended cases'.

    ``state``: of the shard that keeps the ``cases`` of the area; ``to``: of the new one. Windows
    that have ended by the clock of either are left out.
    """
    by_id = {case.incident_id: case for case in cases}
    now = max(state.version.now, to.version.now)
    known = {anchor.incident_id for one in _squares(to, KIND) for anchor in anchors.read(one, now)}
    kept: list[Kept] = []
    for one in _squares(state, anchors.KIND):
        for anchor in anchors.read(one, now):
            case = by_id.get(anchor.incident_id)
            if case is not None and case.open and anchor.incident_id not in known:
                kept.append(Kept(case.category, case.priority, anchor))
    posted: list[Posted] = []
    for kind, key, value, due in state.records():
        if kind != SEEN or value is None or due is None or due <= now:
            continue
        found: Body = orjson.loads(value)
        if found.get("incident") in by_id and not still_counts(to.get(SEEN, key), now):
            posted.append(Posted(key, found, due))
    return kept, posted


def bodies(
    shard: int,
    received_at: str,
    kept: Sequence[Kept],
    posted: Sequence[Posted],
    likes: Mapping[str, Like],
) -> Iterator[Body]:
    """The hand-overs of these for the desk of ``shard``.

    ``received_at``: the clock of the shard that they come from, so that no other clock has a say in
    what falls due. ``likes``: by category, of all of ``kept``, what speaks of the same; it travels
    with them, so that a replay needs no pack for them.
    """
    body: Body = {
        "schema_version": SCHEMA_VERSION,
        "kind": HAND_OVER,
        "received_at": received_at,
        "shard": shard,
    }
    for at in range(0, max(len(kept), len(posted)), AT_ONCE):
        some = kept[at : at + AT_ONCE]
        of = {one.category: tuple(likes[one.category]) for one in some}
        yield {**body, "likes": of, "cases": some, "posted": posted[at : at + AT_ONCE]}


def read(body: Body) -> tuple[list[tuple[Kept, Like]], list[Posted]]:
    """What a hand-over brings. Raises ``LookupError`` or ``TypeError`` for what is none."""
    cases: list[tuple[Kept, Like]] = []
    for category, priority, one in body["cases"]:
        anchor = from_values(Anchor, one)
        point = (float(anchor.point[0]), float(anchor.point[1]))
        kept = Kept(category, priority, anchor._replace(point=point, photos=tuple(anchor.photos)))
        cases.append((kept, from_values(Like, body["likes"][category])))
    return cases, [from_values(Posted, one) for one in body["posted"]]


def still_counts(record: bytes | None, now: float) -> bool:
    """Whether an id's record is there, and its window has not ended by ``now``."""
    return record is not None and bool(orjson.loads(record)["due"] > now)


def _squares(state: MemoryState, kind: str) -> Iterator[bytes]:
    found: Iterable[Write] = state.records()
    return (one.value for one in found if one.kind == kind and one.value is not None)
