"""docs/warnings.md says what the desk does."""

from __future__ import annotations

from typing import get_args

from doc_pages import ROOT, blocks, code, table

from incidents.warnings.refusals import REFUSALS
from messages.warning_action import WARNING_ACTIONS
from messages.warning_notice import WarningNoticeKind
from packs.document import read
from packs.warnings import WarningsFile
from packs.yaml_file import parse

PAGE = ROOT / "docs" / "warnings.md"


def test_every_action_on_a_warning_stands_in_the_table_once():
    said = [code(row[0]) for row in table(PAGE, "action on a warning")]
    assert sorted(said) == sorted(WARNING_ACTIONS)


def test_the_refusals_are_those_of_the_desk():
    said = {code(row[0]).removeprefix("action."): row[1] for row in table(PAGE, "refusal")}
    assert said == REFUSALS


def test_every_kind_of_notice_stands_in_the_table_once():
    said = [code(row[0]) for row in table(PAGE, "notice")]
    assert sorted(said) == sorted(get_args(WarningNoticeKind))


def test_the_example_is_a_file_that_a_pack_may_have(tmp_path):
    (example,) = blocks(PAGE, "yaml")
    file = tmp_path / example.name
    file.write_text(example.text, "utf-8")
    assert parse(read(file), WarningsFile).warnings[0].area == "district"
