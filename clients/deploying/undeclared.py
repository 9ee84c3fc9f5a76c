"""Fields that have no place in `deploy/`, and that switch off or change what is deployed: each is
named where it is set, so that it differs. What is set to what holds anyway is not named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
RUN = "run.googleapis.com"
AUTOMATIC = "automatic"
LEAST, MOST = "autoscaling.knative.dev/minScale", "autoscaling.knative.dev/maxScale"
CONNECTOR, NETWORK = f"{RUN}/vpc-access-connector", f"{RUN}/network-interfaces"
PORT = 8080
PROBE_SECONDS = 240
"""Cloud Run's own probe waits once, so long, for the port to be open."""


def of_service(said: Json) -> dict[str, str]:
    """Beside all revisions. Instances of a service as a whole are named where they go beyond what
    its template says; Cloud Run itself may write there what doesn't."""
    outer, inner = notes_of(said), notes_of(said["spec"]["template"])
    mode = outer.get(f"{RUN}/scalingMode", AUTOMATIC)
    least, most = outer.get(f"{RUN}/minScale", ""), outer.get(f"{RUN}/maxScale", "")
    audiences = outer.get(f"{RUN}/custom-audiences", "[]")
    found = {
        "scaling mode": mode if mode.lower() != AUTOMATIC else "",
        "manual instances": outer.get(f"{RUN}/manualInstanceCount", ""),
        "service min instances": least if _number(least, 0) > _number(inner.get(LEAST), 0) else "",
        "service max instances": most if _is_lower(most, inner.get(MOST)) else "",
        "default URL": "off" if _is_on(outer.get(f"{RUN}/default-url-disabled")) else "",
        "custom audiences": audiences if audiences != "[]" else "",
        "IAP": "on" if _is_on(outer.get(f"{RUN}/iap-enabled")) else "",
    }
    return {name: value for name, value in found.items() if value}


def of_template(notes: Mapping[str, str], spec: Json) -> dict[str, str]:
    """Of a revision, or of a job's tasks."""
    volumes = [one.get("name", "?") for one in spec.get("volumes", [])]
    found = {
        "VPC connector": notes.get(CONNECTOR, ""),
        "network": notes.get(NETWORK, ""),
        "volumes": ", ".join(volumes),
    }
    return {name: value for name, value in found.items() if value}


def of_probes(spec: Json) -> dict[str, str]:
    """Where instances are waited for, or started anew, by another rule than Cloud Run's own."""
    container = spec["containers"][0]
    ports = [one.get("containerPort") for one in container.get("ports", [])] or [PORT]
    startup, liveness = container.get("startupProbe"), container.get("livenessProbe")
    found = {}
    if startup and not _is_cloud_runs_own(startup, ports):
        found["startup probe"] = json.dumps(startup, sort_keys=True)
    if liveness:
        found["liveness probe"] = json.dumps(liveness, sort_keys=True)
    return found


def notes_of(said: Json) -> Mapping[str, str]:
    found: Mapping[str, str] = said.get("metadata", {}).get("annotations", {})
    return found


def _is_cloud_runs_own(probe: Json, ports: list[int]) -> bool:
    known = {"tcpSocket", "periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold"}
    return (
        {name for name, value in probe.items() if value} <= known
        and probe.get("tcpSocket", {}).get("port") in ports
        and probe.get("periodSeconds") == PROBE_SECONDS
        and probe.get("timeoutSeconds", PROBE_SECONDS) == PROBE_SECONDS
        and probe.get("failureThreshold") == 1
    )


def _is_lower(said: str, bound: str | None) -> bool:
    return bool(said) and (not bound or _number(said, 0) < _number(bound, 0))


def _number(said: str | None, default: int) -> int:
    return int(said) if said and said.isdecimal() else default


def _is_on(said: str | None) -> bool:
    return (said or "").lower() == "true"
