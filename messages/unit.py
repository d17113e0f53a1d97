"""Units: whoever owns a queue, such as ``street:320106001`` or ``linkage:119``."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from messages.errors import SettingsError

UnitKind: TypeAlias = Literal["city", "district", "street", "dept", "linkage"]
_UNIT = re.compile(r"(district|street|dept|linkage):([A-Za-z0-9_-]{1,48})|(city)")


class Unit(NamedTuple):
    """A queue's owner. ``code`` is empty for the city, which has one queue."""

    kind: UnitKind
    code: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}" if self.code else self.kind

    @classmethod
    def parse(cls, text: str) -> Unit:
        """``city`` or ``kind:code``. Raises :class:`SettingsError` ``settings.unit``."""
        match = _UNIT.fullmatch(text)
        if match is None:
            raise SettingsError(
                "unit",
                f"{text!r} is not a unit",
                mend="write city, district:CODE, street:CODE, dept:CODE or linkage:110|119|120",
            )
        return cls("city") if match[3] else cls(match[1], match[2])  # type: ignore[arg-type]


CITY = Unit("city")
