"""How a worker is told what to do: environment (``WANGGE_…``), ``.env`` file, or arguments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from dotenv import dotenv_values
from platformdirs import user_cache_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from messages.errors import SettingsError
from messages.topics import Topics
from streams.cluster.security import faults, refuse_unknown, variables

Guarantee: TypeAlias = Literal["exactly_once", "at_least_once"]
"""What a crash may do to what is read from a worker: nothing, or repeat a unit of work."""

OTHERS = frozenset({"WANGGE_HEARTBEAT_URL"})
"""Of other commands than the worker, whose `.env` may be the same: Docker Compose reads it too."""


_REDIS: Final = re.compile(
    r"rediss?://([^\s/?#@:]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?(/\d*)?"
    r"|unix://(/[^\s/?#@:]+)+"
)


class Settings(BaseSettings):
    """Settings of one worker process. An unknown ``WANGGE_`` name in ``.env`` is refused; names
    of other programs there are theirs."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    brokers: str = "127.0.0.1:9092"
    redis: str = "redis://127.0.0.1:6379/0"
    namespace: str = "wangge"
    pack: Path = Path("cities/nanjing")
    cache: Path = Field(default_factory=lambda: user_cache_path("wangge"))
    store: Path = Field(default_factory=lambda given: given["cache"] / "packs")
    """Where every activated pack is kept; the same folder for all workers of a city."""
    boundaries: str | None = None
    """The one boundary set to locate by, for replays and drills; else each event by its time."""
    slot: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "worker-0"
    embedded: bool = False
    """The broker is the practice one: at least once, one worker."""
    delivery: Guarantee = "exactly_once"
    """On the embedded broker it is at least once, whatever stands here."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 6066
    web_bind: str = "127.0.0.1"
    batch: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Records a unit of work takes at most: more cost memory and gain nothing."""
    desk_backlog: Annotated[int, Field(ge=1)] = 4000
    """Stage A holds the ordinary lanes while any shard's desk is further behind than this."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("redis")
    @classmethod
    def _without_password(cls, url: str) -> str:
        # Only scheme, user, host, port and database: what else a client would take from an address
        # may be a password, or the rest of one with a "/", "?" or "#" in it.
        if not _REDIS.fullmatch(url):
            raise ValueError(
                "not an address such as redis://host:6379/0 or rediss://user@host:6379/0; "
                "a password belongs into WANGGE_REDIS_PASSWORD"
            )
        return url

    @property
    def topics(self) -> Topics:
        return Topics(self.namespace)

    @property
    def group(self) -> str:
        """Stage A's consumer groups start with this; a namespace shares none with another."""
        return f"{self.namespace}.understand"

    @property
    def desk_group(self) -> str:
        return f"{self.namespace}.judge"

    @classmethod
    def read(cls, **given: object) -> Settings:
        """Settings from the environment, overridden by what is ``given`` and not None.

        Raises :class:`SettingsError` ``settings.invalid`` naming each setting at fault.
        """
        _refuse_unknown(cls)
        try:
            return cls(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            mend = "see `wangge worker --help` and .env.example"
            raise SettingsError("invalid", faults(error), mend=mend) from None


def _refuse_unknown(model: type[BaseSettings]) -> None:
    known = {f"WANGGE_{name.upper()}" for name in model.model_fields} | variables() | OTHERS
    refuse_unknown(".env", dotenv_values(".env"), known)
