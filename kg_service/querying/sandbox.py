"""What a worker takes from itself before it reads a query: network, and memory without end.

The engine has no switch that keeps SERVICE from sending requests. Its text is refused before
it is run; on Linux the kernel refuses it as well (seccomp, for x86-64 and 64-bit ARM).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import socket
import struct
import sys

# machine: (AUDIT_ARCH, number of the system call socket), from linux/audit.h and asm/unistd.h
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


_NICE = 10
_SPARE_BYTES = 500_000_000


class _Program(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def close_network() -> bool:
    """Let this thread, and all it starts, open no internet sockets. Whether that was possible."""
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES:
        return False
    arch, number = _MACHINES[platform.machine()]
    refuse = len(_FAMILIES) + 1
    steps = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 0, refuse + 2, arch),
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, refuse, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, len(_FAMILIES) - i, 0, family) for i, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EACCES),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero):
        return False
    return not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))


_FAMILIES = (int(socket.AF_INET), int(socket.AF_INET6))


def memory_of(process: int) -> int:
    """Bytes of memory that a process has for itself; 0 where that can not be told (macOS)."""
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as stream:
            _size, resident, shared, *_rest = map(int, stream.read().split())
    except (OSError, ValueError):
        return 0
    return (resident - shared) * resource.getpagesize()


def limit_memory(most: int) -> None:
    """Let this process never take many more bytes than so many; 0 is no limit.

    It is a second line: the service watches what its workers take, as the engine does not
    always end in good time where it gets no memory.
    """
    if most:
        most += _SPARE_BYTES
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        except (ValueError, OSError):
            return


def no_core_files() -> None:
    """A worker that a query brings down leaves no image of its memory."""
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return


def be_killed_first() -> None:
    """Where memory runs out, the system is to end a worker, not the service."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
            stream.write("1000")
    except OSError:
        return


def nice(process: int) -> None:
    """Let others have the processor first."""
    try:
        os.setpriority(os.PRIO_PROCESS, process, _NICE)
    except OSError:
        return
