"""Kernels that may reach a few domains: by the host's proxy, and in no other way."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel import tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.proxy import server as proxies
from dynasaur.proxy.allowed import Allowed
from dynasaur.proxy.server import Proxy
from dynasaur.types import Ending
from tests.builders.attacks import ATTACKS, decoys
from tests.builders.cli import dynasaur, script
from tests.builders.kernel import processes_in, short_folder, wait_until_gone
from tests.builders.proxies import PUBLIC, FakeOutside, server

PROXIED = [tier for tier in tiers.PROXIED if not tiers.probe(tier).problem]


@pytest.fixture(scope="module")
def outside() -> Iterator[FakeOutside]:
    names = {"data.example.test": [PUBLIC], "inside.example.test": ["127.0.0.1"]}
    with server() as port, pytest.MonkeyPatch.context() as patch:
        made = FakeOutside(names, port)

        def proxy(path: Path, allowed: Allowed) -> Proxy:
            return Proxy(path, allowed, made)

        patch.setattr(proxies, "Proxy", proxy)
        yield made


@pytest.fixture(scope="module", params=PROXIED)
def connected(
    request: pytest.FixtureRequest, outside: FakeOutside, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterKernel]:
    work = tmp_path_factory.mktemp("a work folder")
    before = threading.active_count()
    with JupyterKernel(work, sandbox=request.param, network="allow=example.test") as running:
        assert "may reach example.test" in running.warning
        yield running
        family = processes_in(work)
        assert len(family) > 1
    assert wait_until_gone(family) == []
    assert threading.active_count() <= before + 1  # a resolver may just be ending


URLLIB = "import urllib.request; print(urllib.request.urlopen('{url}').read().decode())"
REQUESTS = "import requests; print(requests.get('{url}').text)"
HTTPX = "import httpx; print(httpx.get('{url}').text)"
TUNNEL = (
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 3128); "
    "c.set_tunnel('data.example.test', 443); c.request('GET', '/x'); print(c.getresponse().read())"
)


CLIENTS = [REQUESTS, HTTPX, HTTPX.replace("httpx", "httpx2")]
CLIENTS = [code for code in CLIENTS if importlib.util.find_spec(code.split()[1][:-1])]
"""Those that happen to be installed."""


@pytest.mark.parametrize("code", [URLLIB, TUNNEL, *CLIENTS])
def test_an_allowed_domain_is_reached(connected: JupyterKernel, code: str) -> None:
    seen = connected.execute(code.replace("{url}", "http://data.example.test/x"), timeout=20)
    assert "GET /x host=data.example.test" in seen.output, seen
    assert seen.notice == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (URLLIB.replace("{url}", "https://other.test/"), "allow=example.test,other.test"),
        (URLLIB.replace("{url}", "http://other.test/"), "allow=example.test,other.test"),
        (URLLIB.replace("{url}", "https://data.example.test:8443/"), "data.example.test:8443"),
        (URLLIB.replace("{url}", "http://inside.example.test/"), "not on the public internet"),
        (URLLIB.replace("{url}", "http://169.254.169.254/"), "addresses cannot be reached"),
        ("import socket; socket.create_connection(('other.test', 80))", "HTTP_PROXY"),
    ],
)
def test_what_is_refused_is_explained(connected: JupyterKernel, code: str, said: str) -> None:
    seen = connected.execute(code, timeout=20)
    assert seen.ended is Ending.ERROR
    assert said in seen.notice


def test_code_that_waits_for_its_children_waits_for_no_other(connected: JupyterKernel) -> None:
    seen = connected.execute("import os; os.wait()", timeout=10)
    assert seen.error is not None
    assert seen.error.type == "ChildProcessError"


WAY = "import os; way = os.path.join(os.path.dirname(own_connection), 'p', 'h')\n"


HELD = (
    *("connect by TCP", "send by UDP", "take a held-open file"),
    *(n for n in ATTACKS if "socket" in n or "read" in n or "write" in n or "kill" in n),
)


def test_attacks_come_to_nothing_beside_the_proxy(connected: JupyterKernel) -> None:
    with short_folder() as folder, decoys(folder) as prey:
        setup = "import ipykernel\nown_connection = ipykernel.get_connection_file()\n"
        assert connected.execute(prey.preamble() + setup).ok
        for name in HELD:
            seen = connected.execute(ATTACKS[name], timeout=20)
            assert seen.output.startswith("refused"), (name, seen)
        asked = "import urllib.request\nattack(lambda: urllib.request.build_opener("
        asked += "urllib.request.ProxyHandler({'http': 'http://127.0.0.1:3128'}))"
        asked += ".open(f'http://127.0.0.1:{tcp}/'))"
        assert connected.execute(asked, timeout=20).output.startswith("refused")
        replaced = WAY + "attack(lambda: os.unlink(way)); attack(lambda: open(way + '2', 'w'))"
        assert connected.execute(replaced).output.count("refused") == 2
        assert prey.damage() == []


def test_the_way_out_survives_a_restart(connected: JupyterKernel) -> None:
    assert connected.execute("import os; os._exit(1)").ended is Ending.DIED
    seen = connected.execute(URLLIB.replace("{url}", "http://data.example.test/again"), timeout=20)
    assert "GET /again" in seen.output


def test_only_tiers_with_a_network_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sandbox in ("landlock", "none"):
        with pytest.raises(UsageError, match="network of the kernel's own"):
            JupyterKernel(tmp_path, sandbox=sandbox, network="allow=example.test").start()
    for gateway, name in (("http://127.0.0.1:9", ""), ("", "python3")):
        with pytest.raises(UsageError, match="in the sandbox of dynasaur alone"):
            JupyterKernel(tmp_path, network="allow=example.test", gateway=gateway, kernel_name=name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is remembered there
    monkeypatch.setattr(tiers, "probe", lambda tier: tiers.Probe(tier, "broken here"))
    with pytest.raises(KernelError, match=r"unshare: broken here.*install bubblewrap"):
        JupyterKernel(tmp_path, network="allow=example.test").start()


@pytest.mark.parametrize(
    ("network", "code", "said"),
    [
        ("allow=10.0.0.1", 2, "'10.0.0.1' is no domain"),
        ("allow=", 2, "names no domain"),
        ("open", 2, "choose none, full or allow=DOMAIN"),
    ],
)
def test_a_network_without_sense_is_one_line(
    tmp_path: Path, network: str, code: int, said: str
) -> None:
    model = script(tmp_path, "submit_final_answer(1)")
    done = dynasaur("run", "x", "--model", model, "-q", "--network", network, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_library_cannot_open_the_network(tmp_path: Path) -> None:
    text = '[tool.dynasaur]\nnetwork = "allow=evil.test"\n'
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(text)
    done = dynasaur("doctor", cwd=tmp_path)
    assert done.code == 2
    assert "a library cannot set network" in done.err
