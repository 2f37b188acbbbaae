"""Start ipykernel in this process, after giving up what it must not have.

Run as a script with one argument, a job in JSON. It imports the standard library alone until the
process is confined, because it may run where nothing else can be read.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import resource
import signal
import stat
import struct
import sys
import threading
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38

_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SYS_LANDLOCK_CREATE, _SYS_LANDLOCK_ADD, _SYS_LANDLOCK_RESTRICT = 444, 445, 446

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _TRUNCATE, _IOCTL_DEV = 1 << 6, 1 << 11, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_RIGHTS_OF_ABI = (0, 13, 14, 15, 15, 16, 16, 16)
"""How many of the rights on files each version of Landlock knows; the last holds from there on."""

_CLONE_NEWNS = 0x20000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000


def main() -> None:
    """Do the job."""
    job = json.loads(sys.argv[1])
    bound(job["limits"])
    if job["uncover"]:
        uncover(job["uncover"])
    if job["uid"] is not None:
        drop_to(job["uid"])
    os.chdir(job["folder"])
    os.environ["PWD"] = job["folder"]
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if job["landlock"] is not None:
        restrict(job["landlock"], job["network"])
    add_filter(job["walls"])
    if job["proxy"]:
        forward(job["port"], job["proxy"])
    if job["connection"]:
        run_kernel(job["connection"], job["lock"])
    else:
        sys.exit(0 if importlib.util.find_spec("ipykernel") else "ipykernel cannot be read")


def prctl(option: int, value: int) -> None:
    """Set one property of this process; a system without the call does without it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call that the C library has no function for."""
    done: int = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if done < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return done


def add_filter(encoded: str) -> None:
    """Filter the system calls of all threads of this process from now on."""
    if not encoded:
        return
    program = base64.b64decode(encoded)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    set_filter, all_threads = 1, 1
    syscall(_SYS_SECCOMP[os.uname().machine], set_filter, all_threads, header)


def restrict(rules: dict[str, list[str]], network: bool) -> None:
    """Leave this process no files but these, no TCP, and no signals to other processes."""
    abi = syscall(_SYS_LANDLOCK_CREATE, None, 0, 1)
    everything = (1 << _RIGHTS_OF_ABI[min(abi, len(_RIGHTS_OF_ABI) - 1)]) - 1
    fields = [everything]
    if abi >= 4:
        fields.append(0 if network else 3)
    if abi >= 6:
        fields.append(3)
    header = struct.pack(f"{len(fields)}Q", *fields)
    ruleset = syscall(_SYS_LANDLOCK_CREATE, header, len(header), 0)
    rights = {
        "read": _EXECUTE | _READ_FILE | _READ_DIR,
        "write": everything & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEV),
        "devices": _READ_FILE | _WRITE_FILE | _IOCTL_DEV,
    }
    for kind, paths in rules.items():
        for path in paths:
            # What cannot be reached need not be allowed.
            with contextlib.suppress(FileNotFoundError, PermissionError):
                allow(ruleset, path, rights[kind] & everything)
    syscall(_SYS_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)


def allow(ruleset: int, path: str, rights: int) -> None:
    """Allow rights on a file, or on a folder and all that is in it."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not Path(path).is_dir():
            rights &= _ON_FILES
        beneath_path = 1
        syscall(_SYS_LANDLOCK_ADD, ruleset, beneath_path, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def bound(limits: dict[str, int]) -> None:
    """Set resource limits, soft and hard, never above what they are."""
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))


def uncover(paths: list[str]) -> None:
    """Make paths reachable for an ordinary user where a closed folder is in the way.

    In a mount namespace of its own, the closed folder is covered by an empty one that holds
    these paths alone, so nothing else of it comes into sight.
    """
    covers: dict[str, list[str]] = {}
    for path in paths:
        covers.setdefault(_closed_above(path), []).append(path)
    covers.pop("", None)
    if not covers:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.unshare(_CLONE_NEWNS))
    _checked(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))
    for closed, inside in covers.items():
        places = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside}
        _checked(libc.mount(b"tmpfs", closed.encode(), b"tmpfs", 0, b"mode=755,size=1m"))
        for path, place in places.items():
            Path(path).mkdir(parents=True, exist_ok=True)
            _checked(libc.mount(b"/proc/self/fd/%d" % place, path.encode(), None, _MS_BIND, None))
            os.close(place)


