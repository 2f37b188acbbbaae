"""Which tier of the sandbox this machine gives: found out by running one, not by looking."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dynasaur.config import cache_folder
from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel import bubblewrap, remembered, seatbelt, seccomp
from dynasaur.kernel.enclosure import LAUNCHER, Place, Tier, launch
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.ownership import hand_over, ordinary_user

STRONGEST_FIRST: tuple[Tier, ...] = ("bwrap", "unshare", "landlock", "seatbelt")
CHOICES = ("auto", *STRONGEST_FIRST, "none")

WARNING = "no sandbox: the code of the model runs with your rights, sees your files and the network"

PROXIED: tuple[Tier, ...] = ("bwrap", "unshare")
"""The tiers with a network of the kernel's own, in which the host's proxy is all there is."""

_SYSTEMS = {"seatbelt": "darwin"}
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Probe:
    """What a try of one tier gave.

    Attributes:
        tier: The tier.
        problem: Why it does not work here, and what would help; empty when it works.
    """

    tier: Tier
    problem: str


def choose(sandbox: str, *, proxied: bool = False, sure: bool = False) -> Tier:
    """The tier to use: the strongest that works, or the one asked for.

    Args:
        sandbox: One of `CHOICES`.
        proxied: It must be able to keep all but the host's proxy from the kernel.
        sure: What an earlier program saw to work is tried again: for kernels that nobody starts
            anew after `doubted`.

    Raises:
        UsageError: There is no such tier, or not with a proxy.
        KernelError: It does not work here, or none does; says what to install.
    """
    if sandbox not in CHOICES:
        raise UsageError(f"no sandbox {sandbox!r}: choose one of {', '.join(CHOICES)}")
    if proxied and sandbox not in ("auto", *PROXIED):
        raise UsageError(
            f"--network allow=... needs a network of the kernel's own, which --sandbox {sandbox} "
            f"cannot give; use --sandbox auto, or --network none or full"
        )
    if sandbox == "none":
        return "none"
    problems = []
    for tier in PROXIED if proxied else STRONGEST_FIRST:
        if sandbox in {"auto", tier}:
            problem = probe(tier).problem if sure else _problem(tier)
            if not problem:
                return tier
            if sandbox == tier or here(tier):
                problems.append(f"{tier}: {problem}")
    why = f"({'; '.join(problems)})"
    if proxied:
        raise KernelError(
            f"--network allow=... needs bubblewrap or user namespaces, and none works here {why}; "
            f"install bubblewrap, or choose --network none"
        )
    raise KernelError(
        f"no sandbox works here {why}; install bubblewrap, or accept the risk "
        f"and choose --sandbox none"
    )


def doubted() -> bool:
    """A kernel did not start: forget what earlier programs saw to work.

    Returns:
        Whether this one relied on that, so that another start may choose better.
    """
    relied = bool(_relied_on)
    _relied_on.clear()
    remembered.forget(_memory())
    return relied


_relied_on: set[Tier] = set()
"""The tiers that this program took without a try of its own."""


def _memory() -> Path:
    return cache_folder().with_name("sandbox")


def _problem(tier: Tier) -> str:
    """Why a tier does not work; a try of an earlier program counts, where it went well."""
    if not here(tier) or _without_running(tier):
        return probe(tier).problem
    parts = [Path(sys.executable), LAUNCHER]
    parts += [Path(found) for found in [bubblewrap.program()] if found and tier == "bwrap"]
    memory = _memory()
    if remembered.seen_to_work(memory, tier, parts):
        _relied_on.add(tier)
        return ""
    problem = probe(tier).problem
    if not problem:
        remembered.remember(memory, tier, parts)
    return problem


def here(tier: Tier) -> bool:
    """A tier is one of this operating system."""
    return _SYSTEMS.get(tier, "linux") == sys.platform


@cache
def probe(tier: Tier) -> Probe:
    """Try one tier, once for each process: go through all the motions but the kernel's own."""
    if not here(tier):
        return Probe(tier, "only macOS has it" if tier == "seatbelt" else "only Linux has it")
    for check in (_without_running, _by_running):
        if problem := check(tier):
            return Probe(tier, problem)
    return Probe(tier, "")


def _without_running(tier: Tier) -> str:
    if tier == "bwrap":
        return "" if bubblewrap.program() else "bubblewrap is not installed (package bubblewrap)"
    if tier == "seatbelt":
        there = Path(seatbelt.PROGRAM).exists()
        return "" if there else f"{seatbelt.PROGRAM} is not there"
    if seccomp.machine() is None:
        return f"no filter of system calls is known for {os.uname().machine}"
    return ""


def _by_running(tier: Tier) -> str:
    with tempfile.TemporaryDirectory(prefix="dynasaur-probe-") as private:
        folder = Path(private)
        for name in ("work", "s", "tmp"):
            (folder / name).mkdir()
        uid = ordinary_user()
        if uid is not None:
            folder.chmod(0o711)
            try:
                hand_over(folder / "work", uid)
            except PermissionError:
                return "root may not hand files to others here (CAP_CHOWN); be an ordinary user"
        place = Place(folder / "work", folder, Limits(), uid)
        return _run(tier, place)


def _run(tier: Tier, place: Place) -> str:
    start = launch(tier, place, dry=True)
    try:
        done = subprocess.run(
            start.argv,
            cwd=place.work,
            env=start.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=start.descriptors,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"it cannot be started: {error}"
    finally:
        for descriptor in start.descriptors:
            os.close(descriptor)
    return "" if done.returncode == 0 else _reason(done.stderr)


_KNOWN = {
    "setting up uid map: Permission denied": (
        "user namespaces are closed to it, as Ubuntu's AppArmor does: "
        "sudo apt install apparmor-profiles, then load bwrap-userns-restrict"
    ),
    "Failed RTM_NEWADDR": "it may not make network namespaces here, as in some containers",
    "No permissions to create": "it may not make namespaces here, as in most containers",
    "Creating new namespace failed": "it may not make namespaces here, as in most containers",
    "Operation not permitted": "it may not make namespaces here, as in most containers",
    "Unknown option": "it is too old: version 0.7 or later is needed",
    "Function not implemented": "the Linux kernel does not have it",
    "Operation not supported": "it is switched off in the Linux kernel",
}


def _reason(complaint: str) -> str:
    last = (complaint.strip().splitlines() or ["it does not say why"])[-1]
    for part, meaning in _KNOWN.items():
        if part in complaint:
            return f"{meaning} ({last})"
    return last
