"""``tasks.db``: the tables of the verification tasks in SQLite, and one transaction on them.

``events`` is only ever added to; all other tables are derived from it, and stand as it says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from messages.errors import SettingsError, StateError

_VERSION: Final = 1
_CACHE_KIB: Final = 64 * 1024
_PATIENCE_S: Final = 120
"""How long another command on the same store is waited for: an import of a million rows."""
_SCHEMA: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, task_id TEXT, at TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
CREATE TABLE campaigns (name TEXT PRIMARY KEY, key TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE tasks (
    task_id TEXT PRIMARY KEY, campaign TEXT NOT NULL, district TEXT NOT NULL, street TEXT NOT NULL,
    grid TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, worker TEXT,
    unreached INTEGER NOT NULL, outcome TEXT, corrected_grid TEXT, by TEXT,
    not_before TEXT NOT NULL,
    made INTEGER NOT NULL  -- the event that holds the task itself
) WITHOUT ROWID;
CREATE INDEX queue ON tasks (grid, due_on, task_id, not_before) WHERE state = 'waiting';
CREATE INDEX recheck_queue ON tasks (due_on, task_id) WHERE state = 'recheck_waiting';
CREATE TABLE given (
    worker TEXT, day TEXT, tasks INTEGER NOT NULL, PRIMARY KEY (worker, day)
) WITHOUT ROWID;
CREATE TABLE reports (digest BLOB PRIMARY KEY) WITHOUT ROWID;
"""


@contextmanager
def transaction(folder: Path, *, make: bool) -> Iterator[sqlite3.Connection]:
    """The database of a folder: all that is done to it lasts, or nothing of it.

    ``make``: also where there is none yet. Raises ``settings.store``, and ``state.tasks`` for what
    SQLite refuses.
    """
    file = folder / "tasks.db"
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    elif not file.is_file():
        raise SettingsError(
            "store", f"{folder} holds no tasks", mend="name the folder of `wangge tasks import`"
        )
    try:
        database = sqlite3.connect(file, isolation_level=None, timeout=_PATIENCE_S)
        try:
            database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            database.execute("BEGIN IMMEDIATE")
            _prepare(database, file)
            yield database
            database.execute("COMMIT")
        finally:
            # Closing without a commit rolls back.
            database.close()
    except sqlite3.Error as error:
        raise StateError("tasks", f"{file}: {error}", mend="nothing was changed; see why") from None


def _prepare(database: sqlite3.Connection, file: Path) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == 0:
        # Not executescript: it would commit.
        for statement in _statements():
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise SettingsError(
            "store",
            f"{file} is of version {version}, not {_VERSION}",
            mend="use the release of Wangge that made it",
        )


def _statements() -> Iterator[str]:
    statement = ""
    for line in _SCHEMA.splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
