"""OpenTelemetry spans of a run, its steps, model calls, executions and admission.

Names follow the semantic conventions for generative AI. Off unless the usual variables say where
spans go; no task, code or answer is in them, only names, counts and times.
"""

# ruff: noqa: D102 - what a listener is told, `Listener` says.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dynasaur.agent.protocols import Listener
from dynasaur.errors import MissingExtraError
from dynasaur.record import End, Step, Trajectory
from dynasaur.types import Reply

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PATIENCE = 5
"""Seconds that an export may take where the variables do not say: a run waits for the last one."""


def is_on(environ: Mapping[str, str]) -> bool:
    """The environment says where spans go."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "")
    return exporter != "none" and bool(exporter or any(environ.get(name) for name in ENDPOINTS))


def traced(inner: Listener | None, environ: Mapping[str, str]) -> Listener | None:
    """A listener that sends spans where the environment says; `inner` alone where it says nothing.

    Raises:
        MissingExtraError: They are wanted, and OpenTelemetry is not installed.
    """
    if not is_on(environ):
        return inner
    try:
        return Traced(inner or Listener(), _exporter(environ))
    except ImportError as error:
        raise MissingExtraError(
            f"OTEL_ variables ask for spans, and {error.name} is not installed: install "
            "dynasaur[otel], or set OTEL_SDK_DISABLED=true"
        ) from error


def _exporter(environ: Mapping[str, str]) -> SpanExporter:
    if environ.get("OTEL_TRACES_EXPORTER") == "console":
        import sys

        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    told = {"OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"} & environ.keys()
    return OTLPSpanExporter() if told else OTLPSpanExporter(timeout=_PATIENCE)


class Traced(Listener):
    """Makes spans of what it is told, and tells it on.

    Args:
        inner: Who else is told.
        exporter: Where spans go.
    """

    def __init__(self, inner: Listener, exporter: SpanExporter) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from dynasaur import __version__

        self._inner = inner
        self.wants_stream = inner.wants_stream
        resource = Resource.create({"service.name": "dynasaur", "service.version": __version__})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("dynasaur", __version__)
        self._open: list[Span] = []
        self._model = ""

    def began(self, so_far: Trajectory) -> None:
        self._model = so_far.model
        self._enter(
            "invoke_agent dynasaur",
            "invoke_agent",
            {
                "gen_ai.agent.name": "dynasaur",
                "gen_ai.conversation.id": so_far.run,
                "gen_ai.request.model": so_far.model,
                "dynasaur.actions.offered": len(so_far.actions.offered),
            },
        )
        self._inner.began(so_far)

    def thinking(self, number: int) -> None:
        self._leave(to=1)
        self._enter("dynasaur.step", "", {"dynasaur.step.number": number})
        self._enter(f"chat {self._model}", "chat", {"gen_ai.request.model": self._model})
        self._inner.thinking(number)

    def heard(self, text: str) -> None:
        self._inner.heard(text)

    def remarked(self, line: str) -> None:
        self._inner.remarked(line)

    def waiting(self, seconds: float, why: str) -> None:
        if self._open:
            self._open[-1].add_event("retry", {"dynasaur.wait": seconds, "dynasaur.why": why})
        self._inner.waiting(seconds, why)

    def replied(self, number: int, reply: Reply) -> None:
        use = reply.usage
        self._set(
            {
                "gen_ai.usage.input_tokens": use.prompt_tokens,
                "gen_ai.usage.output_tokens": use.completion_tokens,
                "dynasaur.requests": use.requests,
            }
        )
        self._leave(to=2)
        self._inner.replied(number, reply)

    def shortened(self) -> None:
        self._inner.shortened()

    def asking(self) -> None:
        self._inner.asking()

    def running(self, number: int) -> None:
        self._enter(
            "execute_tool python",
            "execute_tool",
            {"gen_ai.tool.name": "python", "gen_ai.tool.type": "extension"},
        )
        self._inner.running(number)

    def observed(self, step: Step) -> None:
        if step.observation is not None:
            self._set(
                {
                    "dynasaur.ended": str(step.observation.ended),
                    "dynasaur.actions.loaded": list(step.loaded),
                }
            )
            if error := step.observation.error:
                self._fail(error.type)
        elif step.problem:
            self._fail("no_code")
        self._leave(to=1)
        self._inner.observed(step)

    def judging(self) -> None:
        self._leave(to=1)
        self._enter("dynasaur.admission")
        self._inner.judging()

    def ended(self, result: Trajectory) -> None:
        self._set(
            {
                "dynasaur.actions.admitted": list(result.actions.admitted),
                "dynasaur.actions.refused": len(result.actions.refused),
            }
        )
        self._leave(to=1)
        self._set(
            {
                "gen_ai.usage.input_tokens": result.usage.prompt_tokens,
                "gen_ai.usage.output_tokens": result.usage.completion_tokens,
                "dynasaur.status": str(result.status),
                "dynasaur.end": str(result.end),
                "dynasaur.steps": len(result.steps),
            }
        )
        if result.end is not End.ANSWERED:
            self._fail(str(result.end))
        self._leave(to=0)
        self._provider.force_flush(_PATIENCE * 1_000)
        self._inner.ended(result)

    # --- spans, each inside the one before ------------------------------------------------------

    def _enter(
        self, name: str, operation: str = "", attributes: Mapping[str, Any] | None = None
    ) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context

        named = {"gen_ai.operation.name": operation} if operation else {}
        self._open.append(
            self._tracer.start_span(
                name,
                context=set_span_in_context(self._open[-1]) if self._open else None,
                kind=SpanKind.CLIENT if operation == "chat" else SpanKind.INTERNAL,
                attributes={**named, **(attributes or {})},
            )
        )

    def _set(self, attributes: Mapping[str, Any]) -> None:
        if self._open:
            self._open[-1].set_attributes(attributes)

    def _fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode

        if self._open:
            self._open[-1].set_attribute("error.type", kind)
            self._open[-1].set_status(StatusCode.ERROR)

    def _leave(self, *, to: int) -> None:
        """End the innermost spans until so many are open."""
        while len(self._open) > to:
            self._open.pop().end()
