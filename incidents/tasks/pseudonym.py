"""The name of a subject that leads back to nobody without the key: HMAC-SHA-256 (RFC 2104)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from base64 import b32encode
from typing import Final

from messages.errors import SettingsError

LEAST_KEY_BYTES: Final = 32
"""RFC 2104, 3: a key shorter than the hash weakens it."""
_BITS: Final = 128


class Pseudonyms:
    """Pseudonyms under one key. Raises ``settings.subject_key`` for a key that is too short: id
    numbers are few enough to be tried out one by one, so the key is all that hides them."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LEAST_KEY_BYTES:
            raise SettingsError(
                "subject_key",
                f"the key of the pseudonyms has {len(key)} bytes",
                mend=f"make one of {LEAST_KEY_BYTES} random bytes and more, "
                "such as by `openssl rand -hex 32`",
            )
        self._key = key

    def digest(self, subject: str) -> bytes:
        """16 bytes. One subject in full-width or lower-case letters is still the same."""
        return self._keyed(b"subject\n", normal(subject))

    def of(self, subject: str) -> str:
        """26 characters of base32: the digest."""
        return base32(self.digest(subject))

    def salt(self, campaign: str) -> str:
        """What a campaign samples its re-checks by: no worker can tell beforehand which those are,
        and yet nothing is left to chance."""
        return base32(self._keyed(b"recheck\n", campaign))

    @property
    def fingerprint(self) -> str:
        """Tells one key from another, and nothing else about it."""
        return base32(self._keyed(b"fingerprint\n", ""))

    def _keyed(self, purpose: bytes, text: str) -> bytes:
        said = purpose + text.encode(errors="surrogateescape")
        return hmac.digest(self._key, said, "sha256")[: _BITS // 8]


def normal(subject: str) -> str:
    """An id as registers share it: NFKC, upper case, no blanks around it."""
    text = subject if subject.isascii() else unicodedata.normalize("NFKC", subject)
    return text.strip().upper()


def base32(digest: bytes) -> str:
    """RFC 4648 without padding."""
    return b32encode(digest).rstrip(b"=").decode()


def hashed(*parts: str) -> bytes:
    """16 bytes of SHA-256 over parts, with lengths in front so that no two lists are the same."""
    said = "".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.sha256(said.encode(errors="surrogateescape")).digest()[: _BITS // 8]
