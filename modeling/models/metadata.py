"""What is known of a kept model: enough to say where it comes from, and whether it may be used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from importlib.metadata import distributions
from typing import Any

from modeling.fitting.recipe import Framework
from modeling.report.gates import Gate


class State(StrEnum):
    """Where a model stands."""

    SHADOW = "shadow"
    """Predicts beside the active one; nobody bets on it."""
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Of one model; written once, beside its file."""

    model_id: str
    name: str
    """Of the backtest; of the models of one name one is active."""
    framework: Framework
    loss: str
    seed: int
    feature_set: str
    features: Sequence[str]
    """In the order in which the model reads them."""
    train_first: date
    train_last: date
    train_rows: int
    partitions: str
    """A hash over the fingerprints of all partitions that were read."""
    partition_count: int
    blindness: Mapping[str, int]
    library_versions: Mapping[str, str]
    lock_hash: str
    """Over every installed distribution and its version."""
    file_hash: str
    metrics: Mapping[str, Any]
    """The report's standings and picks."""
    gates: Sequence[Gate]
    flags: Sequence[str]

    @property
    def failed_gates(self) -> list[str]:
        return [one.name for one in self.gates if not one.passed]


def as_text(known: Metadata) -> str:
    plain = asdict(known)
    return json.dumps(plain, indent=1, sort_keys=True, default=str) + "\n"


def from_text(text: str) -> Metadata:
    plain = json.loads(text)
    return Metadata(
        **plain
        | {
            "framework": Framework(plain["framework"]),
            "train_first": date.fromisoformat(plain["train_first"]),
            "train_last": date.fromisoformat(plain["train_last"]),
            "features": tuple(plain["features"]),
            "gates": [Gate(**one) for one in plain["gates"]],
        }
    )


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lock_hash() -> str:
    """Equal where the same versions of the same distributions are installed."""
    listed = {f"{one.name.lower()}=={one.version}" for one in distributions() if one.name}
    return hash_of("\n".join(sorted(listed)).encode())
