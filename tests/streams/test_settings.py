"""Settings say what is wrong with them, and by which name."""

from __future__ import annotations

import pytest

from messages.errors import SettingsError
from streams.settings import Settings
from streams.wire import config


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("WANGGE_BROKERS", "WANGGE_PACK", "WANGGE_BATCH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_what_is_given_beats_the_environment_and_that_the_file(elsewhere, monkeypatch):
    (elsewhere / ".env").write_text("WANGGE_BROKERS=file:1\nWANGGE_SLOT=of-file\n")
    assert Settings.read().brokers == "file:1"
    monkeypatch.setenv("WANGGE_BROKERS", "environment:1")
    assert Settings.read().brokers == "environment:1"
    found = Settings.read(brokers="given:1")
    assert (found.brokers, found.slot) == ("given:1", "of-file")


def test_a_misspelt_name_in_the_file_is_refused_with_the_likely_one(elsewhere):
    (elsewhere / ".env").write_text("WANGGE_BROKER=a:1\n")
    with pytest.raises(SettingsError, match="WANGGE_BROKERS") as refused:
        Settings.read()
    assert refused.value.code == "settings.unknown"


def test_another_program_s_names_in_the_file_are_left_alone(elsewhere):
    (elsewhere / ".env").write_text("POSTGRES_PASSWORD=x\n")
    Settings.read()


def test_a_value_that_cannot_be_names_its_setting():
    with pytest.raises(SettingsError, match="batch") as refused:
        Settings.read(batch=0)
    assert refused.value.code == "settings.invalid"


def test_two_workers_never_share_a_transactional_id():
    names = {
        config.transactional(Settings.read(namespace=ns, slot=slot), "desk")["transactional.id"]
        for ns, slot in (("a-b", "c"), ("a", "b-c"), ("a.b", "c"), ("a", "b.c"))
    }
    assert len(names) == 4
    with pytest.raises(SettingsError, match="slot"):
        Settings.read(slot="a:b")


@pytest.mark.parametrize(
    "address",
    [
        "redis://:geheim@redis-1:6379/0",
        "redis://redis-1/0?password=geheim",
        "redis://:geheim/1@redis-1/0",
        "redis://:geheim#1@redis-1",
        "redis://geheim:6379:1/0",
        "http://geheim",
    ],
)
def test_what_may_hold_a_password_is_no_address_of_redis_and_is_not_printed(address):
    with pytest.raises(SettingsError, match="WANGGE_REDIS_PASSWORD") as refused:
        Settings.read(redis=address)
    assert refused.value.code == "settings.invalid"
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "redis://redis-1",
        "rediss://wangge@redis.city.example:6380/2",
        "redis://[::1]:6379/0",
        "unix:///run/redis/redis.sock",
    ],
)
def test_an_address_of_redis_is_taken_as_it_is(address):
    assert Settings.read(redis=address).redis == address
