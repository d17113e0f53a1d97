"""A city's campaign: 800,000 doubtful records, released by quota day by day, all accounted for."""

import csv
import io
import os
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest

from cli.city_option import DEFAULT_PACK, cache_folder
from packs.load import load
from streams.boundaries.load import load_sets

RECORDS = 800_000
QUOTA = 20
GRIDS_A_WORKER = 2

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*arguments):
    """Standard output, CPU seconds and peak memory in MB of a command that ends well."""
    command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        output = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return output, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


@pytest.fixture
def files(tmp_path):
    """Records that lie unevenly: every other grid has three times as many."""
    grids = load_sets(load(DEFAULT_PACK), cache_folder())[-1].layers[-1].codes
    heavy = [grid for i, grid in enumerate(grids) for _ in range(3 if i % 2 else 1)]
    with (tmp_path / "records.csv").open("w") as text:
        text.write("subject,grid,text\n")
        for i in range(RECORDS):
            text.write(f"32010119{i:010},{heavy[i * 7919 % len(heavy)]},核实是否居住\n")
    with (tmp_path / "roster.csv").open("w") as text:
        text.write("grid,worker\n")
        text.writelines(f"{grid},w{i // GRIDS_A_WORKER}\n" for i, grid in enumerate(grids))
    (tmp_path / "key").write_text("k" * 64)
    return tmp_path


def test_800_000_records_are_imported_and_released_by_quota_within_90_s_and_700_mb(files):
    store = ["--store", files / "store"]
    records = ["tasks", "import", files / "records.csv", "--campaign", "2026", *store]
    output, seconds, megabytes = run(*records, "--key", files / "key")
    assert output == "800,000 imported + 0 duplicate + 0 rejected = 800,000 rows\n"
    peak, total, waiting, day = megabytes, 0, RECORDS, date(2026, 12, 1)
    workers = len((files / "roster.csv").read_text().split()) // GRIDS_A_WORKER
    while waiting:
        named = ["--on", day, "--workers", files / "roster.csv", "--quota", QUOTA]
        output, cpu, megabytes = run("tasks", "release", *named, *store)
        released, _, _, left, _ = (int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", output))
        assert 0 < released <= workers * QUOTA
        assert left == waiting - released
        total, waiting, day = total + released, left, day + timedelta(days=1)
        seconds, peak = seconds + cpu, max(peak, megabytes)
    assert total == RECORDS
    output, cpu, megabytes = run("tasks", "progress", *store, "--format", "csv")
    *streets, whole = csv.DictReader(io.StringIO(output))
    assert whole["total"] == whole["released"] == str(RECORDS)
    assert sum(int(street["released"]) for street in streets) == RECORDS
    assert seconds + cpu < 90
    assert max(peak, megabytes) < 700
