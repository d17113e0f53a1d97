"""English names beside a title: Mr John Smith becomes Mr J*** S****."""

from __future__ import annotations

import re
from typing import Final

from rules.masking.spans import Span
from rules.masking.titles import I_AM_CALLED, ROLES

_TITLES: Final = "(?:M(?:r|rs|R|RS|s|iss|ister)|Dr|Prof)"
_TITLE: Final = rf"{_TITLES}(?:\.[ ]?|[ ])"
_FIELD: Final = (
    r"(?<![A-Za-z])(?:(?i:contact|caller|reporter|complainant|owner|tenant|landlord|resident"
    r"|driver|patient)(?:[ ](?i:person|name))?[ ]?[:：][ ]?"
    # name: Parking enforcement is no person's.
    r"|(?i:name)[ ]?[:：][ ]?(?=[A-Z][A-Za-z.'’-]{0,30}[ ][A-Z]))"
    f"|(?:{'|'.join(ROLES)})[ ]?[:：]?[ ]?"
)
_CALLED: Final = (
    r"(?<![A-Za-z])(?i:my|his|her|[a-z]{5,9}['’]s)[ ](?i:name[ ]is)[ ]"
    f"|(?:{'|'.join(I_AM_CALLED)})[ ]?[:：]?[ ]?"
)
# No word of a name stands directly before a small number: PM2.5.
_WORD: Final = (
    f"(?!{_TITLES}(?![A-Za-z]))[A-Z](?:[A-Za-z]+|['’][A-Z][A-Za-z]+)(?:-[A-Za-z]+)?"
    "(?![A-Za-z]|[0-9]{1,2}(?![0-9]))"
)

_NAME = re.compile(
    rf"(?:(?P<field>{_FIELD})(?:{_TITLE})?|(?:{_CALLED})(?:{_TITLE})?"
    rf"|(?<![A-Za-z])(?P<title>{_TITLE}))"
    rf"(?P<name>(?:[A-Z]\.?[ ]){{0,2}}{_WORD}(?:[ ](?:[A-Z]\.?[ ])?{_WORD}){{0,2}})"
)
# Driver: Please move on. What stands in a field does not go on like this.
_SENTENCE = re.compile(r"[ ](?!(?:of|at|in|on|and|from|tel|phone|mobile)(?![a-z]))[a-z]")
_PART = re.compile(_WORD)
_CAPITAL = re.compile("[A-Z]")
# Lakeside Dr Boston: a drive, no doctor. The word before may be a name that is hidden by now.
_DRIVE = re.compile(
    r"(?<![A-Za-z*'’-])(?!(?:Contact|Call|Ask|Tell|See|Hello|Hi|Dear|Please|My)[ ])"
    r"[A-Z][A-Za-z*'’-]+[ ]\Z"
)
_REACH: Final = 40

_PLACES: Final = frozenset(
    (
        *("Road", "Rd", "Street", "St", "Avenue", "Ave", "Lane", "Ln", "Boulevard", "Blvd"),
        *("Drive", "Way", "Square", "Bridge", "Park", "Garden", "Gardens", "Station", "School"),
        *("College", "University", "Hospital", "Mausoleum", "Museum", "Memorial", "Hall"),
        *("Building", "Tower"),
    )
)
"""Dr Sun Yatsen Mausoleum, Mr Lee Street: named after a person, and nobody's data."""
_NOBODY: Final = frozenset(
    (
        *("Unknown", "None", "Anonymous", "Phone", "Email", "Tel", "Mobile", "WeChat", "APP"),
        *("Police", "Fire", "City", "Department", "Property", "Management", "Office", "Company"),
        *("The", "See", "Please", "No", "Not", "Same", "Street", "Road", "Light", "Water", "Gas"),
    )
)
"""What people write into a field for names, or on the line after it."""


def find_english_names(form: str) -> list[Span]:
    """Each word of a name without its first letter; initials stay."""
    spans: list[Span] = []
    if _CAPITAL.search(form) is None:  # Chinese titles are in many texts that hold no Latin letter
        return spans
    for found in _NAME.finditer(form):
        words = found["name"].replace(".", " ").split()
        if words[0] in _NOBODY or not _PLACES.isdisjoint(words[1:]) or _is_drive(found):
            continue
        if found["field"] and _SENTENCE.match(form, found.end()):
            continue
        at = found.start("name")
        parts = _PART.finditer(found["name"])
        spans.extend(Span("name", at + part.start() + 1, at + part.end()) for part in parts)
    return spans


def _is_drive(found: re.Match[str]) -> bool:
    if not (found["title"] or "").startswith("Dr"):
        return False
    start = found.start()
    return _DRIVE.search(found.string, max(0, start - _REACH), start) is not None
