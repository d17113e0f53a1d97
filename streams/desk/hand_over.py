"""What a hand-over brings to a shard: where another's open cases are, and which ids it has had."""

from __future__ import annotations

import orjson

from incidents import anchors, elsewhere
from incidents.elsewhere import Kept, Posted
from incidents.merging import Candidate, Like, find
from incidents.overlay import Overlay
from messages.incident import shard_of
from messages.model import Body
from sinks.output import Output
from streams.desk.opening import DeskOpening


class DeskHandOver:
    """Takes hand-overs in, in the order of the desk; what is known already changes nothing."""

    def __init__(self, shard: int, overlay: Overlay, opening: DeskOpening) -> None:
        self._shard = shard
        self._overlay = overlay
        self._opening = opening

    def take(self, body: Body, now: float, stamp: str) -> None:
        """Remember it all. Cases of this shard that were opened before it came are linked now."""
        cases, posted = elsewhere.read(body)
        for one, like in cases:
            self._case(one, like, now, stamp)
        for known in posted:
            self._remember(known, now)

    def _case(self, kept: Kept, like: Like, now: float, stamp: str) -> None:
        anchor = kept.anchor
        # What has come back is this shard's own, and its anchor is here.
        if anchor.due <= now or shard_of(anchor.incident_id) == self._shard:
            return
        key = anchors.squares(kept.category, anchor.point, like.radius_m)[0]
        there = anchors.read(self._overlay.get(elsewhere.KIND, key), now)
        if any(one.incident_id == anchor.incident_id for one in there):
            return
        record, until = anchors.written([*there, anchor])
        self._overlay.put(elsewhere.KIND, key, record, until)
        first = Candidate(
            kept.category, kept.priority, anchor.point, anchor.at, anchor.sketch, anchor.photos
        )
        found = find(self._overlay.get, first, like, now)
        own = [found.joins[0].incident_id] if found.joins is not None else []
        for incident_id in (*own, *found.links):
            self._opening.link(incident_id, anchor.incident_id, now, stamp)

    def _remember(self, posted: Posted, now: float) -> None:
        before = self._overlay.get(elsewhere.SEEN, posted.key)
        if posted.due > now and not elsewhere.still_counts(before, now):
            record = orjson.dumps(posted.value)
            self._overlay.put(elsewhere.SEEN, posted.key, record, posted.due)


def hand_over_output(topic: str, body: Body) -> Output:
    """A hand-over as a record of its shard's desk."""
    shard = body["shard"]
    return Output(topic, b"%d" % shard, orjson.dumps(body, default=tuple), None, shard)
