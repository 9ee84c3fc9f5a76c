"""The rules of the house: each a pure function from a statement and contract to its faults."""

from __future__ import annotations

from collections.abc import Callable

from .cutoff import (
    history_leaves_out_the_day,
    no_results_of_the_schedule,
    snapshots_from_before_tipoff,
    strictly_before_the_cutoff,
)
from .days import days_are_not_mixed
from .doors import history_through_the_doors
from .engines import portable
from .partitions import partitions_are_bounded
from .reading import Reading
from .values import (
    columns_of_the_contract,
    no_date_literal,
    no_default,
    no_float_aggregate,
    no_star,
)
from .windows import no_frame_over_games, no_look_ahead

Rule = Callable[[Reading], list[str]]

BEFORE_TIPOFF: tuple[Rule, ...] = (
    history_through_the_doors,
    history_leaves_out_the_day,
    days_are_not_mixed,
    strictly_before_the_cutoff,
    no_frame_over_games,
    no_results_of_the_schedule,
)
AFTER_GAME: tuple[Rule, ...] = (no_look_ahead,)
ANY_QUERY: tuple[Rule, ...] = (no_date_literal, no_star, no_default, no_float_aggregate, portable)
EVERYWHERE: tuple[Rule, ...] = (
    columns_of_the_contract,
    snapshots_from_before_tipoff,
    partitions_are_bounded,
    *ANY_QUERY,
)
RULES: tuple[Rule, ...] = (*BEFORE_TIPOFF, *AFTER_GAME, *EVERYWHERE)
"""A rule of one cutoff finds nothing in a statement of the other."""
