"""What an alert says, in Chinese and English: a function of names, counts, colour and times alone.

No text of an event, no address and no reporter comes in, so none can go out. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from messages.cap import Colour, MsgType
from messages.warning import EXERCISE_MARKS, Counts, WarnedArea, Wording

_COLOURS_ZH: Final[dict[Colour, str]] = {
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "blue": "蓝色",
}
_IN_HEADLINE: Final = 2
_IN_DESCRIPTION: Final = 5
"""So many areas are named; the others are counted."""


class Saying(NamedTuple):
    """What is to be said. ``colour``: None until somebody has signed. ``onset`` and ``expires`` are
    told on the clocks of their own offset; ``ended``: of a Cancel, from when on. ``instruction``:
    what to do, Chinese and English, as the pack has it."""

    msg_type: MsgType
    exercise: bool
    event: tuple[str, str]
    colour: Colour | None
    areas: Sequence[WarnedArea]
    counts: Counts
    onset: datetime | None
    expires: datetime | None
    ended: datetime
    instruction: tuple[str, str]


def wordings(saying: Saying) -> tuple[Wording, Wording]:
    """The Chinese and the English block of an alert. An unsigned one calls itself proposed."""
    return (
        Wording(
            event=saying.event[0],
            headline=_headline(saying),
            description=_description(saying),
            instruction=saying.instruction[0],
        ),
        Wording(
            event=saying.event[1],
            headline=_headline_en(saying),
            description=_description_en(saying),
            instruction=saying.instruction[1],
        ),
    )


def _headline(saying: Saying) -> str:
    mark = EXERCISE_MARKS[0] if saying.exercise else ""
    colour = _COLOURS_ZH[saying.colour] if saying.colour is not None else ""
    what = f"{_areas(saying.areas, _IN_HEADLINE)}{saying.event[0]}{colour}预警"
    acts = {"Alert": "发布", "Update": "更新", "Cancel": "解除"}
    return f"{mark}{what}（{'' if colour else '拟'}{acts[saying.msg_type]}）"


def _headline_en(saying: Saying) -> str:
    mark = EXERCISE_MARKS[1] if saying.exercise else ""
    colour = f"{saying.colour.capitalize()} w" if saying.colour is not None else "W"
    what = f"{colour}arning: {saying.event[1]} in {_areas_en(saying.areas, _IN_HEADLINE)}"
    acts = {"Alert": "issued", "Update": "updated", "Cancel": "cancelled"}
    return f"{mark}{what} ({'to be ' if colour == 'W' else ''}{acts[saying.msg_type]})"


def _description(saying: Saying) -> str:
    said = [f"区域：{_areas(saying.areas, _IN_DESCRIPTION)}"]
    if saying.counts.incidents:
        said.append(f"关联案件{saying.counts.incidents}起、事件{saying.counts.events}件")
    if saying.msg_type == "Cancel":
        said.append(f"{_clock(saying.ended)}起解除")
    else:
        if saying.onset is not None:
            said.append(f"预计{_clock(saying.onset)}开始")
        if saying.expires is not None:
            said.append(f"有效至{_clock(saying.expires)}")
    return "；".join(said) + "。"


def _description_en(saying: Saying) -> str:
    said = [f"Area: {_areas_en(saying.areas, _IN_DESCRIPTION)}"]
    if saying.counts.incidents:
        said.append(f"incidents: {saying.counts.incidents}, events: {saying.counts.events}")
    if saying.msg_type == "Cancel":
        said.append(f"over from {_clock(saying.ended)} on")
    else:
        if saying.onset is not None:
            said.append(f"expected from {_clock(saying.onset)}")
        if saying.expires is not None:
            said.append(f"in force until {_clock(saying.expires)}")
    return "; ".join(said) + "."


def _areas(areas: Sequence[WarnedArea], most: int) -> str:
    named = "、".join(area.name for area in areas[:most])
    return f"{named}等{len(areas)}处" if len(areas) > most else named


def _areas_en(areas: Sequence[WarnedArea], most: int) -> str:
    named = ", ".join(area.name_en for area in areas[:most])
    return f"{named} and {len(areas) - most} more" if len(areas) > most else named


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
