"""A day's tasks go on the lists of the grid workers, each up to the quota."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from cli.task_store import TaskStore
from incidents.tasks.campaign import Ground
from incidents.tasks.quota import Day, Roster

_SHOWN: Final = 15
_BATCH: Final = 4096


class Released(NamedTuple):
    """``tasks`` and ``rechecks`` given to ``workers`` people on the day; ``waiting`` and
    ``rechecks_waiting`` after it. ``unstaffed``: the waiting ones by grid that has no worker."""

    tasks: int
    rechecks: int
    workers: int
    waiting: int
    rechecks_waiting: int
    unstaffed: dict[str, int]

    def lines(self) -> list[str]:
        """For a person."""
        found = [
            f"{self.tasks:,} tasks and {self.rechecks:,} re-checks released to {self.workers:,} "
            f"workers; {self.waiting:,} tasks and {self.rechecks_waiting:,} re-checks wait"
        ]
        if self.unstaffed:
            first = ", ".join(sorted(self.unstaffed)[:_SHOWN])
            more = f" and {len(self.unstaffed) - _SHOWN:,} more" * (len(self.unstaffed) > _SHOWN)
            found.append(
                f"{sum(self.unstaffed.values()):,} of them wait in {len(self.unstaffed):,} grids "
                f"without a worker: {first}{more}"
            )
        return found


def release_day(
    store: TaskStore,
    on: date,
    quota: int,
    staff: Mapping[str, tuple[str, ...]],
    grounds: Mapping[str, Ground],
) -> Released:
    """Release what the day's quotas leave room for: re-checks first, which keep the rest honest."""
    roster = Roster.of(staff, grounds)
    day = Day(quota, store.given(on))
    rechecks = 0
    given = day.rechecks(store.recheck_queue(on), roster)
    people: set[str] = set()
    while batch := list(islice(given, _BATCH)):
        store.release(batch, on)
        rechecks += len(batch)
        people.update(one.worker for one in batch)
    tasks = 0
    for worker, grids in roster.grids().items():
        if not (left := day.left(worker)):
            continue
        queue = [task for grid in grids for task in store.queue(grid, on, left)]
        released = day.release(queue, worker)
        store.release(released, on)
        tasks += len(released)
        people.update(one.worker for one in released)
    waiting = store.waiting()
    unstaffed = {grid: n for grid, n in waiting.items() if grid not in roster.workers}
    return Released(
        tasks,
        rechecks,
        len(people),
        sum(waiting.values()),
        store.rechecks_waiting(),
        unstaffed,
    )
