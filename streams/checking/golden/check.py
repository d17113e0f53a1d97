"""Whether the golden tests of a pack hold, and what none of them looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from packs.document import Document
from packs.golden import Expect, GoldenFile, GoldenTest
from streams.checking.finding import Finding, at, at_route
from streams.checking.golden.failures import failures
from streams.checking.golden.run import Played, play
from streams.checking.golden.spots import Spots
from streams.city import City


class Golden(NamedTuple):
    """``held``: the tests that hold, each with its decision. ``untested``: notes of what none of
    them looks at."""

    held: list[Played]
    findings: list[Finding]
    untested: list[Finding]


def check_golden(city: City, file: GoldenFile, document: Document) -> Golden:
    """``duplicate_test``, ``unknown_in_test`` and ``golden_failed``; notes ``untested_route`` and
    ``untested_mode``."""
    spots = Spots(city)
    findings: list[Finding] = []
    sound = []
    names: set[str] = set()
    for number, test in enumerate(file.tests):
        if test.name in names:
            text = f"two tests are named {test.name!r}"
            findings.append(_at(document, number, "duplicate_test", text, "rename one", "name"))
        names.add(test.name)
        unknown = list(_unknown(city, test, spots))
        for field, text in unknown:
            mend = "name one that the pack has"
            findings.append(_at(document, number, "unknown_in_test", text, mend, field))
        if not unknown:
            sound.append((number, test))
    held = []
    for one in play(sound, city, spots):
        found = failures(one.test.expect, one.decision)
        if found:
            text = f"golden test {one.test.name!r}: {'; '.join(found)}"
            mend = "mend the rules, or what the test expects"
            findings.append(_at(document, one.number, "golden_failed", text, mend, "expect"))
        else:
            held.append(one)
    untested = [*_untested_routes(city, held), *_untested_modes(city, held)]
    return Golden(held, findings, untested)


def _at(
    document: Document, number: int, code: str, text: str, mend: str, field: str = ""
) -> Finding:
    return at(document, ("tests", number, field) if field else ("tests", number), code, text, mend)


def _unknown(city: City, test: GoldenTest, spots: Spots) -> Iterator[tuple[str, str]]:
    """Fields that name what the pack does not have, and what is wrong with them."""
    if test.source not in city.pack.sources:
        yield "source", f"there is no source {test.source!r}"
    for earlier in test.before:
        if earlier.source not in city.pack.sources:
            yield "before", f"there is no source {earlier.source!r}"
    for scenario in test.mode:
        if scenario not in city.pack.modes:
            yield "mode", f"there is no mode {scenario!r}"
    if test.near is not None:
        if spots.near(test.near, test.street, test.district) is None:
            yield "near", f"no place of layer {test.near!r} lies there alone"
    else:
        for level in ("street", "district"):
            code = getattr(test, level)
            if code is not None and spots.inside(level, code) is None:
                yield level, f"the boundaries have no {level} {code!r}"
    yield from (("expect", text) for text in _unknown_in(city, test.expect))


def _unknown_in(city: City, expect: Expect) -> Iterator[str]:
    units = {"street", "district", *(str(unit) for unit in city.units)}
    for unit in (expect.queue, *(expect.copies or ())):
        if unit is not None and unit not in units:
            yield f"there is no unit {unit!r}"
    if expect.route is not None and expect.route not in {r.name for r in city.router.routes}:
        yield f"there is no route {expect.route!r}"
    if expect.category is not None and expect.category not in city.category_names:
        yield f"there is no category {expect.category!r}"


def _untested_routes(city: City, held: Sequence[Played]) -> Iterator[Finding]:
    hit = {
        tried["route"]
        for one in held
        for tried in one.decision.get("tried", ())
        if tried["matched"]
    }
    for route in city.router.routes:
        if route.name not in hit:
            yield at_route(
                city.pack,
                route.name,
                "untested_route",
                f"no golden test reaches route {route.name!r}",
                "add one to tests.yaml",
                "note",
            )


def _untested_modes(city: City, held: Sequence[Played]) -> Iterator[Finding]:
    hit = {
        (scenario, one.decision["consulted"].get("working"))
        for one in held
        if one.decision.get("route") is not None
        for scenario in (
            *one.decision["consulted"].get("modes", ()),
            *(() if one.test.mode else ("",)),
        )
    }
    for scenario in ("", *city.pack.modes):
        for working, when in ((True, "in working time"), (False, "outside working time")):
            if (scenario, working) in hit:
                continue
            file = f"modes/{scenario}.yaml" if scenario else "routing.yaml"
            yield at(
                city.pack.documents[file],
                (),
                "untested_mode",
                f"no golden test looks at {scenario or 'routine'} {when}",
                "add one to tests.yaml",
                "note",
            )
