"""OpenTelemetry: spans of a run, sent to a real receiver of OTLP; nothing unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dynasaur.telemetry import is_on
from tests.builders.chat_server import ChatServer, Raw, Step
from tests.builders.cli import dynasaur, script
from tests.builders.http import HttpServer, Quiet

proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")


@contextmanager
def receiver() -> Iterator[tuple[str, list[Any]]]:
    """A server that takes spans by OTLP over HTTP: its address and what it was sent."""
    spans: list[Any] = []

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = proto.ExportTraceServiceRequest()
            request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

    with HttpServer(Handler) as server:
        yield server.host, spans


def attributes(span: Any) -> dict[str, Any]:
    return {
        one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes
    }


def test_a_run_gives_spans_of_all_its_parts(tmp_path: Path) -> None:
    answers: list[Step | Raw] = [
        Step("One.", "1 / 0"),
        Raw(429, "{}", {"Retry-After": "0.1"}),
        Step("Two.", "mean([1, 2])\nsubmit_final_answer('secret answer')"),
    ]
    with receiver() as (address, spans), ChatServer(answers) as server:
        env = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OPENAI_BASE_URL": server.url,
            "OPENAI_API_KEY": "key-for-test",
        }
        done = dynasaur("run", "secret task", "--model", "test", "-q", cwd=tmp_path, env=env)
        assert (done.code, done.out) == (0, "secret answer\n"), done.err
    by_id = {span.span_id: span for span in spans}
    tree = sorted((by_id[s.parent_span_id].name if s.parent_span_id else "", s.name) for s in spans)
    assert tree == [
        ("", "invoke_agent dynasaur"),
        ("dynasaur.step", "chat test"),
        ("dynasaur.step", "chat test"),
        ("dynasaur.step", "execute_tool python"),
        ("dynasaur.step", "execute_tool python"),
        ("invoke_agent dynasaur", "dynasaur.admission"),
        ("invoke_agent dynasaur", "dynasaur.step"),
        ("invoke_agent dynasaur", "dynasaur.step"),
    ]
    assert len({span.trace_id for span in spans}) == 1
    run = next(span for span in spans if not span.parent_span_id)
    told = attributes(run)
    assert told["gen_ai.operation.name"] == "invoke_agent"
    assert told["gen_ai.request.model"] == "test"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (20, 10)
    assert told["dynasaur.status"] == "solved"
    failed = [attributes(s).get("error.type") for s in spans if s.name == "execute_tool python"]
    assert failed == ["ZeroDivisionError", None]
    assert "secret" not in str(spans)


def test_a_receiver_that_is_not_there_costs_no_run(tmp_path: Path) -> None:
    model = script(tmp_path, "submit_final_answer(1)")
    env = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    done = dynasaur("run", "x", "--model", model, "-q", cwd=tmp_path, env=env)
    assert (done.code, done.out) == (0, "1\n")


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "TRUE"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
    ],
)
def test_spans_are_sent_only_where_the_environment_says_so(
    environ: dict[str, str], on: bool
) -> None:
    assert is_on(environ) is on
