"""Every check of a pack, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from messages.errors import PackError
from packs.golden import read_golden
from streams.checking.calendar_ends import check_calendars
from streams.checking.coverage import check_coverage
from streams.checking.finding import Finding
from streams.checking.golden import Played, check_golden
from streams.checking.mutation import check_mutants
from streams.checking.reachable import check_reach
from streams.city import City


@dataclass(slots=True)
class Report:
    """``found``: findings and notes, in the order of the checks. ``figures``: what was counted, by
    what it is called."""

    found: list[Finding] = field(default_factory=list)
    figures: dict[str, int | float] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        return [one for one in self.found if one.severity == "finding"]

    @property
    def notes(self) -> list[Finding]:
        return [one for one in self.found if one.severity == "note"]


def check(
    city: City, today: date, *, mutate: bool = False, step: Callable[[str], None] = lambda _: None
) -> Report:
    """Check a pack that has been loaded. ``mutate``: also whether its golden tests would notice
    wrong routes. ``step`` is told what is looked at."""
    report = Report()
    step("which routes are reached")
    found, verdicts = check_reach(city)
    report.found += found
    report.figures["routes"] = len(city.router.routes)
    report.figures["reached"] = sum(one.verdict == "reached" for one in verdicts)
    step("what reaches whom")
    coverage = check_coverage(city)
    report.found += coverage.findings
    report.figures["routings"] = coverage.routings
    report.found += check_calendars(city.pack, today)
    step("golden tests")
    _golden(city, report, mutate=mutate, step=step)
    return report


def _golden(city: City, report: Report, *, mutate: bool, step: Callable[[str], None]) -> None:
    try:
        golden = read_golden(city.pack.folder)
    except PackError as error:
        # No worker reads that file: the pack can be used, and it is one finding among others.
        report.found.append(Finding(error.code, error.message, error.file, error.line, error.mend))
        return
    if golden is None:
        file = str(city.pack.folder / "tests.yaml")
        text, mend = "the pack has no golden tests", "write some: docs/trust-in-a-pack.md"
        report.found.append(Finding("check.no_golden_tests", text, file, 0, mend, "note"))
        return
    result = check_golden(city, *golden)
    report.found += [*result.findings, *result.untested]
    report.figures["golden_tests"] = len(golden[0].tests)
    report.figures["golden_held"] = len(result.held)
    if mutate:
        step("what golden tests would notice")
        _mutants(city, result.held, report)


def _mutants(city: City, held: list[Played], report: Report) -> None:
    mutation = check_mutants(city, held)
    report.found += mutation.findings
    for fate in ("killed", "survived", "equivalent", "refused"):
        report.figures[f"mutants_{fate}"] = mutation.counts[fate]
    report.figures["mutation_score"] = round(mutation.score, 4)
