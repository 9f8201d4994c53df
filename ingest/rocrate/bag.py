"""A crate in a bag (BagIt, RFC 8493): is the metadata the file that the bag was made with?

Only the metadata file is checked; payload is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ingest.bundle import Bundle
from ingest.errors import SourceError
from ingest.findings import Findings

_PAYLOAD = "data/"
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")


def check_bag(bundle: Bundle, name: str, noticed: Findings) -> None:
    """Warn where a manifest of the bag around the crate gives another checksum of its metadata."""
    bag = _bag_of(bundle)
    if bag is None:
        return
    within = bundle.folder[len(bag) :] + name
    for algorithm in _ALGORITHMS:
        manifest = f"{bag}manifest-{algorithm}.txt"
        if bundle.files.size(manifest) is None:
            continue
        try:
            stated = _stated(b"".join(bundle.files.pieces(manifest)), within)
            digest = hashlib.new(algorithm, usedforsecurity=False)
            for piece in bundle.peek_pieces(name):
                digest.update(piece)
        except SourceError as error:
            noticed.warned("bag-manifest", manifest, f"can not be read: {error.what}")
            continue
        if stated is None:
            noticed.warned("bag-manifest", manifest, f"{within} is not in the manifest")
        elif stated.lower() != digest.hexdigest():
            noticed.warned(
                "bag-checksum", manifest, f"{within} is not the file that the bag was made with"
            )


def _bag_of(bundle: Bundle) -> str | None:
    """The folder of the innermost bag whose payload the crate is in."""
    for folder in _folders_around(bundle.folder):
        if folder.endswith(_PAYLOAD) and (folder == _PAYLOAD or folder.endswith("/" + _PAYLOAD)):
            bag = folder[: -len(_PAYLOAD)]
            if bundle.files.size(bag + "bagit.txt") is not None:
                return bag
    return None


def _folders_around(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rstrip("/").rpartition("/")[0]
        folder += "/" if folder else ""


def _stated(manifest: bytes, path: str) -> str | None:
    """The checksum of a path: lines of checksum, white space, path (RFC 8493, section 2.1.3)."""
    for line in manifest.decode("utf-8", "replace").splitlines():
        checksum, _, named = line.strip().partition(" ")
        named = named.strip().removeprefix("*").removeprefix("./")
        if named.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") == path:
            return checksum
    return None
