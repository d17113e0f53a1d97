"""The names that stand in an address, found in one pass, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

import ahocorasick

from geo.addresses.entry import AddressEntry, Kind
from geo.addresses.naming import BARE, city_forms, forms
from geo.addresses.spelling import Spelling
from geo.addresses.vocabulary import COMMUNITY_AHEAD, ENDS_APART, STARTS_APART, TERRITORY

Reading: TypeAlias = tuple[int, float]
"""Row of an entry that a name can mean, and what the form is worth."""

RANKS: Final[dict[Kind, int]] = {
    "district": 0,
    "street": 1,
    "community": 2,
    "grid": 3,
    "road": 4,
    "place": 4,
}
_CITY: Final = -1
_STREET: Final = 1
_STRANGER: Final = range(1, 5)
"""Characters of a strange city's name in front of a district: 徐州, 连云港, 呼和浩特."""


class Span(NamedTuple):
    """``text[start:end]`` names one of ``readings``. ``rank``: of the finest kind among them."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    rank: int
    text: str


class Piece(NamedTuple):
    """Text between sure names. ``after``: the name that it is grown on to, or an empty text."""

    text: str
    after: str


class Names(NamedTuple):
    """``sure``: names that stand alone. ``doubtful``: those with other letters grown on.

    ``rest``: the pieces between the sure ones. ``stranger``: an unknown short word, as a foreign
    city's, stands before the first name.
    """

    sure: list[Span]
    doubtful: list[Span]
    rest: list[Piece]
    stranger: bool


class _Form:
    """One form and all that it can mean; the city's own name means nothing further.

    ``closed``: readings that need no end to the right; ``loose``: those that are doubtful without
    one. What is in neither is then no reading at all. ``ends_itself``: no reading needs an end.
    """

    __slots__ = (
        "closed",
        "ends_itself",
        "latin_end",
        "latin_start",
        "length",
        "loose",
        "rank",
        "readings",
        "text",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.length = len(text)
        self.latin_start, self.latin_end = _latin(text[0]), _latin(text[-1])
        self.readings: tuple[Reading, ...] = ()
        self.closed: tuple[Reading, ...] = ()
        self.loose: tuple[Reading, ...] = ()
        self.rank = _CITY
        self.ends_itself = text[-1] in "省市区"

    def add(self, reading: Reading, closed: bool, rank: int) -> None:
        self.readings += (reading,)
        self.rank = max(self.rank, rank)
        self.ends_itself = closed and (self.ends_itself or len(self.readings) == 1)
        if closed:
            self.closed += (reading,)
        elif reading[1] > BARE:
            self.loose += (reading,)


_Hit: TypeAlias = tuple[int, int, int, tuple[Reading, ...], bool, _Form]
"""Length below zero, so that long ones sort first; start, end, readings, doubtful, form."""


class SpanFinder:
    """All forms of all entries as one automaton. Readings are rows of ``entries``."""

    __slots__ = ("_automaton",)

    def __init__(self, entries: Sequence[AddressEntry], city_names: Sequence[str]) -> None:
        found: dict[str, _Form] = {}
        for row, entry in enumerate(entries):
            for text, form in forms(entry).items():
                known = found.get(text) or found.setdefault(text, _Form(text))
                known.add((row, form.worth), form.closed, RANKS[entry.kind])
        for text in city_forms(city_names):
            found.setdefault(text, _Form(text))
        automaton = ahocorasick.Automaton()
        for text, known in found.items():
            automaton.add_word(text, known)
        automaton.make_automaton()
        self._automaton: Any = automaton if found else None

    def find(self, spelled: Spelling) -> Names:
        """The names in a text; of overlapping ones the longest."""
        if self._automaton is None:
            return Names([], [], pieces(spelled, ()), False)
        return _judged(spelled, _longest(self._hits(spelled), len(spelled.text)))

    def _hits(self, spelled: Spelling) -> list[_Hit]:
        text, breaks = spelled
        last = len(text)
        raw = []
        for end, form in self._automaton.iter(text):
            start = end - form.length + 1
            if form.latin_start and start and _latin(text[start - 1]):
                continue
            if form.latin_end and end + 1 < last and _latin(text[end + 1]):
                continue
            raw.append((start, end + 1, form))
        # From the right, because a name may be the end of the one before it.
        hits: list[_Hit] = []
        starts: set[int] = set()
        for start, end, form in reversed(raw):
            if (
                end == last
                or form.ends_itself
                or end in starts
                or end in breaks
                or STARTS_APART.match(text, end)
                or (end + 1 in starts and text[end] in " 和与及")
            ):
                hits.append((start - end, start, end, form.readings, False, form))
            elif form.closed:
                hits.append((start - end, start, end, form.closed, False, form))
            elif form.loose and form.rank <= _STREET and COMMUNITY_AHEAD.match(text, end):
                hits.append((start - end, start, end, form.loose, False, form))
            elif form.loose:
                hits.append((start - end, start, end, form.loose, True, form))
                continue
            else:
                continue
            starts.add(start)
        return hits


_start = itemgetter(1)


def _longest(hits: list[_Hit], length: int) -> list[_Hit]:
    """Hits that do not overlap, in the order of the text."""
    if len(hits) < 2:
        return hits
    hits.sort()  # no two have both length and start alike
    taken = bytearray(length)
    kept = []
    for hit in hits:
        start, end = hit[1], hit[2]
        # The hits before are at least as long: one that overlaps covers one of the two ends.
        if taken[start] or taken[end - 1]:
            continue
        taken[start:end] = b"\1" * (end - start)
        kept.append(hit)
    kept.sort(key=_start)
    return kept


def _judged(spelled: Spelling, hits: list[_Hit]) -> Names:
    text, breaks = spelled
    sure: list[Span] = []
    doubtful: list[Span] = []
    stranger = False
    before = 0
    for _, start, end, readings, doubt, form in hits:
        grown = _grown_on(text, before, start, breaks) if start > before else 0
        if grown and form.rank <= _STREET and not sure:
            # 徐州鼓楼区 is not ours; a longer text in front of a district is a story.
            stranger = grown in _STRANGER
            grown = 0
        span = Span(start, end, readings, form.rank, form.text)
        if not grown and not doubt:
            sure.append(span)
            before = end
        else:
            named = tuple(reading for reading in readings if reading[1] > BARE)
            if named:
                doubtful.append(span._replace(readings=named))
                before = end
    covered = sum(span.end - span.start for span in sure)
    rest = pieces(spelled, sure) if covered < len(text) else []
    return Names(sure, doubtful, rest, stranger)


def _grown_on(text: str, before: int, start: int, breaks: tuple[int, ...]) -> int:
    """How many characters in front of a name belong to nothing else."""
    for part in breaks:
        if before < part <= start:
            before = part
    gap = text[before:start].strip()
    if not gap or gap in "和与及" or ENDS_APART.search(gap[-10:]) or TERRITORY.search(gap[-12:]):
        return 0
    return len(gap)


def pieces(spelled: Spelling, sure: Iterable[Span]) -> list[Piece]:
    """The text between names, in pieces that no comma or the like parts further."""
    text, breaks = spelled
    found = []
    before, after = 0, ""
    for start, end, name in [*((s.start, s.end, s.text) for s in sure), (len(text), 0, "")]:
        if before < start:
            cuts = [part for part in breaks if before < part < start]
            for left, right in zip([before, *cuts], [*cuts, start], strict=True):
                piece = text[left:right].strip()
                if piece:
                    grown = left == before and left not in breaks
                    found.append(Piece(piece, after if grown else ""))
        before, after = end, name
    return found


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