def _closed_above(path: str) -> str:
    """The first folder above a path that an ordinary user may not enter; empty for none."""
    for folder in reversed(Path(path).parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return str(folder)
    return ""


def _checked(done: int) -> None:
    if done != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def drop_to(uid: int) -> None:
    """Become an ordinary user for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # The change of user hides this process's entries in /proc from itself.
    prctl(_PR_SET_DUMPABLE, 1)


def forward(port: int, target: str) -> None:
    """Offer a unix socket of the host at a port of our own network.

    The process that does it is no child of this one, so that code which waits for its children
    waits for its own alone.
    """
    import socket

    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.set_inheritable(listening.fileno(), True)
            script = str(Path(__file__).with_name("forwarder.py"))
            argv = [sys.executable, "-I", "-S", script, str(listening.fileno()), target]
            os.execv(sys.executable, argv)  # noqa: S606 - no shell is wanted
        os._exit(0)
    os.waitpid(child, 0)
    listening.close()


def run_kernel(connection: str, lock: str) -> None:
    """Import ipykernel, bind its sockets, shut the last doors, extend it, serve until the end."""
    gc.disable()  # nothing of the imports is garbage
    lighten()
    from ipykernel import kernelapp

    # Its thread takes each request and reply to and fro, for cells that run at the same time.
    vars(kernelapp)["ShellChannelThread"] = NoThread
    vars(kernelapp)["IPythonKernel"]._supports_kernel_subshells = False  # noqa: SLF001
    app: Any = kernelapp.IPKernelApp.instance()
    settings = ["--HistoryManager.enabled=False", "--log-level=CRITICAL"]
    # It sleeps after each cell, for clients that do not wait until all output is there.
    settings.append("--IPythonKernel._execute_sleep=0")
    app.initialize(["-f", connection, *settings])
    sys.modules["jupyter_client"].__dict__.pop("BlockingKernelClient", None)
    leave_out(app.kernel)
    silence()
    add_filter(lock)
    extension = json.loads(Path(connection).read_bytes()).get("extension", "")
    exec(extension, {"get_ipython": lambda: app.shell})  # noqa: S102 - the host wrote it
    gc.freeze()
    gc.enable()
    app.start()


def lighten() -> None:
    """Leave out what a kernel without debugger and without clients of its own never uses."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    lighten_client()
    if client := sys.modules.get("jupyter_client"):
        # ipykernel's application names this class as a default, and never uses it.
        vars(client).setdefault("BlockingKernelClient", object)


def lighten_client() -> None:
    """Have jupyter_client import its managers and clients once somebody wants one of them."""
    spec = importlib.util.find_spec("jupyter_client")
    if "jupyter_client" in sys.modules or spec is None or spec.loader is None:
        return
    loader, package = spec.loader, importlib.util.module_from_spec(spec)

    def fetch(name: str) -> Any:
        for part in ("_version", "connect"):
            names = vars(importlib.import_module(f"jupyter_client.{part}"))
            if name in names:
                return names[name]
        if importlib.util.find_spec(f"jupyter_client.{name}"):
            return importlib.import_module(f"jupyter_client.{name}")
        package.__dict__.pop("__getattr__", None)
        loader.exec_module(package)
        return getattr(package, name)

    package.__dict__["__getattr__"] = fetch
    sys.modules["jupyter_client"] = package


class NoThread:
    """In place of a thread that would stand between the sockets and the cells: there is none."""

    def __init__(self, *_: object, **__: object) -> None:
        self.parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


def leave_out(kernel: Any) -> None:
    """Do not make what nobody reads: the beginning and the code of each cell, and a log."""
    publish = kernel._publish_status  # noqa: SLF001

    def say(status: str, *arguments: Any, **named: Any) -> None:
        if status != "busy":
            publish(status, *arguments, **named)

    kernel._publish_status = say  # noqa: SLF001
    kernel._publish_execute_input = lambda *_, **__: None  # noqa: SLF001
    kernel.log.disabled = True


def silence() -> None:
    """Send what goes past the kernel's own streams nowhere: the terminal is not its to write to.

    ipykernel copies all that children write to the original descriptors, so these are closed off
    only now, and errors of the start itself were still heard.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        copy = getattr(stream, "_original_stdstream_copy", None)
        if copy is not None:
            os.dup2(nowhere, copy)
    os.dup2(nowhere, 0)
    os.close(nowhere)


if __name__ == "__main__":
    main()
