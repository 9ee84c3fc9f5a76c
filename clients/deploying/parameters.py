"""What a deployment is told once; every name and address in the other files derives from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

DIGEST = r"^[^\s@]+@sha256:[0-9a-f]{64}$"


def _text(value: object) -> object:
    return str(value) if type(value) in (int, date) else value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Text = Annotated[str, BeforeValidator(_text)]
"""YAML reads some texts as numbers or dates."""


class Strict(BaseModel):
    """Nothing is guessed and nothing is dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameters(Strict):
    """`deploy/parameters.yaml`, and what the command line says instead."""

    project: Text = Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
    project_number: Text = Field(pattern=r"^\d+$")
    region: Text = Field(pattern=r"^[a-z]+-[a-z]+\d+$")
    location: Text = Field(pattern=r"^[A-Za-z0-9-]+$")
    """Of the BigQuery datasets: `US`, `EU`, `europe-west4`."""
    prefix: Text = Field(default="", pattern=r"^([A-Za-z0-9_]*_)?$")
    """Before the name of every dataset."""
    history_start: Text = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    """Where a rebuild of everything begins."""
    service: Text = Field(default="tipoff", pattern=r"^[a-z][a-z0-9-]{0,48}$")
    url: Text | None = Field(default=None, pattern=r"^https://[^/\s]+$")
    image: Text | None = Field(default=None, pattern=DIGEST)
    """By digest, never by tag: what is declared must say which code it is."""

    @property
    def service_url(self) -> str:
        """Else the address that Cloud Run gives by name, number and region."""
        return self.url or f"https://{self.service}-{self.project_number}.{self.region}.run.app"

    def email(self, account: str) -> str:
        return f"{account}@{self.project}.iam.gserviceaccount.com"

    def topic(self, name: str) -> str:
        return f"projects/{self.project}/topics/{name}"

    @property
    def names(self) -> Mapping[str, str]:
        """As the other files write them, in braces."""
        return {
            "project": self.project,
            "project_number": self.project_number,
            "region": self.region,
            "location": self.location,
            "prefix": self.prefix,
            "history_start": self.history_start,
            "service": self.service,
            "url": self.service_url,
        }
