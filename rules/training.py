"""From labelled texts to a trained model, and how good a model's guesses are.

Only :func:`train` needs scikit-learn, which the extra ``classifier`` brings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from messages.errors import SettingsError
from rules.given import UNKNOWN
from rules.trained import (
    CHARACTER_BITS,
    Alphabet,
    Floats,
    Guess,
    Keys,
    Trained,
    code_points,
    counted,
    form_of,
    likelihood,
    log_odds,
    weighed,
)

SHARES: Final = (1.0, 0.5, 0.25)
"""What an n-gram of one, two and three characters counts beside its rarity: the few long ones that
two texts share must not drown the characters. Of ASCII, see :class:`Alphabet`, all count whole."""
MIN_TEXTS: Final = (1, 2, 2, 2)
"""By length: a longer n-gram that stands in one text alone is a name or a slip."""
MAX_NGRAMS: Final = 30_000
"""More make the file larger and the guesses no better."""
PENALTY_INVERSE: Final = 30.0
"""scikit-learn's ``C``."""
TOLERANCE: Final = 1e-3
FOLDS: Final = 3
BINS: Final = 15

Bools = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    seed: int,
    words: Sequence[tuple[str, str]] = (),
) -> Trained:
    """A model of the texts, one label each; equal arguments give an equal model.

    ``words``: (word, category) known beforehand, such as the names of the categories; they are
    learnt with the texts, and never asked about.

    Its calibration is fitted to texts that a model has not seen: those of each of ``FOLDS`` parts,
    by a model trained on the others.

    Raises :class:`SettingsError` ``classifier_extra`` without scikit-learn, ``labelled_texts``
    where there are fewer than two categories, or nothing to learn from.
    """
    if len(set(labels)) < 2:
        raise SettingsError(
            "labelled_texts",
            f"{len(set(labels))} categories have labelled texts",
            mend="label texts of two categories or more",
        )
    trained = _fit(texts, labels, words)
    scores = np.full((len(texts), len(trained.classes)), -np.inf)
    for fold in _folds(texts, labels, FOLDS, seed):
        _score(texts, labels, words, fold, scores, trained.classes)
    places = {code: i for i, code in enumerate(trained.classes)}
    truth = np.array([places[label] for label in labels])
    return replace(trained, calibration=calibrate(scores, truth))


def split(
    texts: Sequence[str], labels: Sequence[str], share: float, seed: int
) -> tuple[list[int], list[int]]:
    """Indices of the texts to train with, and of those held out: ``share`` of each label's.

    Equal texts stay together, so that none is asked about that was learnt. A label with one text
    keeps it in training.
    """
    ranks, sizes = _ranked(texts, labels, seed)
    held = [
        rank < min(max(round(size * share), 1), size - 1)
        for rank, size in zip(ranks, sizes, strict=True)
    ]
    return [i for i, out in enumerate(held) if not out], [i for i, out in enumerate(held) if out]


def calibrate(scores: Doubles, truth: npt.NDArray[Any]) -> tuple[float, float, float]:
    """Temperature, slope and offset of :func:`rules.trained.likelihood` that fit scores (texts ×
    classes) whose true classes are known. Rows whose true class has the score -inf do not count."""
    rows = np.isfinite(scores[np.arange(len(truth)), truth])
    scores, truth = scores[rows], truth[rows]
    if not len(truth):
        return 1.0, 1.0, 0.0
    temperature = _temperature(scores, truth)
    right = scores.argmax(axis=1) == truth
    return temperature, *_curve(log_odds(likelihood(scores, temperature, 1.0, 0.0)), right)


def _temperature(scores: Doubles, truth: npt.NDArray[Any]) -> float:
    """At which the true classes are likeliest; from 0.2 to 5."""
    scores = scores - scores.max(axis=1, keepdims=True)
    finite = np.where(np.isfinite(scores), scores, 0.0)
    true = scores[np.arange(len(truth)), truth].mean()

    def slope(coldness: float) -> float:
        """Of the mean negative log-likelihood, which is convex in 1 / temperature."""
        likelihoods = np.exp(scores * coldness)
        expected = (likelihoods * finite).sum(axis=1) / likelihoods.sum(axis=1)
        return float(expected.mean() - true)

    low, high = 0.2, 5.0
    for _ in range(50):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return round(1.0 / high, 6)


