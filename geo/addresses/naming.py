"""Every form in which a name of the gazetteer is written, and how much a form is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.addresses.entry import AddressEntry, Kind
from geo.addresses.spelling import same_spelling
from geo.addresses.vocabulary import (
    COMMUNITY_ENDS,
    DISTRICT_ENDS,
    ENGLISH_ENDS,
    MIXED_ENDS,
    STREET_ENDS,
    VILLAGE_ENDS,
)

VERBATIM: Final = 1.0
SAME_SORT: Final = 0.95
"""兰园社区 for 兰园社区居委会."""
OTHER_SORT: Final = 0.85
"""兰园村 for 兰园社区居委会: villages become communities, and people go on saying village."""
BARE: Final = 0.8
"""兰园."""

SHORTEST: Final = 2
"""Characters that a form has at least: one alone stands in every second address."""

# What calls itself a territory needs no end to its right; 村 is in names of roads and compounds.
_CLOSES = re.compile(r"(?:区|县|市|街道|街道办|办事处|镇|乡|社区|委员会|居委会|村委会)$")
_LATIN_CLOSES = re.compile(r" (?:district|county|subdistrict|town|township|community|committee)$")
_ENDS: Final = {
    "community": tuple(
        sorted((*COMMUNITY_ENDS, *VILLAGE_ENDS, *MIXED_ENDS), key=len, reverse=True)
    ),
    "street": STREET_ENDS,
    "district": DISTRICT_ENDS,
}


class Form(NamedTuple):
    """``worth``: from :data:`BARE` to :data:`VERBATIM`. ``closed``: its own end says that it is
    a territory's name; another form is one only where a number, a comma or the like follows."""

    worth: float
    closed: bool


def forms(entry: AddressEntry) -> dict[str, Form]:
    """The forms of an entry's name and aliases, in the one spelling."""
    found: dict[str, Form] = {}
    for written in (entry.name, *entry.aliases):
        name = same_spelling(written)
        _add(found, name, VERBATIM, _closes(entry.kind, name))
    for written in (entry.name, *entry.aliases):
        _variants(found, entry.kind, same_spelling(written))
    return {text: form for text, form in found.items() if len(text) >= SHORTEST}


def city_forms(names: Sequence[str]) -> tuple[str, ...]:
    """The forms of names of the city and what lies above it: 南京市, 南京."""
    full = [same_spelling(written) for written in names]
    short = [re.sub(r"(?:省|市|自治区| city| province)$", "", name) for name in full]
    return tuple(form for form in dict.fromkeys((*full, *short)) if len(form) >= SHORTEST)


def core(kind: Kind, name: str, *, whole_village: bool = True) -> str:
    """What is left of a name (in the one spelling) without the word that says what it is.

    ``whole_village``: 秦村村委会 is 秦村 and not 秦.
    """
    bare, end = _parted(kind, name)
    return bare + "村" if whole_village and len(bare) == 1 and end in VILLAGE_ENDS else bare


def community_end(name: str) -> str:
    """The word that says that a name is a community's: 社区居委会; empty where there is none."""
    return _parted("community", name)[1]


def _parted(kind: Kind, name: str) -> tuple[str, str]:
    latin = name[:1].isascii()
    ends = ENGLISH_ENDS.get(kind, ()) if latin else _ENDS.get(kind, ())
    for end in ends:
        if name.endswith(end) and len(name) > len(end):
            return name[: -len(end)], end
    return name, ""


def _closes(kind: Kind, name: str) -> bool:
    if kind not in ("district", "street", "community"):
        return False
    return bool((_LATIN_CLOSES if name[:1].isascii() else _CLOSES).search(name))


def _add(found: dict[str, Form], text: str, worth: float, closed: bool) -> None:
    if text not in found or found[text].worth < worth:
        found[text] = Form(worth, closed)


def _variants(found: dict[str, Form], kind: Kind, name: str) -> None:
    bare, end = core(kind, name), _parted(kind, name)[1]
    if kind not in ("district", "street", "community") or not bare:
        return
    if name[:1].isascii():
        # A name without such an end may be an abbreviation: nothing is added to it.
        for other in ENGLISH_ENDS[kind] if end else ():
            _add(found, bare + other, SAME_SORT, _closes(kind, bare + other))
    elif kind == "community":
        _community(found, bare, end)
    elif kind == "street" and end in ("街道办事处", "街道办", "街道"):
        for other in ("街道办事处", "街道办", "街道"):
            _add(found, bare + other, SAME_SORT, True)
    if end:
        _add(found, bare, BARE, False)


def _community(found: dict[str, Form], bare: str, end: str) -> None:
    urban = end in COMMUNITY_ENDS or end in MIXED_ENDS or not end
    village = end in VILLAGE_ENDS or end in MIXED_ENDS
    if len(bare) < SHORTEST:
        return
    # 万寿村社区 is also 万寿村村委会 and 万寿村委会.
    rural = bare[:-1] if bare.endswith("村") and len(bare) > SHORTEST else bare
    for other in (*COMMUNITY_ENDS, *MIXED_ENDS):
        _add(found, bare + other, SAME_SORT if urban else OTHER_SORT, True)
    for other in VILLAGE_ENDS:
        _add(found, rural + other, SAME_SORT if village else OTHER_SORT, other != "村")
