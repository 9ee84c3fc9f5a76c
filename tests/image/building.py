"""An image as buildah makes it of our Dockerfile, without a container engine."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.image.base import base_archive, lent_to_pip, run

ROOT = Path(__file__).resolve().parents[2]
NAME, BASE = "localhost/tipoff", "localhost/base"


@dataclass(frozen=True)
class Buildah:
    """With a store of its own, which goes with the folder."""

    folder: Path

    def __call__(self, *said: object) -> str:
        store = ("--root", self.folder / "store", "--runroot", self.folder / "run")
        return run("buildah", *store, "--storage-driver", "vfs", *said).strip()


@dataclass(frozen=True, kw_only=True)
class Image:
    """What was built, unpacked where it can be looked at."""

    config: dict[str, Any]
    root: Path
    base: Path
    commit: str
    build_seconds: float

    @property
    def environment(self) -> dict[str, str]:
        return dict(one.split("=", 1) for one in self.config["Env"])

    @property
    def user(self) -> str:
        return str(self.config["User"])

    @property
    def command(self) -> list[str]:
        return [*self.config["Entrypoint"], *self.config["Cmd"]]


def built(folder: Path, cache: Path, commit: str) -> Image:
    buildah = Buildah(folder)
    base = _unpacked(buildah, base_archive(cache))
    begun = time.monotonic()
    _build(buildah, COMMIT=commit, BUILT_AT=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    seconds = time.monotonic() - begun
    container = buildah("from", "--pull-never", NAME)
    inspected = json.loads(buildah("inspect", "--type", "image", NAME))
    return Image(
        config=inspected["Docker"]["config"],
        root=Path(buildah("mount", container)),
        base=base,
        commit=commit,
        build_seconds=seconds,
    )


def _unpacked(buildah: Buildah, archive: Path) -> Path:
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, archive, "/")
    buildah("commit", "--quiet", container, BASE)
    return Path(buildah("mount", container))


def _build(buildah: Buildah, **arguments: str) -> None:
    told = [f"--build-arg={name}={value}" for name, value in {"BASE": BASE, **arguments}.items()]
    how = ("--format=docker", "--isolation=chroot", "--layers=false", f"--tag={NAME}")
    buildah("build", *how, *told, *lent_to_pip(buildah.folder), ROOT)
