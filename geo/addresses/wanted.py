"""What a piece of text between known names seems to call itself."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from geo.addresses.entry import Kind
from geo.addresses.naming import core
from geo.addresses.vocabulary import (
    FRAGMENT,
    LATIN_TERRITORY,
    LEAD,
    NO_TERRITORY,
    NOT_A_NAME,
    TERRITORY,
)

_LONGEST: Final = 32
_NAMED: Final[tuple[tuple[re.Pattern[str], tuple[Kind, ...]], ...]] = (
    (
        re.compile(
            r".{1,24}?(?:社区居民委员会|社区居委会|社区村委会|社区|居民委员会|居委会|村民委员会|村委会)"
            r"|[a-z ]{2,28}? (?:community|neighbourhood(?: committee)?|village(?: committee)?)\b"
        ),
        ("community",),
    ),
    (
        re.compile(
            r".{1,12}?街道|[一-鿿]{2,5}[镇乡]|[a-z ]{2,28}? (?:subdistrict|town|township)\b"
        ),
        ("street",),
    ),
    (re.compile(r"[a-z ]{2,28}? street\b"), ("street", "road")),
    (re.compile(r".{1,6}?[区县]|[a-z ]{2,28}? (?:district|county)\b"), ("district",)),
    (re.compile(r".{1,12}?(?:大道|路|街|巷)|[a-z ]{2,28}? (?:road|avenue|lane|way)\b"), ("road",)),
)
_NAMELESS: Final[tuple[Kind, ...]] = ("community", "road", "place")
_CITY, _DISTRICT, _STREET, _COMMUNITY = -1, 0, 1, 2


class Wanted(NamedTuple):
    """``core``: what is left of ``whole`` without the word that says of which kind it is.

    ``says_so``: whether there was such a word; if not, ``kinds`` are all that it may be.
    ``line``: the piece down to the first number or remark.
    """

    core: str
    whole: str
    kinds: tuple[Kind, ...]
    says_so: bool
    line: str


def wanted(piece: str) -> Wanted | None:
    """The name at the start of a piece, or None where there is only a number or a remark."""
    lead = LEAD.match(piece)
    start = lead.end() if lead else 0
    text = piece[start : start + _LONGEST]
    remark = NOT_A_NAME.search(text)
    line = text[: remark.start()] if remark else text
    for pattern, kinds in _NAMED:
        named = pattern.match(text)
        if named is None or (kinds == ("district",) and NO_TERRITORY.search(named[0])):
            continue
        whole = named[0]
        if kinds == ("community",):
            # A misspelt street in front of a misspelt community: only the second is looked for.
            whole = whole[whole.rfind("街道", 0, -2) + 2 :] if "街道" in whole[:-2] else whole
        return Wanted(core(kinds[0], whole, whole_village=False), whole, kinds, True, line)
    if not line.strip():
        return None
    return Wanted(core("community", line), line, _NAMELESS, False, line)


class Unknown(NamedTuple):
    """A territory that a text names and the gazetteer does not know.

    ``level``: -1 city or province, 0 district, 1 street, 2 community. ``ruins``: only pieces of
    the word for a community, so that the name before it is in doubt.
    """

    name: str
    level: int
    ruins: bool = False


def unknown_territory(piece: str) -> Unknown | None:
    """The territory at the end of a piece, if it calls itself one."""
    if FRAGMENT.fullmatch(piece):
        return Unknown(piece, _DISTRICT, ruins=True)
    found = LATIN_TERRITORY.search(piece) if piece[-1].isascii() else TERRITORY.search(piece[-14:])
    if found is None or NO_TERRITORY.search(piece):
        return None
    lead = LEAD.match(found["name"])
    name = found["name"][lead.end() :] if lead else found["name"]
    for group, level in (("city", _CITY), ("district", _DISTRICT), ("street", _STREET)):
        if found[group]:
            return Unknown(name, level)
    return Unknown(name, _COMMUNITY)
