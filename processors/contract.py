"""A contract: everything that is promised about one table, and nothing about how it is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from processors.columns import Column, Type
from processors.window import Window


class Layer(StrEnum):
    """Where a table stands: loaded, computed, or kept by the service about itself."""

    RAW = "raw"
    ANALYTICS = "analytics"
    PRECOMPUTE = "precompute"
    PREDICTIONS = "predictions"
    OPS = "ops"


class Cutoff(StrEnum):
    """What a row of date D may know."""

    AFTER_GAME = "after_game"
    """The games of D and before."""
    BEFORE_TIPOFF = "before_tipoff"
    """Games with game_date < D; odds and reports from before that game's tip-off."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """A table that the statement reads, and the dates of it that a row for D may read."""

    table: str
    window: Window | None
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class GamePresence:
    """How a game that is over shows in a table: so many rows of each of its two teams, or, where
    points are held, rows whose points add up to the final score (teams have won with six men)."""

    team_column: str
    rows_per_team: int
    points_column: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Rows that stand for good: none is replaced, and none is added that says what the one before
    it by the moment says of the same thing, which is the key without the moment."""

    moment: str
    says: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowCheck:
    """A SQL condition under which a row is bad and is set aside in quarantine."""

    name: str
    bad_when: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A SQL condition that is counted per date and reported; it changes nothing."""

    name: str
    counts_when: str


@dataclass(frozen=True, kw_only=True)
class TableCheck:
    """A SQL aggregate per date; where it is true the date is rejected."""

    name: str
    fails_when: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A column that must not be the same in every row of a date, once there are enough rows."""

    column: str
    minimum_rows: int = 20


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How empty and how uniform columns may be over a season, and why more than others."""

    columns: tuple[str, ...]
    why: str
    null_share: float = 0.2
    """Of all rows; a column that is never NULL has none."""
    one_value_share: float = 0.99
    """Of the rows with a value, how many may hold the same."""


ORDINARY = Tolerance(columns=(), why="nothing is declared for the column")
BY_SEASON = Tolerance(
    columns=("season_year", "season_phase"),
    one_value_share=1,
    why="a season is one season, and all regular until April",
)


BOOKKEEPING: tuple[Column, ...] = (
    Column(
        name="data_hash",
        type=Type.STRING,
        nullable=False,
        description="SHA-256 of the row's contract columns as fixed text; equal on every engine.",
    ),
    Column(
        name="logic_version",
        type=Type.STRING,
        nullable=False,
        description="Fingerprint of the statement and contract that made the row.",
    ),
    Column(
        name="input_fingerprint",
        type=Type.STRING,
        nullable=False,
        description="Fingerprint of the input partitions that the row's date was computed from.",
    ),
    Column(
        name="run_id",
        type=Type.STRING,
        nullable=False,
        description="The run that published the row.",
    ),
    Column(
        name="processed_at",
        type=Type.TIMESTAMP,
        nullable=False,
        description="When the row was published, UTC.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One table: key, columns, inputs, cutoff, checks. Raw tables have no inputs and no cutoff."""

    table: str
    description: str
    layer: Layer
    key: tuple[str, ...]
    date_column: str | None
    columns: tuple[Column, ...]
    cutoff: Cutoff | None = None
    inputs: tuple[Input, ...] = ()
    presence: GamePresence | None = None
    written_here: bool = False
    """Of a raw table: whether Tipoff writes it itself, whoever loads the others of its layer."""
    kept: Kept | None = None
    expected: str = ""
    """A query over [@start_date, @end_date]: one row an expected entity, holding the key's columns
    and `left_out_reason`, NULL for an entity that must be written."""
    minimum_coverage: float = 0.9
    row_checks: tuple[RowCheck, ...] = ()
    findings: tuple[Finding, ...] = ()
    table_checks: tuple[TableCheck, ...] = ()
    canaries: tuple[Canary, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"{self.table}: columns declared twice: {', '.join(doubled)}")
        for name in (*self.key, *((self.date_column,) if self.date_column else ())):
            if name not in names:
                raise ValueError(f"{self.table}: {name} is in the key but not among the columns")
        watched = [canary.column for canary in self.canaries]
        watched += [name for one in self.tolerances for name in one.columns]
        if self.presence:
            watched.append(self.presence.team_column)
        for name in watched:
            if name not in names:
                raise ValueError(f"{self.table}: {name} is watched but not among the columns")
        if not self.is_computed and (self.cutoff or self.inputs):
            raise ValueError(f"{self.table} is not computed: it has no cutoff and no inputs")
        if self.kept and (self.layer is not Layer.RAW or self.kept.moment not in self.key):
            raise ValueError(f"{self.table}: only raw rows are kept, by a moment of their key")

    @property
    def dataset(self) -> str:
        return self.table.split(".")[0]

    @property
    def name(self) -> str:
        return self.table.split(".")[1]

    @property
    def bootstrap(self) -> bool:
        """Whether season days 0-13 are left out by design."""
        return self.layer in (Layer.PRECOMPUTE, Layer.PREDICTIONS)

    @property
    def is_computed(self) -> bool:
        return self.layer in (Layer.ANALYTICS, Layer.PRECOMPUTE, Layer.PREDICTIONS)

    def is_ours(self, layers: Collection[Layer]) -> bool:
        """Whether a deployment that owns these layers writes it."""
        return self.written_here or self.layer is Layer.OPS or self.layer in layers

    @cached_property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns as they stand in the table, the machinery's own included."""
        return (*self.columns, *BOOKKEEPING) if self.is_computed else self.columns

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def tolerance(self, column: str) -> Tolerance:
        """What is declared for the column, else the ordinary."""
        declared = (*self.tolerances, BY_SEASON)
        return next((one for one in declared if column in one.columns), ORDINARY)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)
