"""Vehicle plates of mainland China (GA 36-2018), old and new-energy. 苏A12345 becomes 苏A*****."""

from __future__ import annotations

import re

from rules.masking.spans import END, Span

# Five signs, the last of which may tell a use (警 police, 学 driving school, 挂 trailer, 港 and 澳
# cross-border, 领 consulate, 试 trial, 超 oversize), or six of a new-energy vehicle, which have one
# letter for the drive in front (small) or at the end (large). Every series has at least three
# digits; asking for them keeps 最新APPSTORE out.
_PLATE = re.compile(
    rf"""
    [京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\ ?[A-HJ-Za-hj-z]
    [\ ·•・.-]{{0,2}}
    (?=(?:[A-Za-z]{{0,2}}[0-9]){{3}})
    (?P<series>
        [A-HJKa-hjk][A-Za-z0-9][0-9]{{4}}
      | [0-9]{{5}}[A-HJKa-hjk]
      | [A-Za-z0-9]{{4}}[A-Za-z0-9警学挂港澳领试超]
    )
    (?![A-Za-z]){END}
    """,
    re.VERBOSE,
)


def find_plates(form: str) -> list[Span]:
    """The series of every plate; province and letter of the office stay."""
    return [Span("plate", *found.span("series")) for found in _PLATE.finditer(form)]
