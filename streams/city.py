"""A city ready to decide: its pack compiled once, its cells with everything a place body needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.boundaries import BoundaryLayer
from geo.validity import valid_at
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
from streams.boundaries.index import datums_of, load_index
from streams.boundaries.load import chosen_set, load_sets
from streams.cluster.topology import units_of
from streams.ground.ground import Ground


@dataclass(frozen=True, slots=True)
class City:
    """Everything :func:`understand` and :func:`judge` need to know of one pack version.

    ``grounds``: one a boundary set, in the order of their time.
    """

    pack: Pack
    grounds: tuple[Ground, ...]
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
    def boundaries(self) -> str:
        """Versions of its boundary sets, as metrics and logs show them."""
        return "+".join(ground.version for ground in self.grounds)

    @property
    def cells(self) -> int:
        """How many cells all sets have."""
        return sum(len(ground.cells) for ground in self.grounds)

    @property
    def code(self) -> str:
        return self.pack.city.code

    @property
    def shards(self) -> int:
        return self.pack.city.shards.count

    def ground_at(self, occurred_at: float, received_at: float) -> Ground:
        """The boundary set for an event: valid when it occurred; where none was, when it arrived.
        Epoch seconds."""
        grounds = self.grounds
        if len(grounds) == 1:
            return grounds[0]
        return grounds[valid_at([g.valid for g in grounds], occurred_at, received_at)]

    def warm(self) -> None:
        """Build what is built on first use, so that no event pays for it: a tree per datum."""
        for ground in self.grounds:
            for datum in datums_of(self.pack):
                _ = ground.index.in_datum(datum).tree

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
        # Who answers for the place, where that is not whom it lies with.
        unit = place.get("responsible", place)
        return self.router.route(
            body["category"],
            body["priority"],
            body["kind"],
            consulted["source"],
            unit.get("district"),
            unit.get("street"),
            place["method"] != "unlocated" and "choices" not in place,
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
    def load(cls, folder: Path, cache_dir: Path, boundaries: str | None = None) -> City:
        """The city of a pack folder. ``boundaries``: the name of the one set to locate by, whenever
        an event occurred. Raises ``PackError``, ``BoundaryError``, or ``SettingsError`` for a set
        that the pack does not have."""
        pack = load(folder)
        sets = load_sets(pack, cache_dir)
        used = sets if boundaries is None else [chosen_set(sets, boundaries, 0.0)]
        indexes = [load_index(pack, one, cache_dir, datums_of(pack)) for one in used]
        grounds = [Ground.compile(pack, *pair) for pair in zip(used, indexes, strict=True)]
        return cls.compile(pack, [layer for one in sets for layer in one.layers], grounds)

    @classmethod
    def compile(
        cls, pack: Pack, layers: Sequence[BoundaryLayer], grounds: Sequence[Ground]
    ) -> City:
        """The city of a loaded pack over the grounds of its boundary sets. ``layers``: of all."""
        return cls(
            pack=pack,
            grounds=tuple(grounds),
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


def _unit_names(pack: Pack, layers: Sequence[BoundaryLayer]) -> dict[str, str]:
    names = {"city": pack.city.name}
    for layer in layers:
        if layer.level in ("district", "street"):
            pairs = zip(layer.codes, layer.names, strict=True)
            names |= {f"{layer.level}:{code}": name for code, name in pairs}
    names |= {f"dept:{d.code}": d.name for d in pack.city.departments}
    return names
