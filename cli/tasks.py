"""``wangge tasks``: verification tasks, from a list of doubtful records to what was found."""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from cli.city_option import DEFAULT_PACK
from cli.csv_table import CsvTable, opened
from cli.options import BoundarySetName
from cli.rejects import Rejects, rejects_file
from cli.subject_key import SubjectKey, pseudonyms
from cli.task_import import (
    ATTEMPTS,
    DAYS,
    SHARE,
    Wanted,
    campaign_of,
    city_grounds,
    import_records,
)
from cli.task_progress import Format, show_progress
from cli.task_release import release_day
from cli.task_reports import report_found
from cli.task_rows import Records, read_outcomes, read_roster
from cli.task_store import task_store
from incidents.tasks.campaign import Drafting
from incidents.tasks.progress import progress as by_street
from messages.errors import SettingsError

app = typer.Typer(
    name="tasks",
    help="Verification tasks 核查任务: make one per record and grid, release them by quota, take "
    "in what was found, see how far each street is.",
    no_args_is_help=True,
)

LISTED: Final = (
    "task_id",
    "campaign",
    "district",
    "street",
    "grid",
    "subject",
    "code",
    "text",
    "due_on",
)
_DATE: Final = ["%Y-%m-%d"]
CsvFile = Annotated[Path, typer.Argument(help="CSV with a header line; - is standard input.")]
Store = Annotated[Path, typer.Option(help="Folder of the durable record, tasks.db.")]
PackFolder = Annotated[Path, typer.Option("--pack", envvar="WANGGE_PACK", help="City pack folder.")]
RejectsFile = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        help="Write rows that cannot be used here (line, code, mend) and not into the store's "
        "folder.",
    ),
]


@app.command("import")
def import_(
    file: CsvFile,
    campaign: Annotated[str, typer.Option(help="What the comparison is called.")],
    store: Store,
    key: SubjectKey = None,
    pack: PackFolder = DEFAULT_PACK,
    boundaries: BoundarySetName = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="The column with the subjects' ids; if left out, pseudonym where there is one, "
            "else subject."
        ),
    ] = None,
    grid: Annotated[str, typer.Option(help="The column with the grid.")] = "grid",
    code: Annotated[
        str, typer.Option(help="What to verify, where the file has no column code.")
    ] = "residence",
    due: Annotated[
        datetime | None,
        typer.Option(formats=_DATE, help=f"The last day of a new campaign; {DAYS} days from now."),
    ] = None,
    recheck: Annotated[
        float | None,
        typer.Option(min=0, max=1, help=f"Share of a new campaign to re-check; {SHARE:g}."),
    ] = None,
    attempts: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"Of a new campaign: how often to look before unreachable stands; {ATTEMPTS}.",
        ),
    ] = None,
    rejects: RejectsFile = None,
) -> None:
    """Make one verification task per record and grid, under a pseudonym; repeats make none.

    All rows or none: a command that is stopped leaves nothing. Exit code 1 when rows are rejected.
    """
    began, now = time.perf_counter(), datetime.now(UTC)
    hidden = pseudonyms(key)
    city, grounds = city_grounds(pack, boundaries)
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        records = Records(table, subject, grid, code)
        # Entered first, so that it is put in its place after the commit.
        refused = stack.enter_context(rejects_file(rejects or store / "import-rejects.csv"))
        tasks = stack.enter_context(task_store(store, now, make=True))
        wanted = Wanted(campaign, due.date() if due else None, recheck, attempts)
        zone = ZoneInfo(city.city.time_zone)
        plan = campaign_of(tasks, wanted, hidden, now, zone)
        drafting = Drafting(plan, grounds, hidden, now)
        found = import_records(records, drafting, tasks, refused)
    sys.stdout.write(f"{found}\n")
    sys.stderr.write(f"{time.perf_counter() - began:.1f} s\n")
    _tell(refused, rejects or store / "import-rejects.csv")


