"""Where a written address is: a gazetteer's names, road numbers and likeness; never a guess.

The way of an address: ``spelling`` (one spelling of a text) → ``spans`` (names that stand in it)
→ ``joining`` (territories on which all names agree) → ``likeness`` (misspelt names, only where no
exact one is left) → ``gazetteer`` (verdict). ``register`` makes entries of a pack's rows.

Pure: no file, clock or randomness.
"""

from geo.addresses.codes import Codes
from geo.addresses.entry import AddressEntry, Kind, Numbers, Parity
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.match import AddressMatch, Candidate, Verdict
from geo.addresses.register import Fault, entries_of

__all__ = [
    "AddressEntry",
    "AddressMatch",
    "Candidate",
    "Codes",
    "Fault",
    "Gazetteer",
    "Kind",
    "Numbers",
    "Parity",
    "Verdict",
    "entries_of",
]
