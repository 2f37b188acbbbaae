"""What this machine gives a kernel: the tier in force, why not a stronger one, what it is worth."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from dynasaur.errors import KernelError
from dynasaur.kernel.enclosure import Tier
from dynasaur.kernel.tiers import STRONGEST_FIRST, Probe, choose, probe
from dynasaur.proxy.allowed import ALLOW, Allowed


@dataclass(frozen=True, slots=True)
class Protection:
    """One danger, and the tiers that keep it off.

    Attributes:
        danger: What code might do.
        tiers: The tiers in which it comes to nothing.
    """

    danger: str
    tiers: tuple[Tier, ...]


LINUX: tuple[Tier, ...] = ("bwrap", "unshare", "landlock")
EVERY: tuple[Tier, ...] = (*LINUX, "seatbelt")
OWN: tuple[Tier, ...] = ("bwrap", "unshare")
BWRAP: tuple[Tier, ...] = ("bwrap",)
NEITHER: tuple[Tier, ...] = ()

_NETWORK = Protection("reach the network, or services on this machine, by TCP or UDP", EVERY)

PROTECTIONS = (
    Protection("read your files: keys, settings, repositories", EVERY),
    Protection("write to your files, git hooks, actions or Python packages", EVERY),
    Protection("find keys in environments, its own or other processes'", EVERY),
    Protection("read or change other kernels' connections", EVERY),
    _NETWORK,
    Protection("reach unix sockets: Docker, SSH agent, D-Bus", EVERY),
    Protection("signal, trace or read the memory of other processes", EVERY),
    Protection("make namespaces and mounts, or use io_uring, bpf, perf, userfaultfd, keys", EVERY),
    Protection("be root, or become it by set-uid programs", EVERY),
    Protection("use up memory, processes, open files or the disk of its work folder", LINUX),
    Protection("leave processes behind", LINUX),
    Protection("list other processes and their command lines", OWN),
    Protection("see system files that everybody may read, such as /proc", BWRAP),
    Protection("slow the machine down: its share of the processor is not limited", NEITHER),
    Protection("escape by a flaw in the Linux kernel itself", NEITHER),
    Protection("give a wrong answer, or spoil the files in its own work folder", NEITHER),
)
"""What the tests in tests/test_sandbox.py try, and what nothing here keeps off."""


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What this machine gives a kernel.

    Attributes:
        tier: The tier in force for `auto`; empty when none works and a run would be refused.
        problem: Why none works; empty when one does.
        probes: What a try of each tier gave, strongest first.
        keeps_off: Dangers that the tier keeps off.
        lets_through: Dangers that it does not.
        versions: The programs and libraries it rests on.
    """

    tier: str
    problem: str
    probes: tuple[Probe, ...]
    keeps_off: tuple[str, ...]
    lets_through: tuple[str, ...]
    versions: dict[str, str]


def examine(sandbox: str = "auto", network: str = "none") -> SandboxReport:
    """Try the tiers and say what is in force.

    Args:
        sandbox: What is configured: one of `CHOICES`.
        network: What is configured: `none`, `allow=DOMAIN[,DOMAIN...]` or `full`.

    Raises:
        UsageError: There is no such tier, or not with that network.
    """
    tier, problem = "", ""
    proxied = network.startswith(ALLOW)
    try:
        tier = choose(sandbox, proxied=proxied)
    except KernelError as error:
        problem = str(error)
    through = [p for p in PROTECTIONS if tier not in p.tiers]
    through += [_NETWORK] if network == "full" and _NETWORK not in through else []
    sent = [f"send what it has to {Allowed.parse(network)}, by the proxy"] if proxied else []
    return SandboxReport(
        tier=tier,
        problem=problem,
        probes=tuple(probe(each) for each in STRONGEST_FIRST),
        keeps_off=tuple(p.danger for p in PROTECTIONS if p not in through),
        lets_through=(*(p.danger for p in PROTECTIONS if p in through), *sent),
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), sys.platform: platform.release()}
    for name in ("jupyter_client", "ipykernel", "ipython", "pyzmq", "tornado"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
