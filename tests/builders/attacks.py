"""What hostile code tries, and the decoys it tries it on: all of them made for the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SECRET = "sk-decoy-1f0c"
"""A key that lies in the host's environment and files, and must not be seen."""


@dataclass
class Decoys:
    """Files, sockets and a process of the host that the kernel must not reach.

    Attributes:
        home: A home folder with a key, a repository and settings.
        names: What the attacks need to know, as variables of the cell.
        hits: What reached the servers.
    """

    home: Path
    names: dict[str, object]
    victim: subprocess.Popen[bytes]
    hits: list[str] = field(default_factory=list)

    def preamble(self) -> str:
        """The cell that tells the attacker where everything is."""
        lines = [f"{name} = {value!r}" for name, value in self.names.items()]
        return "\n".join([*lines, _TOOLS])

    def damage(self) -> list[str]:
        """What was reached or changed."""
        found = list(self.hits)
        if self.victim.poll() is not None:
            found.append("victim killed")
        changed = [p for p in self.home.rglob("*") if p.is_file() and "PWNED" in p.read_text()]
        return found + [f"written: {path.name}" for path in changed]


_TOOLS = """
import ctypes, errno, glob, os, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def syscall(*numbers):
    done = libc.syscall(*numbers)
    if done < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return done
def x86(x, arm):
    return x if os.uname().machine == "x86_64" else arm
def attack(function):
    try:
        print("OPEN", function())
    except Exception as error:
        print("refused", type(error).__name__, error)
"""

ATTACKS: dict[str, str] = {
    "read a private key": "attack(lambda: open(home + '/.ssh/id_rsa').read())",
    "list the home folder": "attack(lambda: os.listdir(home)[0])",
    "read /etc/shadow": "attack(lambda: open('/etc/shadow').read()[:9])",
    "find the key in its own environment": (
        "found = [k for k, v in os.environ.items() if 'sk-decoy' in v]\n"
        "print('OPEN' if found else 'refused', found)"
    ),
    "find the key in other processes' environments": (
        "found = []\n"
        "for path in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try: found += [path] if b'sk-decoy' in open(path, 'rb').read() else []\n"
        "    except OSError: pass\n"
        "print('OPEN' if found else 'refused', found)"
    ),
    "read another kernel's connection file": (
        "found = []\n"
        "for path in glob.glob('/tmp/dynasaur-kernel-*/c.json') + [other_connection]:\n"
        "    try: found += [path] if own_connection != path and open(path).read() else []\n"
        "    except OSError: pass\n"
        "print('OPEN' if found else 'refused', found)"
    ),
    "change its own connection file": "attack(lambda: open(own_connection, 'a').write('x'))",
    "connect by TCP": "attack(lambda: socket.create_connection(('127.0.0.1', tcp), 2))",
    "send by UDP": (
        "def send():\n"
        "    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "    s.sendto(b'UDP', ('127.0.0.1', udp))\n"
        "    raise OSError('sent to its own network, if at all')\n"
        "attack(send)"
    ),
    "connect to a unix socket": (
        "def connect():\n    s = socket.socket(socket.AF_UNIX)\n    s.connect(unix)\n"
        "attack(connect)"
    ),
    "send to a unix datagram socket": (
        "def send():\n"
        "    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n    s.sendto(b'D', datagram)\n"
        "attack(send)"
    ),
    "send from a pair of datagram sockets": (
        "def send():\n"
        "    s = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0]\n"
        "    s.sendto(b'D', datagram)\n"
        "attack(send)"
    ),
    "connect to an abstract socket": (
        "def connect():\n"
        "    s = socket.socket(socket.AF_UNIX)\n    s.connect('\\0' + abstract)\n"
        "attack(connect)"
    ),
    "open a vsock": "attack(lambda: socket.socket(40, socket.SOCK_STREAM))",
    "open a packet socket": "attack(lambda: socket.socket(17, socket.SOCK_RAW))",
    "write a git hook": (
        "attack(lambda: open(home + '/repo/.git/hooks/pre-commit', 'w').write('PWNED'))"
    ),
    "write an action": "attack(lambda: open(home + '/repo/actions/mean.py', 'a').write('PWNED'))",
    "write .bashrc": "attack(lambda: open(home + '/.bashrc', 'a').write('PWNED'))",
    "write into site-packages": (
        "import ipykernel\n"
        "site = os.path.dirname(os.path.dirname(ipykernel.__file__))\n"
        "attack(lambda: open(site + '/decoy-attack.pth', 'w').write('# PWNED'))"
    ),
    "kill a process of the host": "attack(lambda: os.kill(victim, signal.SIGKILL) or 'sent')",
    "signal the client": "attack(lambda: os.kill(client, signal.SIGUSR1) or 'sent')",
    "trace a process": "attack(lambda: syscall(x86(101, 117), 16, victim, 0, 0))",
    "read a process's memory by call": (
        "buffer = ctypes.create_string_buffer(8)\n"
        "attack(lambda: syscall(x86(310, 270), victim, buffer, 1, buffer, 1, 0))"
    ),
    "open a process's memory": "attack(lambda: open(f'/proc/{victim}/mem', 'rb'))",
    "make a user namespace": "attack(lambda: syscall(x86(272, 97), 0x10000000))",
    "make a user namespace by clone": (
        "def clone():\n"
        "    pid = syscall(x86(56, 220), 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)\n"
        "    if pid == 0: os._exit(0)\n"
        "    return pid\n"
        "attack(clone)"
    ),
    "mount": "attack(lambda: syscall(x86(165, 40), b'none', b'/mnt', b'tmpfs', 0, None))",
    "bpf": "attack(lambda: syscall(x86(321, 280), 0, ctypes.create_string_buffer(128), 128))",
    "perf": (
        "attack(lambda: syscall(x86(298, 241), ctypes.create_string_buffer(128), 0, -1, -1, 0))"
    ),
    "io_uring": "attack(lambda: syscall(425, 4, ctypes.create_string_buffer(256)))",
    "userfaultfd": "attack(lambda: syscall(x86(323, 282), 1))",
    "keyctl": "attack(lambda: syscall(x86(250, 219), 0, -3, 1))",
    "become root": "attack(lambda: os.setuid(0) or 'root')",
    "change a kernel setting": "attack(lambda: open('/proc/sys/kernel/core_pattern', 'w'))",
    "take a held-open file": (
        "names = [os.readlink(p) for p in glob.glob('/proc/self/fd/*') if os.path.islink(p)]\n"
        "found = [n for n in names if 'memfd' in n or 'decoy' in n]\n"
        "print('OPEN' if found else 'refused', found)"
    ),
}  # fmt: skip


