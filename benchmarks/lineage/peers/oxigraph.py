"""SPARQL property paths in Oxigraph, embedded and as a server, over the store that ours has."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.http import Server, free_port
from benchmarks.lineage.peers.port import Skipped, own_peak_mb, path_queries
from benchmarks.lineage.store import newest_snapshot


class OxigraphEmbedded:
    """``pyoxigraph.Store.query`` in this process."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._snapshot = newest_snapshot(generated.folder)

    def prepare(self) -> None:
        """The store is there."""

    def open(self) -> None:
        self._store = Store.read_only(str(self._snapshot))

    def _rows(self, sparql: str) -> QuerySolutions:
        answer = self._store.query(sparql, use_default_graph_as_union=True)
        assert isinstance(answer, QuerySolutions)
        return answer

    def count(self, start: Start) -> int:
        (row,) = self._rows(path_queries(start.iri)[0])
        return int(row[0].value)

    def iris(self, start: Start) -> Sequence[str]:
        return [row[0].value for row in self._rows(path_queries(start.iri)[1])]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        del self._store


class OxigraphServer:
    """``oxigraph serve-read-only``, asked over HTTP on one kept connection."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._snapshot = newest_snapshot(generated.folder)

    def prepare(self) -> None:
        """The store is there; the server is, if it is installed."""
        self._program()

    def _program(self) -> str:
        beside = Path(sys.executable).parent / "oxigraph"
        found = str(beside) if beside.exists() else shutil.which("oxigraph")
        if found is None:
            raise Skipped("no oxigraph program is installed (pip install oxigraph)")
        return found

    def open(self) -> None:
        port = free_port()
        at = ["--location", str(self._snapshot), "--bind", f"127.0.0.1:{port}"]
        command = [self._program(), "serve-read-only", *at]
        self._server = Server(command, port, "/query?union-default-graph&")

    @property
    def server(self) -> Server:
        """The server that was opened."""
        return self._server

    def count(self, start: Start) -> int:
        (row,) = self._server.ask(path_queries(start.iri)[0])
        return int(row["n"]["value"])

    def iris(self, start: Start) -> Sequence[str]:
        return [row["node"]["value"] for row in self._server.ask(path_queries(start.iri)[1])]

    def memory_mb(self) -> float:
        return self._server.peak_mb()

    def close(self) -> None:
        self._server.stop()
