"""A gcloud of its own configuration, that knows no other world than the server of these tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.requiring import missing

HOSTS = {
    "RUN": "run",
    "CLOUDSCHEDULER": "scheduler",
    "PUBSUB": "pubsub",
    "IAM": "iam",
    "CLOUDRESOURCEMANAGER": "crm",
    "ARTIFACTREGISTRY": "artifacts",
    "SERVICEUSAGE": "serviceusage",
    "SECRETMANAGER": "secretmanager",
}
"""By the name of the property, `http://HOST.test/`."""


def pointed(address: str, folder: Path) -> dict[str, str]:
    """Variables for a process that runs gcloud or bq; `folder` takes what they keep."""
    token, settings = folder / "token", folder / "bigqueryrc"
    token.write_text("not-a-real-token")
    settings.write_text(f"api = http://{address}\n")
    proxy = {f"{name}_proxy": f"http://{address}" for name in ("http", "https")}
    overrides = {
        f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": f"http://{host}.test/"
        for name, host in HOSTS.items()
    }
    return {
        **proxy,
        **{name.upper(): value for name, value in proxy.items()},
        **overrides,
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
        "BIGQUERYRC": str(settings),
        "CLOUDSDK_CONFIG": str(folder / "config"),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
    }


def sdk() -> tuple[Path, Path]:
    """Where the Cloud SDK is, and the Python that it runs by."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return missing("emulator", "Cloud SDK", "gcloud isn't installed")
    wanted = "--format=value(installation.sdk_root,basic.python_location)"
    found = subprocess.run([gcloud, "info", wanted], capture_output=True, text=True, check=True)
    root, python = found.stdout.strip().split("\t")
    return Path(root), Path(python)


def discovery(root: Path) -> Path:
    """BigQuery's description of itself, which bq asks a server for that isn't Google's."""
    return root / "platform" / "bq" / "discovery_next" / "bigquery.json"
