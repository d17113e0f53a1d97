"""How Kafka and Redis are told who we are, and that they are who they say: TLS, SASL, passwords.

Read from the environment (``WANGGE_KAFKA_…``, ``WANGGE_REDIS_…``), the ``.env`` file, or from files
of those names in the folder that ``WANGGE_SECRETS`` names, where a container finds its secrets. No
command has options for them: an argument is shown to everybody who lists the machine's processes.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable, Set
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from messages.errors import SettingsError

SECRETS = "WANGGE_SECRETS"
_Read = TypeVar("_Read", bound=BaseSettings)


class KafkaSecurity(BaseSettings):
    """By default nothing: plain text, nobody asked who they are."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_KAFKA_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,  # as Compose gives what is left open; a file may have it
        hide_input_in_errors=True,
    )

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    ca: Path | None = None
    """Whom to believe, as PEM; without it, whom the system believes."""
    certificate: Path | None = None
    key: Path | None = None
    key_password: SecretStr | None = None

    @property
    def encrypted(self) -> bool:
        return self.protocol.endswith("SSL")

    @property
    def named(self) -> bool:
        """Whether a user name and password are sent."""
        return self.protocol.startswith("SASL")

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.named and not (self.username and self.password):
            raise ValueError(f"{self.protocol} needs username and password")
        if not self.named and (self.username or self.password):
            raise ValueError(f"username and password are not sent by {self.protocol}")
        tls = (self.ca, self.certificate, self.key, self.key_password)
        if not self.encrypted and any(tls):
            raise ValueError(f"ca, certificate and key have no use with {self.protocol}")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together")
        for file in (self.ca, self.certificate, self.key):
            if file is not None and not file.is_file():
                raise ValueError(f"{file} is no file")
        return self

    def librdkafka(self) -> dict[str, Any]:
        """Its settings for a client; empty for plain text."""
        found: dict[str, Any] = {}
        if self.protocol != "PLAINTEXT":
            found["security.protocol"] = self.protocol
        if self.named:
            assert self.password is not None
            found["sasl.mechanism"] = self.mechanism
            found["sasl.username"] = self.username
            found["sasl.password"] = self.password.get_secret_value()
        files = {"ca": self.ca, "certificate": self.certificate, "key": self.key}
        found |= {f"ssl.{name}.location": str(file) for name, file in files.items() if file}
        if self.key_password is not None:
            found["ssl.key.password"] = self.key_password.get_secret_value()
        return found

    def ssl_context(self) -> ssl.SSLContext | None:
        """The same for a client in Python; None for plain text. Raises :class:`SettingsError`
        ``settings.invalid`` about a file that holds no certificate or key."""
        if not self.encrypted:
            return None
        try:
            context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
            if self.certificate is not None:
                # Without a word of ours Python would ask for one at the terminal.
                password = self.key_password.get_secret_value() if self.key_password else ""
                context.load_cert_chain(self.certificate, self.key, password)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                "invalid",
                f"a certificate or key of Kafka's cannot be read: {error}",
                mend="see WANGGE_KAFKA_CA, _CERTIFICATE and _KEY",
            ) from None
        return context


class RedisSecurity(BaseSettings):
    """What does not stand in the address. TLS is asked for by an address of ``rediss://``."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_REDIS_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,  # as Compose gives what is left open; a file may have it
        hide_input_in_errors=True,
    )

    username: str | None = None
    password: SecretStr | None = None
    ca: Path | None = None
    """Whom to believe, as PEM; without it, whom the system believes."""

    def options(self, url: str) -> dict[str, Any]:
        """What ``redis.from_url(url, …)`` is given besides; what stands in ``url`` wins."""
        found: dict[str, Any] = {}
        if self.username is not None:
            found["username"] = self.username
        if self.password is not None:
            found["password"] = self.password.get_secret_value()
        if url.startswith("rediss:") and self.ca is not None:
            found["ssl_ca_certs"] = str(self.ca)
        return found


def variables() -> set[str]:
    """The names that may be set for both."""
    return {
        f"{model.model_config['env_prefix']}{name.upper()}"
        for model in (KafkaSecurity, RedisSecurity)
        for name in model.model_fields
    }


@cache
def kafka_security() -> KafkaSecurity:
    """Read once, certificates too. Raises :class:`SettingsError` ``settings.invalid`` or
    ``settings.unknown``, naming no secret."""
    found = _read(KafkaSecurity)
    found.ssl_context()  # librdkafka would say the same, by an exception of its own
    return found


@cache
def redis_security() -> RedisSecurity:
    """Read once. Raises :class:`SettingsError` ``settings.invalid`` or ``settings.unknown``, naming
    no secret."""
    return _read(RedisSecurity)


def _read(model: type[_Read]) -> _Read:
    folder = os.environ.get(SECRETS)
    if folder is not None and not Path(folder).is_dir():
        raise SettingsError("invalid", f"{SECRETS}: {folder} is no folder")
    if folder is not None:
        refuse_unknown(f"{SECRETS}: {folder}", (file.name for file in Path(folder).iterdir()))
    try:
        return model(_secrets_dir=folder)
    except ValidationError as error:
        said = f"{model.model_config['env_prefix']}…: {faults(error)}"
        raise SettingsError("invalid", said, mend="see docs/access.md and .env.example") from None


def refuse_unknown(where: str, names: Iterable[str], known: Set[str] | None = None) -> None:
    """Raises :class:`SettingsError` ``settings.unknown`` for a ``WANGGE_`` name that is none of
    ``known``, by default of :func:`variables`; names of other programs there are theirs."""
    known = variables() if known is None else known
    for name in names:
        if name.upper().startswith("WANGGE_") and name.upper() not in known:
            near = get_close_matches(name.upper(), sorted(known), n=1)
            raise SettingsError(
                "unknown",
                f"{where}: {name} is not a setting",
                mend=f"did you mean {near[0]}?" if near else "see .env.example",
            )


def faults(error: ValidationError) -> str:
    """Each setting at fault and why, without what was given."""
    return "; ".join(
        ": ".join([*map(str, one["loc"]), one["msg"].removeprefix("Value error, ")])
        for one in error.errors(include_input=False, include_context=False)
        if one["type"] != "default_factory_not_called"  # only says that another is at fault
    )
