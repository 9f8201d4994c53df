"""Forms with files: well-formed ones in any pieces, broken ones, and what files are called."""

from __future__ import annotations

import asyncio
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from kg_service.errors import KgError
from kg_service.service.upload_form import Received, receive_form, safe_name
from kg_service.uploads.rules import UploadRules

RULES = UploadRules(file_bytes=10_000, request_bytes=50_000, files=5)
BOUNDARY = "----edge7"


def receive(folder: Path, body: bytes, piece: int = 1000, kind: str | None = None) -> Received:
    """What is received of a body that comes in pieces."""
    pieces = [body[i : i + piece] for i in range(0, len(body), piece)]

    async def come() -> dict[str, object]:
        more = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": more, "more_body": bool(pieces)}

    content_type = kind or f"multipart/form-data; boundary={BOUNDARY}"
    headers = [(b"content-type", content_type.encode())]
    request = Request({"type": "http", "method": "POST", "headers": headers}, come)
    return asyncio.run(receive_form(request, folder, RULES))


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """A form of fields and files: name, file name, content."""
    body = b""
    for name, file, content in parts:
        told = f'form-data; name="{name}"' + (f'; filename="{file}"' if file is not None else "")
        body += f"--{BOUNDARY}\r\nContent-Disposition: {told}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("piece", [1, 2, 7, 1000, 100_000])
def test_it_may_come_in_any_pieces(tmp_path: Path, piece: int) -> None:
    content = b"\r\n--edge\r\n" * 50
    body = form(("id", None, "é".encode()), ("file", "a.bin", content), ("file", "b", b""))
    received = receive(tmp_path, body, piece)
    assert received.fields == {"id": ["é"]}
    assert [f["name"] for f in received.files] == ["a.bin", "b"]
    assert (tmp_path / "a.bin").read_bytes() == content
    assert received.files[0]["sha256"] == sha256(content).hexdigest()
    assert received.files[0]["bytes"] == len(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=3000), st.integers(1, 400))
def test_what_is_kept_is_what_was_sent(tmp_path: Path, content: bytes, piece: int) -> None:
    if BOUNDARY.encode() in content:
        return
    (tmp_path / "x.bin").unlink(missing_ok=True)
    receive(tmp_path, form(("file", "x.bin", content)), piece)
    assert (tmp_path / "x.bin").read_bytes() == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        form(("file", "a", b"x"))[:-10],
        form(("file", "a", b"x"))[:40],
        form(("file", "a", b"x"), ("file", "A", b"y")),
        form(*[("file", str(n), b"x") for n in range(6)]),
        form(("file", "a", b"x" * 10_001)),
        form(("id", None, b"x" * 70_000)),
        form(("id", None, b"\xff")),
        form(*[(str(n), None, b"x") for n in range(201)]),
        f"--{BOUNDARY}\r\nX: y\r\n\r\nz\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\n{'X: y' * 5000}\r\n\r\nz\r\n--{BOUNDARY}--\r\n".encode(),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(KgError):
        receive(tmp_path, body)


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=x"]
)
def test_no_form(tmp_path: Path, kind: str) -> None:
    with pytest.raises(KgError, match="multipart/form-data"):
        receive(tmp_path, b"x", kind=kind or "text/plain")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("crate.zip", "crate.zip"),
        ("ro-crate-metadata.json", "ro-crate-metadata.json"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\x.json", "x.json"),
        ("/abs/x.json", "x.json"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\n.json", "a_b_.json"),
        ("evil\u202egpj.exe", "evil_gpj.exe"),
        ("e\u0301.csv", "é.csv"),
        ("x" * 300 + ".json", "x" * 195 + ".json"),
        ("é" * 200, "é" * 100),
    ],
)
def test_names(written: str, name: str) -> None:
    assert safe_name(written) == name


@given(st.text(max_size=400))
def test_any_name_is_made_a_file_in_the_folder(written: str) -> None:
    name = safe_name(written)
    assert name
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(name.encode()) <= 200
    assert name.isprintable() or not any(unicodedata.category(c) == "Cc" for c in name)
    assert safe_name(name) == name
