"""What a row of the file must add up to: SQLite does not notice a changed byte in a text."""

from __future__ import annotations

from zlib import crc32


def checksum(
    iri: str,
    label: str | None,
    name: str | None,
    identifiers: str | None,
    description: str | None,
) -> int:
    """The CRC-32 of a row's texts."""
    return crc32(f"{iri}\0{label}\0{name}\0{identifiers}\0{description}".encode())
