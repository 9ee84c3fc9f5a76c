"""OpenTelemetry traces: an extra, imported where the setting asks for it and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from threading import Thread
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from pipeline.run import Pipeline, Progress, Report
from processors.errors import UsageError
from service.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

UNTRACED = "healthz,readyz,metrics"
LAST_SECONDS = 1.5
"""What is left to be sent may take so long at the end. The library's own limits don't hold where no
collector answers."""


def make_tracer(settings: Settings) -> TracerProvider | None:
    """None where traces aren't wanted; where to send them is read from OTEL_ variables."""
    if not settings.traces:
        return None
    try:
        import opentelemetry.instrumentation.fastapi  # noqa: F401
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise UsageError(
            "TIPOFF_TRACES is set, but what it needs isn't installed: pip install 'tipoff[otel]',"
            " or unset it"
        ) from error
    resource = Resource.create({"service.name": "tipoff", "service.version": version("tipoff")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


@contextmanager
def traced(app: FastAPI, pipeline: Pipeline, provider: TracerProvider | None) -> Iterator[None]:
    """A span for each request; in it an event for each table that was done."""
    if provider is None:
        yield
        return
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.trace import format_trace_id, get_current_span

    def begun(span: Span, scope: dict[str, Any]) -> None:
        """So that the log lines of the request name the same trace."""
        trace = format_trace_id(span.get_span_context().trace_id)
        scope.setdefault("state", {})["trace"] = trace

    def done(progress: Progress) -> None:
        get_current_span().add_event(
            progress.what, {"done": progress.done, "in_all": progress.in_all}
        )

    def came_to(report: Report) -> None:
        get_current_span().set_attribute("tipoff.run_id", report.run_id)
        get_current_span().set_attribute("tipoff.status", report.overall.word)
        watched(report)

    watched = pipeline.on_report
    pipeline.on_progress, pipeline.on_report = done, came_to
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=UNTRACED,
        server_request_hook=begun,
        exclude_spans=["receive", "send"],
    )
    try:
        yield
    finally:
        sending = Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)
