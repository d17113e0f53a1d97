"""House numbers beside the name of a road: ``200号``, ``十二弄``, ``No 12``, ``12 Long Road``."""

from __future__ import annotations

import re
from typing import Final

# Six digits and more are a telephone or a post code. 1号线 is a metro line.
_AFTER = re.compile(
    r" ?(?:no ?|number ?|甲|乙)?"
    r"(?:(?P<digits>[0-9]{1,5})(?![0-9])(?!号线|号楼|米|栋|幢|单元|路|周岁)"
    r"|(?P<han>[零〇一二两三四五六七八九十百千]{1,7})(?:号(?![线楼])|弄))"
)
_BEFORE = re.compile(r"(?:^|[^0-9])(?P<digits>[0-9]{1,5}) $")
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}


def house_number(text: str, start: int, end: int) -> int | None:
    """The number of a house on the road that is named in ``text[start:end]``, or None."""
    found = _AFTER.match(text, end)
    if found is not None:
        digits = found["digits"]
        return int(digits) if digits else han_number(found["han"])
    if text[start:end].isascii():
        found = _BEFORE.search(text, max(0, start - 8), start)
        if found is not None:
            return int(found["digits"])
    return None


def han_number(numeral: str) -> int:
    """The value of a numeral up to 千, by place (二百零三) or digit by digit (二〇三)."""
    if not any(place in numeral for place in _PLACES):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = digit = 0
    for char in numeral:
        if char in _PLACES:
            total += (digit or 1) * _PLACES[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
