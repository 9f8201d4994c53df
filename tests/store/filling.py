"""Runs ``kg`` with fewer means: ``python tests/store/filling.py LIMIT arguments…``.

LIMIT is how many bytes a file may grow to; 0 is no limit. Where root runs it, it is bound by the
rights of files as anybody is.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

from kg_service.cli.main import main

_VERSION_3 = 0x20080522  # capset(2)
_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = 1, 2, 3


def limit_files(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write fails, not the process
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def obey_rights() -> None:
    """Give up what lets root pass over the rights of files."""
    kept = 0xFFFFFFFF & ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH | 1 << _FOWNER)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, held):
        raise OSError(ctypes.get_errno(), "capget")
    low = [value & kept for value in held[:3]]
    if libc.capset(header, (ctypes.c_uint32 * 6)(*low, *held[3:])):
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    if size := int(sys.argv.pop(1)):
        limit_files(size)
    if os.geteuid() == 0:
        obey_rights()
    main()
