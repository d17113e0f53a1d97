"""What the workers of one schedule share: the log, the view, the clock, and what happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from model.kafka import Kafka
from model.rules import Rules
from model.view import View


@dataclass(slots=True)
class World:
    """``clock``: seconds; it may step back. ``counts``: what happened, by name, for coverage."""

    rng: Random
    rules: Rules = field(default_factory=Rules)
    counts: Counter[str] = field(default_factory=Counter)
    clock: int = 1000
    latest: int = 1000
    faults: bool = True
    kafka: Kafka = field(init=False)
    view: View = field(init=False)

    def __post_init__(self) -> None:
        self.kafka = Kafka(self.rules, self.counts)
        self.view = View(self.rules)

    def move_clock(self, seconds: int) -> None:
        self.clock += seconds
        self.latest = max(self.latest, self.clock)
