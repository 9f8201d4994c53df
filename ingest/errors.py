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


class SourceError(Exception):
    """A source that can not be taken; the message is meant for the person who sent it."""

    code = "source-error"

    def __init__(self, what: str, *, where: str, todo: str) -> None:
        super().__init__(f"{where}: {what}; {todo}")
        self.what = what
        self.where = where
        self.todo = todo


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
