"""Kernels that others run: behind a real gateway, and by an installed kernelspec."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel import remembered, tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.gateway import TOKEN as VARIABLE
from dynasaur.kernel.gateway import GatewayKernel
from dynasaur.kernel.inside.parcels import Parcels
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.requests import HostFunction
from dynasaur.types import Ending, Given, Json
from tests.builders.gateway import TOKEN, Gateway, gateway
from tests.builders.http import HttpServer, Quiet
from tests.builders.kernel import Desk, module, wait_until_gone

LIMITS = Limits(grace_seconds=1.0, file_size=10_000_000)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    pytest.importorskip("kernel_gateway", reason="needs jupyter-kernel-gateway")
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)


def test_folders_of_killed_kernels_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = ("dead", "live", "new", "elsewhere")
    dead, live, new, link = (tmp_path / f"dynasaur-work-{name}" for name in names)
    for folder in (dead, live, new):
        (folder / "sub").mkdir(parents=True)
    kept = tmp_path / "kept"
    kept.mkdir()
    link.symlink_to(kept)
    for folder in (dead, live, kept):
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    with held(live):
        own = Parcels()
        own.settle()
    assert [one.exists() for one in (dead, live, new, link, kept)] == [False, *[True] * 4]
    assert own.folder().parent == tmp_path
    os.utime(own.folder(), (1_000_000_000, 1_000_000_000))
    Parcels().settle()
    assert own.folder().exists()
    assert not live.exists()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield
    os.close(handle)


def kernels_of(there: Gateway) -> list[object]:
    request = urllib.request.Request(
        there.url + "/api/kernels", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request) as response:
        found = json.load(response)
    assert isinstance(found, list)
    return found


@pytest.mark.slow
def test_whole_way_on_a_gateway(there: Gateway, tmp_path: Path) -> None:
    """What works here works there: one kernel, since each takes seconds to start."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "given.txt").write_text("given")
    (tmp_path / "sub/big.bin").write_bytes(b"x" * 5_000_000)
    desk = Desk()
    functions: dict[str, HostFunction] = {"find_actions": desk.find_actions, "fail": desk.fail}
    with JupyterKernel(tmp_path, functions=functions, limits=LIMITS, gateway=there.url) as kernel:
        assert there.url in kernel.warning
        assert kernel.execute("print(open('given.txt').read())").output == "given\n"
        assert kernel.execute("len(open('sub/big.bin').read())").output == "5000000\n"
        assert kernel.execute("find_actions('x', k=1)").output == "['- x()']\n"
        seen = kernel.execute("fail('KeyError')")
        assert seen.error is not None
        assert (seen.error.type, seen.error.message) == ("KeyError", "'no such thing'")
        assert len(kernels_of(there)) == 1

        one = module("math.one", "def one(x):\n    return x + 1\n")
        assert kernel.load([one], {"one": "actions.math.one"}) == ("one",)
        seen = kernel.execute("one(1)")
        assert (seen.output, [call.module for call in seen.calls]) == ("2\n", ["actions.math.one"])

        seen = kernel.execute("input()", timeout=10)
        assert seen.error is not None
        assert seen.error.type == "EOFError"

        seen = kernel.execute("while True: pass", timeout=0.5)
        assert (seen.ended, seen.state_kept) == (Ending.TIMEOUT, True)

        seen = kernel.execute("print('x' * 5_000_000)")
        assert "left out" in seen.output
        assert kernel.execute("print('fine')").output == "fine\n"

        seen = kernel.execute("import os; os._exit(1)", timeout=30)
        assert (seen.ended, seen.state_kept) == (Ending.DIED, False)
        assert "died on the gateway" in seen.notice
        seen = kernel.execute("'one' in globals(), open('given.txt').read()")
        assert seen.output == "(False, 'given')\n"

        seen = kernel.execute("sum(range(10**12))", timeout=0.5)
        assert (seen.ended, seen.state_kept) == (Ending.TIMEOUT, False)
        assert kernel.execute("1").output == "1\n"
        made = (
            "import os; os.makedirs('out/deep'); open('out/deep/made.txt', 'w').write('made')\n"
            "open('big', 'wb').write(b'y' * 3_000_000); open('given.txt', 'a').write(' more')\n"
            "os.symlink('/etc/passwd', 'link'); open('empty', 'w').close()\n"
            "open('huge', 'wb').truncate(20_000_000)"
        )
        seen = kernel.execute(made)
        assert seen.notice == "Not fetched from the kernel's machine: huge."
        folder = Path(kernel.execute("print(os.getcwd())").output.strip())
        assert folder.is_dir()
    assert kernels_of(there) == []
    assert (tmp_path / "out/deep/made.txt").read_text() == "made"
    assert (tmp_path / "big").stat().st_size == 3_000_000
    assert (tmp_path / "given.txt").read_text() == "given more"
    assert (tmp_path / "empty").read_bytes() == b""
    assert not (tmp_path / "link").is_symlink()
    for _ in range(100):
        if not folder.exists():
            break
        time.sleep(0.05)
    assert not folder.exists()


