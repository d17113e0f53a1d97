"""Warnings of one shard: cases that open are counted by area, and many of them draft an alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from incidents.case import Case
from incidents.overlay import Overlay
from incidents.warnings import residents, watch
from incidents.warnings.course import Issuer, draft, may_send, update, warning_id
from incidents.warnings.residents import Residents
from incidents.warnings.rule import WarningRule
from incidents.warnings.threat import Threat
from incidents.warnings.watch import Watch
from messages.model import Body
from messages.warning import Alert, WarnedArea
from streams.city import City
from streams.control.in_force import InForce
from streams.desk.cases import DeskCases
from streams.desk.decided import Decisions
from streams.desk.warning_notices import Teller

CITY = "city"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who warns: a shard of a namespace."""

    ns: str
    shard: int


class DeskWarnings:
    """Reads through to the shard's state; what it writes is in the unit's overlay and result."""

    def __init__(
        self,
        sender: Sender,
        overlay: Overlay,
        cases: DeskCases,
        result: Decisions,
        force: InForce,
    ) -> None:
        self._sender = sender
        self._overlay = overlay
        self._cases = cases
        self._result = result
        self._force = force

    # Counting ------------------------------------------------------------------------------

    def opened(self, case: Case, city: City, now: float) -> list[Body]:
        """Count a case that opens; a reason for each alert that it makes. What goes wrong here
        must not cost the event its queue: it is said, and the event goes its way."""
        reasons = []
        for rule in city.warnings.counting.get(case.category, ()):
            code = case.place.get(rule.area)
            if code is None:
                continue
            key = f"{rule.name}.{code}"
            try:
                reason = self._count(rule, key, f"{rule.area}:{code}", case, city, now)
            except Exception as error:
                self._result.stuck.append((key, f"{type(error).__name__}: {error}"))
                continue
            if reason is not None:
                reasons.append(reason)
        return reasons

    def _count(
        self, rule: WarningRule, key: str, area: str, case: Case, city: City, now: float
    ) -> Body | None:
        one = self.watch(key) or Watch(key, area, city.version)
        if one.until is not None and one.until <= now:
            one.end()  # its timer has raised: another warning must not wait for that
        number = one.count(case.occurred, case.incident_id, rule, now)
        stage = rule.reached(number)
        sent = [datetime.fromtimestamp(at, UTC) for at in one.sent]
        moment = datetime.fromtimestamp(now, UTC)
        if stage <= one.stage or not may_send(sent, moment, 60, city.warnings.an_hour):
            self.keep(one, rule)
            return None
        first = one.course is None
        alert = self._drafted(one, rule, stage, case, city, moment)
        self.keep(one, rule)
        self._tell_of_draft(alert, one, rule, case, city, now, first=first)
        minutes = f"{rule.window_s / 60:g}"
        name = rule.danger.name
        text = (
            f"{number} cases of {name[1]} {name[0]} in {area} within {minutes} min: warning "
            f"{alert.alert_id} is drafted, level {alert.level} proposed"
        )
        return {"step": "desk", "code": "warning", "text": text}

    def _drafted(
        self, one: Watch, rule: WarningRule, stage: int, case: Case, city: City, moment: datetime
    ) -> Alert:
        about = [self._cases.get(incident_id) for _, incident_id in one.recent]
        known = [found for found in about if found is not None and found is not case]
        threat = Threat(
            rule.danger,
            rule.outlook(stage, moment),
            (warned(one.area, city),),
            [*(found for found in known if found.incident_id != case.incident_id), case],
        )
        issuer = self.issuer(city)
        if one.course is None:
            # A case is one of its shard's for all time, and so is what it makes.
            number = int(case.incident_id.rpartition("-")[2])
            name = warning_id(self._sender.ns, self._sender.shard, one.key, number)
            course = draft(name, issuer, threat, moment)
        else:
            course = update(one.course, issuer, threat, moment)
        now = moment.timestamp()
        one.pack = city.version
        one.begin(course, stage, now + rule.lasts_s, now)
        one.remind_at = now + city.warnings.sign_within_s
        return course.latest

    def _tell_of_draft(
        self,
        alert: Alert,
        one: Watch,
        rule: WarningRule,
        case: Case,
        city: City,
        now: float,
        *,
        first: bool,
    ) -> None:
        teller = teller_of(city, now)
        self.publish(alert)
        sign_by = now + city.warnings.sign_within_s
        self._result.notices.append(teller.drafted(alert, one.area, sign_by))
        mode = city.pack.modes.get(rule.mode) if rule.mode is not None else None
        in_force = {found.scenario for found in self._force.modes_at(case.place, now)}
        if first and mode is not None and mode.scenario not in in_force:
            names = mode.name, mode.name_en or mode.scenario
            self._result.notices.append(teller.mode_proposed(alert, one.area, mode.scenario, names))

    # Time ----------------------------------------------------------------------------------

    def fire(self, kind: str, key: str, now: float) -> None:
        """Do what has fallen due on a warning, or on an alert's residents."""
        if kind == residents.KIND:
            self._fire_residents(key, now)
        else:
            self._fire_warning(key, now)

    def disarm(self, kind: str, key: str) -> None:
        """Leave the record as it is, without a timer."""
        record = self._overlay.get(kind, key)
        assert record is not None  # a timer stands in its record
        self._overlay.put(kind, key, record, None)

    def _fire_warning(self, key: str, now: float) -> None:
        one = self.watch(key)
        assert one is not None
        city = self._force.city_of(one.pack)
        rule = city.warnings.named.get(key.partition(".")[0])
        alert = one.course.latest if one.course is not None else None
        to = above(one.area, city)
        if one.until is not None and one.until <= now:
            if alert is not None and one.unsigned:
                self._result.notices.append(teller_of(city, now).lapsed(alert, to))
            one.end()
        elif alert is not None and one.unsigned and (one.remind_at or now) <= now:
            one.reminded += 1
            heard = to[: one.reminded + 1]
            told = teller_of(city, now).unsigned(alert, heard, one.reminded)
            self._result.notices.append(told)
            within = city.warnings.sign_within_s
            one.remind_at = now + within if within else None
        one.forget(rule, now)
        self.keep(one, rule)

    def _fire_residents(self, key: str, now: float) -> None:
        record = self._overlay.get(residents.KIND, key)
        assert record is not None
        group = Residents.from_json(record)
        if group.until <= now:
            self._overlay.remove(residents.KIND, key)
            return
        city = self._force.city_at(now)
        if group.waiting:
            to = f"district:{group.district}" if group.district is not None else CITY
            street = f"street:{group.street}"
            teller = teller_of(city, now)
            told = teller.unconfirmed(group.alert_id, to, street, group.waiting)
            self._result.notices.append(told)
        group.confirm_by = None
        self._overlay.put(residents.KIND, key, group.to_json(), group.due)

    # The record ----------------------------------------------------------------------------

    def watch(self, key: str) -> Watch | None:
        """What is known of a danger in an area."""
        record = self._overlay.get(watch.KIND, key)
        return Watch.from_json(key, record) if record is not None else None

    def keep(self, one: Watch, rule: WarningRule | None) -> None:
        """Write it, or forget it where nothing of it matters."""
        due = one.due(rule)
        if due is None:
            self._overlay.remove(watch.KIND, one.key)
        else:
            self._overlay.put(watch.KIND, one.key, one.to_json(due), due)

    def publish(self, alert: Alert) -> None:
        """Say it on the warnings' topic."""
        self._result.warnings.append(alert.model_dump(mode="json", exclude_none=True))

    def issuer(self, city: City) -> Issuer:
        """Who warns, for a city's pack."""
        zone = ZoneInfo(city.pack.city.time_zone)
        return Issuer(city.warnings.sender, self._sender.ns, zone, city.version)


def teller_of(city: City, now: float) -> Teller:
    """Who words notices for a city's people."""
    return Teller(city.unit_names, ZoneInfo(city.pack.city.time_zone), now)


def warned(area: str, city: City) -> WarnedArea:
    """A territory as an alert names it; its code says which one it is."""
    name = city.unit_names.get(area, area)
    return WarnedArea(unit=area, name=name, name_en=f"{name} ({area})"[:128])


def above(area: str, city: City) -> Sequence[str]:
    """A territory's unit and those above it, the city at the end."""
    kind, _, code = area.partition(":")
    district = None
    if kind == "street":
        places = (ground.territories.get((kind, code)) for ground in reversed(city.grounds))
        found = next((place for place in places if place is not None), None)
        district = found.place.get("district") if found is not None else None
    return (area, *((f"district:{district}",) if district else ()), CITY)
