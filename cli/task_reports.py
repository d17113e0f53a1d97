"""What grid workers found goes into the record, each row once."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cli.rejects import Rejects
from cli.task_rows import Found
from cli.task_store import TaskStore
from incidents.tasks.campaign import Campaign, Refused
from incidents.tasks.outcome import NotNow, Standing, recheck, report
from incidents.tasks.recheck import sampled
from messages.task import TaskOutcome

UNKNOWN_TASK = NotNow("outcome.unknown_task", "see the task's id; it is of this store's campaigns")
UNKNOWN_GRID = NotNow("outcome.grid_unknown", "name a grid of the pack's boundary set")
SAME_GRID = NotNow("outcome.grid_unchanged", "a corrected grid is not the task's own")


class Reported(NamedTuple):
    """Each row of the file is one of the three."""

    applied: int
    duplicates: int
    rejected: int

    def __str__(self) -> str:
        return (
            f"{self.applied:,} applied + {self.duplicates:,} duplicate + {self.rejected:,} "
            f"rejected = {sum(self):,} rows"
        )


def report_found(
    rows: Iterable[tuple[int, Found | Refused]],
    grids: Container[str],
    zone: ZoneInfo,
    store: TaskStore,
    rejects: Rejects,
) -> Reported:
    """Move each task on by what was found; a row that was applied before changes nothing."""
    campaigns = {name: campaign for name, (campaign, _) in store.campaigns().items()}
    applied = duplicates = rejected = 0
    for line, found in rows:
        if isinstance(found, Refused):
            rejects.add(*found)
            rejected += 1
        elif store.reported(found):
            duplicates += 1
        elif isinstance(after := _after(found, grids, zone, store, campaigns), NotNow):
            rejects.add(line, *after)
            rejected += 1
        else:
            store.report(found, after)
            applied += 1
    return Reported(applied, duplicates, rejected)


def _after(
    found: Found,
    grids: Container[str],
    zone: ZoneInfo,
    store: TaskStore,
    campaigns: dict[str, Campaign],
) -> Standing | NotNow:
    standing = store.standing(found.task_id)
    if standing is None:
        return UNKNOWN_TASK
    name, grid = store.origin(found.task_id)
    if found.corrected_grid is not None and found.corrected_grid not in grids:
        return UNKNOWN_GRID
    if found.corrected_grid == grid:
        return SAME_GRID
    campaign, on = campaigns[name], found.at.astimezone(zone).date()
    if isinstance(found, TaskOutcome):
        chosen = sampled(found.task_id, campaign.salt, campaign.recheck_share)
        return report(standing, found, attempts=campaign.attempts, sampled=chosen, on=on)
    return recheck(standing, found, attempts=campaign.attempts, on=on)
