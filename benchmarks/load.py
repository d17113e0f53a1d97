"""What every contender reads: an ordinary day's reports, on the broker before they start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson

from drills.ordinary_day import OrdinaryDay, events
from messages import cloudevents
from messages.topics import Topics
from packs.load import load
from sinks.encode import Encoder
from sinks.output import Output
from streams.boundaries.load import load_layers
from streams.city import City
from streams.control.in_force import InForce
from streams.pipeline import one_batch, understand
from streams.posting.poster import Poster


class Load:
    """``count`` events of the reports lane, and what the desk receives of them."""

    def __init__(self, pack_folder: Path, cache: Path, count: int) -> None:
        pack = load(pack_folder)
        self.city = City.load(pack_folder, cache)
        layers, _ = load_layers(pack, cache)
        day = OrdinaryDay.of(pack)
        reports = tuple(feed for feed in day.feeds if feed.lane == "reports")
        day = day.model_copy(update={"feeds": reports})
        start = datetime.now(UTC)
        made = events(day, pack, layers[-1], count=count, seed=7, start=start)
        self.bodies = [event.body for event in made]
        self._start = start.timestamp()

    def post_reports(self, brokers: str, topics: Topics) -> None:
        """Put the events on the reports lane."""
        head = cloudevents.headers("bench", "wangge.report.v1", "/bench", b"2026-01-01T00:00:00Z")
        with Poster(brokers) as poster:
            lane = topics.lane("reports")
            poster.post(Output(lane, b"%d" % i, b, head) for i, b in enumerate(self.bodies))

    def post_desk(self, brokers: str, topics: Topics) -> int:
        """Put what stage A makes of them on the desk; how many records that is."""
        records = one_batch(topics.lane("reports"), self.bodies, self._start)
        understood = understand("reports", records, InForce.of(self.city))
        outputs = list(Encoder(topics).desk(understood.desk, b"2026-01-01T00:00:00Z"))
        with Poster(brokers) as poster:
            poster.post(outputs)
        return len(outputs)


def median(numbers: list[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def to_line(result: dict[str, float]) -> str:
    """A contender's result as the one line its parent reads."""
    return orjson.dumps(result).decode()
