"""Orders as officers of a small city give them, and that city's table of authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from messages.order import (
    ApprovalOrder,
    EndOrder,
    LevelOrder,
    ModeOrder,
    PackOrder,
    SilenceOrder,
)
from packs.authority import AuthorityFile
from streams.control.mandate import Mandate
from streams.control.orders import accepted
from streams.control.standing import Standing

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PACK = "a" * 16
AUTHORITY = AuthorityFile.model_validate(
    {
        "schema_version": 1,
        "approve_within_minutes": 30,
        "longest_mode_hours": 12,
        "officers": tuple(
            {"officer": officer, "name": name, "office": office, "powers": powers, "levels": levels}
            for officer, name, office, powers, levels in (
                ("duty-1", "一区值班长", "district:D1", ("mode.propose", "silence"), ()),
                ("chief-1", "一区指挥长", "district:D1", ("mode.propose", "mode.approve"), ("IV",)),
                ("chief-2", "二区指挥长", "district:D2", ("mode.propose", "mode.approve"), ()),
                ("street-1", "街道值班", "street:S1", ("mode.propose", "silence"), ()),
                ("city-duty", "市值班长", "city", ("mode.propose", "silence"), ()),
                ("city-chief", "市指挥长", "city", ("mode.approve", "pack"), ("III", "IV")),
                ("clerk", "文员", "city", (), ()),
            )
        ),
    }
)
TERRITORIES = (
    ("district", "D1", "D1"),
    ("district", "D2", "D2"),
    ("street", "S1", "D1"),
    ("street", "S2", "D1"),
    ("street", "S3", "D2"),
)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def epoch(minutes):
    return at(minutes).timestamp()


def mandate(authority=AUTHORITY, packs=()):
    pack = SimpleNamespace(version=PACK, authority=authority, modes={"flood": None, "hazmat": None})
    return Mandate.of(pack, TERRITORIES, frozenset(packs))


def order(model, order_id, author, **fields):
    common = {"schema_version": 1, "reason": "暴雨", "effective_at": at(0)}
    return model(order_id=order_id, author=author, **common | fields)


def mode(order_id="m", author="duty-1", *, begins=0, ends=360, **fields):
    fields = {"scenario": "flood", "area": ("district:D1",)} | fields
    return order(ModeOrder, order_id, author, effective_at=at(begins), ends_at=at(ends), **fields)


def approval(approves="m", author="chief-1", *, when=0, order_id="p"):
    return order(ApprovalOrder, order_id, author, approves=approves, effective_at=at(when))


def end(ends="m", author="duty-1", *, when=0, order_id="e"):
    return order(EndOrder, order_id, author, ends=ends, effective_at=at(when))


def level(level="IV", author="chief-1", area=("district:D1",), *, ends=360):
    return order(
        LevelOrder,
        "l",
        author,
        level=level,
        emergency="natural_disaster",
        area=area,
        ends_at=at(ends),
    )


def silence(author="duty-1", *, ends=360, **fields):
    return order(SilenceOrder, "s", author, ends_at=at(ends), **fields)


def pack(version=PACK, author="city-chief", *, order_id="k", begins=0):
    return order(PackOrder, order_id, author, pack=version, effective_at=at(begins))


def records(*orders, arrived=0):
    """As they stand on the control topic, accepted at ``arrived``."""
    accepted_ = (accepted(one, mandate(), epoch(arrived)) for one in orders)
    return [(one.order_id.encode(), one.to_json()) for one in accepted_]


def standing(*orders, arrived=0):
    return Standing.of(records(*orders, arrived=arrived))
