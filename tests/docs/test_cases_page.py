"""docs/cases.md says what the desk does."""

from __future__ import annotations

import re

from doc_pages import ROOT, code, table

from incidents.acting.act import RULES
from incidents.acting.outcome import REFUSALS
from incidents.case import EVENTS

PAGE = ROOT / "docs" / "cases.md"


def test_every_action_stands_in_the_table_once():
    said = [name for row in table(PAGE, "action") for name in re.findall("`([a-z]+)`", row[0])]
    assert sorted(said) == sorted(RULES)


def test_the_refusals_are_those_of_the_desk():
    said = {code(row[0]): row[1] for row in table(PAGE, "refusal")}
    assert said.keys() == {f"action.{name}" for name in REFUSALS}
    for name, text in REFUSALS.items():
        assert said[f"action.{name}"].startswith(text)


def test_how_many_events_a_case_keeps_is_as_the_page_says():
    assert f"latest {EVENTS} events" in PAGE.read_text()