def _curve(odds: Doubles, right: Bools) -> tuple[float, float]:
    """Slope and offset of the logistic curve from log-odds to being right: the likeliest, drawn a
    little towards none (1 and 0). As Platt has it, ``n`` right ones of ``n`` count as ``n + 1`` of
    ``n + 2``: a few texts make nothing certain."""
    given = np.column_stack([odds, np.ones(len(odds))])
    hits, misses = int(right.sum()), int((~right).sum())
    goal = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
    none = np.array([1.0, 0.0])

    def loss(curve: Doubles) -> float:
        score, away = given @ curve, curve - none
        return float((np.logaddexp(0.0, score) - goal * score).sum() + away @ away / 2)

    curve = none
    for _ in range(50):  # Newton's method, its steps halved while they lead uphill
        share = np.exp(-np.logaddexp(0.0, -(given @ curve)))
        gradient = given.T @ (share - goal) + (curve - none)
        step = np.linalg.solve((given.T * (share * (1.0 - share))) @ given + np.eye(2), gradient)
        while loss(curve - step) > loss(curve) and np.abs(step).max() > 1e-9:
            step = step / 2
        curve = curve - step
    return round(max(float(curve[0]), 0.05), 6), round(float(curve[1]), 6)


def _fit(texts: Sequence[str], labels: Sequence[str], words: Sequence[tuple[str, str]]) -> Trained:
    linear_model, sparse, threadpoolctl = _scikit_learn()
    texts = [*texts, *(word for word, _ in words)]
    labels = [*labels, *(label for _, label in words)]
    alphabet, ngrams, scales = _learn_ngrams(texts)
    rows, columns, values = weighed(Alphabet(alphabet).ngrams(texts), ngrams, scales)
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(ngrams)))
    model = linear_model.LogisticRegression(C=PENALTY_INVERSE, tol=TOLERANCE, max_iter=500)
    # One thread: sums in another order are another model.
    with threadpoolctl.threadpool_limits(1):
        model.fit(matrix, np.array(labels))
    weights, intercepts = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two classes scikit-learn keeps the odds of the second
        weights = np.hstack([-weights / 2, weights / 2])
        intercepts = np.hstack([-intercepts / 2, intercepts / 2])
    return Trained(
        tuple(str(code) for code in model.classes_),
        alphabet,
        ngrams,
        scales,
        np.ascontiguousarray(weights, np.float16),
        intercepts.astype(np.float32),
    )


def _learn_ngrams(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Keys, Floats]:
    """Alphabet, n-grams and their scales: the inverse document frequency
    ``ln((1 + texts) / (1 + texts with it)) + 1``, times the n-gram's share."""
    in_texts = Counter(character for text in texts for character in set(form_of(text)))
    common = [character for character, _ in in_texts.most_common(2**CHARACTER_BITS - 1)]
    points = np.unique(code_points(common))
    points = points[points > 0]
    alphabet = Alphabet(points)
    found = alphabet.ngrams(texts)
    every = np.unique(found[1])
    frequency = np.bincount(counted(found, every)[1], minlength=len(every))
    length, ascii = alphabet.lengths(every)
    enough = frequency >= np.array(MIN_TEXTS)[length - 1]
    # The commonest, of equals the shorter.
    chosen = np.argsort(-frequency * enough, kind="stable")[: min(MAX_NGRAMS, enough.sum())]
    chosen.sort()
    if not len(chosen):
        raise SettingsError(
            "labelled_texts", "the texts have no character in common", mend="label more texts"
        )
    idf = np.log((1 + len(texts)) / (1 + frequency)) + 1
    scales = idf * np.where(ascii, 1.0, np.array([*SHARES, 1.0])[length - 1])
    return points, every[chosen], scales[chosen].astype(np.float32)


def _score(
    texts: Sequence[str],
    labels: Sequence[str],
    words: Sequence[tuple[str, str]],
    fold: Sequence[int],
    scores: Doubles,
    classes: tuple[str, ...],
) -> None:
    """Fill in the rows of ``fold`` by a model trained on the others, where one can be."""
    out = set(fold)
    rest = [i for i in range(len(texts)) if i not in out]
    if not fold or len({labels[i] for i in rest}) < 2:
        return
    try:
        part = _fit([texts[i] for i in rest], [labels[i] for i in rest], words)
    except SettingsError:  # these texts share too little to learn from
        return
    columns = [classes.index(code) for code in part.classes]
    scores[np.ix_(list(fold), columns)] = part.scores([texts[i] for i in fold])


def _folds(texts: Sequence[str], labels: Sequence[str], count: int, seed: int) -> list[list[int]]:
    """Indices in ``count`` parts, each label spread over them, equal texts together."""
    ranks, _ = _ranked(texts, labels, seed)
    starts = {label: i for i, label in enumerate(sorted(set(labels)))}
    folds: list[list[int]] = [[] for _ in range(count)]
    for i, (rank, label) in enumerate(zip(ranks, labels, strict=True)):
        folds[(rank + starts[label]) % count].append(i)
    return folds


