"""The durable record of verification tasks, by what is asked of it and added to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from cli.task_database import transaction
from incidents.tasks.campaign import Campaign
from incidents.tasks.outcome import Standing, State, release
from incidents.tasks.progress import Share
from incidents.tasks.pseudonym import hashed
from incidents.tasks.quota import Recheck, Release, Waiting
from messages.errors import StateError
from messages.task import RecheckOutcome, Task, TaskOutcome


class TaskStore:
    """An open store, inside its one transaction: see :func:`task_store`."""

    def __init__(self, database: sqlite3.Connection, now: datetime) -> None:
        self._db, self._at = database, now.isoformat()

    def campaigns(self) -> dict[str, tuple[Campaign, str]]:
        """By name, with the fingerprint of the key that hides its subjects."""
        found = self._db.execute("SELECT key, body FROM campaigns ORDER BY name").fetchall()
        read = [(_campaign(body), key) for key, body in found]
        return {campaign.name: (campaign, key) for campaign, key in read}

    def open_campaign(self, campaign: Campaign, key: str) -> None:
        body = orjson.dumps({**campaign._asdict(), "key": key})
        self._add([("opened", None, body)])
        row = (campaign.name, key, body)
        self._db.execute("INSERT INTO campaigns VALUES (?, ?, ?)", row)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those that are tasks already."""
        wanted = orjson.dumps(list(ids)).decode()
        asked = "SELECT task_id FROM tasks WHERE task_id IN (SELECT value FROM json_each(?))"
        return {found for (found,) in self._db.execute(asked, (wanted,))}

    def add(self, tasks: list[Task]) -> None:
        """New tasks, which wait."""
        (before,) = self._db.execute("SELECT ifnull(max(seq), 0) FROM events").fetchone()
        self._add([("task", one.task_id, one.to_json()) for one in tasks])
        self._db.executemany(
            "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(one.task_id, one.campaign, one.district, one.street, one.grid),
                    one.due_on.isoformat(),
                    *_columns(Standing()),
                    made,
                )
                for made, one in enumerate(tasks, start=before + 1)
            ),
        )

    def waiting(self) -> dict[str, int]:
        """How many tasks wait, by grid that has any."""
        asked = "SELECT grid, count(*) FROM tasks WHERE state = 'waiting' GROUP BY grid"
        return dict(self._db.execute(asked).fetchall())

    def queue(self, grid: str, on: date, most: int) -> list[Waiting]:
        """The first ``most`` of a grid's queue that may be released on that day."""
        asked = (
            "SELECT due_on, task_id FROM tasks WHERE state = 'waiting' "
            "AND grid = ? AND not_before <= ? ORDER BY due_on, task_id LIMIT ?"
        )
        found = self._db.execute(asked, (grid, on.isoformat(), most))
        return [Waiting(date.fromisoformat(due), task_id) for due, task_id in found]

    def recheck_queue(self, on: date) -> list[Recheck]:
        """Every re-check that may be released on that day."""
        asked = (
            "SELECT due_on, task_id, district, street, by FROM tasks "
            "WHERE state = 'recheck_waiting' AND not_before <= ?"
        )
        found = self._db.execute(asked, (on.isoformat(),))
        return [Recheck(date.fromisoformat(due), *rest) for due, *rest in found]

    def rechecks_waiting(self) -> int:
        asked = "SELECT count(*) FROM tasks WHERE state = 'recheck_waiting'"
        return int(self._db.execute(asked).fetchone()[0])

    def given(self, on: date) -> dict[str, int]:
        """What each worker has been given on that day."""
        asked = "SELECT worker, tasks FROM given WHERE day = ?"
        return dict(self._db.execute(asked, (on.isoformat(),)).fetchall())

    def release(self, releases: list[Release], on: date) -> None:
        day = on.isoformat()
        for one in releases:
            standing = self.standing(one.task_id)
            if standing is None:
                raise StateError("tasks", f"there is no task {one.task_id} to release")
            self._put(one.task_id, release(standing, one.worker))
        self._add(
            ("released", one.task_id, orjson.dumps({"worker": one.worker, "on": day}))
            for one in releases
        )
        self._db.executemany(
            "INSERT INTO given VALUES (?, ?, 1) "
            "ON CONFLICT (worker, day) DO UPDATE SET tasks = tasks + 1",
            ((one.worker, day) for one in releases),
        )

    def lists(self, worker: str | None) -> Iterator[tuple[str, State, Task]]:
        """What is on a worker's list, or on everybody's: who, whether it is a re-check, and what;
        by worker, due day and id."""
        asked = (
            "SELECT worker, state, body FROM tasks JOIN events ON seq = made "
            "WHERE state IN ('released', 'recheck_released') AND (?1 IS NULL OR worker = ?1) "
            "ORDER BY worker, tasks.due_on, tasks.task_id"
        )
        for who, state, body in self._db.execute(asked, (worker,)):
            yield who, state, Task.from_json(body)

    def standing(self, task_id: str) -> Standing | None:
        asked = (
            "SELECT state, worker, unreached, outcome, corrected_grid, by, not_before "
            "FROM tasks WHERE task_id = ?"
        )
        found = self._db.execute(asked, (task_id,)).fetchone()
        if found is None:
            return None
        *standing, not_before = found
        return Standing._make([*standing, date.fromisoformat(not_before)])

    def origin(self, task_id: str) -> tuple[str, str]:
        """Campaign and grid of a task that is there."""
        asked = "SELECT campaign, grid FROM tasks WHERE task_id = ?"
        campaign, grid = self._db.execute(asked, (task_id,)).fetchone()
        return campaign, grid

    def reported(self, found: TaskOutcome | RecheckOutcome) -> bool:
        """Whether exactly this has been reported before."""
        asked = "SELECT 1 FROM reports WHERE digest = ?"
        return self._db.execute(asked, (_digest(found),)).fetchone() is not None

    def report(self, found: TaskOutcome | RecheckOutcome, standing: Standing) -> None:
        """What was found, and where the task stands after it."""
        self._add([(found.kind, found.task_id, found.to_json())])
        self._db.execute("INSERT INTO reports VALUES (?)", (_digest(found),))
        self._put(found.task_id, standing)

    def shares(self, campaign: str | None) -> list[Share]:
        """How many tasks of each street stand alike, of one campaign or all."""
        asked = (
            "SELECT district, street, state, outcome, count(*) FROM tasks "
            "WHERE ?1 IS NULL OR campaign = ?1 GROUP BY 1, 2, 3, 4"
        )
        return [Share(*found) for found in self._db.execute(asked, (campaign,))]

    def events(self) -> Iterator[tuple[str, str | None, Any]]:
        """Kind, task id and body of everything that has happened, in its order."""
        for kind, task_id, body in self._db.execute(
            "SELECT kind, task_id, body FROM events ORDER BY seq"
        ):
            yield kind, task_id, orjson.loads(body)

    def _add(self, events: Iterable[tuple[str, str | None, bytes]]) -> None:
        self._db.executemany(
            "INSERT INTO events (kind, task_id, at, body) VALUES (?, ?, ?, ?)",
            ((kind, task_id, self._at, body) for kind, task_id, body in events),
        )

    def _put(self, task_id: str, standing: Standing) -> None:
        self._db.execute(
            "UPDATE tasks SET state = ?, worker = ?, unreached = ?, outcome = ?, "
            "corrected_grid = ?, by = ?, not_before = ? WHERE task_id = ?",
            (*_columns(standing), task_id),
        )


@contextmanager
def task_store(folder: Path, now: datetime, *, make: bool = False) -> Iterator[TaskStore]:
    """The store of a folder, in one transaction; raises as :func:`transaction` does."""
    with transaction(folder, make=make) as database:
        yield TaskStore(database, now)


def _digest(found: TaskOutcome | RecheckOutcome) -> bytes:
    return hashed(found.to_json().decode())


def _columns(standing: Standing) -> tuple[object, ...]:
    return *standing[:6], standing.not_before.isoformat()


def _campaign(body: bytes) -> Campaign:
    found = orjson.loads(body)
    found.pop("key")
    return Campaign(**{**found, "due_on": date.fromisoformat(found["due_on"])})
