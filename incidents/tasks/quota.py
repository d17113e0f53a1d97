"""What is released on a day: to each worker at most the quota, earliest due first.

What does not fit stays in the queue and comes first on the next day. What was released and is not
done stays on the worker's list; it takes nothing from the next day's quota.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from incidents.tasks.recheck import rotation


class Waiting(NamedTuple):
    """A task in the queue, ordered as the queue is."""

    due_on: date
    task_id: str


class Recheck(NamedTuple):
    """A task that waits for its re-check, ordered as the queue is. ``by``: who did it."""

    due_on: date
    task_id: str
    district: str
    street: str
    by: str


class Release(NamedTuple):
    """A task goes on a worker's list."""

    task_id: str
    worker: str


@dataclass(frozen=True)
class Roster:
    """Who works in which grid. ``workers``: by grid; ``people``: everybody of a street, and of a
    district, in the order of their ids."""

    workers: Mapping[str, str]
    people: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, staff: Mapping[str, tuple[str, ...]], grounds: Mapping[str, tuple[str, str]]
    ) -> Roster:
        """``staff``: a grid's worker and stand-in, as far as it has them: the first one works.
        ``grounds``: street and district of a grid."""
        people: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for grid, names in staff.items():
            if grid in grounds:
                street, district = grounds[grid]
                people[district, street].update(names)
                people[(district,)].update(names)
        return cls(
            {grid: names[0] for grid, names in staff.items() if names},
            {area: tuple(sorted(names)) for area, names in people.items()},
        )

    def grids(self) -> dict[str, list[str]]:
        """By worker, in the order of their ids."""
        found: dict[str, list[str]] = {}
        for grid, worker in sorted(self.workers.items()):
            found.setdefault(worker, []).append(grid)
        return dict(sorted(found.items()))


class Day:
    """One day's quotas. ``used``: what each worker has been given on that day already."""

    def __init__(self, quota: int, used: Mapping[str, int]) -> None:
        self._quota, self._used = quota, dict(used)

    def left(self, worker: str) -> int:
        return max(0, self._quota - self._used.get(worker, 0))

    def release(self, waiting: Iterable[Waiting], worker: str) -> list[Release]:
        """The first tasks of a worker's queue, as many as are left to the worker."""
        first = sorted(waiting)[: self.left(worker)]
        return [self._give(task, worker) for task in first]

    def rechecks(self, waiting: Iterable[Recheck], roster: Roster) -> Iterator[Release]:
        """Each re-check to somebody of the street who did not do the task, else of the district;
        whoever has quota left. Where there is nobody, it waits."""
        for task in sorted(waiting):
            for area in ((task.district, task.street), (task.district,)):
                turn = rotation(task.task_id, roster.people.get(area, ()))
                who = next((w for w in turn if w != task.by and self.left(w)), None)
                if who is not None:
                    yield self._give(task, who)
                    break

    def _give(self, task: Waiting | Recheck, worker: str) -> Release:
        self._used[worker] = self._used.get(worker, 0) + 1
        return Release(task.task_id, worker)
