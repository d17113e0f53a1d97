"""The life of a warning (预警通报): drafted, signed, updated, cancelled. Pure.

Each step gives a new alert; none changes an old one. The engine only drafts: ``Actual`` is what an
officer has signed whom the pack lets sign it, and in a drill nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any, NamedTuple, Protocol

from incidents.warnings.threat import Threat
from incidents.warnings.wording import Saying, wordings
from messages.cap import COLOURS, Level
from messages.errors import ActionError
from messages.topics import is_drill
from messages.warning import Alert


class Issuer(NamedTuple):
    """``sender``: CAP's globally unique name of who warns. ``ns``: the namespace of the topics.
    ``zone``: of the city's clocks. ``pack``: its version."""

    sender: str
    ns: str
    zone: tzinfo
    pack: str

    @property
    def drill(self) -> str | None:
        """The namespace, if it is a drill's."""
        return self.ns if is_drill(self.ns) else None


class Authority(Protocol):
    """Who may sign what in a city. See ``streams/control/mandate.py``."""

    def may_not_sign(self, officer: str, level: Level, area: tuple[str, ...]) -> ActionError | None:
        """Why the officer may not sign a warning of that level for all of that area, or None."""
        ...


class Course(NamedTuple):
    """Where a warning stands: its ``latest`` alert, and the last one signed, which ``stands``."""

    latest: Alert
    standing: Alert | None

    @property
    def cancelled(self) -> bool:
        """Whether it has been taken back, and nothing can follow."""
        return self.standing is not None and self.standing.msg_type == "Cancel"


def warning_id(ns: str, shard: int, watched: str, number: int) -> str:
    """The id of a shard's warning of what is ``watched``, a danger and an area; ``number``: that no
    other of the two has. A drill's begins with its namespace: CAP wants ids unique for all time,
    and a drill repeats the city's."""
    drill = f"{ns}/" if is_drill(ns) else ""
    return f"{drill}{shard:03d}-{watched}-{number}"


def draft(warning: str, issuer: Issuer, threat: Threat, at: datetime) -> Course:
    """A new warning, for an officer to sign. ``warning``: its id; ``at``: now, aware.

    Raises :class:`pydantic.ValidationError` for what no alert can say, such as an end that is over.
    """
    fields = _drafted(issuer, threat, at)
    fields |= {"warning_id": warning, "seq": 1, "msg_type": "Alert"}
    return Course(_alert(fields, threat.danger.name, threat.danger.instruction), None)


def update(course: Course, issuer: Issuer, threat: Threat, at: datetime) -> Course:
    """The warning with a new alert, to be signed in its turn. A latest one that nobody has signed
    is replaced by it; nothing refers to it.

    Raises :class:`ActionError` ``action.warning_cancelled``, and ``action.warning_other`` when it
    would become another warning; otherwise as :func:`draft`.
    """
    _not_cancelled(course)
    latest, danger = course.latest, threat.danger
    if (danger.category, issuer.drill) != (latest.category, latest.exercise):
        raise ActionError(
            "warning_other",
            f"{latest.warning_id} is of category {latest.category} and "
            f"{latest.exercise or 'of no drill'}",
            mend="draft a warning of its own",
        )
    fields = _next(course) | _drafted(issuer, threat, max(at, latest.sent))
    fields["msg_type"] = "Alert" if course.standing is None else "Update"
    return Course(_alert(fields, danger.name, danger.instruction), course.standing)


def cancel(course: Course, at: datetime) -> Course | None:
    """The warning with the Cancel of what stands, to be signed like the others; None where nothing
    of it was ever signed: then there is nothing to take back, and it is only forgotten.

    Raises :class:`ActionError` ``action.warning_cancelled``.
    """
    _not_cancelled(course)
    standing = course.standing
    if standing is None:
        return None
    fields = dict(standing) | _next(course) | _sent(course, at)
    fields |= {"msg_type": "Cancel", "urgency": "Past", "onset": None, "expires": None}
    return Course(_alert(fields, (standing.zh.event, standing.en.event), ("", "")), standing)


