"""Why a source can not be read.

SourceError                 the caller's report says: refused, with this reason
├── MissingSource           no such file or folder
├── UnsafeArchive           a zip that must not be unpacked (paths that escape, a bomb)
├── UnreadableSource        the bytes are broken (not a zip, not JSON, not UTF-8, ...)
├── UnknownFormat           the bytes are fine, but no known format
└── InvalidSource           the format is known, but the content breaks it beyond reading

Every message has three parts: what is wrong, where, and what to do about it.
"""

from __future__ import annotations

_LONGEST = 1_000
_END_KEPT = 200


class SourceError(Exception):
    """A source that can not be taken; the message is meant for the person who sent it."""

    code = "source-error"

    def __init__(self, what: str, *, where: str, todo: str) -> None:
        self.what = _fit(what)
        self.where = _fit(where)
        self.todo = todo
        super().__init__(f"{self.where}: {self.what}; {todo}")


def shown(text: str) -> str:
    """The text, such as a file's name that is no UTF-8, with what no terminal can print escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def _fit(text: str) -> str:
    """The text fit for a message: a huge value in it does not drown the rest."""
    left_out = len(text) - _LONGEST
    if left_out > 0:
        start = text[: _LONGEST - _END_KEPT]
        text = f"{start} … ({left_out:,} characters left out) … {text[-_END_KEPT:]}"
    return shown(text)


class MissingSource(SourceError):
    code = "missing"


class UnsafeArchive(SourceError):
    code = "unsafe-archive"


class UnreadableSource(SourceError):
    code = "unreadable"


class UnknownFormat(SourceError):
    code = "unknown-format"


class InvalidSource(SourceError):
    code = "invalid"
