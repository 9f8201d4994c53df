"""Memory does not grow with the number of entities."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

from support import CASE_BASE

from ingest.bundle import Bundle, SingleFile
from ingest.findings import Findings
from ingest.rocrate import read

_MIB = 2**20


def peak(path: Path, entities: int) -> float:
    """MiB allocated by Python at most while a crate of so many entities is read."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [\n')
        about = {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}}
        root = {"@id": "./", "@type": "Dataset", "name": "x"}
        stream.write(f"{json.dumps(about)},\n{json.dumps(root)}")
        for number in range(entities):
            file = {"@id": f"f {number}" if number % 10 == 0 else f"f{number}", "@type": "File"}
            stream.write(",\n" + json.dumps(file | {"name": "n" * 300, "isPartOf": {"@id": "./"}}))
        stream.write("]}")
    tracemalloc.start()
    try:
        document = read(Bundle(SingleFile(path), only=path.name))
        made = sum(1 for _ in document.triples(CASE_BASE, Findings()))
        assert made == 3 * entities + 3
        return tracemalloc.get_traced_memory()[1] / _MIB
    finally:
        tracemalloc.stop()


def test_peak_memory_is_flat(tmp_path: Path) -> None:
    some = peak(tmp_path / "some.json", 12_000)
    many = peak(tmp_path / "many.json", 24_000)
    assert many < 40
    assert many < some * 1.25
