"""An alert as CAP 1.2 XML, for whoever passes warnings on. Pure.

Source: OASIS Common Alerting Protocol 1.2 (2010), sections 3.2 and 3.3. GB/T 35965.1 is like it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from messages.warning import Alert, Circle, Ring, WarnedArea, Wording

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
_FURTHEST: Final = timedelta(hours=14)  # of a zone from UTC, by xs:dateTime


class _Language(NamedTuple):
    tag: str
    wording: Wording
    areas: tuple[str, ...]


def cap_xml(alert: Alert) -> bytes:
    """The alert as one UTF-8 document, with one ``info`` in Chinese and one in English. Who signed
    it, and by which pack, stays with us."""
    root = ET.Element(_tag("alert"))
    _add(root, "identifier", alert.alert_id)
    _add(root, "sender", alert.sender)
    _add(root, "sent", cap_time(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.msg_type)
    _add(root, "scope", alert.scope)
    _add(root, "restriction", alert.restriction)
    _add(root, "addresses", " ".join(alert.addresses))
    _add(root, "note", alert.exercise)  # CAP asks for the exercise's name there
    references = (f"{one.sender},{one.alert_id},{cap_time(one.sent)}" for one in alert.references)
    _add(root, "references", " ".join(references))
    _add(root, "incidents", " ".join(alert.incidents))
    for language in (
        _Language("zh-CN", alert.zh, tuple(area.name for area in alert.areas)),
        _Language("en-US", alert.en, tuple(area.name_en for area in alert.areas)),
    ):
        _add_info(root, alert, language)
    document: bytes = ET.tostring(
        root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE
    )
    return document


def cap_time(moment: datetime) -> str:
    """A moment as ``2026-11-26T08:00:00+08:00``: whole seconds, cut off, and never ``Z``; CAP has
    UTC written ``-00:00``."""
    offset = moment.utcoffset() or timedelta()
    if offset % timedelta(minutes=1) or abs(offset) > _FURTHEST:
        moment, offset = moment.astimezone(UTC), timedelta()
    text = moment.isoformat(timespec="seconds")
    return text if offset else f"{text[:19]}-00:00"


def cap_polygon(ring: Ring) -> str:
    """A closed ring of longitudes and latitudes as CAP's ``lat,lon lat,lon …``, to a decimetre."""
    return " ".join(_pair(lon, lat) for lon, lat in ring)


def cap_circle(circle: Circle) -> str:
    """A circle as CAP's ``lat,lon radius``; the radius in kilometres, to a metre."""
    return f"{_pair(circle.lon, circle.lat)} {circle.radius_km:.3f}"


def _add_info(root: ET.Element, alert: Alert, language: _Language) -> None:
    info = ET.SubElement(root, _tag("info"))
    _add(info, "language", language.tag)
    for hazard in alert.hazards:
        _add(info, "category", hazard)
    _add(info, "event", language.wording.event)
    _add(info, "responseType", "AllClear" if alert.msg_type == "Cancel" else None)
    _add(info, "urgency", alert.urgency)
    _add(info, "severity", alert.severity)
    _add(info, "certainty", alert.certainty)
    _add_values(info, "eventCode", [("category", alert.category)])
    for name, moment in (
        ("effective", alert.effective),
        ("onset", alert.onset),
        ("expires", alert.expires),
    ):
        _add(info, name, None if moment is None else cap_time(moment))
    _add(info, "headline", language.wording.headline)
    _add(info, "description", language.wording.description)
    _add(info, "instruction", language.wording.instruction)
    _add_values(info, "parameter", _parameters(alert))
    for area, name in zip(alert.areas, language.areas, strict=True):
        _add_area(info, area, name)


def _parameters(alert: Alert) -> Iterable[tuple[str, str]]:
    yield "warning", alert.warning_id
    yield "emergency", alert.emergency
    yield "level", alert.level
    if alert.colour is not None:
        yield "colour", alert.colour
    yield "incidents", str(alert.counts.incidents)
    yield "events", str(alert.counts.events)


def _add_area(info: ET.Element, area: WarnedArea, name: str) -> None:
    element = ET.SubElement(info, _tag("area"))
    _add(element, "areaDesc", name)
    for ring in area.rings:
        _add(element, "polygon", cap_polygon(ring))
    for circle in area.circles:
        _add(element, "circle", cap_circle(circle))
    _add_values(element, "geocode", [("unit", area.unit)])


def _add_values(parent: ET.Element, name: str, values: Iterable[tuple[str, str]]) -> None:
    for key, value in values:
        element = ET.SubElement(parent, _tag(name))
        _add(element, "valueName", key)
        _add(element, "value", value)


def _add(parent: ET.Element, name: str, text: str | None) -> None:
    """An element with a text; none without one, for CAP has no empty elements."""
    if text:
        ET.SubElement(parent, _tag(name)).text = text


def _pair(lon: float, lat: float) -> str:
    # The added zero makes -0.0 a plain 0.
    return f"{round(lat, 6) + 0.0:.6f},{round(lon, 6) + 0.0:.6f}"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
