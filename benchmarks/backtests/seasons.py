"""The real seasons beside this checkout: imported, computed and audited as anybody would."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from league.importing import import_folder
from modeling.joined import TABLES
from modeling.provenance import PREDICTING, UNAUDITED
from modeling.reading import read_training_set
from modeling.training_set import TrainingSet
from pipeline.audit.blindness import audit_date, sampled
from pipeline.audit.verdict import remember
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.registry import load
from warehouse.opening import open_warehouse

REAL_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NEEDED = ("games", "player_boxscores", "shots", "game_odds", "player_lines")


def checked_data(folder: Path = REAL_DATA) -> Path:
    """Where the files are; what is missing of them is said by name."""
    missing = [name for name in NEEDED if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise UsageError(
            "the real seasons are not beside this checkout: ../shared/data lacks"
            f" {', '.join(f'{name}.parquet' for name in missing)}"
        )
    return folder


def real_rows(file: Path, *, audited_dates: int | None) -> TrainingSet:
    """The training set of them all. What stands in the file is computed anew only where today's
    code would make it otherwise; so many dates are audited, or every one."""
    folder = checked_data()
    if not file.is_file():
        _import(folder, file)
    with closing(open_warehouse(f"duckdb://{file}")) as warehouse:
        pipeline = Pipeline(warehouse, load())
        days = pipeline.assessor.calendar.game_dates
        pipeline.run(make_request(pipeline.registry, tables=TABLES, start=days[0], end=days[-1]))
        _audit(pipeline, audited_dates)
        return read_training_set(pipeline, allow_unaudited=True)


def _import(folder: Path, file: Path) -> None:
    """All of it or nothing: what was interrupted is not found again."""
    contracts = load().contracts
    by_name = {one.name: table for table, one in contracts.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=file.parent) as desk:
        imported, made = Path(desk) / "imported", Path(desk) / file.name
        import_folder(folder, out=imported)
        with closing(open_warehouse(f"duckdb://{made}")) as warehouse:
            warehouse.migrate(list(contracts.values()))
            warehouse.load(
                {by_name[path.stem]: path for path in imported.glob("*.parquet")}, contracts
            )
        made.rename(file)


def _audit(pipeline: Pipeline, dates: int | None) -> None:
    """Each date is remembered as soon as it is done, so that the next start goes on from there."""
    read = read_training_set(pipeline, allow_unaudited=True).partitions
    predicting = [one for one in read if one.must_be_blind]
    days = sorted({one.day for one in predicting})
    unaudited = {one.day for one in predicting if one.blindness == UNAUDITED}
    for day in sampled(days, dates):
        if day in unaudited:
            remember(pipeline.warehouse, audit_date(pipeline, PREDICTING, day))
