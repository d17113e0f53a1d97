"""Stage A: what an event is and where, without memory. Any worker may do it; it is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from messages.errors import EventError
from messages.event import Event, Reading
from messages.model import SCHEMA_VERSION, Body
from messages.topics import Input
from messages.verdict import Verdict
from rules import assess
from rules.classify import Classified
from rules.masking import mask
from rules.screen import CLEAN, Finding, Screened, ScreenFacts
from streams.city import City
from streams.control.in_force import InForce
from streams.ground.located import Located
from streams.letters import dead, discarded, origin, put_aside, screen_reason
from streams.understanding.acted import acted
from streams.understanding.classified import by_an_officer, classified, device_key
from streams.understanding.decode import decode, decode_verdict
from streams.understanding.exposed import exposed
from streams.understanding.masked import masked
from streams.understanding.places import locate
from streams.understanding.points import points
from streams.wire.records import Records


@dataclass(slots=True)
class Understood:
    """What became of one batch. Every record read is in exactly one of the first five lists.

    ``desk``: bodies of :class:`messages.decision.Understood`, or of units' actions, to be judged.
    ``quarantined``, ``dead``: bodies of :mod:`messages.letters`. ``ignored``: (row in the batch,
    reading).
    ``discarded``: bodies of :class:`messages.decision.Decision` for verdicts that throw out.
    ``decisions``: the same for what was quarantined here, and those of ``discarded``.
    """

    desk: list[Body] = field(default_factory=list)
    quarantined: list[Body] = field(default_factory=list)
    dead: list[Body] = field(default_factory=list)
    ignored: list[tuple[int, Reading]] = field(default_factory=list)
    discarded: list[Body] = field(default_factory=list)
    decisions: list[Body] = field(default_factory=list)


class _Read(NamedTuple):
    """One record that could be decoded."""

    row: int
    event: Event
    lane: str
    verdict: Verdict | None = None


class _Known(NamedTuple):
    """What is known of one event before its priority is."""

    located: Located
    point: tuple[float, float] | None
    layers: tuple[str, ...]
    classified: Classified | Finding | None


def understand(lane: Input, records: Records, force: InForce) -> Understood:
    """Decode, mask, locate, screen, classify and assess one batch of a lane.

    Pure: the arrival times are in ``records``, and with them ``force`` tells which pack and which
    modes apply. An event on which anything raises becomes a dead letter with code
    ``event.undecided``; the others go on.
    """
    result = Understood()
    by_city: dict[str, list[_Read]] = {}
    for row in range(len(records.values)):
        city = force.city_at(records.received_at[row])
        try:
            if lane == "actions":
                result.desk.append(acted(records, row, city))
                continue
            read = _decoded(lane, records, row)
        except EventError as error:
            result.dead.append(dead(records, row, error, city))
            continue
        if read.verdict is not None and read.verdict.verdict == "discard":
            result.discarded.append(discarded(records, row, read.verdict, city))
        else:
            by_city.setdefault(city.version, []).append(read)
    for version, reads in by_city.items():
        _understand_all(records, reads, force.cities[version], force, result)
    result.decisions += result.discarded
    return result


def _decoded(lane: Input, records: Records, row: int) -> _Read:
    if lane != "verdicts":
        return _Read(row, masked(decode(lane, records.values[row])), lane)  # type: ignore[arg-type]
    verdict = decode_verdict(records.values[row])
    event = masked(verdict.event) if verdict.event is not None else None
    return _Read(row, event, verdict.lane or "", verdict)  # type: ignore[arg-type]


def _understand_all(
    records: Records, reads: Sequence[_Read], city: City, force: InForce, result: Understood
) -> None:
    """Step by step over all events of one pack; one that raises takes no other along."""
    try:
        known = _known(records, reads, city, force)
    except Exception as error:
        if len(reads) > 1:
            for read in reads:
                _understand_all(records, [read], city, force, result)
            return
        result.dead.append(dead(records, reads[0].row, error, city))
        return
    for read, facts in zip(reads, known, strict=True):
        try:
            _understand_one(records, read, facts, city, force, result)
        except Exception as error:  # a poison event must not take its batch with it
            result.dead.append(dead(records, read.row, error, city))


def _known(records: Records, reads: Sequence[_Read], city: City, force: InForce) -> list[_Known]:
    events = [read.event for read in reads]
    received = [records.received_at[read.row] for read in reads]
    places = locate(events, city, received)
    spots = points(events, city)
    columns = zip(
        places,
        spots,
        exposed(spots, city),
        classified(events, city, force.hot),
        strict=True,
    )
    return [_Known(*found) for found in columns]


def _understand_one(
    records: Records, read: _Read, known: _Known, city: City, force: InForce, result: Understood
) -> None:
    event, received_at = read.event, records.received_at[read.row]
    located, what = known.located, known.classified
    if isinstance(what, Finding) and read.verdict is not None:
        what = by_an_officer(event, what, city)
    if isinstance(what, Finding):
        screen, category = Screened(what, ()), None
    else:
        screen = _screened(read, received_at, what, city)
        category = what.category if what is not None else None
    if screen.finding is not None:
        letter, decision = put_aside(
            records, read.row, event, read.lane, located, category, screen, city
        )
        result.quarantined.append(letter)
        result.decisions.append(decision)
        return
    if not isinstance(what, Classified):
        result.ignored.append((read.row, event))  # type: ignore[arg-type]
        return
    modes = force.modes_at(located.place, received_at)
    scenarios = tuple(dict.fromkeys(mode.scenario for mode in modes))
    said = what.consulted
    assessed = city.assessor.assess(
        assess.Event(
            what.category,
            event.kind,  # type: ignore[attr-defined]
            read.lane,
            getattr(event, "text", ""),
            said.get("sensor"),
            said.get("state"),
            said.get("value"),
            known.layers,
            scenarios,
        )
    )
    marks = [screen_reason(mark) for mark in screen.marks]
    body: Body = {
        "schema_version": SCHEMA_VERSION,
        # Written anew from what was checked. The bytes as they came may hold what only pydantic
        # lets pass, such as a NaN under a key that stands there twice.
        "event": orjson.Fragment(event.to_json()),
        "kind": event.kind,  # type: ignore[attr-defined]
        "origin": origin(records, read.row),
        "received_at": datetime.fromtimestamp(received_at, UTC),
        "shard": _shard(event, located, city, force),
        "place": located.place,
        "point": known.point,
        "second_place": located.second,
        "category": what.category,
        "priority": assessed.priority,
        "score": assessed.score,
        "contributions": assessed.contributions,
        "reasons": (located.reason, *marks, what.reason, assessed.reason),
        "consulted": {
            "lane": read.lane,
            "source": event.source,
            "life_safety": what.life_safety,
            **said,
        },
        "pack": city.version,
        "boundaries": located.boundaries,
    }
    consulted = body["consulted"]
    if known.layers:
        consulted["layers"] = known.layers
    if screen.marks:
        consulted["marks"] = tuple(mark.code for mark in screen.marks)
    if modes:
        consulted["modes"] = scenarios
        body["modes"] = [{"order_id": m.order_id, "scenario": m.scenario} for m in modes]
    if read.verdict is not None:
        body["released_from"] = read.verdict.of.model_dump()
        body["reasons"] = (_release_reason(read.verdict), *body["reasons"])
    result.desk.append(body)


def _screened(read: _Read, received_at: float, what: Classified | None, city: City) -> Screened:
    """What the screen says. What an officer released, it lets pass; a reading within its limits
    ends as ignored, whatever it would say."""
    if read.verdict is not None or what is None:
        return CLEAN
    return city.screen.check(ScreenFacts.of(read.event, what.category, received_at))  # type: ignore[arg-type]


def _release_reason(verdict: Verdict) -> Body:
    text = f"released from quarantine by {verdict.author}: {mask(verdict.reason)}"
    return {"step": "screen", "code": "released", "text": text}


def _shard(event: Any, located: Located, city: City, force: InForce) -> int:
    """Whose desk: the place's; what a device says goes on to where its danger is open, also when
    its district has moved on meanwhile."""
    if event.kind == "report" or not force.hot:
        return located.shard
    kept = force.hot.get(device_key(event))
    return kept if kept is not None and kept < city.shards else located.shard
