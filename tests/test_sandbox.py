"""The sandbox on real kernels: what hostile code tries comes to nothing, in every tier."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel import doctor, tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.limits import MIB, Limits
from dynasaur.kernel.usage import descendants
from dynasaur.types import Ending
from tests.builders.attacks import ATTACKS, SECRET, Decoys, decoys
from tests.builders.kernel import (
    as_ordinary_user,
    kernel,
    processes_in,
    short_folder,
    wait_until_gone,
)

TIERS = [tier for tier in tiers.STRONGEST_FIRST if not tiers.probe(tier).problem]

NAMESPACED = [tier for tier in TIERS if tier in ("bwrap", "unshare")]

HARMLESS = (
    "read a private key",
    "connect by TCP",
    "connect to a unix socket",
    "send from a pair of datagram sockets",
    "connect to an abstract socket",
    "write an action",
)
"""Attacks that may be tried without a sandbox too, since they only meet decoys."""


def attacked(running: JupyterKernel, prey: Decoys, name: str) -> str:
    """Make one attack; gives what it printed."""
    setup = "import ipykernel\nown_connection = ipykernel.get_connection_file()\n"
    assert running.execute(prey.preamble() + setup).ok
    seen = running.execute(ATTACKS[name], timeout=20)
    assert seen.state_kept, seen.notice
    return seen.output


@contextmanager
def heard(number: signal.Signals, hits: list[str]) -> Iterator[None]:
    """Note a signal to this process instead of dying of it."""
    before = signal.signal(number, lambda *_: hits.append(f"got {number.name}"))
    yield
    signal.signal(number, before)


@pytest.fixture(scope="module")
def prey() -> Iterator[Decoys]:
    with short_folder() as folder, decoys(folder) as made:
        yield made


@pytest.fixture(scope="module", params=TIERS)
def confined(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterKernel]:
    os.environ["DECOY_API_KEY"] = SECRET
    with kernel(tmp_path_factory.mktemp("a work folder"), sandbox=request.param) as running:
        yield running
    del os.environ["DECOY_API_KEY"]


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused(confined: JupyterKernel, prey: Decoys, name: str) -> None:
    prey.hits.clear()
    with heard(signal.SIGUSR1, prey.hits):
        output = attacked(confined, prey, name)
    assert output.startswith("refused"), output
    assert prey.damage() == []


@pytest.mark.parametrize("name", HARMLESS)
def test_attack_works_without_sandbox(tmp_path: Path, name: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with (
        short_folder() as folder,
        decoys(folder) as open_prey,
        kernel(work, sandbox="none") as running,
    ):
        output = attacked(running, open_prey, name)
        assert output.startswith("OPEN"), output
        if "read" not in name:
            for _ in range(20):
                running.execute("import time; time.sleep(0.05)")
                if open_prey.damage():
                    break
            assert open_prey.damage() != []


_POOL = (
    "from concurrent.futures import ThreadPoolExecutor\n"
    "print(*ThreadPoolExecutor(4).map(abs, [-1, -2]))"
)
_FORKS = (
    "import multiprocessing as m\n"
    "with m.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1]))"
)
_CHILD = (
    "import subprocess, sys\n"
    "print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout)"
)


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("print(open('given.txt').read())", "given\n"),
        ("print(open('made.txt', 'w').write('made'))", "4\n"),
        ("import numpy; print(numpy.ones((300, 300)).dot(numpy.ones(300))[0])", "300.0\n"),
        ("!echo $((6 * 7))", "42\n"),
        ("import tempfile; print(tempfile.TemporaryFile().write(b'x'))", "1\n"),
        (_POOL, "1 2\n"),
        ("import asyncio\nprint(await asyncio.sleep(0, 'awaited'))", "awaited\n"),
        ("import sqlite3\nsqlite3.connect(':memory:').execute('select 1').fetchone()", "(1,)\n"),
        (_CHILD, "b'1\\n'\n"),
        ("import getpass; print(getpass.getuser() != 'root')", "True\n"),
        ("import os; print(os.getuid() != 0, os.path.basename(os.getcwd())[:6])", "True a work\n"),
        ("import pathlib; print(pathlib.Path.home().is_dir())", "True\n"),
    ],
)
def test_honest_code_works(confined: JupyterKernel, code: str, output: str) -> None:
    confined.execute("open('given.txt', 'w').write('given')")
    seen = confined.execute(code)
    assert (seen.output, seen.error) == (output, None)


@pytest.mark.parametrize("tier", NAMESPACED)
def test_process_pools_work(tmp_path: Path, tier: str) -> None:
    """They need shared memory, of which these tiers give the kernel its own."""
    with kernel(tmp_path, sandbox=tier) as running:
        assert running.execute(_FORKS).output == "[1]\n"


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request; urllib.request.urlopen('http://example.com')",
        "import socket; socket.getaddrinfo('example.com', 80)",
        "import socket; socket.create_connection(('192.0.2.1', 80), 2)",
    ],
)
def test_want_of_network_is_explained(confined: JupyterKernel, code: str) -> None:
    seen = confined.execute(code, timeout=20)
    assert seen.ended is Ending.ERROR
    assert "--network" in seen.notice


@pytest.mark.parametrize("tier", TIERS)
def test_network_when_allowed(tmp_path: Path, tier: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with (
        short_folder() as folder,
        decoys(folder) as prey,
        JupyterKernel(work, sandbox=tier, network="full") as running,
    ):
        assert "may use the network" in running.warning
        assert attacked(running, prey, "connect by TCP").startswith("OPEN")
        for name in ATTACKS:
            if "socket" in name or "read" in name or "write" in name or "kill" in name:
                assert attacked(running, prey, name).startswith("refused"), name
        assert [hit for hit in prey.damage() if hit != "reached: tcp"] == []


def test_unknown_network(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none, full or allow=DOMAIN"):
        JupyterKernel(tmp_path, network="some")


@pytest.mark.parametrize("tier", TIERS)
def test_loop_and_death_in_the_sandbox(tmp_path: Path, tier: str) -> None:
    with kernel(tmp_path, sandbox=tier) as running:
        running.execute("kept = 1")
        seen = running.execute("while True: pass", timeout=0.5)
        assert (seen.ended, seen.state_kept) == (Ending.TIMEOUT, True)
        seen = running.execute("import os; os._exit(3)")
        assert (seen.ended, seen.state_kept) == (Ending.DIED, False)
        assert "exit code 3" in seen.notice
        seen = running.execute("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        assert "SIGSEGV" in seen.notice
        assert running.execute("1").output == "1\n"


BOMBS = {
    "processes": (
        "import os, time\n"
        "made = 0\n"
        "try:\n"
        "    for _ in range(1000):\n"
        "        if os.fork() == 0: time.sleep(60); os._exit(0)\n"
        "        made += 1\n"
        "except OSError as error: print('refused', made < 100, error)"
    ),
    "threads": (
        "import threading, time\n"
        "try:\n"
        "    for _ in range(1000): threading.Thread(target=time.sleep, args=(5,)).start()\n"
        "except RuntimeError as error: print('refused', True, error)"
    ),
    "memory": (
        "try: big = bytearray(900_000_000)\n"
        "except MemoryError: print('refused', True)"
    ),
    "one big file": (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try: open('big', 'wb').write(bytes(60_000_000))\n"
        "except OSError as error: print('refused', True, error)"
    ),
    "open files": (
        "held = []\n"
        "try:\n"
        "    for _ in range(5000): held.append(open('/dev/null'))\n"
        "except OSError as error: print('refused', True, error)\n"
        "del held"
    ),
}  # fmt: skip


BOMBED = [pytest.param(tier, marks=pytest.mark.slow if tier == "unshare" else ()) for tier in TIERS]
"""The middle tier bounds its kernels by the means of the other two."""


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("tier", BOMBED)
def test_bomb_is_bounded(tmp_path: Path, tier: str, name: str) -> None:
    limits = Limits(grace_seconds=1, processes=64, memory=500 * MIB, file_size=20 * MIB)
    with kernel(tmp_path, sandbox=tier, limits=limits) as running:
        seen = running.execute(BOMBS[name], timeout=30)
        # Python 3.12 and newer may warn first, of forks in a process with threads.
        assert re.search(r"^refused True", seen.output, re.MULTILINE), seen


@pytest.mark.slow
@pytest.mark.parametrize("tier", [*TIERS, "none"])
def test_fork_bomb(tmp_path: Path, tier: str) -> None:
    """It burns until the deadline, and nothing of it is left after the run."""
    limits = Limits(grace_seconds=1, processes=64)
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    if tier == "none":  # where nothing but the kernel's own restraint bounds it
        bomb = "import os, time\nfor _ in range(5): os.fork()\nwhile True: os.fork() or os._exit(0)"
    with kernel(tmp_path, sandbox=tier, limits=limits) as running:
        seen = running.execute(bomb, timeout=2)
        assert seen.ended in {Ending.TIMEOUT, Ending.DIED}
        assert running.execute("1").output == "1\n"
    assert wait_until_gone(processes_in(tmp_path)) == []
    assert processes_in(tmp_path) == []


@pytest.mark.parametrize("tier", TIERS)
def test_memory_of_all_processes_together_is_bounded(tmp_path: Path, tier: str) -> None:
    limits = Limits(grace_seconds=1, memory=400 * MIB)
    code = (
        "import os, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        held = b'x' * 200_000_000\n"
        "        time.sleep(60)\n"
        "time.sleep(30)"
    )
    with kernel(tmp_path, sandbox=tier, limits=limits) as running:
        seen = running.execute(code, timeout=25)
        assert seen.ended in {Ending.INTERRUPTED, Ending.DIED}
        assert "memory" in seen.notice


@pytest.mark.parametrize("tier", NAMESPACED)
def test_what_only_namespaces_give(tmp_path: Path, tier: str) -> None:
    """Shared memory of its own, within bounds; no process of the host in sight; no pid 1 to be."""
    fill = (
        "for name in ('/tmp/big', '/dev/shm/big'):\n"
        "    try: open(name, 'wb').write(bytes(40_000_000))\n"
        "    except OSError as error: print(error.strerror)"
    )
    look = (
        "import glob, os, socket\n"
        f"pids = sorted(int(p[6:]) for p in glob.glob('/proc/[0-9]*'))\n"
        f"print({os.getpid()} in pids or os.getpid() == 1, max(pids) < 200, socket.gethostname())"
    )
    full = "No space left on device\n"
    with kernel(tmp_path, sandbox=tier, limits=Limits(scratch=20 * MIB)) as running:
        expected = {"bwrap": full + full, "unshare": "Permission denied\n" + full}[tier]
        assert running.execute(fill).output == expected
        assert running.execute(look).output == "False True kernel\n"


def test_report_of_this_machine() -> None:
    report = doctor.examine()
    assert [tried.tier for tried in report.probes] == list(tiers.STRONGEST_FIRST)
    if TIERS:
        assert (report.tier, report.problem) == (TIERS[0], "")
        assert any("network" in danger for danger in report.keeps_off)
    else:
        assert "install bubblewrap" in report.problem
    assert doctor.examine("none").keeps_off == ()


def test_unknown_tier() -> None:
    with pytest.raises(UsageError, match="auto, bwrap, unshare, landlock, seatbelt, none"):
        tiers.choose("docker")


def test_no_tier_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is remembered there
    monkeypatch.setattr(tiers, "probe", lambda tier: tiers.Probe(tier, "broken here"))
    with pytest.raises(KernelError, match=r"bwrap: broken here.*install bubblewrap"):
        JupyterKernel(tmp_path).start()


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="this is an ordinary user already")
def test_all_this_as_an_ordinary_user() -> None:
    """Run this file once more without root's powers, where user namespaces and Landlock serve."""
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-p", "no:cacheprovider"]
    # Not in pytest's own folder, which it closes to other users.
    with tempfile.TemporaryDirectory(prefix="dynasaur-user-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        done = subprocess.run(
            as_ordinary_user([*command, f"--basetemp={home}/t"], home),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "passed" in done.stdout


@pytest.mark.parametrize("tier", TIERS)
def test_nothing_outlives_a_killed_client(
    tmp_path: Path, tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
import sys, time
from pathlib import Path
from dynasaur.kernel.client import JupyterKernel
kernel = JupyterKernel(Path({str(tmp_path)!r}), sandbox={tier!r})
kernel.start()
kernel.execute("import subprocess; subprocess.Popen(['sleep', '611'], start_new_session=True)")
print(kernel.execute("1").output, flush=True)
time.sleep(60)
"""
    with short_folder() as scratch:
        client = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        assert client.stdout is not None
        with client.stdout:
            assert client.stdout.readline() == "1\n"
            family = list(descendants(client.pid))
            assert len(family) >= 4  # client, sandbox or supervisor, kernel, its child
            client.kill()
            client.wait()
        assert wait_until_gone(family[1:]) == []
        assert len(list(scratch.iterdir())) == 1
        monkeypatch.setattr(tempfile, "tempdir", str(scratch))
        with kernel(tmp_path, sandbox=tier):
            assert len(list(scratch.iterdir())) == 1
        assert list(scratch.iterdir()) == []
