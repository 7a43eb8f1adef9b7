"""Settings from the environment, checked at start: one clear message per fault."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEFAULT_SECRET = "a development secret, refused in production"  # noqa: S105
ENVIRONMENTS = ("production", "development", "demo", "test")
LANGUAGES = ("es", "en", "ro")
STRIPE = "https://api.stripe.com"


class SettingsError(ValueError):
    """The environment does not make a runnable configuration; `faults` has one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What the environment says. URLs are absolute; `instance` is where embedded defaults keep their files."""

    environment: str
    instance: Path
    database_url: str
    redis_url: str | None
    smtp_url: str | None
    storage_url: str
    base_url: str
    secret_key: str
    mail_from: str
    trusted_proxies: int
    workers: int
    debug: bool
    stripe_api_base: str
    faults: list[str] = field(default_factory=list)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def queue_url(self) -> str:
        """The Redis to use: the one that was named, else the private one on a socket in `instance`."""
        return self.redis_url or f"unix://{self.instance / 'redis.sock'}"


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment. Raises SettingsError with every fault found, not only the first."""
    env = os.environ if env is None else env
    instance = Path(env.get("FASTOFFICE_INSTANCE") or Path.cwd() / "instance").absolute()
    faults: list[str] = []
    settings = Settings(
        environment=env.get("FASTOFFICE_ENV", "development"),
        instance=instance,
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / 'fastoffice.db'}"),
        redis_url=env.get("REDIS_URL") or None,
        smtp_url=env.get("SMTP_URL") or None,
        storage_url=env.get("STORAGE_URL") or f"file://{instance / 'files'}",
        base_url=(env.get("BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
        secret_key=env.get("SECRET_KEY") or DEFAULT_SECRET,
        mail_from=env.get("MAIL_FROM") or "FastOffice <facturas@localhost.localdomain>",
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, faults),
        workers=_number(env, "WORKERS", 2, faults),
        debug=env.get("FLASK_DEBUG", "").lower() in {"1", "true", "yes"},
        stripe_api_base=(env.get("STRIPE_API_BASE") or STRIPE).rstrip("/"),
    )
    faults += _check_urls(settings) + _check_production(settings)
    if faults:
        raise SettingsError(faults)
    return settings


def _number(env: Mapping[str, str], name: str, default: int, faults: list[str]) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        faults.append(f"{name}: “{text}” is not a whole number")
        return default
    return int(text)


def _database_url(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _check_urls(settings: Settings) -> list[str]:
    allowed = {
        "DATABASE_URL": (settings.database_url, ("sqlite", "postgresql+psycopg")),
        "REDIS_URL": (settings.redis_url, ("redis", "rediss", "unix")),
        "SMTP_URL": (settings.smtp_url, ("smtp", "smtps")),
        "STORAGE_URL": (settings.storage_url, ("file", "s3", "memory")),
        "BASE_URL": (settings.base_url, ("http", "https")),
        "STRIPE_API_BASE": (settings.stripe_api_base, ("http", "https")),
    }
    faults = []
    for name, (url, schemes) in allowed.items():
        if url is not None and urlsplit(url).scheme not in schemes:
            faults.append(f"{name}: it must start with one of {', '.join(s + '://' for s in schemes)}")
    if settings.environment not in ENVIRONMENTS:
        faults.append(f"FASTOFFICE_ENV: “{settings.environment}” is not one of {', '.join(ENVIRONMENTS)}")
    return faults


def _check_production(settings: Settings) -> list[str]:
    if not settings.is_production:
        return []
    faults = []
    if settings.debug:
        faults.append("FLASK_DEBUG: production refuses to start with debug on")
    if settings.secret_key == DEFAULT_SECRET or len(settings.secret_key) < 32:
        faults.append("SECRET_KEY: production needs a secret of its own, 32 characters or more")
    if urlsplit(settings.base_url).scheme != "https":
        faults.append("BASE_URL: production needs an https:// address, it stands in every link we send")
    if settings.stripe_api_base != STRIPE:
        faults.append(f"STRIPE_API_BASE: production talks to {STRIPE} and nothing else")
    if not settings.redis_url:
        faults.append("REDIS_URL: production needs a Redis server")
    return faults


def flask_config(settings: Settings) -> dict[str, Any]:
    """The Flask configuration that follows from the settings."""
    secure = urlsplit(settings.base_url).scheme == "https"
    hosts = [urlsplit(settings.base_url).hostname or "localhost"]
    if not settings.is_production:
        hosts += ["localhost", "127.0.0.1", "testserver"]
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "DEBUG": settings.debug,
        "TRUSTED_HOSTS": hosts,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings.database_url),
        "RQ_CONNECTION": _impatient(settings.queue_url),
        "RQ_QUEUES": ["default", "slow"],
        "RATELIMIT_STORAGE_URI": _limiter_storage(settings.queue_url),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # without Redis each process still counts by itself
        "RATELIMIT_SWALLOW_ERRORS": True,
        "BABEL_DEFAULT_LOCALE": "es",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "LANGUAGES": LANGUAGES,
        "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
        "MAX_FORM_PARTS": 5_000,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "fo_session",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
        "JSON_SORT_KEYS": False,
    }


def _impatient(queue_url: str) -> str:
    """The URL with time limits: a page never waits for a Redis that hangs."""
    return f"{queue_url}{'&' if '?' in queue_url else '?'}socket_timeout=5&socket_connect_timeout=2"


def _limiter_storage(queue_url: str) -> str:
    """The same Redis in the words of the limiter's library."""
    return f"redis+{queue_url}" if queue_url.startswith("unix://") else queue_url


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}
