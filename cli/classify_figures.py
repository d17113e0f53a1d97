"""How good the words, a model and both together are on labelled texts, as a JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from cli.classify_judge import Judge, classified
from rules.classify import Classifier
from rules.trained import Guess
from rules.training import Report, at_thresholds, evaluate

Said: TypeAlias = list[str]
Ways: TypeAlias = dict[str, Said]
"""Categories by who said so: ``lexicon``, ``trained``, ``both``."""


def figures_of(
    judge: Judge, texts: Sequence[str], labels: Sequence[str], twists: Sequence[str]
) -> dict[str, Any]:
    """How good the lexicon is, and with a model the model and both together.

    ``twists``: what is odd about each text, or nothing; shown apart.
    """
    guesses = judge.guesses(texts)
    ways: Ways = {"lexicon": [classified(judge.lexicon, text, None).category for text in texts]}
    document: dict[str, Any] = {"texts": len(texts)}
    likely: list[float] = []
    if judge.model is not None:
        known = cast(Sequence[Guess], guesses)
        likely = [guess.probability for guess in known]
        ways["trained"] = [guess.category for guess in known]
        ways["both"] = _both(judge.both, texts, guesses)
        raw = replace(judge.model, calibration=(1.0, 1.0, 0.0)).guess(texts)
        before = evaluate(labels, ways["trained"], [guess.probability for guess in raw])
        document |= {
            "threshold": judge.threshold,
            "calibration_error_before": before.calibration_error,
            "thresholds": [t._asdict() for t in at_thresholds(labels, known, ways["lexicon"])],
        }
    document["ways"] = {
        way: _record(labels, said, likely if way == "trained" else None, twists)
        for way, said in ways.items()
    }
    return document


def _both(classifier: Classifier, texts: Sequence[str], guesses: Sequence[Guess | None]) -> Said:
    pairs = zip(texts, guesses, strict=True)
    return [classified(classifier, text, guess).category for text, guess in pairs]


def _record(
    labels: Sequence[str], said: Said, likely: list[float] | None, twists: Sequence[str]
) -> dict[str, Any]:
    report = evaluate(labels, said, likely)
    record: dict[str, Any] = {
        "macro_f1": report.macro_f1,
        "accuracy": report.accuracy,
        "categories": {code: scores._asdict() for code, scores in report.by_category.items()},
        "confusions": [confusion._asdict() for confusion in report.confusions],
    }
    if report.calibration_error is not None:
        record["calibration_error"] = report.calibration_error
    if twists:
        record["twists"] = {twist: _twist(labels, said, twists, twist) for twist in _kinds(twists)}
    return record


def _twist(
    labels: Sequence[str], said: Said, twists: Sequence[str], twist: str
) -> dict[str, float]:
    at = [i for i, one in enumerate(twists) if one == twist]
    report: Report = evaluate([labels[i] for i in at], [said[i] for i in at])
    return {"texts": report.texts, "macro_f1": report.macro_f1, "accuracy": report.accuracy}


def _kinds(twists: Sequence[str]) -> list[str]:
    """The commonest first."""
    return [twist for twist, _ in Counter(sorted(twists)).most_common()]