def test_a_start_that_is_given_up_leaves_nothing(there: Gateway, tmp_path: Path) -> None:
    """`start` returns before the kernel is there; closing waits for it, to end it."""
    kernel = JupyterKernel(tmp_path, gateway=there.url)
    kernel.start()
    kernel.close()
    assert kernels_of(there) == []
    nowhere = JupyterKernel(tmp_path, gateway="http://127.0.0.1:9")
    nowhere.start()
    nowhere.close()


def test_wrong_token(there: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "wrong")
    with pytest.raises(KernelError, match=f"refuses the token; set {VARIABLE}"):
        JupyterKernel(tmp_path, gateway=there.url).execute("1")


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("http://127.0.0.1:9", KernelError, "cannot be reached"),
        ("ftp://host", UsageError, "must begin with http"),
        ("nonsense", UsageError, "must begin with http"),
    ],
)
def test_no_gateway_there(tmp_path: Path, url: str, error: type[Exception], message: str) -> None:
    def attempt() -> None:
        kernel = JupyterKernel(tmp_path, gateway=url)
        kernel.start()  # returns at once
        kernel.execute("1")

    with pytest.raises(error, match=message):
        attempt()


@pytest.mark.parametrize(
    ("answers", "asked"), [([500, 500, 204], 3), ([404], 1), ([500] * 9, 6), ([204], 1)]
)
def test_a_kernel_that_the_gateway_cannot_end_yet_is_ended_later(
    monkeypatch: pytest.MonkeyPatch, answers: list[int], asked: int
) -> None:
    """As while it starts one anew that has died."""
    monkeypatch.setattr("dynasaur.kernel.gateway._PAUSES", (0.0,) * 5)
    seen: list[int] = []

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer(201, b'{"id": "one"}')

        def do_GET(self) -> None:
            self.answer(404)

        def do_DELETE(self) -> None:
            seen.append(answers[len(seen)])
            self.answer(seen[-1])

        def answer(self, status: int, body: bytes = b"") -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HttpServer(Handler) as server, pytest.raises(KernelError, match="gives no websocket"):
        GatewayKernel(server.host)
    assert seen == answers[:asked]


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of kernelspecs, the only ones there are."""
    folder = tmp_path / "jupyter/kernels"
    folder.mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def install(specs: Path, name: str, **more: object) -> None:
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": name, "language": "python", **more}
    (specs / name).mkdir()
    (specs / name / "kernel.json").write_text(json.dumps(spec))


def test_named_kernel(specs: Path, tmp_path: Path) -> None:
    install(specs, "theirs", env={"THEIRS": "yes"})
    work = tmp_path / "work"
    work.mkdir()
    with JupyterKernel(work, limits=LIMITS, kernel_name="theirs") as kernel:
        assert "not in the sandbox" in kernel.warning
        seen = kernel.execute("import os; print(os.environ['THEIRS'], os.getpid())")
        word, pid = seen.output.split()
        assert word == "yes"
        assert kernel.execute("while True: pass", timeout=0.5).state_kept
        assert kernel.execute("os._exit(1)").ended is Ending.DIED
        assert kernel.execute("1").output == "1\n"
        pids = [int(pid), int(kernel.execute("import os; os.getpid()").output)]
    assert wait_until_gone(pids) == []


def test_files_of_a_named_kernel_that_does_not_see_ours(specs: Path, tmp_path: Path) -> None:
    """Such as one in a container: what the task brings goes over, what cells make comes back."""
    elsewhere, work = tmp_path / "elsewhere", tmp_path / "work"
    elsewhere.mkdir()
    work.mkdir()
    (work / "given.csv").write_text("a\n1\n")
    program = 'cd "$0" && exec "$@"'
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    install(specs, "apart", argv=["/bin/sh", "-c", program, str(elsewhere), *argv])
    with JupyterKernel(work, limits=LIMITS, kernel_name="apart") as kernel:
        seen = kernel.execute("text = open('given.csv').read(); open('made.txt', 'w').write(text)")
        assert seen.ok, seen
        assert (work / "made.txt").read_text() == "a\n1\n"
        assert list(elsewhere.iterdir()) == []
        kernel.execute(
            "import os; os.mkdir('in'); open('in/more.bin', 'wb').write(bytes(3_000_000))"
        )
        assert (work / "in/more.bin").stat().st_size == 3_000_000
        assert kernel.execute("os._exit(1)").ended is Ending.DIED
        assert kernel.execute("print(open('made.txt').read())").output == "a\n1\n\n"
        assert kernel.restore() is None
    assert sorted(path.name for path in work.iterdir()) == ["given.csv", "in", "made.txt"]


def test_files_of_a_named_kernel_that_sees_ours_stay(specs: Path, tmp_path: Path) -> None:
    install(specs, "beside")
    work = tmp_path / "work"
    work.mkdir()
    with JupyterKernel(work, limits=LIMITS, kernel_name="beside") as kernel:
        kernel.execute("open('made.txt', 'w').write('x')")
        inode = (work / "made.txt").stat().st_ino
        assert kernel.execute("import os; print(os.getcwd())").output.strip() == str(work)
        assert (work / "made.txt").stat().st_ino == inode
    assert [path.name for path in work.iterdir()] == ["made.txt"]


def test_sandbox_by_kernelspec_alone(specs: Path, tmp_path: Path) -> None:
    """Whoever names our provisioner gets the sandbox, whatever program starts the kernel."""
    from jupyter_client.manager import KernelManager

    from dynasaur.kernel import provisioner

    install(
        specs,
        "boxed",
        interrupt_mode="message",
        metadata={"kernel_provisioner": {"provisioner_name": provisioner.NAME}},
    )
    work = tmp_path / "work"
    work.mkdir()
    with JupyterKernel(work, limits=LIMITS, kernel_name="boxed") as kernel:
        seen = kernel.execute("import os; print(os.path.exists('/etc/shadow'))")
        assert seen.output == "False\n"
    assert KernelManager(kernel_name="boxed").kernel_spec is not None


def test_the_provisioner_tries_what_was_remembered(
    specs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program's manager does not start its kernel anew where the memory was wrong."""
    monkeypatch.setattr(remembered, "seen_to_work", lambda *_: True)
    monkeypatch.setattr(tiers, "_by_running", lambda _: "it stopped working")
    named = {"kernel_provisioner": {"provisioner_name": "dynasaur-sandbox"}}
    install(specs, "boxed", interrupt_mode="message", metadata=named)
    tiers.probe.cache_clear()
    try:
        with pytest.raises(KernelError, match="it stopped working"):
            JupyterKernel(tmp_path, kernel_name="boxed").start()
    finally:
        tiers.probe.cache_clear()


