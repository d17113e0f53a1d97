"""report: the monthly figures of a run, as a table, CSV or one page."""

from __future__ import annotations

import csv
import io
import sys
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from messages.errors import RunError, SettingsError
from sinks.run_folder import RunFolder

sys.path.insert(0, str(Path(__file__).parents[1] / "streams"))
from small_city import edit, write_city

OPENED = 1_791_766_800.0  # 2026-10-12 09:00 in Shanghai
LANTERN = "柳岸街道 <b>&"


def case(name, street, *, accepted_s=None, resolved_s=None, **more):
    """A public state such as the desk writes."""
    timeline = [{"seq": 1, "at": OPENED, "change": "opened", "by": "", "code": ""}]
    for change, after in (("accepted", accepted_s), ("resolved", resolved_s)):
        if after is not None:
            seq = len(timeline) + 1
            mark = {"seq": seq, "at": OPENED + after, "change": change, "by": "u", "code": ""}
            timeline.append(mark)
    accept = None if accepted_s is None else OPENED + accepted_s
    dispose = None if resolved_s is None else OPENED + resolved_s
    return {
        "schema_version": 1,
        "incident_id": name,
        "seq": len(timeline),
        "status": "resolved" if resolved_s else "accepted" if accepted_s else "dispatched",
        "opened_at": "2026-10-12T01:00:00.000Z",
        "changed_at": "2026-10-12T01:00:00.000Z",
        "category": "0101",
        "priority": "P2",
        "place": {"method": "inside", "city": "town", "district": "D1", "street": street},
        "unit": f"street:{street}",
        "events": [name],
        "count": 1,
        "escalation": "urgent",
        "pack": "p",
        "accepted_by": f"street:{street}" if accepted_s else None,
        "clocks": {
            "accept": {"start": OPENED, "end": accept, "longer": []},
            "dispose": {"start": OPENED, "end": dispose, "longer": []},
        },
        "timeline": timeline,
        **more,
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A pack with limits, and a street whose name would be markup."""
    folder = write_city(tmp_path_factory.mktemp("town"))
    (folder / "escalation.yaml").write_text(
        "schema_version: 1\n"
        "policies:\n"
        "  - policy: urgent\n"
        "    accept: 15 min\n"
        "    dispose: 4 h\n"
        "    steps:\n"
        "      - {of: dispose, after: 100 %, notify: [district], stage: 超期}\n"
        "defaults: {P1: urgent, P2: urgent, P3: urgent, P4: urgent}\n",
        "utf-8",
    )
    for file in (folder / "boundaries").iterdir():
        if "柳岸街道" in file.read_text("utf-8"):
            edit(file, "柳岸街道", LANTERN)
    return folder


@pytest.fixture
def october(made_run):
    """Two cases of one street, one of them late, and one of another; each state stands in it."""
    states = [
        case("a", "S1"),
        case("a", "S1", accepted_s=60, resolved_s=3600),
        case("b", "S1", accepted_s=1800, stage="超期"),
        case("c", "S2", accepted_s=60),
        case("d", "S2", opened_at="2026-09-30T15:59:59.000Z"),
    ]
    lines = b"".join(orjson.dumps(one) + b"\n" for one in states)
    RunFolder.open(made_run).stream("incidents").write_bytes(lines)
    return made_run


def invoke(*arguments):
    return CliRunner().invoke(app, ["report", *map(str, arguments)], env={"WANGGE_BROKERS": ""})


def rows(town, run, month="2026-10"):
    result = invoke("--month", month, "--run", run, "--pack", town, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_csv_has_a_line_for_each_street_its_district_and_the_city(town, october):
    found = [(row["level"], row["name"], row["received"]) for row in rows(town, october)]
    assert found == [
        ("street", LANTERN, "2"),
        ("street", "石桥街道", "1"),
        ("district", "东湖区", "3"),
        ("city", "town", "3"),
    ]


def test_the_limits_are_those_of_the_pack(town, october):
    whole = rows(town, october)[-1]
    assert (whole["accepted_in_time"], whole["accepted_late"]) == ("2", "1")
    assert (whole["accepted_share"], whole["disposed_in_time"]) == ("0.6667", "1")
    assert (whole["accept_min"], whole["dispose_min"], whole["stage:超期"]) == (
        "1.00",
        "60.00",
        "1",
    )


def test_a_month_is_the_city_s(town, october):
    (*_, whole) = rows(town, october, "2026-09")
    assert whole["received"] == "1"


def test_computed_twice_it_is_the_same(town, october):
    shape = ("--month", "2026-10", "--run", october, "--pack", town, "--format", "html")
    assert invoke(*shape).stdout == invoke(*shape).stdout


def test_the_table_names_places_and_cuts_no_figure(town, october):
    shown = invoke("--month", "2026-10", "--run", october, "--pack", town).stdout
    assert all(text in shown for text in ("石桥街道", "东湖区", "town", "66.7%", "超期"))
    assert "…" not in shown


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_whole_bilingual_and_escaped(town, october):
    shape = ("--month", "2026-10", "--run", october, "--pack", town, "--format", "html")
    page = _Page()
    page.feed(invoke(*shape).stdout)
    page.close()
    assert page.open == []
    assert not {"script", "b", "link", "img"} & set(page.tags)
    text = page.text
    assert LANTERN in text
    assert {"按时接单率", "accepted in time, %", "超期", "66.7%"} <= set(text)
    assert page.tags.count("tr") == 5


def test_neither_a_run_nor_a_broker_is_a_usage_error(town):
    assert isinstance(invoke("--month", "2026-10", "--pack", town).exception, SettingsError)


def test_a_folder_that_is_no_run_is_refused(town, tmp_path):
    result = invoke("--month", "2026-10", "--run", tmp_path, "--pack", town)
    assert isinstance(result.exception, RunError)


@pytest.mark.parametrize("month", ["2026", "2026-13", "october"])
def test_a_month_that_is_none_is_a_usage_error(month):
    assert invoke("--month", month).exit_code == 2
