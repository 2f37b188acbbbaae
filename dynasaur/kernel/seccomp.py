"""Filters of system calls, assembled for the running machine; no library is needed for that."""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH = 0, 4

_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_DGRAM = 2
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_NEW_NAMESPACES = 0x7E020080
"""The flags of clone that make namespaces: time, mount, cgroup, uts, ipc, user, pid, net."""


@dataclass(frozen=True, slots=True)
class Machine:
    """How a kind of machine numbers its system calls.

    Attributes:
        arch: Its number in the kernel's audit interface.
        column: Its column in the table of numbers.
        foreign: Numbers from here on belong to another calling convention; 0 without one.
    """

    arch: int
    column: int
    foreign: int


MACHINES = {
    "x86_64": Machine(0xC000003E, 0, 0x40000000),
    "aarch64": Machine(0xC00000B7, 1, 0),
}

_FORBIDDEN: dict[str, tuple[int, int]] = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "move_pages": (279, 239),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    # wide interfaces to the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "fanotify_init": (300, 262), "lookup_dcookie": (212, 18),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162),
    "syslog": (103, 116), "vhangup": (153, 58), "nfsservctl": (180, 42),
    "iopl": (172, -1), "ioperm": (173, -1), "modify_ldt": (154, -1),
}  # fmt: skip

_CLONE, _CLONE3, _IOCTL = (56, 220), (435, 435), (16, 29)
_SOCKET, _SOCKETPAIR, _CONNECT = (41, 198), (53, 199), (42, 203)


def machine() -> Machine | None:
    """The running machine; None where there is no table for it."""
    return MACHINES.get(os.uname().machine)


def walls(kind: Machine, *, internet: bool) -> bytes:
    """The filter that holds for the kernel's whole life.

    Args:
        kind: The machine.
        internet: Allow internet sockets: the kernel may use the network, or has one of its own
            in which they reach nothing.
    """
    program = _Program(kind)
    for numbers in _FORBIDDEN.values():
        program.forbid(numbers, errno.EPERM)
    # Its flags lie in memory, where a filter cannot look; glibc then falls back on clone.
    program.forbid(_CLONE3, errno.ENOSYS)
    program.check(_CLONE, _refuse_bits(0, _NEW_NAMESPACES))
    program.check(_IOCTL, _refuse_values(1, (_TIOCSTI, _TIOCLINUX)))
    families = (_AF_UNIX, _AF_INET, _AF_INET6) if internet else (_AF_UNIX,)
    program.check(_SOCKET, _sockets(families, netlink=internet))
    return program.finish()


def lock(kind: Machine, *, internet: bool) -> bytes:
    """The filter added when the kernel has bound its own sockets: no unix sockets any more.

    Landlock cannot keep a process from those in the file system, and without a network namespace
    bubblewrap cannot keep it from abstract ones; this does both.

    Args:
        kind: The machine.
        internet: Internet sockets stay allowed.
    """
    program = _Program(kind)
    program.check(_SOCKET, _sockets((_AF_INET, _AF_INET6) if internet else (), netlink=internet))
    if not internet:
        program.forbid(_CONNECT, errno.EPERM)
    # A pair of datagram sockets could send to any address.
    masked = [_load_argument(1), (_AND, 0, 0, 0xF)]
    refuse = [(_EQUAL, 0, 1, _SOCK_DGRAM), _fail(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    program.check(_SOCKETPAIR, [*masked, *refuse])
    return program.finish()


_Instruction = tuple[int, int, int, int]


class _Program:
    """A filter in the making: what is not named is allowed."""

    def __init__(self, kind: Machine) -> None:
        self._kind = kind
        self._code: list[_Instruction] = [
            (_LOAD, 0, 0, _ARCH),
            (_EQUAL, 1, 0, kind.arch),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, _NUMBER),
        ]
        if kind.foreign:
            self._code += [(_AT_LEAST, 0, 1, kind.foreign), _fail(errno.ENOSYS)]

    def forbid(self, numbers: tuple[int, int], error: int) -> None:
        """Fail a call with an error."""
        if (number := numbers[self._kind.column]) >= 0:
            self._code += [(_EQUAL, 0, 1, number), _fail(error)]

    def check(self, numbers: tuple[int, int], block: list[_Instruction]) -> None:
        """Let a block of instructions, which returns, decide on a call."""
        self._code += [(_EQUAL, 0, len(block), numbers[self._kind.column]), *block]

    def finish(self) -> bytes:
        """The program as the kernel takes it."""
        self._code.append((_RETURN, 0, 0, _ALLOW))
        return b"".join(struct.pack("<HBBI", *instruction) for instruction in self._code)


def _fail(error: int) -> _Instruction:
    return (_RETURN, 0, 0, _FAIL | error)


def _load_argument(position: int) -> _Instruction:
    return (_LOAD, 0, 0, 16 + 8 * position)


def _refuse_bits(position: int, bits: int) -> list[_Instruction]:
    return [
        _load_argument(position),
        (_ANY_BIT, 0, 1, bits),
        _fail(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _refuse_values(position: int, values: tuple[int, ...]) -> list[_Instruction]:
    block = [_load_argument(position)]
    for value in values:
        block += [(_EQUAL, 0, 1, value), _fail(errno.EPERM)]
    return [*block, (_RETURN, 0, 0, _ALLOW)]


def _sockets(families: tuple[int, ...], *, netlink: bool) -> list[_Instruction]:
    """Allow these families; netlink needs a word of its own.

    ZeroMQ asks it for the interfaces, and ends the process on any error but "not supported".
    """
    block = [_load_argument(0)]
    for family in families:
        block += [(_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
    block += [(_EQUAL, 0, 4, _AF_NETLINK), _load_argument(2), (_EQUAL, 0, 1, 0)]
    block += [(_RETURN, 0, 0, _ALLOW) if netlink else _fail(errno.EOPNOTSUPP)]
    return [*block, _fail(errno.EOPNOTSUPP), _fail(errno.EAFNOSUPPORT)]