def test_unknown_kernel(specs: Path, tmp_path: Path) -> None:
    install(specs, "theirs")
    with pytest.raises(UsageError, match=r"no kernel 'other' is installed; there are: .*theirs"):
        JupyterKernel(tmp_path, kernel_name="other").start()


def test_unknown_provisioner(specs: Path, tmp_path: Path) -> None:
    install(specs, "far", metadata={"kernel_provisioner": {"provisioner_name": "no-such"}})
    with pytest.raises(UsageError, match="'far' cannot be used"):
        JupyterKernel(tmp_path, kernel_name="far").start()


@pytest.mark.slow
def test_host_functions_see_files_that_the_cell_has_just_made(
    there: Gateway, tmp_path: Path
) -> None:
    def size(path: str) -> Json:
        """The size of a file, as the host sees it."""
        return len((tmp_path / path).read_bytes())

    def chart() -> Given:
        """A file."""
        return Given("made", {"charts/one.bin": b"1" * 3_000_000})

    functions: dict[str, HostFunction] = {"host.size": size, "host.chart": chart}
    with JupyterKernel(tmp_path, functions=functions, limits=LIMITS, gateway=there.url) as kernel:
        seen = kernel.execute(
            "from dynasaur import host\nfrom pathlib import Path\n"
            "Path('below').mkdir(); Path('below/a.bin').write_bytes(b'x' * 2_000_000)\n"
            "Path('b.txt').write_text('four'); Path('empty').write_text('')\n"
            "print(host.size('below/a.bin'), host.size(path=Path('b.txt')), host.size('empty'))\n"
            "Path('b.txt').write_text('fours'); print(host.size('b.txt'))\n"
            "print(host.chart(), len(Path('charts/one.bin').read_bytes()))"
        )
        assert seen.output == "2000000 4 0\n5\nmade 3000000\n", seen.error
        assert (tmp_path / "charts/one.bin").stat().st_size == 3_000_000
        seen = kernel.execute("host.size('none.txt')")
        assert seen.error is not None
        assert seen.error.type == "FileNotFoundError"
