"""From a decoded GeoJSON object to a draft, keeping whatever can be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from geo.geojson import declared_crs, list_features, property_text, read_geometry
from geo.layer import BoundaryLayer, GridSystem, Level
from geo.lint.draft import Draft
from geo.lint.finding import LintFinding
from messages.errors import BoundaryError
from messages.place import Datum

_ANYWHERE: Final = np.array([shapely.box(0, 0, 1, 1)], dtype=object)


def read_draft(
    obj: object,
    *,
    level: Level,
    code: str,
    parent: str | None = None,
    crs: str | None = None,
    datum: Datum = "wgs84",
    system: GridSystem = "management",
) -> tuple[Draft, list[LintFinding]]:
    """The usable rows of a layer, and what is wrong with the others.

    Raises :class:`BoundaryError` ``not_geojson`` when there is no list of features at all.
    """
    label = level if system == "management" else f"{system} grid"
    rows = _Rows(level, label, code, parent)
    features = list_features(obj)
    for number, feature in enumerate(features, 1):
        rows.add(number, feature)
    names_parents = rows.check_properties(features)
    rows.check_codes()
    geometries = np.empty(len(rows.geometries), dtype=object)
    geometries[:] = rows.geometries
    draft = Draft(
        level,
        tuple(rows.codes),
        tuple(rows.parents) if names_parents else None,
        geometries,
        crs or declared_crs(obj),
        datum,
        frozenset(rows.known),
        len(features),
        system,
    )
    return draft, rows.findings


@dataclass(slots=True)
class _Rows:
    level: Level
    label: str
    code: str
    parent: str | None
    codes: list[str] = field(default_factory=list)
    parents: list[str | None] = field(default_factory=list)
    geometries: list[Any] = field(default_factory=list)
    known: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    without: list[int] = field(default_factory=list)
    findings: list[LintFinding] = field(default_factory=list)

    def add(self, number: int, feature: Any) -> None:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if (
            not isinstance(feature, dict)
            or feature.get("type") != "Feature"
            or not isinstance(properties, dict | None)
        ):
            self._find("not_a_feature", f"feature {number}", "is not a GeoJSON Feature")
            return
        properties = properties or {}
        code = property_text(properties.get(self.code))
        if code:
            self.known[code].append(number)
        else:
            self.without.append(number)
        label = code or f"feature {number}"
        try:
            geometry = read_geometry(feature.get("geometry"), number)
        except BoundaryError as error:
            self._find(error.code.removeprefix("boundary."), label, error.message, error.mend)
            return
        self.codes.append(label)
        parent = property_text(properties.get(self.parent)) if self.parent else ""
        self.parents.append(parent or None)
        self.geometries.append(geometry)

    def check_properties(self, features: Sequence[Any]) -> bool:
        """Whether the layer names parents; a property that no feature has is a finding."""
        keys: dict[str, None] = {}
        for feature in features:
            found = feature.get("properties") if isinstance(feature, dict) else None
            keys |= dict.fromkeys(found if isinstance(found, dict) else ())
        for name in filter(None, (self.code, self.parent)):
            if name not in keys:
                known = ", ".join(sorted(map(str, keys))[:20]) or "none: there are no properties"
                self._find(
                    "property_unknown",
                    "",
                    f"no feature of the {self.label} file has a property {name!r}",
                    mend=f"name one of {known}",
                )
                if name == self.code:
                    self.without.clear()  # said once, not once a feature
        return self.parent in keys if self.parent else False

    def check_codes(self) -> None:
        for number in self.without:
            label = f"feature {number}"
            self._find("code_missing", label, f"{label} has no code")
        for code, numbers in self.known.items():
            if mend := _unusable(self.level, code):
                self._find("code_unusable", code, f"the code {code!r} cannot name a queue", mend)
            if len(numbers) > 1:
                text = f"the code {code!r} stands in {len(numbers)} features: {_listed(numbers)}"
                self._find("code_duplicate", code, text, features=len(numbers))

    def _find(self, code: str, territory: str, text: str, mend: str = "", **measures: int) -> None:
        who = (territory,) if territory else ()
        self.findings.append(LintFinding(code, self.label, who, text, measures=measures, mend=mend))


def _unusable(level: Level, code: str) -> str:
    """What a code may hold, when this one holds something else; "" for a good one.

    Asked of the layer itself, so that the rule stands in one place.
    """
    try:
        BoundaryLayer(level, (code,), (code,), (None,), _ANYWHERE)
    except BoundaryError as error:
        return error.mend
    return ""


def _listed(numbers: Sequence[int]) -> str:
    first = ", ".join(map(str, numbers[:5]))
    return first + (" …" if len(numbers) > 5 else "")
