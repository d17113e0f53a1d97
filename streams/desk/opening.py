"""An event that nothing holds back: it joins a case that is open, or opens one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from incidents import elsewhere
from incidents.acting.outcome import Role
from incidents.acting.roles import CITY, district_of, everybody, hand_over, unit_at, workers
from incidents.case import EVENTS, Case, Clock, Joined
from incidents.deadlines import end_pause
from incidents.likeness import sketch
from incidents.merging import Candidate, Found, Like, Match, find, graver, matches, photos_of
from incidents.overlay import Overlay
from messages.model import Body
from packs.taxonomy import UNKNOWN
from rules.route import Routed, facts_of
from streams.city import City
from streams.desk import bodies
from streams.desk.cases import DeskCases
from streams.desk.decided import Decisions
from streams.desk.warnings import DeskWarnings

_LINKS: Final = 8
"""Cases that one is linked with, at most."""
_UNDECIDED: Final = frozenset({"filed", "confirmed", "dispatched"})
"""Nobody works on it yet: its owner may still be another. Who has a returned one says its
dispatcher."""


class DeskOpening:
    """Opens cases and lets events join them. ``opened``: how many the shard has ever opened."""

    def __init__(
        self,
        shard: int,
        overlay: Overlay,
        cases: DeskCases,
        warnings: DeskWarnings,
        result: Decisions,
        opened: int,
    ) -> None:
        self._shard = shard
        self._overlay = overlay
        self._cases = cases
        self._warnings = warnings
        self._result = result
        self.opened = opened

    def decide(self, body: Body, reasons: list[Body], city: City, now: float, stamp: str) -> str:
        """The id of the case that the event has joined or opened. ``reasons``: from before."""
        body["consulted"].setdefault("repeat_of", None)
        like = city.likes.get(body["category"])
        found, kept = Found(None, ()), []
        words = sketch(body["event"].get("text", "")) if body["kind"] == "report" else ""
        if like is not None and body.get("point") is not None and body["category"] != UNKNOWN:
            event = _candidate(body, words)
            found = find(self._overlay.get, event, like, now)
            kept = matches(self._overlay.get, event, like, now, elsewhere.KIND)
        links = (*(match.anchor.incident_id for match in kept), *found.links)
        if found.joins is not None:
            case, match = found.joins
            return self._join(body, case, match, links, reasons, city, now, stamp)
        reasons = [*reasons, *map(_kept_elsewhere, kept[:_LINKS])]
        return self._open(body, links, like, words, reasons, city, now, stamp)

    # Open ----------------------------------------------------------------------------------

    def _open(
        self,
        body: Body,
        links: tuple[str, ...],
        like: Like | None,
        words: str,
        reasons: list[Body],
        city: City,
        now: float,
        stamp: str,
    ) -> str:
        routed = city.router.route(facts_of(body))
        case = self._new(body, routed, words, city, now, stamp)
        case.linked = list(links[:_LINKS])
        reasons = [*reasons, city.route_reason(routed), *self._warnings.opened(case, city, now)]
        decision = bodies.routed(body, routed, case, reasons, stamp)
        layers = body["consulted"].get("layers", ())
        proposal = city.assessor.proposal(body["category"], body["score"], layers)
        if proposal is not None:
            decision["proposal"] = proposal
        self._result.decisions.append(decision)
        text = bodies.texts(reasons)
        self._cases.changed(case, "opened", text, everybody(case), now, event=body["event"])
        if like is not None and body["category"] != UNKNOWN:
            self._cases.anchor(case, like, now)
        for other in case.linked:
            self.link(other, case.incident_id, now, stamp)
        return case.incident_id

    def _new(
        self, body: Body, routed: Routed, words: str, city: City, now: float, stamp: str
    ) -> Case:
        self.opened += 1
        event, place = body["event"], body["place"]
        triage = body["category"] == UNKNOWN or place["method"] == "unlocated"
        case = Case(
            incident_id=f"{self._shard:03d}-{stamp[2:10].replace('-', '')}-{self.opened:07d}",
            seq=0,
            # What is known well enough is filed, confirmed and dispatched by being routed.
            status="filed" if triage else "dispatched",
            opened=now,
            changed=now,
            opened_at=stamp,
            changed_at=stamp,
            category=body["category"],
            priority=body["priority"],
            place=place,
            unit=routed.unit,
            pack=body["pack"],
            dispatcher=district_of(place) or CITY,
            told=hears(body["priority"], place, routed, city),
            events=[_joined(body, now, whole=False)],
            patrol=event.get("source") in city.patrols,
            occurred=_epoch(event["occurred_at"]),
            point=body.get("point"),
            sketch=words,
            photos=list(photos_of(event.get("media", ()))),
            modes=list(body.get("modes", ())),
        )
        policy = routed.escalation or city.policies.get(body["priority"])
        self._cases.put_under(case, policy, city, now)
        case.mark("opened", now, stamp)
        return case

    def link(self, incident_id: str, to: str, now: float, stamp: str) -> None:
        """Tell whoever works on a case, once, that it may be about the same as another. Nothing
        where this shard does not keep it."""
        case = self._cases.get(incident_id)
        if case is None or to in case.linked:
            return
        case = case.copy(linked=[*case.linked[1 - _LINKS :], to])
        case.mark("linked", now, stamp, code=to)
        text = f"may be about the same as {to}"
        self._cases.changed(case, "linked", text, workers(case), now)

    # Join ----------------------------------------------------------------------------------

    def _join(
        self,
        body: Body,
        case: Case,
        match: Match,
        links: tuple[str, ...],
        reasons: list[Body],
        city: City,
        now: float,
        stamp: str,
    ) -> str:
        text = f"joins {case.incident_id}: {match.text()}"
        routed = city.router.route(facts_of(body))
        body["consulted"]["joins"] = case.incident_id
        reasons = [
            *reasons,
            city.route_reason(routed),
            {"step": "desk", "code": "joined", "text": text},
        ]
        take_in(case, body, now)
        case.mark("merged", now, stamp)
        told, more = self._weigh(case, body, city, now)
        # It could be about these too: whether the cases are one, a human says.
        new = [one for one in links if one not in case.linked][: _LINKS - len(case.linked)]
        case.linked = [*case.linked, *new]
        for other in new:
            case.also("linked", now, other)
            more.append(f"may be about the same as {other}")
        decision = bodies.routed(body, routed, case, reasons, stamp)
        decision["outcome"], decision["unit"] = "merged", case.unit
        self._result.decisions.append(decision)
        text = "; ".join((text, *more))
        self._cases.changed(case, "merged", text, told, now, event=body["event"])
        for other in new:
            self.link(other, case.incident_id, now, stamp)
        return case.incident_id

    def _weigh(
        self, case: Case, body: Body, city: City, now: float
    ) -> tuple[dict[str, Role], list[str]]:
        """What one more event changes: the case may be graver than it was, another unit's, and
        others may have to hear of it. Who hears of the event, and what to tell."""
        more: list[str] = []
        former, told_before = case.unit, set(case.told)
        rises = graver(body["priority"], case.priority)
        if rises:
            more.append(f"{case.priority} → {body['priority']}")
            case.also("raised", now, f"{case.priority}-{body['priority']}")
            if case.paused:
                end_pause(case, now)
                case.also("resumed", now)
                more.append("no longer suspended")
            case.priority = body["priority"]
        if rises or body["category"] in city.router.counted:
            facts = facts_of({**body, "place": case.place, "priority": case.priority})
            routed = city.router.route(facts)
            if (
                routed.unit != former
                and case.status in _UNDECIDED
                and case.arbiter is None
                and not case.returns
                and all(mark.change != "assigned" for mark in case.timeline)
            ):
                hand_over(case, routed.unit)
                more.append(f"{former} → {routed.unit}")
                case.also("rerouted", now, routed.route)
            hear = hears(case.priority, case.place, routed, city)
            told = dict.fromkeys((*case.told, *hear))
            case.told = [unit for unit in told if unit != case.unit]
            if rises or (routed.route in city.router.counting and routed.escalation):
                self._speed_up(case, routed, city, now)
        heard = workers(case)
        if case.unit != former:
            heard.setdefault(former, "former")
        for unit in case.told:  # of the others, those who have not heard of it yet
            if unit not in told_before:
                heard.setdefault(unit, "copy")
        return heard, more

    def _speed_up(self, case: Case, routed: Routed, city: City, now: float) -> None:
        """The limits of its new priority or route count, from now on; what has been done stays
        done."""
        accept, dispose = case.accept, case.dispose
        policy = routed.escalation or city.policies.get(case.priority)
        if policy == case.escalation:
            return
        self._cases.put_under(case, policy, city, now)
        if case.accepted_by is not None and case.accept is not None:
            case.accept = accept or Clock(now, now)
        if dispose is not None and dispose.end is not None and case.dispose is not None:
            case.dispose = case.dispose._replace(end=dispose.end)

    # Take apart ----------------------------------------------------------------------------

    def apart(self, case: Case, event_id: str, city: City, now: float, stamp: str) -> None:
        """An event that was taken out of a case opens its own, as it was understood then."""
        one = next(one for one in case.events[1:] if one.event_id == event_id)
        local = city.calendar.at(now)
        body: Body = {
            "category": one.category,
            "priority": one.priority,
            "kind": one.kind,
            "place": one.place,
            "point": one.point,
            "pack": city.version,
            "modes": case.modes,
            "event": {"event_id": event_id, "occurred_at": case.opened_at},
            "consulted": {
                "minute": local.minute,
                "weekday": local.weekday,
                "working": local.working,
                "life_safety": one.category in city.screen.life_safety,
                "modes": tuple(dict.fromkeys(mode["scenario"] for mode in case.modes)),
            },
        }
        routed = city.router.route(facts_of(body))
        found = self._new(body, routed, "", city, now, stamp)
        found.linked = [case.incident_id]
        reason = f"{event_id} was taken out of {case.incident_id}"
        self._cases.changed(found, "opened", reason, everybody(found), now)
        if one.category in city.likes:
            self._cases.anchor(found, city.likes[one.category], now)


def hears(priority: str, place: Body, routed: Routed, city: City) -> list[str]:
    """Who is told of a case beside its owner. Of a P1 that is every level at once, and a linkage
    service, whatever its route says: no life waits for a step of escalation."""
    told = list(routed.copies)
    if priority == "P1":
        units = (routed.unit, *told)
        told += [unit_at(place, level) for level in ("street", "district", "city")]
        if city.lifeline and not any(unit.startswith("linkage:") for unit in units):
            told.append(city.lifeline)
    return [unit for unit in dict.fromkeys(told) if unit != routed.unit]


def take_in(case: Case, body: Body, now: float) -> None:
    """One more event of a case."""
    case.events = [*case.events[:1], *case.events[1:][2 - EVENTS :], _joined(body, now, whole=True)]
    case.count += 1


def _kept_elsewhere(match: Match) -> Body:
    """The reason of a link with a case that another shard keeps."""
    name = match.anchor.incident_id
    text = f"may be about the same as {name}, open on its own shard: {match.text()}"
    return {"step": "desk", "code": "linked", "text": text}


def _joined(body: Body, now: float, *, whole: bool) -> Joined:
    place = body["place"] if whole else None
    event_id = body["event"]["event_id"]
    category, priority = body["category"], body["priority"]
    return Joined(event_id, body["kind"], now, category, priority, body.get("point"), place)


def _candidate(body: Body, words: str) -> Candidate:
    event = body["event"]
    return Candidate(
        body["category"],
        body["priority"],
        tuple(body["point"]),
        _epoch(event["occurred_at"]),
        words,
        photos_of(event.get("media", ())),
    )


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
