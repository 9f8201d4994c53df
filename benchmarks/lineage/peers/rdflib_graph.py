"""SPARQL property paths in rdflib, in memory. It is given the aligned statements only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import Skipped, own_peak_mb, path_queries

LARGEST = 2_000_000
_MARK = "/aligned> ."


class RdflibGraph:
    """``rdflib.Graph.query``."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated, self._file = generated, folder / "aligned.nt"

    def prepare(self) -> None:
        if self._generated.quads > LARGEST:
            raise Skipped("only on the small graph: 1 KB a statement in memory")
        with self._file.open("w", encoding="utf-8") as stream:
            for part in self._generated.parts:
                with part.open(encoding="utf-8") as lines:
                    for line in lines:
                        if line.endswith(_MARK + "\n"):
                            stream.write(line.rpartition(" <")[0] + " .\n")

    def open(self) -> None:
        import rdflib

        self._graph: Any = rdflib.Graph().parse(str(self._file), format="nt")

    def count(self, start: Start) -> int:
        (row,) = self._graph.query(path_queries(start.iri)[0])
        return int(row[0])

    def iris(self, start: Start) -> Sequence[str]:
        return [str(row[0]) for row in self._graph.query(path_queries(start.iri)[1])]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        del self._graph
