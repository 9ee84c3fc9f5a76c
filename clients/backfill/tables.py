"""Which tables are asked for."""

from __future__ import annotations

from processors.contract import Layer
from processors.errors import UsageError
from processors.names import resolve_tables
from processors.registry import Registry


def asked_tables(
    registry: Registry, processors: str | None, start_from: str | None
) -> tuple[str, ...]:
    """In dependency order; none named means the five precompute tables, as for the service."""
    names = [name.strip() for name in (processors or "").split(",") if name.strip()]
    asked = resolve_tables(names, registry) or tuple(
        one.table for one in registry if one.contract.layer is Layer.PRECOMPUTE
    )
    if start_from is None:
        return asked
    (first,) = resolve_tables([start_from], registry)
    if first not in asked:
        raise UsageError(
            f"--start-from {first}: it isn't asked for; --processors names what is,"
            f" now {', '.join(asked)}"
        )
    return asked[asked.index(first) :]
