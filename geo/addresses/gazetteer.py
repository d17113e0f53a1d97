"""From an address to its place, or to the places between which a person has to choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from geo.addresses.around import Around
from geo.addresses.codes import NOWHERE, Codes, down_to, shared
from geo.addresses.entry import AddressEntry
from geo.addresses.joining import START, Joint, agree, plausible
from geo.addresses.likeness import NearNames
from geo.addresses.match import NOTHING, AddressMatch, Candidate, Verdict, answer
from geo.addresses.misspelt import NO_GUESS, Guess, guess
from geo.addresses.naming import BARE
from geo.addresses.numerals import house_number
from geo.addresses.spans import RANKS, Names, Reading, Span, SpanFinder, pieces
from geo.addresses.spelling import Spelling, spell
from geo.addresses.wanted import Wanted, wanted

_COMMUNITY: Final = 2
_ROAD: Final = RANKS["road"]
_MOST_PIECES: Final = 4
_DOUBT: Final = 0.5


class Gazetteer:
    """All that people of a city name, ready to be looked up. Made once; no method changes it."""

    __slots__ = ("_around", "_codes", "_entries", "_finder", "_near", "_numbered")

    def __init__(self, entries: tuple[AddressEntry, ...], city_names: Sequence[str]) -> None:
        self._entries = entries
        self._codes: list[Codes] = [entry.codes for entry in entries]
        self._numbered = frozenset(row for row, entry in enumerate(entries) if entry.numbers)
        self._finder = SpanFinder(entries, city_names)
        self._near = NearNames(entries)
        self._around = Around(entries, city_names)

    @classmethod
    def build(cls, entries: Iterable[AddressEntry], *, city_names: Sequence[str] = ()) -> Gazetteer:
        """A gazetteer of all entries, districts and streets among them.

        ``city_names``: of the city and of what lies above it. With them, an address that names
        another city is ambiguous. Names and aliases of one character are not looked for.
        """
        return cls(tuple(entries), tuple(city_names))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, address: str) -> AddressMatch:
        """Where the address is, as far as it tells. Never raises; reads 512 characters.

        ``found`` only where all names in the text agree on one place and nothing in it speaks
        against that. The same address gives the same match.
        """
        spelled = spell(address)
        names = self._finder.find(spelled)
        off_the_road: list[Span] = []

        def readings_of(span: Span) -> Sequence[Reading]:
            return self._on_the_road(spelled.text, span, off_the_road)

        exact, against = agree(names.sure, readings_of, self._codes)
        exact = plausible(exact)
        if against:
            return self._ambiguous([*exact, *against])
        guessed, used = NO_GUESS, -1
        if (names.rest or names.doubtful) and not _down_to_the_community(exact):
            guessed, used = self._guess(spelled, names, exact)
        if guessed.elsewhere:
            return self._ambiguous([*exact, *guessed.elsewhere])
        joints = guessed.joints or exact
        if joints == [START]:
            return NOTHING
        if names.stranger or not (
            guessed.believed if guessed.joints else _says_enough(names, exact)
        ):
            return self._ambiguous(joints, sure=NOWHERE)
        objection = self._around.objection(names.rest, joints, used) if names.rest else None
        if objection is not None:
            return self._ambiguous(joints, sure=self._coarser(names, objection.level))
        if off_the_road:
            return self._ambiguous(joints, sure=down_to(shared(j.codes for j in joints), 1))
        if len(joints) > 1:
            return self._ambiguous(joints)
        return self._answer(joints, "found", joints[0].codes)

    def _on_the_road(self, text: str, span: Span, off: list[Span]) -> Sequence[Reading]:
        """The readings of a name, of a road only the stretches that have the number in the text.

        All stretches where none has it; the span is then put into ``off``.
        """
        if span.rank < _ROAD or self._numbered.isdisjoint(row for row, _ in span.readings):
            return span.readings
        number = house_number(text, span.start, span.end)
        if number is None:
            return span.readings
        kept = [reading for reading in span.readings if self._has(reading[0], number)]
        if not any(self._entries[row].kind == "road" for row, _ in kept):
            off.append(span)
            return span.readings
        return kept

    def _has(self, row: int, number: int) -> bool:
        numbers = self._entries[row].numbers
        return numbers is None or numbers.hold(number)

    def _guess(self, spelled: Spelling, names: Names, exact: list[Joint]) -> tuple[Guess, int]:
        """The first guess that one of the pieces allows, with the index of the piece."""
        rest = names.rest[:_MOST_PIECES]
        if spelled.breaks:  # a name may have brackets in it
            rest = rest + pieces(Spelling(spelled.text, ()), names.sure)[:_MOST_PIECES]
        for i, piece in enumerate(rest):
            # A community may bear its street's name, and its own half may be the misspelt one.
            for text in (piece.text, piece.after + piece.text) if piece.after else (piece.text,):
                name = wanted(text)
                if name is None:
                    break
                guessed = guess(name, exact, self._near, self._codes)
                if guessed.joints or guessed.elsewhere:
                    return self._on_its_stretch(guessed, text, name), i
        return (self._grown_on(names, exact) if names.doubtful else NO_GUESS), -1

    def _on_its_stretch(self, guessed: Guess, text: str, name: Wanted) -> Guess:
        """The guess with only the stretches of a misspelt road that have the number in the text."""
        if self._numbered.isdisjoint(joint.row for joint in guessed.joints):
            return guessed
        start = text.find(name.whole)
        number = house_number(text, start, start + len(name.whole))
        if number is None:
            return guessed
        kept = [joint for joint in guessed.joints if self._has(joint.row, number)]
        return guessed._replace(joints=kept) if kept else guessed._replace(believed=False)

    def _grown_on(self, names: Names, exact: list[Joint]) -> Guess:
        """A known name with other letters grown on: good only where a territory around is named."""
        together = agree([*names.sure, *names.doubtful], lambda s: s.readings, self._codes)
        if together.against:
            return Guess([], together.against, believed=False)
        joints = [
            joint._replace(worth=joint.worth * _DOUBT) for joint in plausible(together.joints)
        ]
        return Guess(joints, [], believed=exact != [START])

    def _coarser(self, names: Names, level: int) -> Codes:
        """What the names say that are coarser than a level."""
        coarser = [span for span in names.sure if span.rank < level]
        return shared(j.codes for j in agree(coarser, lambda s: s.readings, self._codes).joints)

    def _ambiguous(self, joints: Sequence[Joint], *, sure: Codes | None = None) -> AddressMatch:
        known = [joint for joint in joints if joint.row >= 0]
        if sure is None:
            sure = shared(joint.codes for joint in known)
        return self._answer(known, "ambiguous", sure)

    def _answer(self, joints: Sequence[Joint], verdict: Verdict, sure: Codes) -> AddressMatch:
        candidates = [
            Candidate(self._entries[joint.row], round(joint.worth, 3), joint.named)
            for joint in joints
        ]
        return answer(candidates, verdict, sure)


def _down_to_the_community(joints: Sequence[Joint]) -> bool:
    return any(joint.codes[_COMMUNITY] is not None for joint in joints)


def _says_enough(names: Names, joints: Sequence[Joint]) -> bool:
    """Not a single bare name in other text: 光明 may be a place there, or just light."""
    if len(names.sure) != 1 or joints[0].worth > BARE:
        return True
    return all(piece.text[0].isdigit() for piece in names.rest)