@contextmanager
def decoys(folder: Path) -> Iterator[Decoys]:
    """Make the decoys in a folder outside the kernel's work folder.

    All of them are open to all users, so that nothing but the sandbox keeps them.
    """
    folder.chmod(0o755)
    home = folder / "decoy home"
    for name in (".ssh", "repo/.git/hooks", "repo/actions"):
        (home / name).mkdir(parents=True)
    (home / ".ssh/id_rsa").write_text(SECRET)
    (home / ".bashrc").write_text("# mine\n")
    (home / "repo/actions/mean.py").write_text("# mine\n")
    (home / "other.json").write_text("{}")
    for path in [home, *home.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    with ExitStack() as stack:
        victim = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"],
            env={"DECOY_KEY": SECRET},
        )
        stack.callback(_end, victim)
        made = Decoys(home, {}, victim)
        made.names = {
            "home": str(home),
            "other_connection": str(home / "other.json"),
            "client": os.getpid(),
            "victim": victim.pid,
            **_servers(folder, made.hits, stack),
        }
        yield made


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _servers(folder: Path, hits: list[str], stack: ExitStack) -> dict[str, object]:
    abstract = f"dynasaur-decoy-{os.getpid()}-{folder.name}"
    addresses: list[tuple[str, int, int, object]] = [
        ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "u")),
        ("datagram", socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "d")),
        ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
    ]
    names: dict[str, object] = {"abstract": abstract}
    for name, family, kind, address in addresses:
        server = stack.enter_context(socket.socket(family, kind))
        server.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.settimeout(0.1)
        done = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, name, hits, done))
        thread.start()
        stack.callback(thread.join)
        stack.callback(done.set)
        if isinstance(address, str) and not address.startswith("\0"):
            Path(address).chmod(0o777)
        names.setdefault(name, server.getsockname()[1] if family == socket.AF_INET else address)
    return names


def _serve(server: socket.socket, name: str, hits: list[str], done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError):
            if server.type == socket.SOCK_STREAM:
                server.accept()[0].close()
            else:
                server.recv(100)
            hits.append(f"reached: {name}")
