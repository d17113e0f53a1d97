"""Kafka knows every setting that docker-compose.yml gives it, written as its image wants them."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from compose_file import SERVICES
from kafka_server import MissingError, fetch_jars, need_java

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
FOR_ITS_SCRIPT = {"CLUSTER_ID", "KAFKA_HEAP_OPTS"}


@pytest.fixture(scope="module")
def known():
    """Every setting of a broker, as Kafka's own documentation of itself lists them."""
    try:
        need_java()
        jars = fetch_jars()
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    said = subprocess.run(
        ["java", "-cp", f"{jars}/*", "kafka.server.KafkaConfig"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(re.findall(r'id="brokerconfigs_([\w.]+)"', said.stdout))


@pytest.mark.parametrize("name", sorted(SERVICES["kafka"]["environment"].keys() - FOR_ITS_SCRIPT))
def test_kafka_knows_a_setting_of_the_compose_file(name, known):
    # The image: KAFKA_ in front, and each full stop an underscore.
    assert name.removeprefix("KAFKA_").lower().replace("_", ".") in known
