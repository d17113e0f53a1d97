"""docs/geo-lint.md lists every code with its severity and its Chinese name."""

import re
from pathlib import Path

from geo.lint.kinds import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "geo-lint.md"


def test_the_page_lists_every_code_as_the_product_has_it():
    rows = re.findall(
        r"^\| `(\w+)` \| (error|warning|info) \| (\S+) \|", PAGE.read_text("utf-8"), re.M
    )
    assert rows == [(code, kind.severity, kind.zh) for code, kind in KINDS.items()]
