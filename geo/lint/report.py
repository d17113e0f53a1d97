"""A survey for a program and for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from geo.lint.finding import LintFinding
from geo.lint.kinds import KINDS, SEVERITIES
from geo.lint.survey import Survey

EXAMPLES: Final = 5
"""How many findings of one code a person is shown, unless all are asked for."""


def record(survey: Survey) -> dict[str, Any]:
    """Layers, findings and summary as JSON has them; the keys are an interface."""
    looked_at: dict[str, int] = {layer.label: len(layer) for layer in survey.layers}
    return {
        "layers": {
            level: {"features": count, "usable": looked_at.get(level, 0)}
            for level, count in survey.features.items()
        },
        "findings": [_finding(finding) for finding in survey.findings],
        "summary": {
            "clean": survey.clean,
            **severities(survey.findings),
            "codes": dict(sorted(Counter(f.code for f in survey.findings).items())),
        },
    }


def severities(findings: Sequence[LintFinding]) -> dict[str, int]:
    """How many findings of each severity, the worst first."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in SEVERITIES}


def lines(survey: Survey, *, examples: int | None = EXAMPLES) -> Iterator[str]:
    """The report by level and code, at most ``examples`` findings of each (None: all)."""
    usable: dict[str, int] = {layer.label: len(layer) for layer in survey.layers}
    for level, features in survey.features.items():
        findings = [finding for finding in survey.findings if finding.level == level]
        unusable = features - usable.get(level, 0)
        without = f", {unusable:,} of them unusable" if unusable else ""
        yield f"{level}: {features:,} features{without}{'' if findings else ': nothing found'}"
        for code, group in groupby(findings, key=lambda finding: finding.code):
            yield from _group(code, list(group), examples)


def summary(survey: Survey) -> str:
    """One line: how many of each severity."""
    counts = severities(survey.findings)
    told = ", ".join(
        f"{count:,} {name}{'' if count == 1 or name == 'info' else 's'}"
        for name, count in counts.items()
    )
    return told if survey.findings else "clean"


def _group(code: str, findings: list[LintFinding], examples: int | None) -> Iterator[str]:
    kind = KINDS[code]
    yield f"  {kind.severity}: {kind.en} {kind.zh} [{code}] ({len(findings):,})"
    shown = findings[:examples]
    for finding in shown:
        at = "" if finding.lon is None else f" @ {finding.lon:.6f},{finding.lat:.6f}"
        yield f"    {_one_line(finding.text)}{at}"
    if len(findings) > len(shown):
        yield f"    … and {len(findings) - len(shown):,} more"
    for mend in dict.fromkeys(finding.what_to_do for finding in shown):
        yield f"    mend: {_one_line(mend)}"


def _finding(finding: LintFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "level": finding.level,
        "territories": list(finding.territories),
        "text": finding.text,
        "mend": finding.what_to_do,
        "lon": finding.lon,
        "lat": finding.lat,
        "count": finding.count,
        "measures": dict(finding.measures),
    }


def _one_line(text: str) -> str:
    """Without control characters: codes come from a file, and a terminal obeys some."""
    return "".join(c if c.isprintable() else "�" for c in text)
