"""What the desk has put on record, as a finished run or the topics hold it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from messages.errors import SettingsError
from messages.model import Body
from messages.topics import Topics
from messages.unit import Unit
from rules.modes import Mode
from sinks.run_folder import RunFolder
from streams.cluster.brokers import reach
from streams.cluster.topic_reader import read_all
from streams.control.giving import standing_now
from streams.put_aside import PutAside, of_decisions, of_verdicts, put_aside

_LONG: Final = frozenset(("tried", "contributions", "second_place"))
"""What a decision explains itself with: more than half of its length."""


class DeskRecord:
    """One run, or the topics of a namespace; each call reads anew."""

    def __init__(self, run: RunFolder | None, brokers: str = "", namespace: str = "") -> None:
        self._run = run
        self._brokers = brokers
        self._topics = Topics(namespace or "wangge")

    @classmethod
    def open(
        cls, what: str, run: Path | None, brokers: str | None, namespace: str | None
    ) -> DeskRecord:
        """Raises ``settings.<what>`` where neither a run nor a broker is named."""
        if run is not None:
            return cls(RunFolder.open(run))
        if not brokers:
            raise SettingsError(
                what, "neither a run nor a broker", mend="pass --run DIR or --brokers"
            )
        return cls(None, brokers, namespace or "")

    def now(self) -> float:
        """Epoch seconds; of a finished run, when it ended."""
        ended = self._run.run().ended_at if self._run is not None else None
        return ended.timestamp() if ended is not None else time.time()

    def incidents(self) -> Iterator[Body]:
        """Public states of cases: all of a run, of a compacted topic those that it still has."""
        if self._run is not None:
            return self._run.bodies(self._run.stream("incidents"))
        return read_all(self._brokers, self._topics.incidents)

    def decisions(self) -> list[Body]:
        """Outcomes of actions, and decisions that opened a case, without what explains them."""
        return [
            {name: value for name, value in body.items() if name not in _LONG}
            for body in self._decisions()
            if body.get("kind") == "action" or body["outcome"] == "routed"
        ]

    def entries(self, units: Iterable[str]) -> Iterator[Body]:
        """Everything on these units' queues; of units without a queue, nothing."""
        if self._run is not None:
            for unit in sorted(units):
                yield from self._run.bodies(self._run.queue(Unit.parse(unit)))
            return
        there = reach(self._brokers).partitions
        names = {self._topics.queue(Unit.parse(unit)) for unit in units} & there.keys()
        for name in sorted(names):
            yield from read_all(self._brokers, name)

    def waiting(self) -> list[PutAside]:
        """What lies in quarantine, and nobody has decided on."""
        if self._run is not None:
            quarantined = self._run.bodies(self._run.stream("quarantine"))
            verdicts = of_decisions(self._decisions())
        else:
            quarantined = read_all(self._brokers, self._topics.quarantine)
            verdicts = of_verdicts(read_all(self._brokers, self._topics.lane("verdicts")))
        return [one for one in put_aside(quarantined, verdicts) if not one.verdict]

    def warnings(self) -> Iterator[Body]:
        """Every alert that was drafted or signed, in their order."""
        if self._run is not None:
            return self._run.bodies(self._run.stream("warnings"))
        return read_all(self._brokers, self._topics.warnings)

    def warning_notices(self) -> Iterator[Body]:
        """What was told of warnings; the topic holds what modes have to tell, too."""
        if self._run is not None:
            found = self._run.bodies(self._run.stream("notices"))
        else:
            found = read_all(self._brokers, self._topics.notices)
        return (body for body in found if "alert_id" in body)

    def modes(self) -> tuple[Mode, ...] | None:
        """Every mode that was ordered; None of a run, which records no orders."""
        if self._run is not None:
            return None
        return standing_now(reach(self._brokers), self._topics).modes

    def _decisions(self) -> Iterator[Body]:
        if self._run is not None:
            return self._run.bodies(self._run.stream("decisions"))
        return read_all(self._brokers, self._topics.decisions)
