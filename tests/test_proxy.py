"""The proxy on real sockets, with a real web server behind addresses of the test's choice."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from dynasaur.proxy.outside import Outside
from dynasaur.proxy.server import Bounds
from tests.builders.proxies import PUBLIC, site


def get(path: str = "http://example.test/x", more: str = "Host: evil.test\r\n") -> bytes:
    return f"GET {path} HTTP/1.1\r\n{more}\r\n".encode()


SMUGGLED = (
    b"POST http://example.test/ HTTP/1.1\r\nHost: e\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://evil.test/ HTTP/1.1\r\n\r\n"
)


def test_requests_are_carried_over_and_back() -> None:
    """Host is what the address says; headers between neighbours stay behind."""
    with site() as here:
        hop = (
            "Host: evil.test\r\nProxy-Authorization: x\r\nConnection: X-Own\r\nX-Own: 1\r\nA: 1\r\n"
        )
        done = here.ask(get("http://data.example.test/x?y", hop))
        assert done.endswith(b"GET /x?y host=data.example.test b'' a connection host")
        assert here.outside.reached == [(PUBLIC, 80)]
        post = b"POST http://example.test/ HTTP/1.1\r\nHost: e\r\n"
        fixed = here.ask(post + b"Content-Length: 3\r\n\r\nabc")
        assert b"b'abc'" in fixed
        chunked = here.ask(
            post + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
        )
        assert b"b'abcd'" in chunked
        head = here.ask(b"HEAD http://example.test/ HTTP/1.1\r\nHost: e\r\n\r\n")
        assert (head[:12], head[-4:]) == (b"HTTP/1.1 200", b"\r\n\r\n")
        old = here.ask(b"GET http://example.test/until-close HTTP/1.0\r\n\r\n")
        assert b"GET /until-close" in old
        assert len(here.ask(get("http://example.test/big"))) > 60_000
        assert b"host=example.test:80 " not in fixed
        assert here.proxy.refusals() == ()


def test_tunnels_carry_bytes_both_ways() -> None:
    with site() as here:
        inner = b"GET /in HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n"
        done = here.ask(b"CONNECT example.test:443 HTTP/1.1\r\n\r\n" + inner)
        assert done.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200")
        assert b"GET /in host=anything" in done
        assert here.outside.reached == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["169.254.169.254"], ["10.0.0.7"], ["::1"], ["::ffff:10.0.0.7"],
        [PUBLIC, "192.168.1.1"], ["2606:4700::1111", "fd00::1"], ["198.51.100.4"],
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    """Rebinding: whatever an allowed name resolves to, every address must be public."""
    with site(names={"inside.example.test": addresses}) as here:
        for request in (
            get("http://inside.example.test/"),
            b"CONNECT inside.example.test:443 HTTP/1.1\r\n\r\n",
        ):
            done = here.ask(request)
            assert done.startswith(b"HTTP/1.1 403")
            assert b"not on the public internet" in done
        assert here.outside.reached == []
        assert [refusal.host for refusal in here.proxy.refusals()] == [""]


def test_a_name_is_resolved_once_for_each_connection() -> None:
    """What was checked is what is connected to: there is no second look-up to rebind."""
    with site() as here:
        here.ask(get())
        assert here.outside.asked == ["example.test"]
        assert here.outside.reached == [(PUBLIC, 80)]


def test_this_machine_itself_is_refused_under_any_address() -> None:
    with site() as here:
        here.outside.own = frozenset({PUBLIC})
        assert b"not on the public internet" in here.ask(get())
    real = Outside()
    assert real.is_own("127.0.0.1")
    assert real.addresses("localhost")


def test_a_redirect_is_a_request_of_its_own() -> None:
    with site() as here:
        done = here.ask(get("http://example.test/elsewhere?http://127.0.0.1/"))
        assert done.startswith(b"HTTP/1.1 302")
        assert here.ask(get("http://127.0.0.1/")).startswith(b"HTTP/1.1 403")
        assert len(here.outside.reached) == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("http://evil.test/"), b"403"),
        (get("http://gone.example.test/"), b"502"),
        (get("/"), b"400"),
        (b"CONNECT example.test:22 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT example.test HTTP/1.1\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://example.test/ HTTP/2.0\r\n\r\n", b"400"),
        (b"GET  http://example.test/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://example.test/ HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"GET http://example.test/ HTTP/1.1\r\nA: 1\r\n folded\r\nB\x00: 1\r\n\r\n", b"400"),
        (SMUGGLED, b"400"),
        (
            b"POST http://example.test/ HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: x\r\n\r\n",
            b"400",
        ),
    ],
)
def test_bad_requests_reach_nobody(request_: bytes, status: bytes) -> None:
    with site() as here:
        assert here.ask(request_).startswith(b"HTTP/1.1 " + status)
        assert here.outside.reached == []


@pytest.mark.parametrize(
    "body", [b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n"]
)
def test_broken_chunks_end_the_connection(body: bytes) -> None:
    with site() as here:
        head = (
            b"POST http://example.test/ HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert b"200 OK" not in here.ask(head + body)


def test_pipelined_requests_are_not_answered() -> None:
    """One request for each connection: nothing that follows it can be taken for another's."""
    with site() as here:
        done = here.ask(get("http://example.test/a") + get("http://data.example.test/b"))
        assert b"GET /a" in done
        assert b"GET /b" not in done
        assert here.outside.reached == [(PUBLIC, 80)]


