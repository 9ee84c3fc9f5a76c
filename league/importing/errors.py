"""What can be wrong with an import as a whole; a single bad row is a refusal in the report."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from processors.errors import TipoffError

if TYPE_CHECKING:
    from collections.abc import Iterable


class MappingError(TipoffError):
    """A mapping is not one: an unknown key, table, column or transform, or none fits the folder."""

    code = "mapping_invalid"
    http_status = 422


class ImportRefused(TipoffError):
    """The files contradict the mapping or themselves; nothing was written."""

    code = "import_refused"
    http_status = 422


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, and fall back on listing them all."""
    by_fold = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.4)
    if close:
        return f"the nearest there is `{by_fold[close[0]]}`"
    return f"there are {', '.join(f'`{one}`' for one in by_fold.values()) or 'none'}"
