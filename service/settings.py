"""Settings, from TIPOFF_ variables: each typed, each documented, wrong ones refused all at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.amounts import bytes_in
from processors.contract import Layer
from processors.errors import UsageError
from warehouse.opening import DEFAULT_ADDRESS

PREFIX = "TIPOFF_"
PUBLIC: dict[str, Any] = {"public": True}
"""What `/version` may show of a setting to anybody: its value. Of the others it says set or not."""

OWNABLE = (Layer.RAW, Layer.ANALYTICS, Layer.PRECOMPUTE, Layer.PREDICTIONS)

READ_ELSEWHERE = {
    "TIPOFF_NOW": (
        "Sets the clock, with its zone, for tests and demos: `2024-11-18T09:00:00-05:00`."
    ),
    "TIPOFF_EPHEMERAL": (
        "`yes` allows a DuckDB file on Cloud Run, where it is lost with the instance."
    ),
}
"""By the clock and by the opening of a warehouse, with what they mean."""


def _parts(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _ownable(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    if not layers or not set(layers) <= set(OWNABLE):
        raise ValueError(f"name some of {', '.join(OWNABLE)}")
    return layers


def _amount(text: str) -> str:
    bytes_in(text)
    return text


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
Amount = Annotated[str, AfterValidator(_amount)]
"""Of bytes, as it is written."""
Layers = Annotated[tuple[Layer, ...], NoDecode, BeforeValidator(_parts), AfterValidator(_ownable)]


class Settings(BaseSettings):
    """Everything that can be set, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    warehouse: str = Field(default=DEFAULT_ADDRESS, description="The warehouse's address.")
    wait: float = Field(
        default=30,
        ge=0,
        le=600,
        description="Seconds that `tipoff serve` waits for who holds the file; commands `--wait`.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="DuckDB's threads; else one a core.",
        json_schema_extra=PUBLIC,
    )
    memory_limit: str | None = Field(
        default=None,
        pattern=r"^\d+(\.\d+)? ?(MB|GB|MiB|GiB)$",
        description="DuckDB's memory, such as `2GB`; else 80 % of the machine's.",
        json_schema_extra=PUBLIC,
    )
    bootstrap_placeholders: bool = Field(
        default=False,
        description=(
            "Writes `ml_feature_store_v2` on season days 0-13 too: a row a player, every feature"
            " NULL, `bootstrap_day_N`; the status stays `skipped_bootstrap`. What was written stays"
            " when it is switched off."
        ),
        json_schema_extra=PUBLIC,
    )
    owned_layers: Layers = Field(
        default=OWNABLE,
        description=(
            "Layers whose tables are this deployment's, between commas: they are created, extended"
            " and computed. Of others' tables `tipoff schema` compares the columns that are read;"
            " what is missing in them is `blocked`. What Tipoff remembers is always its own, and so"
            " are the raw tables that `tipoff predict` writes."
        ),
        json_schema_extra=PUBLIC,
    )
    maximum_bytes_billed: Amount = Field(
        default="100 GiB",
        description=(
            "On BigQuery, what one job may bill: one that would bill more fails before it reads"
            " anything."
        ),
        json_schema_extra=PUBLIC,
    )
    bytes_cap: Amount | None = Field(
        default=None,
        description=(
            "What the statements of one request may read, such as `500 GB`: a request for more is"
            " refused before it begins, by dry run. None is asked for without."
        ),
        json_schema_extra=PUBLIC,
    )
    chunk_dates: int = Field(
        default=30,
        ge=1,
        le=400,
        description="Dates of one chunk of a range.",
        json_schema_extra=PUBLIC,
    )
    deadline_seconds: float = Field(
        default=480,
        gt=0,
        le=3600,
        description="A range stops before so many seconds, with `continue_from`.",
        json_schema_extra=PUBLIC,
    )
    max_waiting: int = Field(
        default=32,
        ge=1,
        le=1000,
        description="Requests that may work or wait for the writer lane; more get 429.",
        json_schema_extra=PUBLIC,
    )
    max_body_bytes: int = Field(
        default=1_000_000,
        ge=1_000,
        le=100_000_000,
        description="A larger request body gets 413.",
        json_schema_extra=PUBLIC,
    )
    query_max_rows: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Rows of a `/query` at most.",
        json_schema_extra=PUBLIC,
    )
    query_seconds: float = Field(
        default=30,
        gt=0,
        le=600,
        description="A longer `/query` is given up.",
        json_schema_extra=PUBLIC,
    )
    auth: Literal["platform", "app", "none"] = Field(
        default="none",
        description="Who checks callers: see [authentication](authentication.md).",
        json_schema_extra=PUBLIC,
    )
    audience: str | None = Field(
        default=None, description="The service's URL, as callers' tokens must name it."
    )
    allowed_emails: Names = Field(
        default=(), description="Accounts that may call, between commas; nobody else may."
    )
    allowed_hosts: Names = Field(
        default=(),
        description="Hosts at which browsers may post, between commas; else the audience's.",
    )
    completion_topic: str | None = Field(
        default=None,
        pattern=r"^projects/[^/]+/topics/[^/]+$",
        description="Where completion messages go: `projects/P/topics/T`. None are sent without.",
    )
    alert_topic: str | None = Field(
        default=None,
        pattern=r"^projects/[^/]+/topics/[^/]+$",
        description="Where `/drift` tells what it finds: `projects/P/topics/T`. Else only the log.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severity of a log line.", json_schema_extra=PUBLIC
    )
    traces: bool = Field(
        default=False,
        description="OpenTelemetry traces, with the `otel` extra; the exporter as OTEL_ says.",
        json_schema_extra=PUBLIC,
    )
    models_home: Path | None = Field(
        default=None,
        description=(
            "The folder in which models are kept, as `--home` of `tipoff backtest`: the active ones"
            " speak when a date is predicted. Without it none speaks in `POST /predict`; `tipoff"
            " predict` looks in `data/modeling`."
        ),
    )
    commit: str | None = Field(
        default=None, description="The image's commit; baked in.", json_schema_extra=PUBLIC
    )
    built_at: str | None = Field(
        default=None, description="When the image was built; baked in.", json_schema_extra=PUBLIC
    )
    project: str | None = Field(
        default=None,
        description="The Google Cloud project that the traces named in logs belong to.",
    )

    @property
    def computes_analytics(self) -> bool:
        return Layer.ANALYTICS in self.owned_layers

    @property
    def maximum_bytes(self) -> int:
        return bytes_in(self.maximum_bytes_billed)

    @property
    def cap(self) -> int | None:
        return None if self.bytes_cap is None else bytes_in(self.bytes_cap)

    def shown(self) -> Mapping[str, object]:
        """For anybody: values that are public; of the others, whether they are set."""
        fields = type(self).model_fields
        return {
            name: value if (fields[name].json_schema_extra or {}) == PUBLIC else _masked(value)
            for name, value in self
        }


def _masked(value: object) -> str:
    return "set" if value else "not set"


def load_settings() -> Settings:
    """From the environment; every wrong one is named before anything starts."""
    faults = [_stranger(name) for name in sorted(os.environ) if _is_stranger(name)]
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [_fault(one) for one in error.errors()]
    if faults:
        raise UsageError("; ".join(faults))
    return settings


def _known() -> list[str]:
    return [*(PREFIX + name.upper() for name in Settings.model_fields), *READ_ELSEWHERE]


def _is_stranger(name: str) -> bool:
    return name.startswith(PREFIX) and name not in _known()


def _stranger(name: str) -> str:
    near = get_close_matches(name, _known(), n=1)
    return f"there is no setting {name}" + (f"; did you mean {near[0]}?" if near else "")


def _fault(error: Mapping[str, Any]) -> str:
    """Named as it is set; the value is shown only where `/version` would show it."""
    field = str(error["loc"][0])
    name = PREFIX + field.upper()
    is_public = (Settings.model_fields[field].json_schema_extra or {}) == PUBLIC
    value = f"={os.environ.get(name)!r}" if is_public else ""
    return f"{name}{value}: {error['msg'][0].lower()}{error['msg'][1:]}"
