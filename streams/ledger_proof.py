"""Proof of the ledger from what was published, not from counters. Pure.

For every input partition: the offsets that stage A's ledger entries cover, less those that hold no
event, each have exactly one outcome among the decisions, the dead letters and the ignored runs.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal, NamedTuple, get_args

from messages.decision import Outcome
from messages.model import Body

Partition = tuple[str, int]
OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)


@dataclass(slots=True)
class PartitionProof:
    """The balance of one input partition.

    ``read``: offsets covered. ``outcomes``: how many offsets ended in which. ``waiting``: on the
    desk and not judged yet. ``doubled``: offsets with two different outcomes. ``stray``: outcomes
    of offsets that no entry covers. ``gaps``: offsets between two entries. ``repeats``: records
    published again with the same id (at least once allows it; a reader drops them).
    """

    topic: str
    partition: int
    read: int = 0
    absent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    doubled: list[int] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    repeats: int = 0

    @property
    def balances(self) -> bool:
        """Nothing lost, nothing twice, nothing still waiting."""
        return not (self.waiting or self.doubled or self.stray or self.gaps)

    def as_row(self) -> Body:
        """The proof as a flat JSON object."""
        return {
            "topic": self.topic,
            "partition": self.partition,
            "read": self.read,
            "absent": self.absent,
            **{o: self.outcomes[o] for o in OUTCOMES},
            "waiting": self.waiting,
            "doubled": len(self.doubled),
            "stray": len(self.stray),
            "gaps": len(self.gaps),
            "repeats": self.repeats,
            "balances": self.balances,
        }


class Within(NamedTuple):
    """When the entries that count were committed: epoch seconds, ``since`` included."""

    since: float = -math.inf
    until: float = math.inf

    def misses(self, entry: Body) -> Literal["before", "after", ""]:
        """Which side of it an entry lies on; empty: it counts."""
        if self == EVER:
            return ""
        at = datetime.fromisoformat(entry["committed_at"]).timestamp()
        return "before" if at < self.since else "after" if at >= self.until else ""


EVER: Final = Within()


def prove(
    entries: Iterable[Body],
    decisions: Iterable[Body],
    dead: Iterable[Body],
    *,
    within: Within = EVER,
) -> list[PartitionProof]:
    """The proof of every input partition that an entry or an outcome names, in topic order.

    ``entries`` are iterated last: of a city at work, whose topics grow meanwhile, an outcome that
    was read has its entry then. ``within``: entries committed at another time are left out, with
    the outcomes of offsets before and behind those that are proved.
    """
    proofs: dict[Partition, PartitionProof] = {}
    covered: dict[Partition, set[int]] = {}
    left_out: dict[Partition, set[str]] = defaultdict(set)
    ended: dict[Partition, dict[int, str]] = {}

    def at(topic: str, partition: int) -> PartitionProof:
        where = (topic, partition)
        if where not in proofs:
            proofs[where] = PartitionProof(topic, partition)
            covered[where], ended[where] = set(), {}
        return proofs[where]

    def end(topic: str, partition: int, offset: int, outcome: str) -> None:
        proof, ends = at(topic, partition), ended.setdefault((topic, partition), {})
        before = ends.setdefault(offset, outcome)
        if before != outcome:
            proof.doubled.append(offset)

    published: Counter[tuple[str, int, int]] = Counter()
    incidents: dict[tuple[str, int, int], str | None] = {}
    for body, outcome in _outcomes(decisions, dead):
        origin = body["origin"]
        where = (origin["topic"], origin["partition"], origin["offset"])
        published[where] += 1
        end(*where, outcome)
        incident = body.get("incident_id")
        if incidents.setdefault(where, incident) != incident:
            at(*where[:2]).doubled.append(where[2])
    for entry in entries:
        topic, partition = entry["topic"], entry["partition"]
        if side := within.misses(entry):
            left_out[topic, partition].add(side)
            continue
        proof = at(topic, partition)
        span = set(range(entry["start"], entry["end"]))
        new = span - covered[topic, partition]
        if len(new) == len(span):  # a repeated unit of work covers nothing new
            proof.absent += entry["absent"]
        covered[topic, partition] |= new
        for first, last in entry["ignored_offsets"]:
            for offset in range(first, last + 1):
                end(topic, partition, offset, "ignored")
    for lane in [one for one in proofs if not covered[one] and left_out[one]]:
        del proofs[lane]
    for lane, proof in proofs.items():
        offsets = covered[lane]
        first = min(offsets) if "before" in left_out[lane] else -math.inf
        last = max(offsets) if "after" in left_out[lane] else math.inf
        ends = {offset: one for offset, one in ended[lane].items() if first <= offset <= last}
        proof.read = len(offsets)
        proof.outcomes.update(ends.values())
        proof.doubled = [offset for offset in proof.doubled if offset in ends]
        proof.stray = sorted(ends.keys() - offsets)
        proof.gaps = _gaps(offsets)
        proof.waiting = len(offsets) - proof.absent - (len(ends) - len(proof.stray))
        proof.repeats = sum(max(0, published[(*lane, offset)] - 1) for offset in ends)
    return [proofs[lane] for lane in sorted(proofs)]


def _outcomes(decisions: Iterable[Body], dead: Iterable[Body]) -> Iterable[tuple[Body, str]]:
    for decision in decisions:
        yield decision, decision["outcome"]
    for letter in dead:
        yield letter, "dead"


def _gaps(offsets: set[int]) -> list[tuple[int, int]]:
    """Runs of offsets missing between the lowest and the highest, as (first, last)."""
    ordered = sorted(offsets)
    return [(before + 1, after - 1) for before, after in pairwise(ordered) if after > before + 1]
