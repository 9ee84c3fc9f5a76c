"""The WebAssembly module of PyPI's `zetasql`: compiled once a machine, called with protobufs."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import re
import tempfile
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import wasmtime
from google.protobuf.message import Message
from zetasql.wasi import get_wasm_path

# The pb2 modules are used bare: zetasql.core and zetasql.types take 0.4 s to import, and their
# client copies memory byte by byte and cuts an error message at its first line.

Answer = TypeVar("Answer", bound=Message)

POINTER_BYTES = 4
# wasmtime's default of half a MiB ends at some 200 nested operators; it takes no more than 2 MiB.
STACK_BYTES = 2 * 1024 * 1024
REPOSITORY = Path(__file__).resolve().parents[2]


class GoogleSqlError(Exception):
    """GoogleSQL refused a statement, or failed while evaluating it; `line` counts from 1."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        at = re.search(r"\[at (\d+):(\d+)\]", message)
        self.line = int(at[1]) if at else None
        self.column = int(at[2]) if at else None


def cache_directory() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) / "tipoff" if home else REPOSITORY / ".cache") / "googlesql"


def compiled_path(wasm: Path, directory: Path) -> Path:
    """A file of its own for each pair of versions: wasmtime refuses what another one wrote."""
    with wasm.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    name = f"zetasql-{version('zetasql')}-wasmtime-{version('wasmtime')}-{digest}.cwasm"
    return directory / name


def compiled_module(engine: wasmtime.Engine, wasm: Path, directory: Path) -> wasmtime.Module:
    """The module from the cache; the first process compiles it while the others wait."""
    path = compiled_path(wasm, directory)
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _compile(engine, wasm, path)
    return wasmtime.Module.deserialize_file(engine, str(path))


def _compile(engine: wasmtime.Engine, wasm: Path, path: Path) -> None:
    """Written beside its place and renamed, so that no reader ever sees half a file."""
    compiled = wasmtime.Module.from_file(engine, wasm).serialize()
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(compiled)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


class GoogleSql:
    """One instance of the module; not for two threads at once."""

    def __init__(self, directory: Path) -> None:
        config = wasmtime.Config()
        config.shared_memory = True
        config.max_wasm_stack = STACK_BYTES
        engine = wasmtime.Engine(config)
        module = compiled_module(engine, get_wasm_path(), directory)
        wasi = wasmtime.WasiConfig()
        wasi.inherit_stderr()
        wasi.preopen_dir(str(files("tzdata") / "zoneinfo"), "/usr/share/zoneinfo")
        self._store = wasmtime.Store(engine)
        self._store.set_wasi(wasi)
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        exports = linker.instantiate(self._store, module).exports(self._store)
        self._functions: dict[str | None, Any] = {
            name: export for name, export in exports.items() if isinstance(export, wasmtime.Func)
        }
        self._memory: Any = exports["memory"]
        self._run("_initialize")

    def call(self, method: str, request: Message, answer: type[Answer]) -> Answer:
        """One method of ZetaSqlLocalService, as `PrepareQuery`."""
        try:
            return answer.FromString(self._exchange(method, request.SerializeToString()))
        except wasmtime.Trap as trap:
            # whatever was being written when it fell over is still half written
            googlesql.cache_clear()
            raise GoogleSqlError(
                f"the engine fell over, as on too deep a nesting: {trap}"
            ) from trap

    def _exchange(self, method: str, sent: bytes) -> bytes:
        pointer = self._run("wasm_malloc", len(sent))
        size_pointer = self._run("wasm_malloc", POINTER_BYTES)
        ctypes.memmove(self._address(pointer), sent, len(sent))
        answered = self._run(f"ZetaSqlLocalService_{method}", pointer, len(sent), size_pointer)
        size = int.from_bytes(self._read(size_pointer, POINTER_BYTES), "little")
        self._run("wasm_free", pointer)
        self._run("wasm_free", size_pointer)
        if not answered:
            raise GoogleSqlError(self._last_error())
        received = self._read(answered, size)
        self._run("wasm_free", answered)
        return received

    def _run(self, function: str, *arguments: int) -> Any:
        return self._functions[function](self._store, *arguments)

    def _address(self, pointer: int) -> int:
        # wasm pointers are unsigned and arrive signed once the memory is larger than 2 GiB
        return ctypes.addressof(self._memory.data_ptr().contents) + (pointer & 0xFFFFFFFF)

    def _read(self, pointer: int, size: int) -> bytes:
        return ctypes.string_at(self._address(pointer), size)

    def _last_error(self) -> str:
        size = self._run("wasm_get_last_error_size")
        text = self._read(self._run("wasm_get_last_error"), size).decode()
        return re.sub(r"^Code: \d+, Message: ", "", text)


@lru_cache(maxsize=1)
def googlesql() -> GoogleSql:
    """The process's only instance."""
    return GoogleSql(cache_directory())
