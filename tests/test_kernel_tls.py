"""HTTPS from inside the sandbox: the proxy carries it and sees nothing of it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from dynasaur.kernel import tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.proxy import server as proxies
from dynasaur.proxy.server import Proxy
from dynasaur.types import Ending
from tests.builders.certificates import Authority
from tests.builders.proxies import PUBLIC, FakeOutside, server

PROXIED = [tier for tier in tiers.PROXIED if not tiers.probe(tier).problem]

GET = """
import ssl, urllib.request
context = ssl.create_default_context(cafile="root.pem")
answer = urllib.request.urlopen("https://{host}/secret?x", context=context, timeout=15)
print(answer.read().decode())
"""


@dataclass
class Tls:
    """A kernel with a way to HTTPS servers, and what lies behind it."""

    kernel: JupyterKernel
    outside: FakeOutside
    certificates: list[bytes]


@pytest.fixture(params=PROXIED)
def tls(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tls]:
    work = tmp_path / "work"
    work.mkdir()
    authority = Authority(tmp_path)
    (work / "root.pem").write_bytes(authority.root.read_bytes())
    files = authority.certificate("data.example.test")
    with ExitStack() as stack:
        port = stack.enter_context(server(files))
        names = {"data.example.test": [PUBLIC], "wrong.example.test": [PUBLIC]}
        outside = FakeOutside(names, port)
        monkeypatch.setattr(proxies, "Proxy", lambda path, allow: Proxy(path, allow, outside))
        kernel = JupyterKernel(work, sandbox=request.param, network="allow=example.test")
        stack.enter_context(kernel)
        yield Tls(kernel, outside, [files[0].read_bytes()])


def test_tls_passes_from_end_to_end(tls: Tls) -> None:
    seen = tls.kernel.execute(GET.format(host="data.example.test"), timeout=30)
    assert "GET /secret?x host=data.example.test" in seen.output, seen
    assert tls.outside.reached == [(PUBLIC, 443)]
    assert seen.notice == ""


def test_the_certificate_is_the_servers_own(tls: Tls) -> None:
    """Who carries the bytes does not open them: what the code sees is what the server has."""
    code = """
import http.client, ssl
connection = http.client.HTTPConnection("127.0.0.1", 3128, timeout=15)
connection.set_tunnel("data.example.test", 443)
connection.connect()
context = ssl.create_default_context(cafile="root.pem")
wrapped = context.wrap_socket(connection.sock, server_hostname="data.example.test")
print(ssl.DER_cert_to_PEM_cert(wrapped.getpeercert(True)), wrapped.version())
"""
    seen = tls.kernel.execute(code, timeout=30)
    expected = ssl.PEM_cert_to_DER_cert(tls.certificates[0].decode())
    assert ssl.DER_cert_to_PEM_cert(expected).strip() in seen.output, seen
    assert "TLSv1.3" in seen.output


@pytest.mark.parametrize(
    ("host", "said"),
    [("wrong.example.test", "Hostname mismatch"), ("other.test", "Tunnel connection failed: 403")],
)
def test_what_is_wrong_stays_wrong(tls: Tls, host: str, said: str) -> None:
    """A certificate for another name is refused in the kernel, a host for another domain here."""
    seen = tls.kernel.execute(GET.format(host=host), timeout=30)
    assert seen.ended is Ending.ERROR
    assert seen.error is not None
    assert said in seen.error.message
    reached = [(PUBLIC, 443)] if host.endswith("example.test") else []
    assert tls.outside.reached == reached


def test_many_connections_at_once_are_whole(tls: Tls) -> None:
    code = """
import concurrent.futures, ssl, urllib.request
def size(_):
    context = ssl.create_default_context(cafile="root.pem")
    with urllib.request.urlopen("https://data.example.test/big", context=context) as answer:
        return len(answer.read())
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    sizes = list(pool.map(size, range(24)))
print(len(sizes), len(set(sizes)), sizes[0] > 60_000)
"""
    seen = tls.kernel.execute(code, timeout=60)
    assert seen.output == "24 1 True\n", seen
    assert len(tls.outside.reached) == 24
