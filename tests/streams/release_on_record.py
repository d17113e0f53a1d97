"""A shard's night as a release left it: its state and desk log, kept beside the tests as a file.

``python tests/streams/release_on_record.py tests/streams/releases/NAME.jsonl`` writes the file of
the release that it is run on. The first half of the night has made the state; the second half lies
on the desk still. A line each: a record of the state topic, a record of the desk, and what the
release itself made of the second half.
"""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import orjson
from desk_at_hand import Desk, as_read
from event_bodies import wire

from incidents.case import Case
from streams.pipeline import one_batch, understand

CORNER = {"lon": 118.79, "lat": 32.06, "datum": "wgs84"}
NEXT_DOOR = {"lon": 118.7901, "lat": 32.06, "datum": "wgs84"}
STATION = {"lon": 118.7825, "lat": 32.0655, "datum": "wgs84"}
PARK = {"lon": 118.81, "lat": 32.04, "datum": "wgs84"}
MINUTE, HOUR = 60.0, 3600.0


class Night(NamedTuple):
    """``kept``: key, value and tag of the state topic's records after the first half. ``rest``:
    bodies on the desk after it. ``cases``: what each case came to by the end, as the release has
    published it."""

    kept: list[tuple[bytes, bytes | None, bytes]]
    first: int
    rest: list[dict[str, Any]]
    cases: dict[str, dict[str, Any]]

    def write(self, file: Path) -> None:
        """One JSON line a record."""
        lines: list[object] = [{"first": self.first}]
        lines += [{"kept": [_text(part) for part in record]} for record in self.kept]
        lines += [{"desk": body} for body in self.rest]
        lines += [{"case": body} for body in self.cases.values()]
        file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))

    @classmethod
    def read(cls, file: Path) -> Night:
        """As it was written."""
        found = cls([], 0, [], {})
        for line in map(orjson.loads, file.read_bytes().splitlines()):
            if "first" in line:
                found = found._replace(first=line["first"])
            elif "kept" in line:
                key, value, tag = (_bytes(part) for part in line["kept"])
                found.kept.append((key or b"", value, tag or b""))
            elif "desk" in line:
                found.rest.append(line["desk"])
            else:
                found.cases[line["case"]["incident_id"]] = line["case"]
        return found


def _text(part: bytes | None) -> str | None:
    return None if part is None else b64encode(part).decode()


def _bytes(part: str | None) -> bytes | None:
    return None if part is None else b64decode(part)


class NightDesk(Desk):
    """A desk, and what happens on it in one night."""

    def device(self, lane: str, **event: Any) -> Any:
        """One event of the water gauge at the station."""
        n = len(self.log)
        body = {
            "schema_version": 1,
            "event_id": f"d-{n}",
            "source": "iot",
            "device_id": "gauge-7",
            "occurred_at": datetime.fromtimestamp(self.now, UTC).isoformat(),
            "position": STATION,
            **event,
        }
        records = one_batch(f"wangge.in.{lane}", wire(body), self.now, n)
        return self.judge(*(as_read(one) for one in understand(lane, records, self.force).desk))

    def opened(self, text: str, position: dict[str, Any], **fields: Any) -> str:
        """The case that a report opens."""
        self.now += MINUTE
        found: str = self.report(text, position, **fields).decisions[-1]["incident_id"]
        return found

    def case(self, name: str) -> Case:
        """As the state has it."""
        record = self.state.get("incident", name)
        assert record is not None
        return Case.from_json(record)

    def owner_does(self, name: str, action: str, **fields: Any) -> None:
        """The unit whose case it is acts."""
        self.now += MINUTE
        self.act(self.case(name).unit, name, action, **fields)

    def dispatcher_does(self, name: str, action: str, **fields: Any) -> None:
        """Who hands the case to units acts."""
        self.now += MINUTE
        self.act(self.case(name).dispatcher, name, action, **fields)

    def first_half(self) -> list[str]:
        """Reports, a gauge, an accepted, a suspended, a returned and an untouched case."""
        flood = self.opened("下穿通道积水严重", CORNER)
        self.opened("下穿通道积水", NEXT_DOOR)
        self.device("readings", sensor="water_level", value=0.1, unit="m")
        self.device("readings", sensor="water_level", value=0.3, unit="m")
        cover = self.opened("路口井盖破损", PARK)
        lamp = self.opened("路灯不亮", CORNER)
        stall = self.opened("流动摊贩占道", PARK)
        self.owner_does(flood, "accept")
        self.owner_does(cover, "accept")
        until = datetime.fromtimestamp(self.now + 6 * HOUR, UTC).isoformat()
        self.owner_does(cover, "suspend", until=until, reason_code="materials")
        self.dispatcher_does(cover, "approve", request="suspend")
        self.owner_does(lamp, "return", reason_code="not_ours")
        self.tick(20 * MINUTE)
        return [flood, cover, lamp, stall]

    def second_half(self, flood: str, cover: str, lamp: str, stall: str) -> None:
        """Each of them goes on, and time goes by."""
        self.opened("下穿通道积水严重 有人被困", NEXT_DOOR)
        self.device("readings", sensor="water_level", value=0.2, unit="m")
        self.owner_does(flood, "resolve", note="已抽排")
        self.owner_does(stall, "accept")
        self.dispatcher_does(stall, "void", reason_code="false")
        self.dispatcher_does(lamp, "assign", to_unit="dept:water")
        self.owner_does(cover, "resume")
        self.tick(3 * HOUR)
        self.tick(3 * 24 * HOUR)
        self.opened("路口井盖破损", PARK)


def night_of(city: Any) -> Night:
    """The night on this release."""
    desk = NightDesk(city)
    cases = desk.first_half()
    kept, first = list(desk.kept), len(desk.log)
    desk.second_half(*cases)
    return Night(kept, first, desk.log[first:], last_said(desk.published))


def last_said(units: list[Any]) -> dict[str, dict[str, Any]]:
    """By case the latest of its published bodies."""
    return {body["incident_id"]: as_read(body) for unit in units for body in unit.incidents}


if __name__ == "__main__":
    from streams.city import City

    with TemporaryDirectory() as cache:
        night_of(City.load(Path("cities/nanjing"), Path(cache))).write(Path(sys.argv[1]))
