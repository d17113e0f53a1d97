"""A city ready to decide: its pack compiled once, its cells with everything a place body needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from geo.boundaries import BoundaryLayer
from geo.index import GridIndex, Territory
from messages.model import Body
from messages.place import Datum
from messages.topics import Lane
from messages.unit import Unit
from packs.load import load
from packs.pack import Pack
from rules.assess import Assessed, Assessor
from rules.classify import Classified, Classifier
from rules.route import Routed, Router
from rules.screen import Finding, Screen
from streams.boundaries.load import load_layers
from streams.cluster.topology import units_of


class Located(NamedTuple):
    """A place found: ``place`` and ``reason`` are bodies that events share; never change them."""

    place: Body
    reason: Body
    shard: int
    district: str | None
    street: str | None


@dataclass(frozen=True, slots=True)
class City:
    """Everything :func:`understand` and :func:`judge` need to know of one pack version."""

    pack: Pack
    boundaries: str
    index: GridIndex
    cells: Sequence[Located]
    screen: Screen
    classifier: Classifier
    assessor: Assessor
    router: Router
    units: tuple[Unit, ...]
    unit_names: MappingProxyType[str, str]
    category_names: MappingProxyType[str, str]
    source_datums: MappingProxyType[str, Datum]
    sensor_units: MappingProxyType[str, str]

    @property
    def version(self) -> str:
        return self.pack.version

    @property
    def code(self) -> str:
        return self.pack.city.code

    @property
    def shards(self) -> int:
        return self.pack.city.shards.count

    def warm(self) -> None:
        """Build what is built on first use, so that no event pays for it: a tree per datum."""
        nowhere = np.full(1, 181.0)
        for datum in {"wgs84", *self.source_datums.values()}:
            self.index.locate(nowhere, nowhere, datum)

    def classify(self, event: Any) -> Classified | None:
        """What the event is; None for a reading within its limits."""
        kind = event.kind
        if kind == "report":
            return self.classifier.classify(kind, event.text, event.category_hint, event.source)
        if kind == "alarm":
            return self.classifier.classify(
                kind, event.text, None, event.source, event.sensor, event.state
            )
        return self.classifier.classify(
            kind, "", None, event.source, event.sensor, None, event.value
        )

    def misread(self, event: Any) -> Finding | None:
        """Why a reading cannot be held against limits: its sensor or its unit is not the pack's."""
        if event.kind != "reading":
            return None
        unit = self.sensor_units.get(event.sensor)
        if unit is None:
            return Finding("unknown_sensor", f"sensor {event.sensor} is not in the taxonomy")
        if unit and event.unit and unit != event.unit:
            text = f"{event.sensor} is measured in {unit}, not in {event.unit}"
            return Finding("other_unit", text)
        return None

    def screened(self, event: Any, received_at: float, life_safety: bool) -> Finding | None:
        """Why the event is put aside, or None. ``received_at``: epoch seconds."""
        kind, position = event.kind, event.position
        is_report = kind == "report"
        return self.screen.check(
            kind,
            position.lon if position is not None else None,
            position.lat if position is not None else None,
            event.occurred_at.timestamp(),
            received_at,
            event.text if kind != "reading" else "",
            bool(event.media) if is_report else True,
            bool(event.category_hint) if is_report else True,
            life_safety,
        )

    def assess(self, event: Any, lane: Lane, category: str) -> Assessed:
        """How fast the city acts on it."""
        if event.kind == "report":
            return self.assessor.assess(category, lane, event.text)
        if event.kind == "alarm":
            return self.assessor.assess(category, lane, event.text, event.sensor, event.state)
        return self.assessor.assess(category, lane, "", event.sensor)

    def route(self, body: Body) -> Routed:
        """Whose an understood event is, by the values it carries along."""
        place, consulted = body["place"], body["consulted"]
        return self.router.route(
            body["category"],
            body["priority"],
            body["kind"],
            consulted["source"],
            place.get("district"),
            place.get("street"),
            place["method"] != "unlocated",
            consulted["life_safety"],
        )

    def route_reason(self, routed: Routed) -> Body:
        """The route as a ``Reason`` body."""
        name = self.unit_names.get(routed.unit, "")
        text = f"route {routed.route} → {routed.unit} {name}".rstrip()
        return {"step": "route", "code": routed.route, "text": text}

    @property
    def repeat_window_s(self) -> float:
        return self.screen.repeat_window_s

    @classmethod
    def load(cls, folder: Path, cache_dir: Path) -> City:
        """The city of a pack folder. Raises ``PackError`` or ``BoundaryError``."""
        pack = load(folder)
        layers, boundaries = load_layers(pack, cache_dir)
        return cls.compile(pack, layers, boundaries)

    @classmethod
    def compile(cls, pack: Pack, layers: tuple[BoundaryLayer, ...], boundaries: str) -> City:
        """The city of a loaded pack over its boundary layers (coarse to fine)."""
        index = GridIndex.build(
            layers, city=pack.city.code, tolerance_m=pack.city.tolerance_m, version=boundaries
        )
        return cls(
            pack=pack,
            boundaries=boundaries,
            index=index,
            cells=tuple(_inside(pack, boundaries, t) for t in index.territories),
            screen=Screen.compile(pack.screening, pack.taxonomy),
            classifier=Classifier.compile(pack.classify, pack.taxonomy, pack.sources),
            assessor=Assessor.compile(pack.taxonomy, pack.classify),
            router=Router.compile(pack.routing, pack.taxonomy),
            units=tuple(units_of(pack, layers)),
            unit_names=MappingProxyType(_unit_names(pack, layers)),
            category_names=MappingProxyType({c.code: c.name for c in pack.taxonomy.categories}),
            sensor_units=MappingProxyType({s.code: s.unit or "" for s in pack.taxonomy.sensors}),
            source_datums=MappingProxyType({name: s.datum for name, s in pack.sources.items()}),
        )


def _inside(pack: Pack, boundaries: str, territory: Territory) -> Located:
    place: Body = {"method": "inside", "city": pack.city.code}
    for level in ("district", "street", "community", "grid"):
        code = getattr(territory, level)
        if code is not None:
            place[level] = code
    place["distance_m"] = 0.0
    place["boundaries"] = boundaries
    names = " ".join(n for n in (territory.district_name, territory.street_name) if n)
    finest = territory.grid or territory.street or territory.district or ""
    reason = {"step": "locate", "code": "inside", "text": f"inside {finest}, {names}".rstrip(", ")}
    shards = pack.city.shards
    shard = shards.districts.get(territory.district or "", shards.unlocated)
    return Located(place, reason, shard, territory.district, territory.street)


def _unit_names(pack: Pack, layers: tuple[BoundaryLayer, ...]) -> dict[str, str]:
    names = {"city": pack.city.name}
    for layer in layers:
        if layer.level in ("district", "street"):
            pairs = zip(layer.codes, layer.names, strict=True)
            names |= {f"{layer.level}:{code}": name for code, name in pairs}
    names |= {f"dept:{d.code}": d.name for d in pack.city.departments}
    return names
