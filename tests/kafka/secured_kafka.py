"""An Apache Kafka that asks who one is (SASL/SCRAM over TLS) and what one may (ACLs)."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka_server import KafkaServer

from streams.cluster import security
from streams.cluster.brokers import client

ADMIN = "admin"
_MORE = """\
listener.security.protocol.map=PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.\
PlainLoginModule required username="admin" password="{password}" user_admin="{password}";
listener.name.plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.\
ScramLoginModule required;
ssl.keystore.location={store}
ssl.keystore.type=PKCS12
ssl.keystore.password={password}
ssl.truststore.location={ca}
ssl.truststore.type=PEM
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:ANONYMOUS
"""
# ANONYMOUS is the broker itself, to its controller, on a port that nobody else is told.


class SecuredKafka:
    """``start``: running, its certificate made for 127.0.0.1, and one super user."""

    def __init__(self, server: KafkaServer, ca: Path, password: str) -> None:
        self.server, self.brokers, self._ca = server, server.brokers, ca
        self._passwords = {ADMIN: password}

    @classmethod
    @contextmanager
    def start(cls, folder: Path) -> Iterator[SecuredKafka]:
        password = secrets.token_hex(16)
        store, ca = folder / "kafka.p12", folder / "ca.pem"
        keytool = ("keytool", "-alias", "kafka", "-keystore", str(store), "-storepass", password)
        made = ("-genkeypair", "-keyalg", "EC", "-dname", "CN=kafka", "-ext", "SAN=IP:127.0.0.1")
        subprocess.run([*keytool, *made, "-storetype", "PKCS12"], check=True, capture_output=True)
        shown = subprocess.run(
            [*keytool, "-exportcert", "-rfc"], check=True, capture_output=True, text=True
        )
        ca.write_text(shown.stdout)
        with environment(_variables(ADMIN, password, ca, "PLAIN")):
            server = KafkaServer.start(_MORE.format(password=password, store=store, ca=ca))
        with server:
            yield cls(server, ca, password)

    def add_users(self, names: list[str]) -> None:
        """Let them come in; what they may is another matter."""
        with self.known_as(ADMIN):
            admin = AdminClient(client(self.brokers))
            for name in names:
                self._passwords[name] = secrets.token_hex(16)
            made = admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(
                        name,
                        ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                        self._passwords[name].encode(),
                    )
                    for name in names
                ]
            )
            for future in made.values():
                future.result(20)

    @contextmanager
    def known_as(self, name: str) -> Iterator[None]:
        """Whatever connects from here, or is started, does so by this name."""
        with environment(self.variables(name)):
            yield

    def variables(self, name: str) -> dict[str, str]:
        """The settings of one user."""
        mechanism = "PLAIN" if name == ADMIN else "SCRAM-SHA-512"
        return _variables(name, self._passwords[name], self._ca, mechanism)

    def conf(self, name: str, **more: Any) -> dict[str, Any]:
        """librdkafka's settings for one user's client."""
        with self.known_as(name):
            return client(self.brokers, **more)


def _variables(name: str, password: str, ca: Path, mechanism: str) -> dict[str, str]:
    return {
        "WANGGE_KAFKA_PROTOCOL": "SASL_SSL",
        "WANGGE_KAFKA_MECHANISM": mechanism,
        "WANGGE_KAFKA_USERNAME": name,
        "WANGGE_KAFKA_PASSWORD": password,
        "WANGGE_KAFKA_CA": str(ca),
    }


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """These variables, and settings read from them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    security.kafka_security.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        security.kafka_security.cache_clear()
