"""What an image must be, asked inside it: python3 deploy/image/examine.py COMMIT LOCK."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zoneinfo
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distribution, distributions
from importlib.util import cache_from_source
from pathlib import Path

PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+))?", re.MULTILINE
)
TOOLS = ("cc", "gcc", "git", "make", "pip", "pip3", "uv")
DATA = (".duckdb", ".parquet")
UNCHECKED = 0b01
"""The flags of bytecode that is taken as it is: PEP 552."""


def main(commit: str, lock: Path) -> int:
    faults = [*_imports(), *_packages(lock), *_bytecode(), *_surroundings(), *_built(commit)]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _imports() -> Iterator[str]:
    """Every module of ours, so that what is loaded late is there, too."""
    for file in distribution("tipoff").files or ():
        if file.suffix != ".py" or file.name == "__main__.py":
            continue
        name = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        try:
            module = import_module(name)
        except ImportError as error:
            yield f"{name} can't be imported: {error}"
            continue
        if not Path(module.__file__ or "").is_relative_to(sys.prefix):
            yield f"{name} comes from {module.__file__}, not from {sys.prefix}"


def _packages(lock: Path) -> Iterator[str]:
    """Those of the lock, and no other."""
    from packaging.markers import Marker

    wanted = {
        _normal(pin["name"]): pin["version"]
        for pin in PIN.finditer(lock.read_text())
        if not pin["marker"] or Marker(pin["marker"].strip()).evaluate()
    }
    found = {_normal(one.name): one.version for one in distributions()}
    found.pop("tipoff", None)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            yield f"{name}: {wanted.get(name, 'none')} is locked, {found.get(name, 'none')} is here"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _bytecode() -> Iterator[str]:
    """Of all that is loaded by now; nobody could write it later."""
    for name, module in sorted(sys.modules.items()):
        source = getattr(module, "__file__", None)
        if name in ("__main__", "__mp_main__") or not source or not source.endswith(".py"):
            continue
        compiled = Path(cache_from_source(source))
        if not compiled.is_file():
            yield f"{name} isn't compiled"
        elif compiled.read_bytes()[4] != UNCHECKED:
            yield f"{name} is compiled, and checked against {source} at each start"


def _surroundings() -> Iterator[str]:
    if os.getuid() == 0:
        yield "it runs as root"
    if os.access(sys.prefix, os.W_OK):
        yield f"it may write to its own code in {sys.prefix}"
    for tool in TOOLS:
        if path := shutil.which(tool):
            yield f"a tool of builds: {path}"
    for folder, _, files in os.walk(sys.prefix):
        for file in files:
            if file.endswith(DATA):
                yield f"data: {folder}/{file}"
    if zoneinfo.TZPATH:
        yield f"zones come from {zoneinfo.TZPATH} before the locked tzdata"


def _built(commit: str) -> Iterator[str]:
    if os.environ.get("TIPOFF_COMMIT") != commit:
        yield f"it says it is {os.environ.get('TIPOFF_COMMIT')!r}, and {commit!r} was built"
    if not os.environ.get("TIPOFF_BUILT_AT"):
        yield "it doesn't say when it was built"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
