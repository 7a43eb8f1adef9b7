"""Whoever starts FastOffice with wrong settings reads one sentence for each fault."""

from __future__ import annotations

import pytest

from fastoffice.config import STRIPE, SettingsError, flask_config, read_settings
from tools import card_double

PRODUCTION = {
    "FASTOFFICE_ENV": "production", "SECRET_KEY": "x" * 40, "BASE_URL": "https://cobranza.example",
    "REDIS_URL": "redis://cache:6379/0", "DATABASE_URL": "postgres://fo@db/fo",
}


def faults(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings(environment)
    return raised.value.faults


def test_a_machine_without_settings_gets_the_embedded_defaults(tmp_path) -> None:
    settings = read_settings({"FASTOFFICE_INSTANCE": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/fastoffice.db"
    assert settings.queue_url == f"unix://{tmp_path}/redis.sock"
    assert settings.storage_url == f"file://{tmp_path}/files"


def test_every_fault_is_told_at_once_not_only_the_first() -> None:
    found = faults(DATABASE_URL="mysql://db", SMTP_URL="http://mail", WORKERS="many", FASTOFFICE_ENV="prod")
    assert [fault.split(":")[0] for fault in found] == ["WORKERS", "DATABASE_URL", "SMTP_URL", "FASTOFFICE_ENV"]
    assert all("\n" not in fault for fault in found)


@pytest.mark.parametrize("url", ["postgres://fo@db/fo", "postgresql://fo@db/fo"])
def test_the_usual_postgresql_addresses_are_understood(url: str) -> None:
    assert read_settings({"DATABASE_URL": url}).database_url == "postgresql+psycopg://fo@db/fo"


def test_production_starts_with_settings_of_its_own() -> None:
    assert read_settings(PRODUCTION).is_production


@pytest.mark.parametrize(("change", "name"), [
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"BASE_URL": "http://cobranza.example"}, "BASE_URL"),
    ({"REDIS_URL": ""}, "REDIS_URL"),
    ({"STRIPE_API_BASE": "http://127.0.0.1:8420"}, "STRIPE_API_BASE"),
])
def test_production_refuses_what_would_be_unsafe(change: dict[str, str], name: str) -> None:
    assert [fault.split(":")[0] for fault in faults(**{**PRODUCTION, **change})] == [name]
    assert read_settings({**PRODUCTION, **change, "FASTOFFICE_ENV": "development"})


def test_a_forged_host_is_not_ours_in_production() -> None:
    assert flask_config(read_settings(PRODUCTION))["TRUSTED_HOSTS"] == ["cobranza.example"]


def test_pages_do_not_wait_for_a_redis_that_hangs() -> None:
    plain = flask_config(read_settings({"REDIS_URL": "redis://cache/0"}))["RQ_CONNECTION"]
    numbered = flask_config(read_settings({"REDIS_URL": "unix:///run/r.sock?db=3"}))["RQ_CONNECTION"]
    assert plain == "redis://cache/0?socket_timeout=5&socket_connect_timeout=2"
    assert numbered == "unix:///run/r.sock?db=3&socket_timeout=5&socket_connect_timeout=2"


@pytest.mark.parametrize("known", [{"FASTOFFICE_ENV": "production"}, {"STRIPE_API_BASE": STRIPE}])
def test_the_double_of_stripe_stands_in_for_nobody_in_production_or_where_stripe_is_named(
    monkeypatch, tmp_path, known: dict[str, str]
) -> None:
    (tmp_path / "tests" / "doubles" / "stripe").mkdir(parents=True)
    for name in ("FASTOFFICE_ENV", "STRIPE_API_BASE"):
        monkeypatch.setenv(name, known.get(name, ""))
    assert card_double.prepare(tmp_path, lambda: 8420) is None
    monkeypatch.setenv("FASTOFFICE_ENV", "demo")
    monkeypatch.setenv("STRIPE_API_BASE", "")
    assert card_double.prepare(tmp_path, lambda: 8420) == 8420
    assert card_double.prepare(tmp_path / "elsewhere", lambda: 8420) is None
