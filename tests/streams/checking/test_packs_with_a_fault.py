"""Every fault that a check finds is named with its file and line, and is the only one.

``broken/<fault>.yaml`` is one file of ``sound/`` with one fault; its first line says what is due.
"""

from pathlib import Path

import pytest

FAULTS = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda file: file.stem)
def test_a_fault_is_found_with_its_file_line_and_mend(fault, town, checked):
    text = fault.read_text("utf-8")
    _, _, name, _, line, code, part = text.partition("\n")[0].split(maxsplit=6)
    (town / name).write_text(text, "utf-8")
    (found,) = checked(town).findings
    assert (found.file, found.line, found.code) == (str(town / name), int(line), code)
    assert part in found.text
    assert found.mend