def _ranked(texts: Sequence[str], labels: Sequence[str], seed: int) -> tuple[list[int], list[int]]:
    """Each text's place among its label's different texts, in an order drawn by ``seed``, and how
    many those are. A text that stands under two labels counts with the first."""
    label_of: dict[str, str] = {}
    forms = [form_of(text) for text in texts]
    for form, label in zip(forms, labels, strict=True):
        label_of.setdefault(form, label)
    under: dict[str, list[str]] = defaultdict(list)
    for form, label in label_of.items():
        under[label].append(form)
    random = np.random.default_rng(seed)
    rank: dict[str, int] = {}
    for label in sorted(under):
        for form, place in zip(under[label], random.permutation(len(under[label])), strict=True):
            rank[form] = int(place)
    return [rank[form] for form in forms], [len(under[label_of[form]]) for form in forms]


def _scikit_learn() -> tuple[Any, Any, Any]:
    try:
        return (
            import_module("sklearn.linear_model"),
            import_module("scipy.sparse"),
            import_module("threadpoolctl"),
        )
    except ImportError:
        raise SettingsError(
            "classifier_extra",
            "training needs scikit-learn, which is not installed",
            mend="pip install 'wangge[classifier]'",
        ) from None


class Scores(NamedTuple):
    """Of one category. ``support``: texts that are of it. 0 where nothing is to be divided."""

    precision: float
    recall: float
    f1: float
    support: int


class Confusion(NamedTuple):
    """How many ``texts`` of ``label`` were taken for ``guessed``."""

    label: str
    guessed: str
    texts: int


@dataclass(frozen=True, slots=True)
class Report:
    """``macro_f1``: the mean F1 of the categories that have texts. ``by_category``: also of those
    only guessed, by code. ``confusions``: the commonest first. ``calibration_error``: see
    :func:`calibration_error`; None where no probabilities were given."""

    texts: int
    accuracy: float
    macro_f1: float
    by_category: Mapping[str, Scores]
    confusions: tuple[Confusion, ...]
    calibration_error: float | None


def evaluate(
    labels: Sequence[str], guessed: Sequence[str], probabilities: Sequence[float] | None = None
) -> Report:
    """How good ``guessed`` categories are, text by text beside their ``labels``."""
    pairs = Counter(zip(labels, guessed, strict=True))
    right = {label: n for (label, guess), n in pairs.items() if label == guess}
    support, said = Counter(labels), Counter(guessed)
    by_category = {
        code: _scores(right.get(code, 0), said[code], support[code])
        for code in sorted(support.keys() | said.keys())
    }
    confusions = [Confusion(*pair, n) for pair, n in pairs.items() if pair[0] != pair[1]]
    correct = [label == guess for label, guess in zip(labels, guessed, strict=True)]
    return Report(
        texts=len(labels),
        accuracy=_ratio(sum(correct), len(correct)),
        macro_f1=_ratio(sum(by_category[code].f1 for code in support), len(support)),
        by_category=by_category,
        confusions=tuple(sorted(confusions, key=lambda c: (-c.texts, c.label, c.guessed))),
        calibration_error=(
            None if probabilities is None else calibration_error(correct, probabilities)
        ),
    )


class AtThreshold(NamedTuple):
    """``believed``: share of the texts whose guess is. ``right``: share of these guesses that are,
    None where none is believed. ``macro_f1``: with the words deciding the others."""

    threshold: float
    believed: float
    right: float | None
    macro_f1: float


def at_thresholds(
    labels: Sequence[str], guesses: Sequence[Guess], by_words: Sequence[str]
) -> tuple[AtThreshold, ...]:
    """What each tenth would do as the probability from which on a guess is believed."""
    found = []
    for threshold in (tenth / 10 for tenth in range(1, 10)):
        believed = [g.probability >= threshold and g.category != UNKNOWN for g in guesses]
        both = [
            guess.category if yes else words
            for yes, guess, words in zip(believed, guesses, by_words, strict=True)
        ]
        right = sum(
            yes and said == label for yes, said, label in zip(believed, both, labels, strict=True)
        )
        found.append(
            AtThreshold(
                threshold,
                _ratio(sum(believed), len(labels)),
                right / sum(believed) if any(believed) else None,
                evaluate(labels, both).macro_f1,
            )
        )
    return tuple(found)


def calibration_error(correct: Sequence[bool], probabilities: Sequence[float]) -> float:
    """The expected calibration error (Naeini et al. 2015), 0 to 1: the mean distance between what
    a guess's probability promises and how often it is right, in ``BINS`` bins of equal width."""
    promised, right = np.array(probabilities, np.float64), np.array(correct, np.float64)
    bins = np.minimum((promised * BINS).astype(np.int64), BINS - 1)
    gaps = np.abs(np.bincount(bins, promised) - np.bincount(bins, right))
    return _ratio(float(gaps.sum()), len(promised))


def _scores(right: int, said: int, support: int) -> Scores:
    precision, recall = _ratio(right, said), _ratio(right, support)
    return Scores(precision, recall, _ratio(2 * right, said + support), support)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
