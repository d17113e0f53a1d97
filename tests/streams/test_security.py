"""Who we are, and whom we believe: told to every client of Kafka and Redis, and to nobody else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from cli.main import app
from messages.errors import BrokerError, SettingsError
from streams.cluster import security
from streams.cluster.brokers import client, practise
from streams.settings import Settings
from streams.wire import config

SECRET = "geheim-und-lang"


@pytest.fixture(autouse=True)
def read_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    security.kafka_security.cache_clear()
    security.redis_security.cache_clear()
    yield
    security.kafka_security.cache_clear()
    security.redis_security.cache_clear()


@pytest.fixture
def secured(monkeypatch):
    monkeypatch.setenv("WANGGE_KAFKA_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("WANGGE_KAFKA_USERNAME", "wangge-worker")
    monkeypatch.setenv("WANGGE_KAFKA_PASSWORD", SECRET)


def test_without_a_word_everything_is_plain():
    assert "security.protocol" not in client("kafka-1:9092")
    assert security.redis_security().options("redis://redis-1/0") == {}


def test_every_client_s_settings_name_the_user(secured):
    wanted = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "wangge-worker",
        "sasl.password": SECRET,
    }
    settings = Settings.read()
    for conf in (
        client("kafka-1:9092"),
        config.consumer(settings, "group", "desk"),
        config.producer(settings, "desk"),
        config.transactional(settings, "desk"),
    ):
        assert wanted.items() <= conf.items()
    AdminClient(client("kafka-1:9092"))  # librdkafka knows each of the names


def test_no_client_of_kafka_is_told_where_it_is_but_in_one_place():
    root = Path(security.__file__).parents[2]
    told = {
        str(file.relative_to(root))
        for folder in ("streams", "sinks", "drills", "cli")
        for file in (root / folder).rglob("*.py")
        if "bootstrap.servers" in file.read_text()
    }
    assert told == {"streams/cluster/brokers.py"}


def test_the_practice_ground_s_broker_is_spoken_to_in_plain_text(secured):
    practise("practice:1")
    assert "sasl.password" not in client("practice:1")


def test_a_secret_is_read_from_its_file(tmp_path, monkeypatch):
    (tmp_path / "wangge_kafka_password").write_text(f"{SECRET}\n")
    (tmp_path / "wangge_redis_password").write_text(f"{SECRET}\n")
    monkeypatch.setenv("WANGGE_SECRETS", str(tmp_path))
    monkeypatch.setenv("WANGGE_KAFKA_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("WANGGE_KAFKA_USERNAME", "wangge-worker")
    assert client("kafka-1:9092")["sasl.password"] == SECRET
    assert security.redis_security().options("redis://redis-1/0") == {"password": SECRET}


def test_names_for_both_may_stand_in_the_settings_file(tmp_path):
    (tmp_path / ".env").write_text("WANGGE_KAFKA_PROTOCOL=SSL\nWANGGE_REDIS_USERNAME=wangge\n")
    Settings.read()
    assert client("kafka-1:9092")["security.protocol"] == "SSL"
    assert security.redis_security().options("redis://redis-1/0") == {"username": "wangge"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"PROTOCOL": "SASL_SSL"}, "needs username and password"),
        ({"PROTOCOL": "SASL_SSL", "PASSWORD": SECRET}, "needs username and password"),
        ({"USERNAME": "u", "PASSWORD": SECRET}, "are not sent by PLAINTEXT"),
        ({"PROTOCOL": "SSL", "USERNAME": "u", "PASSWORD": SECRET}, "are not sent by SSL"),
        ({"CA": "ca.pem"}, "have no use with PLAINTEXT"),
        ({"PROTOCOL": "SSL", "CA": "nowhere.pem"}, "nowhere.pem is no file"),
        ({"PROTOCOL": "SSL", "CERTIFICATE": "c.pem"}, "belong together"),
        ({"PROTOCOL": "tls", "PASSWORD": SECRET}, "protocol: Input should be"),
    ],
)
def test_what_does_not_fit_together_is_refused_without_the_secret(given, why, monkeypatch):
    for name, value in given.items():
        monkeypatch.setenv(f"WANGGE_KAFKA_{name}", value)
    with pytest.raises(SettingsError) as refused:
        client("kafka-1:9092")
    assert refused.value.code == "settings.invalid"
    assert why in str(refused.value)
    assert SECRET not in str(refused.value) + repr(refused.value)


def test_a_variable_that_is_empty_is_not_set_and_its_file_counts(secured, tmp_path, monkeypatch):
    (tmp_path / "wangge_kafka_password").write_text("of-the-file")
    monkeypatch.setenv("WANGGE_SECRETS", str(tmp_path))
    for name in ("PASSWORD", "CA", "CERTIFICATE", "KEY", "KEY_PASSWORD"):
        monkeypatch.setenv(f"WANGGE_KAFKA_{name}", "")
    assert client("kafka-1:9092")["sasl.password"] == "of-the-file"


def test_a_misspelt_secret_is_refused_with_the_likely_name(tmp_path, monkeypatch):
    (tmp_path / "wangge_redis_pasword").write_text(SECRET)
    (tmp_path / "postgres_password").write_text(SECRET)
    monkeypatch.setenv("WANGGE_SECRETS", str(tmp_path))
    with pytest.raises(SettingsError, match="WANGGE_REDIS_PASSWORD") as refused:
        security.redis_security()
    assert refused.value.code == "settings.unknown"
    assert "postgres" not in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("files", [("CA",), ("CERTIFICATE", "KEY")])
def test_a_file_that_holds_no_certificate_is_refused_before_any_client_is_made(
    files, secured, tmp_path, monkeypatch
):
    (tmp_path / "kafka.pem").write_text("none")
    monkeypatch.setenv("WANGGE_KAFKA_PROTOCOL", "SASL_SSL")
    for name in files:
        monkeypatch.setenv(f"WANGGE_KAFKA_{name}", str(tmp_path / "kafka.pem"))
    told = CliRunner().invoke(app, ["ledger", "--brokers", "127.0.0.1:1"])
    assert isinstance(told.exception, SettingsError)
    assert told.exception.code == "settings.invalid"
    assert SECRET not in str(told.exception)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a key with")
@pytest.mark.parametrize("password", ["wrong-and-secret", ""])
def test_a_key_that_does_not_open_is_refused_and_nobody_is_asked_for_its_password(
    password, secured, tmp_path, monkeypatch
):
    cert, key = str(tmp_path / "c.pem"), str(tmp_path / "k.pem")
    made = ("-x509", "-newkey", "rsa:2048", "-passout", f"pass:{SECRET}", "-subj", "/CN=wangge")
    command = ("openssl", "req", *made, "-keyout", key, "-out", cert)
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("WANGGE_KAFKA_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("WANGGE_KAFKA_CERTIFICATE", cert)
    monkeypatch.setenv("WANGGE_KAFKA_KEY", key)
    monkeypatch.setenv("WANGGE_KAFKA_KEY_PASSWORD", password)
    with pytest.raises(SettingsError, match="cannot be read") as refused:
        client("kafka-1:9092")
    assert "secret" not in str(refused.value)
    monkeypatch.setenv("WANGGE_KAFKA_KEY_PASSWORD", SECRET)
    AdminClient(client("kafka-1:9092"))


def test_a_folder_of_secrets_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("WANGGE_SECRETS", "nowhere")
    with pytest.raises(SettingsError, match="nowhere is no folder"):
        client("kafka-1:9092")


def test_a_secret_is_not_in_what_is_printed_of_the_settings(secured):
    found = security.kafka_security()
    assert SECRET not in repr(found) + str(found) + found.model_dump_json()


def test_a_command_that_cannot_reach_kafka_does_not_print_the_secret(secured, monkeypatch):
    monkeypatch.setattr("streams.cluster.brokers.REACH_SECONDS", 0.3)
    told = CliRunner().invoke(app, ["ledger", "--brokers", "127.0.0.1:1"])
    assert isinstance(told.exception, BrokerError)
    assert SECRET not in told.output + str(told.exception)


def test_settings_that_cannot_be_end_a_command_with_a_word(monkeypatch):
    monkeypatch.setenv("WANGGE_KAFKA_PROTOCOL", "SASL_SSL")
    told = CliRunner().invoke(app, ["ledger", "--brokers", "127.0.0.1:1"])
    assert isinstance(told.exception, SettingsError)