def sign(
    course: Course, officer: str, at: datetime, authority: Authority, level: Level | None = None
) -> Course:
    """The warning with its latest alert signed: under the officer's name, in its statutory colour,
    ``Actual`` or, in a drill, ``Exercise``. ``level``: the officer's, where it is not the proposed
    one; a Cancel keeps the level of what it cancels.

    Who may not have given the alert that stands, may not lower, shrink or cancel it either. Raises
    :class:`ActionError`: what the authority says, ``action.warning_signed``, or
    ``action.warning_over``.
    """
    alert, standing = course
    if alert.signed:
        raise ActionError(
            "warning_signed",
            f"{alert.alert_id} was signed by {alert.signed_by}",
            mend="draft an update and sign that",
        )
    fields = dict(alert) | _next(course) | _sent(course, at)
    if alert.expires is not None and alert.expires <= fields["sent"]:
        raise ActionError(
            "warning_over",
            f"{alert.alert_id} would have ended at {alert.expires.isoformat()}",
            mend="draft an update with a time to come",
        )
    given = alert.level if level is None or alert.msg_type == "Cancel" else level
    asked = [(given, alert.units)]
    asked += [(standing.level, standing.units)] if standing is not None else []
    for one, area in asked:
        refused = authority.may_not_sign(officer, one, area)
        if refused is not None:
            raise refused
    fields |= {"level": given, "colour": COLOURS[given], "signed_by": officer, "signed_at": at}
    fields["status"] = "Actual" if alert.exercise is None else "Exercise"
    event = alert.zh.event, alert.en.event
    signed = _alert(fields, event, (alert.zh.instruction, alert.en.instruction))
    return Course(signed, signed)


def may_send(sent: Iterable[datetime], now: datetime, minutes: float, most: int) -> bool:
    """Whether one more alert may go out now: fewer than ``most`` went in the ``minutes`` before.
    A time after ``now`` counts too, as when a clock was set back."""
    return sum((now - one).total_seconds() < minutes * 60 for one in sent) < most


def _drafted(issuer: Issuer, threat: Threat, at: datetime) -> dict[str, Any]:
    sent = _second(at, issuer.zone)
    return {
        **threat.fields(issuer.zone),
        "sender": issuer.sender,
        "pack": issuer.pack,
        "exercise": issuer.drill,
        "status": "Draft" if issuer.drill is None else "Exercise",
        "sent": sent,
        "effective": sent,
    }


def _next(course: Course) -> dict[str, Any]:
    """What the alert after the latest has of its own, before anybody signs it."""
    latest, standing = course
    return {
        "warning_id": latest.warning_id,
        "seq": latest.seq + 1,
        "references": () if standing is None else (*standing.references, standing.reference),
        "status": "Draft" if latest.exercise is None else "Exercise",
        "colour": None,
        "signed_by": None,
        "signed_at": None,
    }


def _sent(course: Course, at: datetime) -> dict[str, datetime]:
    """Now, on the clocks of the latest alert and never before it."""
    latest = course.latest
    sent = max(_second(at, latest.sent.tzinfo), latest.sent)
    return {"sent": sent, "effective": sent}


def _alert(fields: dict[str, Any], event: tuple[str, str], instruction: tuple[str, str]) -> Alert:
    saying = Saying(
        msg_type=fields["msg_type"],
        exercise=fields["exercise"] is not None,
        event=event,
        colour=fields.get("colour"),
        areas=fields["areas"],
        counts=fields["counts"],
        onset=fields["onset"],
        expires=fields["expires"],
        ended=fields["sent"],
        instruction=instruction,
    )
    zh, en = wordings(saying)
    alert_id = f"{fields['warning_id']}.{fields['seq']}"
    return Alert.model_validate({**fields, "alert_id": alert_id, "zh": zh, "en": en})


def _second(at: datetime, zone: tzinfo | None) -> datetime:
    """Whole seconds, because CAP has no parts, and a reference must repeat the time as it was."""
    return at.astimezone(zone).replace(microsecond=0)


def _not_cancelled(course: Course) -> None:
    if course.cancelled:
        raise ActionError(
            "warning_cancelled",
            f"{course.latest.warning_id} was cancelled by {course.latest.alert_id}",
            mend="draft a new warning",
        )
