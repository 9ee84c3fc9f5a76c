"""Which file of a folder is what: by its name and its columns, before a row is read."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from league.importing.errors import ImportRefused, MappingError, nearest
from league.importing.mapping_file import load, shipped
from league.importing.rules import Mapping, Source
from processors.errors import WarehouseFailed
from warehouse.files import Desk

KINDS = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True)
class DataFile:
    """A file of the folder with the columns it has."""

    path: Path
    columns: tuple[str, ...]

    @property
    def stem(self) -> str:
        return stem(self.path)

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() == ".parquet"


@dataclass(frozen=True)
class Batch:
    """The files of one source that are read together."""

    source: Source
    files: tuple[DataFile, ...]


def stem(path: Path) -> str:
    """A file's name without its ending, folded."""
    name = path.name.lower()
    return next(name.removesuffix(kind) for kind in KINDS if name.endswith(kind))


def list_files(desk: Desk, folder: Path) -> tuple[DataFile, ...]:
    """Every Parquet and CSV file that lies in the folder, with its columns."""
    if not folder.is_dir():
        raise ImportRefused(f"{folder} is no folder.", folder=str(folder))
    paths = sorted(one for one in folder.iterdir() if one.name.lower().endswith(KINDS))
    if not paths:
        raise ImportRefused(f"{folder} holds no .parquet, .csv or .csv.gz file.")
    by_stem: dict[str, Path] = {}
    for path in paths:
        other = by_stem.setdefault(stem(path), path)
        if other != path:
            raise ImportRefused(
                f"{other.name} and {path.name} are one source twice: keep one of them."
            )
    return tuple(DataFile(path, columns_of(desk, path)) for path in paths)


def columns_of(desk: Desk, path: Path) -> tuple[str, ...]:
    """The columns of one file, from its footer or its header line."""
    try:
        if path.suffix.lower() == ".parquet":
            return desk.parquet_columns(path)
        opened = gzip.open if path.suffix.lower() == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            return tuple(next(csv.reader(lines), ()))
    except (WarehouseFailed, OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ImportRefused(f"{path} cannot be read: {error}", file=str(path)) from error


def assign(
    mapping: Mapping, files: tuple[DataFile, ...]
) -> tuple[tuple[Batch, ...], tuple[str, ...]]:
    """Give each file to the first source whose name and columns fit it; name those left over."""
    taken: dict[int, list[DataFile]] = {}
    ignored: list[str] = []
    for file in files:
        named = [
            number
            for number, source in enumerate(mapping.source)
            if any(fnmatch(file.stem, pattern.lower()) for pattern in source.files)
        ]
        fitting = [one for one in named if not missing(mapping.source[one], file)]
        if fitting:
            taken.setdefault(fitting[0], []).append(file)
        elif named:
            closest = min(named, key=lambda one: len(missing(mapping.source[one], file)))
            raise ImportRefused(lacks(mapping.source[closest], file), file=str(file.path))
        else:
            ignored.append(file.path.name)
    batches = tuple(
        Batch(mapping.source[number], tuple(one for one in taken[number] if one.is_parquet is kind))
        for number in sorted(taken)
        for kind in sorted({one.is_parquet for one in taken[number]})
    )
    return batches, tuple(ignored)


def missing(source: Source, file: DataFile) -> Dictionary[str, str]:
    """The columns that the source needs and the file lacks."""
    if source.refuse_file is not None:
        return {}
    present = {name.casefold() for name in file.columns}
    return {one: why for one, why in source.needs().items() if one.casefold() not in present}


def lacks(source: Source, file: DataFile) -> str:
    column, purpose = next(iter(missing(source, file).items()))
    return (
        f"{file.path.name} has no column `{column}`, which is needed for {purpose};"
        f" {nearest(column, file.columns)}."
    )


def choose(files: tuple[DataFile, ...], folder: Path) -> str:
    """Name the one shipped mapping that the folder fits: the one whose schedule it holds."""
    fitting: list[str] = []
    looked_for: list[str] = []
    for name in shipped():
        sources = [one for one in load(name).source if one.table == "schedule"]
        patterns = [pattern for source in sources for pattern in source.files]
        named = [
            (source, file)
            for source in sources
            for file in files
            if any(fnmatch(file.stem, pattern.lower()) for pattern in source.files)
        ]
        if any(not missing(source, file) for source, file in named):
            fitting.append(name)
        elif named:
            looked_for.append(f"{name}: {lacks(*named[0])}")
        else:
            looked_for.append(f"{name}: no file named {' or '.join(patterns)}.")
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise MappingError(
            f"{folder} fits the mappings {' and '.join(fitting)}: name one with --mapping."
        )
    raise MappingError(
        f"No shipped mapping fits {folder}. Looked for the schedule of each — "
        + " ".join(looked_for)
        + " Name an own mapping with --mapping FILE.toml."
    )
