"""Keys from checksums, for files whose content is more than trivial.

Empty files and the few bytes that countless programs write alike (a newline, ``0``, ``{}``)
are the same everywhere and mean nothing; they never link.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

ALGORITHMS = {"sha512": 128, "sha256": 64, "sha1": 40, "md5": 32}
SMALLEST = 16
_TRIVIAL = (
    "",
    " ",
    "0",
    "1",
    "true",
    "false",
    "null",
    "none",
    "None",
    "{}",
    "[]",
    '""',
    "ok",
    "OK",
)


@lru_cache(maxsize=1)
def _trivial_digests() -> frozenset[str]:
    contents = [(text + end).encode() for text in _TRIVIAL for end in ("", "\n", "\r\n")]
    return frozenset(hashlib.new(a, c).hexdigest() for a in ALGORITHMS for c in contents)


def content_key(algorithm: str, written: str, size: int | None) -> tuple[str, str] | None:
    """The key of a checksum; None where it is malformed or the content trivial.

    ``size`` is in bytes, None where the source does not tell it.
    """
    digest = written.strip().lower().removeprefix(f"{algorithm}:").removeprefix(f"{algorithm}$")
    if len(digest) != ALGORITHMS[algorithm] or not set(digest) <= set("0123456789abcdef"):
        return None
    if digest in _trivial_digests() or (size is not None and size < SMALLEST):
        return None
    return algorithm, digest
