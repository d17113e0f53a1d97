"""``tests.yaml``: what an entry says, and every fault with its line.

``broken_golden/<fault>.yaml`` has one fault; its first line says what is due.
"""

from pathlib import Path

import pytest

from messages.errors import PackError
from packs.golden import FILE, GoldenFile, read_golden
from packs.yaml_file import read_model

HERE = Path(__file__).parent
FAULTS = sorted((HERE / "broken_golden").glob("*.yaml"))
ONE = """schema_version: 1
tests:
  - {name: a, source: app, text: 路灯不亮, near: schools, district: "D1", at: "2026-11-25 10:00",
     mode: [flood], reports: 3, before: [{source: app, text: 路灯}],
     expect: {queue: street, copies: [city]}}
"""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda file: file.stem)
def test_a_fault_is_named_with_its_line_and_mend(fault):
    said, _, _ = fault.read_text("utf-8").partition("\n")
    _, _, _, line, code, part = said.split(maxsplit=5)
    with pytest.raises(PackError) as caught:
        read_model(fault, GoldenFile)
    error = caught.value
    assert (error.file, error.line, error.code) == (str(fault), int(line), code)
    assert error.mend
    assert part in str(error)


def test_a_pack_without_the_file_has_no_golden_tests(tmp_path):
    assert read_golden(tmp_path) is None


def test_a_test_is_read_as_it_is_written(tmp_path):
    (tmp_path / FILE).write_text(ONE, "utf-8")
    file, document = read_golden(tmp_path)
    (test,) = file.tests
    assert (test.near, test.district, test.mode, test.reports) == ("schools", "D1", ("flood",), 3)
    assert (test.before[0].minutes, test.expect.copies) == (10, ("city",))
    assert document.line(("tests", 0, "expect")) == 5


def test_what_is_not_said_is_not_expected(tmp_path):
    (tmp_path / FILE).write_text(ONE.replace(", copies: [city]", ""), "utf-8")
    expect = read_golden(tmp_path)[0].tests[0].expect
    assert (expect.outcome, expect.copies, expect.route) == ("routed", None, None)
