"""What a text is, by a model learnt from labelled texts: n-grams of characters, weighed by TF-IDF,
into a multinomial logistic regression whose probabilities are calibrated. Needs NumPy alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from rules.text import normalise

LONGEST: Final = 3
"""Characters of the longest n-gram; of ASCII alone, where one says nothing, 3 and 4 are taken."""
LONGEST_ASCII: Final = 4
CHARACTER_BITS: Final = 16
"""A character is a number of this many bits in an n-gram's key; 0 is one that the model lacks."""
_SEPARATOR: Final = "\0"  # between texts; no alphabet holds it, so no n-gram crosses it

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]


class Guess(NamedTuple):
    """``category``: the likeliest. ``probability``: of it, 0 to 1, calibrated, 4 decimals."""

    category: str
    probability: float


class Learnt(Protocol):
    """What a model file says; see ``packs/trained.py``."""

    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def alphabet(self) -> npt.NDArray[np.uint32]: ...
    @property
    def ngrams(self) -> Keys: ...
    @property
    def scales(self) -> Floats: ...
    @property
    def weights(self) -> npt.NDArray[np.float16]: ...
    @property
    def intercepts(self) -> Floats: ...
    @property
    def calibration(self) -> tuple[float, float, float]: ...


class Weighed(NamedTuple):
    """Texts as a sparse matrix, its cells by row and then column: text, n-gram, TF-IDF.

    Each row that has cells has the Euclidean length 1.
    """

    rows: Ints
    columns: Ints
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A trained model. Pure: a text's guess depends on nothing else, nor on the texts beside it.

    ``classes``: category codes, ascending. ``alphabet``: its characters, ascending code points.
    ``ngrams``: keys of :class:`Alphabet`, ascending. ``scales``: what the count of each n-gram is
    multiplied by. ``weights``: n-grams × classes. ``intercepts``: of each class. ``calibration``:
    see :func:`likelihood`; as it stands here, none.
    """

    classes: tuple[str, ...]
    alphabet: npt.NDArray[np.uint32]
    ngrams: Keys
    scales: Floats
    weights: npt.NDArray[np.float16]
    intercepts: Floats
    calibration: tuple[float, float, float] = (1.0, 1.0, 0.0)
    _alphabet: Alphabet = field(init=False, repr=False)
    _weights: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_alphabet", Alphabet(self.alphabet))
        object.__setattr__(self, "_weights", self.weights.astype(np.float32))

    @classmethod
    def compile(cls, file: Learnt) -> Trained:
        """The model of a pack's model file."""
        return cls(
            file.classes,
            file.alphabet,
            file.ngrams,
            file.scales,
            file.weights,
            file.intercepts,
            file.calibration,
        )

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest category of each text; between equals the lower code.

        A text without any n-gram of the model gets what was commonest in training, with the little
        probability that this has.
        """
        if not texts:
            return []
        scores = self.scores(texts).astype(np.float64)
        best = scores.argmax(axis=1).tolist()
        likely = likelihood(scores, *self.calibration).round(4).tolist()
        return [Guess(self.classes[i], p) for i, p in zip(best, likely, strict=True)]

    def scores(self, texts: Sequence[str]) -> Floats:
        """Texts × classes: log-likelihoods but for a constant of the text, not yet calibrated."""
        rows, columns, values = weighed(self._alphabet.ngrams(texts), self.ngrams, self.scales)
        scores = np.zeros((len(texts), len(self.classes)), np.float32)
        ends = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
        # Text by text and in the order of the columns, not as a product of matrices: that sums in
        # an order of its own for each shape, and a replay in other batches would differ.
        for row, (start, end) in enumerate(pairwise(ends)):
            counted = self._weights.take(columns[start:end], axis=0)
            counted *= values[start:end, None]
            np.add.reduce(counted, axis=0, out=scores[row])
        scores += self.intercepts
        return scores

    def evidence(self, text: str, category: str, most: int = 5) -> tuple[tuple[str, float], ...]:
        """The n-grams that spoke most for a category, the strongest first, each with by how much
        it raised the score above the mean of all categories."""
        _, columns, values = weighed(self._alphabet.ngrams([text]), self.ngrams, self.scales)
        weights = self._weights[columns]
        gains = values * (weights[:, self.classes.index(category)] - weights.mean(axis=1))
        return tuple(
            (self._alphabet.spelled(int(self.ngrams[columns[i]])), round(float(gains[i]), 3))
            for i in np.argsort(-gains, kind="stable")[:most].tolist()
            if gains[i] > 0
        )


def likelihood(
    scores: npt.NDArray[np.float64], temperature: float, slope: float, offset: float
) -> npt.NDArray[np.float64]:
    """How likely the best score of each row is the right one.

    The softmax of the scores divided by ``temperature`` (Guo et al. 2017), then a logistic curve
    over its log-odds (Platt 1999): scores make a model too sure at one end and not sure enough at
    the other, which a temperature alone cannot mend.
    """
    scores = scores / temperature
    share = 1.0 / np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)
    return np.asarray(np.exp(-np.logaddexp(0.0, -(slope * log_odds(share) + offset))))


def log_odds(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of probabilities; those of 0 and 1 are taken a millionth off."""
    share = np.clip(share, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(share / (1.0 - share)))


