"""A city ready to decide: its pack compiled once, its cells with everything a place body needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from geo.boundaries import BoundaryLayer
from geo.exposure import Exposure
from geo.validity import valid_at
from incidents.lifecycle import Lifecycle
from incidents.merging import Like
from incidents.warnings.rule import WarningRules
from messages.model import Body
from messages.place import Datum
from messages.unit import Unit
from packs.calendars import WholeCalendar
from packs.exposure import read_exposure
from packs.load import load
from packs.pack import Pack
from packs.tree import places, tree
from rules.assess import Assessor
from rules.calendar import Calendar
from rules.classify import Classifier
from rules.escalate import Policy
from rules.route import Routed, Router
from rules.route.flat import RouteError
from rules.screen import Screen
from rules.sensors import Watch, watches
from rules.trained import Trained
from streams.boundaries.index import datums_of, load_index
from streams.boundaries.load import chosen_set, load_sets
from streams.cluster.topology import units_of
from streams.ground.ground import Ground


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class City:
    """Everything :func:`understand` and :func:`judge` need to know of one pack version.

    ``grounds``: one a boundary set, in the order of their time. ``watches``: kinds of device.
    ``policies``: the escalation policy of each priority, where the pack has any; ``escalation``:
    policies by name. ``likes``: by category, what speaks of the same. ``warnings``: when many cases
    make one. ``on_clear``: by kind of
    device, what its clearing does to its case.
    """

    pack: Pack
    grounds: tuple[Ground, ...]
    exposure: Exposure | None
    screen: Screen
    watches: Mapping[str, Watch]
    classifier: Classifier
    trained: Trained | None
    assessor: Assessor
    router: Router
    calendar: Calendar
    policies: Mapping[str, str]
    escalation: Mapping[str, Policy]
    lifecycle: Lifecycle
    likes: Mapping[str, Like]
    warnings: WarningRules
    on_clear: Mapping[str, str]
    units: tuple[Unit, ...]
    unit_names: MappingProxyType[str, str]
    category_names: MappingProxyType[str, str]
    merge_windows_s: MappingProxyType[str, float]
    source_datums: MappingProxyType[str, Datum]
    patrols: frozenset[str]

    def __repr__(self) -> str:
        return f"<City {self.code}, pack {self.version}>"  # a pack's own is megabytes

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

    @property
    def lifeline(self) -> str | None:
        """The linkage service that a P1 goes to where its route names none, as a unit."""
        escalation = self.pack.escalation
        service = escalation.life.p1_linkage if escalation is not None else None
        return f"linkage:{service}" if service else None

    @property
    def unit_codes(self) -> frozenset[str]:
        """Every unit that has a queue, such as ``street:320106001``."""
        return frozenset(self.unit_names) | {str(unit) for unit in self.units}

    def warm(self) -> None:
        """Build what is built on first use, so that no event pays for it: a tree per datum."""
        for ground in self.grounds:
            for datum in datums_of(self.pack):
                _ = ground.index.in_datum(datum).tree

    @property
    def remembered(self) -> frozenset[object]:
        """Categories whose witnesses are counted, because a contribution or a route asks."""
        return self.assessor.remembered | self.router.counted

    def route_reason(self, routed: Routed) -> Body:
        """The route as a ``Reason`` body."""
        name = self.unit_names.get(routed.unit, "")
        text = f"route {routed.route} → {routed.unit} {name}".rstrip()
        return {"step": "route", "code": routed.route, "text": text}

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
        """The city of a loaded pack over the grounds of its boundary sets. ``layers``: of all.

        Raises ``PackError`` for what only compiling finds out, such as a condition in CEL.
        """
        taxonomy = pack.taxonomy
        classifier = Classifier.compile(pack.classify, taxonomy, pack.sources)
        contributions = {name: mode.contributions for name, mode in pack.modes.items()}
        return cls(
            pack=pack,
            grounds=tuple(grounds),
            exposure=_exposure(pack),
            screen=Screen.compile(pack.screening, taxonomy),
            watches=MappingProxyType(watches(taxonomy)),
            classifier=classifier,
            trained=Trained.compile(pack.trained) if pack.trained is not None else None,
            assessor=Assessor.compile(taxonomy, pack.classify, pack.assessment, contributions),
            router=compiled_router(pack),
            calendar=_calendar(pack),
            policies=MappingProxyType(
                pack.escalation.defaults.model_dump() if pack.escalation is not None else {}
            ),
            escalation=MappingProxyType(
                {one.policy: Policy.compile(one) for one in pack.escalation.policies}
                if pack.escalation is not None
                else {}
            ),
            lifecycle=(
                Lifecycle.compile(pack.escalation.life)
                if pack.escalation is not None
                else Lifecycle()
            ),
            likes=MappingProxyType(
                {
                    c.code: Like(c.merge.radius_m, c.merge.minutes * 60, c.merge.likeness)
                    for c in taxonomy.categories
                }
            ),
            warnings=(
                WarningRules.compile(pack.warnings) if pack.warnings is not None else WarningRules()
            ),
            on_clear=MappingProxyType({one.code: one.on_clear for one in taxonomy.sensors}),
            units=tuple(units_of(pack, layers)),
            unit_names=MappingProxyType(_unit_names(pack, layers)),
            category_names=MappingProxyType({c.code: c.name for c in taxonomy.categories}),
            merge_windows_s=MappingProxyType(
                {c.code: c.merge.minutes * 60 for c in taxonomy.categories}
            ),
            source_datums=MappingProxyType({name: s.datum for name, s in pack.sources.items()}),
            patrols=frozenset(name for name, source in pack.sources.items() if source.patrol),
        )


def compiled_router(pack: Pack) -> Router:
    """The router of all routes of a pack: its modes', its own, its units'. Raises ``PackError``
    with file and line where one cannot be compiled."""
    try:
        return Router.compile(tree(pack), pack.taxonomy)
    except RouteError as error:
        place = places(pack)[error.route]
        raise pack.documents[place.file].error(
            "condition",
            f"route {error.route!r}: {error}",
            (*place.where, "match", "when"),
            mend="mend the condition; it is CEL, such as reports > 2 && score >= 60.0",
        ) from None


def _exposure(pack: Pack) -> Exposure | None:
    if not pack.city.layers:
        return None
    read = ((layer, read_exposure(pack.folder, layer)) for layer in pack.city.layers)
    return Exposure.compile(
        [(layer.layer, layer.datum, rows.lon, rows.lat, rows.radius_m) for layer, rows in read]
    )


def _calendar(pack: Pack) -> Calendar:
    """The pack's; without one, every minute is a working one."""
    if pack.calendars is None or pack.city.calendar is None:
        every_minute = WholeCalendar(
            "always", date.min, date.max, None, True, (((0, 1440),),) * 7, {}, {}
        )
        return Calendar.compile(every_minute, pack.city.time_zone)
    return Calendar.compile(pack.calendars.whole()[pack.city.calendar], pack.city.time_zone)


def _unit_names(pack: Pack, layers: Sequence[BoundaryLayer]) -> dict[str, str]:
    names = {"city": pack.city.name}
    for layer in layers:
        if layer.level in ("district", "street"):
            pairs = zip(layer.codes, layer.names, strict=True)
            names |= {f"{layer.level}:{code}": name for code, name in pairs}
    names |= {f"dept:{d.code}": d.name for d in pack.city.departments}
    return names
