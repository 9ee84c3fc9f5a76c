"""Import of real data: files of any layout that a mapping describes become raw tables."""

from league.importing.report import FileReport, ImportReport, Refusal, UnresolvedName
from league.importing.run import import_folder

__all__ = ["FileReport", "ImportReport", "Refusal", "UnresolvedName", "import_folder"]
