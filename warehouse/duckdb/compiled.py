"""DuckDB texts of the product's BigQuery texts: shipped, or made and kept for the process."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

LOCK_FILE = "texts.lock.json"


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def duckdb_text(text: str) -> str:
    """The shipped translation, else a fresh one; sqlglot is loaded only for the latter."""
    shipped = _lock().get(text_hash(text))
    if shipped is not None:
        return shipped
    from warehouse.duckdb.dialect import to_duckdb

    return to_duckdb(text)


@cache
def parameters_of(text: str) -> frozenset[str]:
    """The named parameters in a DuckDB text: it refuses to be handed others."""
    return frozenset(re.findall(r"\$([a-z_]+)", text))


@cache
def reads_staging(text: str) -> bool:
    """Whether a BigQuery text names a staged table: only the session that staged it has it."""
    return "`staging." in text


@cache
def _lock() -> Mapping[str, str]:
    file = resources.files("warehouse.duckdb").joinpath(LOCK_FILE)
    return json.loads(file.read_text()) if file.is_file() else {}
