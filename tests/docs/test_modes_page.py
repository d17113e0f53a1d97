"""docs/modes.md lists what the engine refuses and tells."""

from __future__ import annotations

import re
from typing import get_args

from doc_pages import ROOT, blocks, code, table

from messages.notice import Notice, NoticeKind

PAGE = ROOT / "docs" / "modes.md"


def test_the_refusals_are_those_of_the_engine():
    said = set(re.findall(r"event\.(order_\w+)", " ".join(r[0] for r in table(PAGE, "refusal"))))
    control = (ROOT / "streams" / "control").glob("*.py")
    raised = re.compile(r'EventError\(\s*"(order_\w+)"')
    assert said == {one for file in control for one in raised.findall(file.read_text("utf-8"))}


def test_the_kinds_of_notice_are_those_of_the_contract():
    assert [code(row[0]) for row in table(PAGE, "kind")] == list(get_args(NoticeKind))


def test_the_example_is_a_notice():
    (block,) = blocks(PAGE, "json")
    assert Notice.from_json(block.text).notice_id.startswith("flood-")
