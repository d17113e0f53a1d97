"""What Faust's own consumer tells Kafka about who we are: as our other clients do."""

from __future__ import annotations

import faust
from faust.auth import SASLCredentials, SSLCredentials

from streams.cluster.security import kafka_security
from streams.settings import Settings


def credentials(settings: Settings) -> faust.types.auth.CredentialsT | None:
    """None for plain text, and for the embedded broker. Raises :class:`SettingsError`
    ``settings.invalid`` as :mod:`streams.cluster.security` does."""
    security = kafka_security()
    if settings.embedded or security.protocol == "PLAINTEXT":
        return None
    context = security.ssl_context()
    if not security.named:
        return SSLCredentials(context)
    assert security.password is not None
    return SASLCredentials(
        username=security.username,
        password=security.password.get_secret_value(),
        mechanism=security.mechanism,
        ssl_context=context,
    )
