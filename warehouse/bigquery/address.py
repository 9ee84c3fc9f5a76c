"""Where a warehouse on BigQuery is: bigquery://project/location?prefix=."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from processors.errors import UsageError

SCHEME = "bigquery://"
SHAPE = "bigquery://project/location?prefix="
SCRATCH = "tipoff_scratch"
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
LOCATION = re.compile(r"[A-Za-z]+(-[A-Za-z]+[0-9]+)?")
PREFIX = re.compile(r"([a-z][a-z0-9_]{0,30})?")
"""As the prefix of a rehearsal."""
MULTI_REGIONS = ("us", "eu")


@dataclass(frozen=True)
class Address:
    """Project, location, and what stands before the name of every dataset of ours.

    A rehearsal's datasets have its prefix in capitals behind the deployment's. No prefix has
    capitals itself, so that a name tells both, and no deployment and no rehearsal of another one is
    ever met: BigQuery's names of datasets know case.
    """

    project: str
    location: str
    prefix: str = ""
    rehearsal: str = ""

    def __post_init__(self) -> None:
        checks = (
            ("project", self.project, PROJECT, "such as my-project-1"),
            ("location", self.location, LOCATION, "such as US or europe-west4"),
            ("prefix", self.prefix, PREFIX, "such as test_: a-z, 0-9 and _, at most 31"),
            ("prefix", self.rehearsal, PREFIX, "such as trial: a-z, 0-9 and _, at most 31"),
        )
        for name, value, pattern, example in checks:
            if not pattern.fullmatch(value):
                raise UsageError(f"{value!r} is no {name} of BigQuery: write {example}")

    def dataset(self, name: str) -> str:
        """`nba_raw` as it is called there."""
        rehearsal = f"{self.rehearsal.upper()}_" if self.rehearsal else ""
        return f"{self.prefix}{rehearsal}{name}"

    def table(self, name: str) -> str:
        """`nba_raw.schedule` with project and prefix, without backticks."""
        return f"{self.project}.{self.dataset(name)}"

    @property
    def scratch(self) -> str:
        """The dataset of what expires by itself."""
        return self.dataset(SCRATCH)

    def beside(self, prefix: str) -> Address:
        """The place of a rehearsal."""
        return replace(self, rehearsal=prefix)

    def __str__(self) -> str:
        """A rehearsal's is for people: nobody opens it but by way of the deployment."""
        said = {"prefix": self.prefix, "rehearsal": self.rehearsal}
        options = "&".join(f"{name}={value}" for name, value in said.items() if value)
        shown = f"{SCHEME}{self.project}/{self.location}"
        return f"{shown}?{options}" if options else shown


def is_bigquery(address: str) -> bool:
    return address.startswith(SCHEME)


def parse_address(text: str) -> Address:
    """Refuses what is missing, too much or unknown; who puts a secret in sees it nowhere again."""
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise UsageError(
            f"an address of BigQuery holds no account and no key: write {SHAPE}; credentials are"
            " found by Google's own rules"
        )
    segments = [one for one in parts.path.split("/") if one]
    if not is_bigquery(text) or not parts.netloc or len(segments) != 1 or parts.fragment:
        shown = text.partition("?")[0]
        raise UsageError(f"{shown!r} names no project and location: write {SHAPE}")
    return Address(parts.netloc, _spelled(segments[0]), _prefix(parts.query))


def _spelled(location: str) -> str:
    """As BigQuery answers it: it takes either case."""
    return location.upper() if location.lower() in MULTI_REGIONS else location.lower()


def _prefix(query: str) -> str:
    options = parse_qsl(query, keep_blank_values=True)
    strangers = sorted({name for name, _ in options} - {"prefix"})
    if strangers:
        raise UsageError(f"an address of BigQuery has no {', '.join(strangers)}: write {SHAPE}")
    if len(options) > 1:
        raise UsageError(f"an address of BigQuery has one prefix, not {len(options)}")
    return options[0][1] if options else ""
