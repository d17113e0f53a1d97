"""What people of an area are told of a warning beside the alert itself (预警通报)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

from messages.action import UnitCode
from messages.cap import CapId, Level
from messages.model import Code, Id, Message, SchemaVersion, Text, Time
from messages.order import Area

WarningNoticeKind: TypeAlias = Literal[
    "drafted",
    "mode_proposed",
    "unsigned",
    "lapsed",
    "withdrawn",
    "issued",
    "residents",
    "unconfirmed",
]


class WarningNotice(Message):
    """One notice on ``{ns}.notices``; no personal data.

    ``notice_id`` is ``<alert>/<what>``, a function of what it says, so a reader can drop a repeat;
    of one that is confirmed it is the draft's. ``audience``: the staff of the units in ``area``, or
    the residents of ``grid``. ``status``: staff's are ``sent``; residents' are a ``draft`` in the
    grid worker's list until ``by`` has ``confirmed`` that they were told.

    ``drafted``: an alert waits for a signature. ``unsigned``: it still does. ``lapsed``: nobody
    signed in its time. ``withdrawn``: an officer dropped the draft. ``issued``: it was signed.
    ``mode_proposed``: an officer may start ``scenario``. ``unconfirmed``: grids of a street whose
    residents have not been told.
    """

    schema_version: SchemaVersion = 1
    notice_id: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    kind: WarningNoticeKind
    audience: Literal["internal", "residents"]
    status: Literal["sent", "draft", "confirmed"]
    alert_id: CapId
    area: Area
    grid: Id | None = None
    level: Level | None = None
    scenario: Code | None = None
    confirm_by: Time | None = None
    at: Time
    by: UnitCode | None = None
    text: Text
    text_en: Text