def test_long_heads_are_not_read() -> None:
    with site() as here:
        assert here.ask(get(more=f"A: {'a' * 40_000}\r\n")) == b""
        assert here.ask(get("http://example.test/" + "a" * 40_000)) == b""
        assert here.outside.reached == []


def test_connections_are_bounded_and_silent_ones_closed() -> None:
    with site(bounds=Bounds(connections=3, idle=0.4)) as here:
        held = []
        for _ in range(6):
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(here.path))
            client.settimeout(10)
            held.append(client)
        # Those above the bound at once, the others when they have said nothing for too long.
        assert [client.recv(1) for client in held] == [b""] * 6
        for client in held:
            client.close()
        tunnel = socket.socket(socket.AF_UNIX)
        with tunnel:
            tunnel.settimeout(10)
            tunnel.connect(str(here.path))
            tunnel.sendall(b"CONNECT example.test:443 HTTP/1.1\r\n\r\n")
            found = b""
            while part := tunnel.recv(1000):
                found += part
            assert found == b"HTTP/1.1 200 Connection established\r\n\r\n"
        assert b"GET /x" in here.ask(get())


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_nothing_is_logged_of_what_clients_do(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused, cut off, or promised another length: it is no news on the user's terminal."""
    with site() as here:
        refused = here.ask(f"{method} http://evil.test/ HTTP/1.1\r\nHost: e\r\n\r\n".encode())
        assert refused.startswith(b"HTTP/1.1 403 Refused: evil.test is not allowed\r\n")
        for cut in (b"Content-Length: 9\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nab"):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(here.path))
                client.sendall(f"{method} http://example.test/ HTTP/1.1\r\n".encode() + cut)
        here.ask(f"{method} http://example.test/big HTTP/1.0\r\n\r\n".encode())
    assert caplog.records == []


def test_what_was_refused_is_told_once_and_bounded() -> None:
    with site() as here:
        for number in range(30):
            here.ask(get(f"http://n{number}.evil.test/"))
            here.ask(b"CONNECT n0.evil.test:443 HTTP/1.1\r\n\r\n")
        told = here.proxy.refusals()
        assert len(told) == 20
        assert told[0].host == "n0.evil.test"
        assert here.proxy.refusals() == ()


def test_nothing_is_left_of_a_closed_proxy() -> None:
    """Neither threads nor open files, also when clients are connected."""
    with site():
        pass
    before = (threading.active_count(), len(list(Path("/proc/self/fd").iterdir())))
    for _ in range(3):
        with site() as here, socket.socket(socket.AF_UNIX) as client:
            client.connect(str(here.path))
            client.sendall(b"CONNECT example.test:443 HTTP/1.1\r\n\r\n")
            client.recv(1000)
            here.proxy.close()
            assert client.recv(1) == b""
    ends = time.monotonic() + 5
    while time.monotonic() < ends and threading.active_count() > before[0]:
        time.sleep(0.02)
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before  # noqa: PTH208