def form_of(text: str) -> str:
    """The text as its n-grams are taken: normalised, every run of blanks one blank, and a blank
    before and behind, so that where a text begins and ends can be learnt."""
    return f" {' '.join(normalise(text).split())} "


def code_points(forms: Iterable[str]) -> npt.NDArray[np.uint32]:
    """Of all forms, a separator behind each."""
    joined = "".join(f"{form}{_SEPARATOR}" for form in forms)
    # A lone surrogate is not a character, but JSON can send one.
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


class Alphabet:
    """The characters a model knows, numbered from 1 in the order of their code points.

    An n-gram's key holds the numbers of its characters, the last one in the lowest bits: two
    n-grams never share one.
    """

    __slots__ = ("_ascii", "_characters", "_numbers")

    def __init__(self, characters: npt.NDArray[np.uint32]) -> None:
        above = int(characters[-1]) + 1 if len(characters) else 0
        self._characters = characters
        self._numbers = np.zeros(above + 1, np.uint64)  # the last one stands for all above it
        self._numbers[characters] = np.arange(1, len(characters) + 1)
        self._ascii = np.uint64(np.searchsorted(characters, 128))

    def ngrams(self, texts: Sequence[str]) -> tuple[Ints, Keys]:
        """(text, key) of every n-gram without strange characters, as often as it stands there."""
        forms = [form_of(text) for text in texts]
        points = code_points(forms)
        numbers = self._numbers[np.minimum(points, len(self._numbers) - 1)]
        rows = np.repeat(
            np.arange(len(forms)), np.fromiter(map(len, forms), np.int64, len(forms)) + 1
        )
        keys, known, ascii = numbers, numbers != 0, numbers <= self._ascii
        found: list[tuple[Ints, Keys]] = []
        for length in range(1, LONGEST_ASCII + 1):
            if length > 1:
                following = numbers[length - 1 :]
                keys = (keys[:-1] << np.uint64(CHARACTER_BITS)) | following
                known = known[:-1] & (following != 0)
                ascii = ascii[:-1] & (following <= self._ascii)
            if length < LONGEST:
                taken = known & ~ascii
            elif length == LONGEST:
                taken = known
            else:
                taken = known & ascii
            found.append((rows[: len(keys)][taken], keys[taken]))
        return np.concatenate([r for r, _ in found]), np.concatenate([k for _, k in found])

    def spelled(self, key: int) -> str:
        """The n-gram of a key; empty where it has a character that is not one of these."""
        numbers = []
        while key:
            key, number = divmod(key, 2**CHARACTER_BITS)
            numbers.append(number)
        if max(numbers, default=0) > len(self._characters) or 0 in numbers:
            return ""
        return "".join(chr(self._characters[number - 1]) for number in reversed(numbers))

    def lengths(self, keys: Keys) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """How many characters each key holds, and whether they are ASCII alone."""
        bits = np.uint64(CHARACTER_BITS)
        parts = [
            (keys >> (bits * np.uint64(i))) & np.uint64(2**CHARACTER_BITS - 1)
            for i in range(LONGEST_ASCII)
        ]
        length = np.add.reduce([part != 0 for part in parts], dtype=np.int64)
        return length, np.logical_and.reduce([part <= self._ascii for part in parts])


def weighed(found: tuple[Ints, Keys], ngrams: Keys, scales: Floats) -> Weighed:
    """The TF-IDF of the n-grams found: ``(1 + ln count) · scale``, each text brought to length 1
    (scikit-learn's ``TfidfVectorizer`` with ``sublinear_tf``)."""
    rows, columns, counts = counted(found, ngrams)
    values = (1.0 + np.log(counts)) * scales[columns]
    lengths = np.sqrt(np.bincount(rows, values * values))
    return Weighed(rows, columns, (values / lengths[rows]).astype(np.float32))


def counted(found: tuple[Ints, Keys], ngrams: Keys) -> tuple[Ints, Ints, Ints]:
    """(text, index into ``ngrams``, how often), by text and then index; others are left out."""
    rows, keys = found
    width = len(ngrams)
    if width == 0:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    columns = np.searchsorted(ngrams, keys)
    columns[columns == width] = 0
    hit = ngrams[columns] == keys
    cells = rows[hit] * width + columns[hit]
    cells.sort()
    first = np.flatnonzero(np.diff(cells, prepend=-1))
    counts = np.diff(first, append=len(cells))
    rows, columns = np.divmod(cells[first], width)
    return rows, columns, counts
