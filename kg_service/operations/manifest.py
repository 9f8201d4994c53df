"""What a backup says of itself: ``backup.json``.

::

    backup/
      backup.json   this; written last, so that a backup without one is none
      graph.nq.gz   every named graph but the journal, as ``kg dump`` writes it
      history/…     parts beside the store, as they are on disk
      index/…
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg_service import __version__
from kg_service.errors import StoreError

LAYOUT = 1
NAME = "backup.json"
GRAPH = "graph.nq.gz"


@dataclass(frozen=True)
class Manifest:
    """``graphs`` counts the statements of each graph, ``sources`` names each source's version,
    ``files`` gives size and SHA-256 of each file, ``parts`` what was saved beside the graph.
    """

    made: str
    base: str
    generation: str
    graphs: Mapping[str, int]
    sources: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]
    parts: tuple[str, ...] = ()
    layout: int = LAYOUT
    software: str = field(default=__version__)

    @property
    def quads(self) -> int:
        return sum(self.graphs.values())

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return asdict(self)

    def write(self, folder: Path) -> None:
        told = self.as_json()
        text = json.dumps({**told, "seal": _seal(told)}, indent=1) + "\n"
        (folder / NAME).write_text(text, encoding="utf-8")

    def check(self, folder: Path) -> None:
        """Compare every file with what is told of it. Raises StoreError."""
        for name, (size, digest) in self.files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != size or digest_of(path) != digest:
                raise StoreError(
                    f"{folder}: {name} is missing or damaged; take another backup, or copy this "
                    "one again"
                )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises StoreError where there is none that can be read."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        layout = told["layout"]
        if layout == LAYOUT:
            if told.pop("seal") != _seal(told):
                raise ValueError("its seal is broken")
            files = {
                name: (int(size), str(digest)) for name, (size, digest) in told["files"].items()
            }
            return Manifest(**{**told, "files": files, "parts": tuple(told["parts"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{folder}: is no whole backup ({NAME} is missing or damaged); a backup that was "
            "interrupted has none"
        ) from error
    raise StoreError(
        f"{folder}: a backup of another layout ({layout}); restore it with the "
        f"kg-service that made it ({told.get('software')})"
    )


def _seal(told: dict[str, Any]) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
