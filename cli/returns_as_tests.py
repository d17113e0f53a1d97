"""A return (退回) as a golden test for the pack's ``tests.yaml``: the lesson of a wrong route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from incidents.returned import Returned, moment
from messages.model import Body

HEAD: Final = "schema_version: 1\ntests:\n"


def as_tests(
    returns: Iterable[Returned], texts: Mapping[str, str], zone: ZoneInfo
) -> Iterator[str]:
    """The lines of a ``tests.yaml`` below its :data:`HEAD`, one piece a return: a comment with the
    wrong route and the reason, and the test. Of a return that makes no test, the comment says why.

    ``texts``: of events, by event id. Values are written as JSON, which YAML 1.2 takes.
    """
    for one in returns:
        why = _no_test(one)
        first = one.first
        said = f"{one.incident_id}: {one.route or 'no route known'} → {one.sent or '?'}"
        said += f"; {one.by} returned it: {one.code}"
        if why or first is None:
            yield _comment(f"{said}. No test: {why}") + "\n"
            continue
        if one.went == one.sent:
            said += "; assigned back, so that the route was right"
        fields = _fields(one, first, texts.get(first["event_id"], ""), zone)
        flow = ", ".join(f"{name}: {_value(value)}" for name, value in fields.items())
        expect = f"expect: {{queue: {_value(one.went)}}}"
        yield f"{_comment(said)}\n  - {{{flow},\n     {expect}}}\n"


def _no_test(one: Returned) -> str:
    if one.first is None:
        return "the decision that opened the case is not on record"
    if one.went is None:
        # Two tests of one event that expect two queues could never both pass.
        return "it was returned again" if one.again else "its dispatcher has not assigned it yet"
    return "that unit returned it too" if one.again else ""


def _fields(one: Returned, first: Body, text: str, zone: ZoneInfo) -> Body:
    consulted, place = first.get("consulted", {}), first.get("place") or {}
    at = datetime.fromtimestamp(moment(first["received_at"]), zone)
    fields: Body = {"name": f"退回 {one.incident_id} {one.code}"[:128], "source": first["source"]}
    if text:
        fields["text"] = text
    if consulted.get("hint"):
        fields["hint"] = consulted["hint"]
    if first["kind"] != "report":
        fields |= {k: consulted[k] for k in ("sensor", "state", "value") if k in consulted}
    layers = consulted.get("layers") or ()
    if layers:
        fields["near"] = layers[0]
    if place.get("street"):
        fields["street"] = place["street"]
    elif place.get("district"):
        fields["district"] = place["district"]
    elif not layers:
        fields["unlocated"] = True
    fields["at"] = f"{at:%Y-%m-%d %H:%M}"
    if first.get("modes"):
        fields["mode"] = list(dict.fromkeys(mode["scenario"] for mode in first["modes"]))
    return fields


def _value(value: object) -> str:
    return "".join(map(_escaped, orjson.dumps(value).decode()))


def _escaped(sign: str) -> str:
    """YAML refuses signs that cannot be printed, JSON's writer leaves most of them as they are."""
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"


def _comment(text: str) -> str:
    """A comment ends with its line: nothing that came in from outside may begin another."""
    return "  # " + "".join(sign if sign.isprintable() else " " for sign in text)
