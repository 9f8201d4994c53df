"""Receiving a form with files (RFC 7578), each streamed to a file of its own as it comes.

Nothing is kept in memory but one piece, and nothing is read further than the limits allow.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from anyio import to_thread
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from kg_service.errors import UsageError
from kg_service.service.errors import HttpError
from kg_service.uploads.rules import UploadRules

_LONGEST_TEXT = 64 * 1024
_MOST_TEXTS = 200
_LONGEST_NAME = 200
_LONGEST_SUFFIX = 20
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069<>:\"|?*]")


@dataclass
class Received:
    """A form: what its fields say, by name; its files by name, bytes and SHA-256."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)


async def receive_form(request: Request, folder: Path, rules: UploadRules) -> Received:
    """Put a request's files into a folder. Raises HttpError 413 and 415, UsageError."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HttpError(
            415,
            "unsupported-media-type",
            "send files as multipart/form-data, as curl does with: --form file=@crate.zip",
        )
    form = _Form(folder, rules)
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        async for piece in request.stream():
            if piece:
                await to_thread.run_sync(parser.write, piece)
        if not form.is_whole:
            raise UsageError("the form is cut off: its last boundary is missing; send it again")
    except MultipartParseError as error:
        raise UsageError(f"the form can not be read: {error}") from error
    except ClientDisconnect as error:
        raise UsageError("the caller went away before all was sent") from error
    except OSError as error:
        raise HttpError(
            507, "no-space", f"what was sent could not be kept ({error.strerror})"
        ) from error
    finally:
        form.close()
    return form.received


class _Form:
    """What the parser tells, part by part."""

    def __init__(self, folder: Path, rules: UploadRules) -> None:
        self.received = Received()
        self.is_whole = False
        self._folder = folder
        self._rules = rules
        self._header = (b"", b"")
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._text = bytearray()
        self._texts = 0
        self._file: IO[bytes] | None = None
        self._file_name = ""
        self._size = 0
        self._total = 0
        self._digest = sha256()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
            "on_end": self._ends,
        }

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _part_begins(self) -> None:
        self._headers = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_ends(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _headers_end(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        if disposition != b"form-data" or b"name" not in options:
            raise UsageError("a part of the form has no name (RFC 7578, section 4.2)")
        self._name = _decoded(options[b"name"])
        self._size = 0
        if b"filename" in options:
            self._begin_file(_decoded(options[b"filename"]))
        else:
            self._texts += 1
            if self._texts > _MOST_TEXTS:
                raise UsageError(f"the form has more than {_MOST_TEXTS} fields")
            self._text = bytearray()

    def _begin_file(self, written: str) -> None:
        if len(self.received.files) >= self._rules.files:
            raise HttpError(
                413, "too-large", f"at most {self._rules.files:,} files may be sent at once"
            )
        name = safe_name(written)
        if any(file["name"].lower() == name.lower() for file in self.received.files):
            raise UsageError(f"two files are called {name!r}: pack files of several folders as zip")
        self._file_name = name
        self._digest = sha256()
        self._file = (self._folder / name).open("xb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        self._total += end - start
        if self._file is None:
            if self._size > _LONGEST_TEXT:
                raise UsageError(f"the field {self._name!r} is too long")
            self._text += data[start:end]
            return
        if self._size > self._rules.file_bytes or self._total > self._rules.request_bytes:
            raise HttpError(
                413,
                "too-large",
                f"a file may have {self._rules.file_bytes:,} bytes, all at once "
                f"{self._rules.request_bytes:,}; {self._file_name!r} is beyond that",
            )
        piece = memoryview(data)[start:end]
        self._digest.update(piece)
        self._file.write(piece)

    def _part_ends(self) -> None:
        if self._file is None:
            self.received.fields.setdefault(self._name, []).append(_decoded(bytes(self._text)))
            return
        self._file.flush()
        self.close()
        self.received.files.append(
            {"name": self._file_name, "bytes": self._size, "sha256": self._digest.hexdigest()}
        )

    def _ends(self) -> None:
        self.is_whole = True


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("a field or a file's name is not in UTF-8") from error


def safe_name(written: str) -> str:
    """A file's own name, fit to be one here: no folder, nothing hidden, nothing unprintable."""
    name = unicodedata.normalize("NFC", written.replace("\\", "/").rpartition("/")[2])
    name = _UNFIT.sub("_", name).strip().lstrip(".").strip() or "file"
    stem, dot, suffix = name.rpartition(".")
    tail = f"{dot}{suffix}" if stem and len(suffix.encode()) < _LONGEST_SUFFIX else ""
    room = _LONGEST_NAME - len(tail.encode())
    return name.removesuffix(tail).encode()[:room].decode("utf-8", "ignore") + tail
