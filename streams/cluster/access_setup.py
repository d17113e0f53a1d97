"""Brings a broker's ACLs to a plan: adds what is missing, takes away only what it is told to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from messages.errors import BrokerError
from messages.topics import Topics
from streams.cluster.access import Grant, is_named
from streams.cluster.brokers import client, reach

_REQUEST_SECONDS: Final = 30.0
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class AccessDiff:
    """``missing``: planned, and not there. ``beyond``: there, and not planned, of the namespace's
    names. ``unchanged``: how many are as planned. ``others``: how many are
    somebody else's, a denial, or bound to a host; they are left alone."""

    missing: tuple[Grant, ...]
    beyond: tuple[Grant, ...]
    unchanged: int
    others: int


class BrokerAccess:
    """The ACLs of the broker at ``brokers``.

    Raises :class:`BrokerError`: ``broker.unreachable``, ``broker.practice_ground`` (the embedded
    broker has no ACLs), and each method ``broker.refused`` (with the broker's word) or
    ``broker.no_authorizer``.
    """

    def __init__(self, brokers: str) -> None:
        if reach(brokers).practice_ground:
            raise BrokerError(
                "practice_ground",
                f"{brokers} is an embedded broker, which lets everybody do everything",
                mend="point --brokers at an Apache Kafka",
            )
        self._admin = AdminClient(client(brokers))

    def compare(self, plan: Collection[Grant], topics: Topics) -> AccessDiff:
        """What the broker has beside the plan."""
        found = _result(self._admin.describe_acls(_filter(), request_timeout=_REQUEST_SECONDS))
        grants = {_grant(one) for one in found if _is_grant(one)}
        own = {one for one in grants if is_named(one.principal, topics)}
        wanted = set(plan)
        return AccessDiff(
            missing=tuple(sorted(wanted - grants)),
            beyond=tuple(sorted(own - wanted)),
            unchanged=len(wanted & grants),
            others=len(found) - len(own | (wanted & grants)),
        )

    def add(self, grants: Iterable[Grant]) -> None:
        """Let them do it from now on."""
        for batch in _batches([_binding(grant) for grant in grants]):
            made = self._admin.create_acls(batch, request_timeout=_REQUEST_SECONDS)
            for future in made.values():
                _result(future)

    def remove(self, grants: Iterable[Grant]) -> None:
        """Let them do it no more."""
        for batch in _batches([_filter(grant) for grant in grants]):
            gone = self._admin.delete_acls(batch, request_timeout=_REQUEST_SECONDS)
            for future in gone.values():
                _result(future)


def _terms(grant: Grant) -> tuple[Any, ...]:
    return (
        ResourceType[grant.resource],
        grant.name,
        ResourcePatternType.PREFIXED if grant.prefix else ResourcePatternType.LITERAL,
        grant.principal,
        "*",
        AclOperation[grant.operation],
        AclPermissionType.ALLOW,
    )


def _binding(grant: Grant) -> AclBinding:
    return AclBinding(*_terms(grant))


def _filter(grant: Grant | None = None) -> AclBindingFilter:
    """Of exactly this one, or of all."""
    if grant is not None:
        return AclBindingFilter(*_terms(grant))
    anything = (ResourceType.ANY, None, ResourcePatternType.ANY)
    terms: tuple[Any, ...] = (*anything, None, None, AclOperation.ANY, AclPermissionType.ANY)
    return AclBindingFilter(*terms)


def _is_grant(found: AclBinding) -> bool:
    return found.permission_type is AclPermissionType.ALLOW and found.host == "*"


def _grant(found: AclBinding) -> Grant:
    return Grant(
        found.principal,
        AclOperation(found.operation).name,
        ResourceType(found.restype).name,
        found.name,
        prefix=found.resource_pattern_type is ResourcePatternType.PREFIXED,
    )


def _result(future: Future[Any]) -> Any:
    try:
        return future.result(_REQUEST_SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.SECURITY_DISABLED:
            raise BrokerError(
                "no_authorizer",
                "the broker lets everybody do everything: it has no authorizer",
                mend="set authorizer.class.name to "
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer on every broker",
            ) from None
        raise BrokerError("refused", f"the broker refused: {error.args[0].str()}") from None
    except TimeoutError:
        raise BrokerError("refused", "the broker did not answer about its ACLs") from None


def _batches(found: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]
