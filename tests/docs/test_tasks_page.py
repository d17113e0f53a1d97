"""docs/tasks.md says which rows are rejected, and why."""

from __future__ import annotations

import re

from doc_pages import ROOT

from incidents.tasks import outcome
from incidents.tasks.campaign import MENDS

PAGE = ROOT / "docs" / "tasks.md"


def test_the_codes_of_rejected_rows_are_those_that_the_commands_give():
    said = re.findall(r"`((?:task|outcome|recheck)\.[a-z0-9_]+)`", PAGE.read_text("utf-8"))
    given = {*MENDS}
    for file in (ROOT / "cli" / "task_rows.py", ROOT / "cli" / "task_reports.py"):
        given.update(re.findall(r'"(outcome\.[a-z_]+)"', file.read_text("utf-8")))
    given.update(one.code for one in vars(outcome).values() if isinstance(one, outcome.NotNow))
    assert sorted(said) == sorted(given)
