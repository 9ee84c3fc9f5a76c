"""A base for the Dockerfile where no registry is at hand: Debian's own Python, by debootstrap."""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
from pathlib import Path

RELEASE = "bookworm"
PACKAGES = ("ca-certificates", "python3", "python3-venv")
LENT = ("cert", "index-url", "proxy", "timeout", "trusted-host")
PIP_CONF = "/etc/pip.conf"


def base_archive(folder: Path) -> Path:
    """Made once a folder: it takes a minute."""
    archive = folder / f"{RELEASE}.tar"
    if not archive.is_file():
        root = folder / RELEASE
        include = f"--include={','.join(PACKAGES)}"
        run("debootstrap", "--variant=minbase", include, RELEASE, root)
        for used_up in ("var/cache/apt/archives", "var/lib/apt/lists"):
            run("rm", "-rf", root / used_up)
        unfinished = archive.with_suffix(".unfinished")
        with tarfile.open(unfinished, "w") as tar:
            tar.add(root, arcname=".")
        run("rm", "-rf", root)
        unfinished.rename(archive)
    return archive


def lent_to_pip(folder: Path) -> list[str]:
    """As volumes of the build: how this machine's pip reaches packages. Nothing of it is kept."""
    conf = folder / "pip.conf"
    told = _pip_says()
    conf.write_text("[global]\n" + "".join(f"{name} = {told[name]}\n" for name in sorted(told)))
    volumes = [f"{conf}:{PIP_CONF}:ro"]
    if "cert" in told:
        volumes.append(f"{told['cert']}:{told['cert']}:ro")
    return [f"--volume={one}" for one in volumes]


def _pip_says() -> dict[str, str]:
    """Of files first, then of the environment, which has the last word."""
    told = {}
    lines = run(sys.executable, "-m", "pip", "config", "list").splitlines()
    for line in sorted(lines, key=lambda one: one.startswith(":env:")):
        name, _, value = line.partition("=")
        name = name.removeprefix(":env:.").removeprefix("global.").removeprefix("install.")
        if name in LENT:
            told[name] = ast.literal_eval(value)
    return told


def run(*command: object) -> str:
    """What it answers; where it fails, what it said is the reason."""
    done = subprocess.run(
        [str(one) for one in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr[-4000:]}"
    return done.stdout