@app.command()
def release(
    on: Annotated[datetime, typer.Option(formats=_DATE, help="The local day.")],
    workers: Annotated[Path, typer.Option(help="Roster, a CSV: grid,worker[,stand_in].")],
    store: Store,
    quota: Annotated[int, typer.Option(min=1, help="Tasks a worker is given a day.")] = 20,
    pack: PackFolder = DEFAULT_PACK,
    boundaries: BoundarySetName = None,
) -> None:
    """Put a day's tasks on the workers' lists, up to the quota; the rest waits for the next day.

    A second time on one day only fills up what the quota has left. Exit code 1 when tasks wait in
    grids without a worker.
    """
    staff = read_roster(workers)
    with task_store(store, datetime.now(UTC)) as tasks:
        # Who is near is asked for re-checks only; to read a pack takes longer than a quiet day.
        grounds = city_grounds(pack, boundaries)[1] if tasks.rechecks_waiting() else {}
        found = release_day(tasks, on.date(), quota, staff, grounds)
    first, *told = found.lines()
    sys.stdout.write(f"{first}\n")
    sys.stderr.write("".join(f"{line}\n" for line in told))
    raise typer.Exit(1 if found.unstaffed else 0)


@app.command("list")
def list_(
    store: Store,
    worker: Annotated[str | None, typer.Option(help="Of this one only.")] = None,
) -> None:
    """Print what is on the workers' lists as CSV: tasks and re-checks that are released, not done.

    The column kind is the one that the row of `wangge tasks outcome` then has.
    """
    # Not straight out: a slow reader would keep everybody else from the store.
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as found:
        writer = csv.writer(found, lineterminator="\n")
        writer.writerow(("worker", "kind", *LISTED))
        with task_store(store, datetime.now(UTC)) as tasks:
            for who, state, task in tasks.lists(worker):
                kind = "recheck" if state == "recheck_released" else "outcome"
                writer.writerow((who, kind, *(getattr(task, name) for name in LISTED)))
        found.seek(0)
        shutil.copyfileobj(found, sys.stdout)


@app.command()
def outcome(
    file: CsvFile,
    store: Store,
    pack: PackFolder = DEFAULT_PACK,
    boundaries: BoundarySetName = None,
    rejects: RejectsFile = None,
) -> None:
    """Take in what was found: task_id, outcome, by, at and, if need be, kind, corrected_grid, note.

    kind is outcome or recheck; outcome is confirmed, absent, corrected or unreachable. A row that
    was taken in before changes nothing. Exit code 1 when rows are rejected.
    """
    now = datetime.now(UTC)
    city, grounds = city_grounds(pack, boundaries)
    with ExitStack() as stack:
        table = CsvTable(opened(file, stack), str(file))
        rows = read_outcomes(table, now)
        refused = stack.enter_context(rejects_file(rejects or store / "outcome-rejects.csv"))
        tasks = stack.enter_context(task_store(store, now))
        found = report_found(rows, grounds, ZoneInfo(city.city.time_zone), tasks, refused)
    sys.stdout.write(f"{found}\n")
    _tell(refused, rejects or store / "outcome-rejects.csv")


@app.command()
def progress(
    store: Store,
    campaign: Annotated[str | None, typer.Option(help="Of this one only.")] = None,
    shape: Annotated[
        Format, typer.Option("--format", help="table, csv or json: one JSON line a street.")
    ] = "table",
) -> None:
    """Show how far each street is: total, waiting, released, outcomes, re-checks and agreement.

    The last line is the whole. Exit code 1 when a line does not add up.
    """
    with task_store(store, datetime.now(UTC)) as tasks:
        known = tasks.campaigns()
        if campaign is not None and campaign not in known:
            raise SettingsError(
                "campaign",
                f"there is no campaign {campaign!r}",
                mend=f"name one of {', '.join(known) or 'those that are imported'}",
            )
        streets = by_street(tasks.shares(campaign))
    show_progress(streets, shape)
    raise typer.Exit(0 if all(one.balances for one in streets) else 1)


def _tell(refused: Rejects, file: Path) -> None:
    """Where the rejected rows are; they make the exit code 1."""
    if refused.counts:
        sys.stderr.write(f"{refused}: see {file}\n")
        raise typer.Exit(1)
