"""The only place that reads the environment."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ModelSettings(BaseSettings):
    """The OpenAI-compatible endpoint. Without a key and without a base URL there is no model."""

    model_config = SettingsConfigDict(env_prefix="OPENAI_", extra="ignore")

    api_key: SecretStr | None = None
    base_url: str | None = None
    chat_model: str = "gpt-4o-mini"
    embedding_model: str | None = None
    timeout_seconds: float = 8.0
    retries: int = 2
    price_in_per_million: Decimal = Decimal("0.15")
    price_out_per_million: Decimal = Decimal("0.60")
    price_embedding_per_million: Decimal = Decimal("0.02")


class Settings(BaseSettings):
    """Everything that differs between a laptop, CI and production."""

    model_config = SettingsConfigDict(env_prefix="INVEKTO_", extra="ignore")

    database_url: str | None = None
    """A Postgres >= 15 with pgvector >= 0.8, as its owner role; unset: the embedded server."""
    database_pooler_url: str | None = None
    """The same database through a transaction pooler such as PgBouncer, if there is one."""
    data_dir: Path = Path(".data")
    """Embedded database, trained intent model, uploaded files."""
    host: str = "127.0.0.1"
    port: int = 8010
    public_url: str = "http://127.0.0.1:8010"
    sectors: str = ""
    """Comma-separated import paths of sector extensions, such as `examples.hotel.sector`."""
    jwt_secret: SecretStr | None = None
    jwt_jwks_url: str | None = None
    jwt_audience: str = "invekto"
    jwt_issuer: str | None = None
    """Who must have issued a token; unset: anybody who holds the key."""
    jwt_leeway_seconds: int = 30
    secret_key: SecretStr | None = None
    """Base64 of 32 bytes: encrypts credentials at rest, keys audit hashes, signs sessions."""
    secret_key_previous: SecretStr | None = None
    allow_model_calls: bool = True
    """False forbids every call to a model endpoint; the test suite sets it."""
    quiet_seconds: float = 2.0
    """How long a conversation must be quiet before its unanswered messages become one turn."""
    whatsapp_api_url: str = "https://graph.facebook.com/v23.0"
    trendyol_url: str = "https://apigw.trendyol.com"
    hepsiburada_url: str = "https://oms-external.hepsiburada.com"
    iyzico_url: str = "https://api.iyzipay.com"
    """The vendors' hosts, or their test systems."""
    sync_seconds: float = 600.0
    """How often a marketplace is asked what is new."""
    uncertain_seconds: float = 60.0
    """How long a channel's status is waited for where it is not known whether it has a message."""
    allow_private_receivers: bool = False
    """Webhooks may go to this machine and its network, over plain http; for tests and the demo."""
    api_per_minute: float = 1200.0
    """Requests of one tenant to the API, on average."""
    api_burst: int = 300
    """Requests that may come at once."""
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    """An OpenTelemetry collector, such as http://collector:4318; unset: no traces."""
    metrics_port: int = 0
    """Where a worker tells its metrics (the API has /metrics); 0: nowhere."""
    demo: bool = False
    """Demo sign-in buttons and the simulated customer; never in production."""
    model: ModelSettings = Field(default_factory=ModelSettings)

    @property
    def model_configured(self) -> bool:
        """Whether a model endpoint may be called at all."""
        return self.allow_model_calls and bool(self.model.api_key or self.model.base_url)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
