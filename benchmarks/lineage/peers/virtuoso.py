"""SPARQL property paths in Virtuoso 7: its own bulk loader, and buffers to hold it all."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.http import Server, free_port
from benchmarks.lineage.peers.port import Skipped, path_queries

_SETTINGS = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
LockFile = {folder}/virtuoso.lck
MaxCheckpointRemap = {remap}
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxMemPoolSize = 4000000000
DirsAllowed = {data}
CheckpointInterval = 0
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 80
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = 3600
MaxQueryCostEstimationTime = 0
"""
_LOADERS = 2


class Virtuoso:
    """``virtuoso-t``, asked over HTTP on one kept connection."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated, self._folder = generated, folder
        self._port, self._sql_port = free_port(), free_port()

    def prepare(self) -> None:
        if shutil.which("virtuoso-t") is None or shutil.which("isql-vt") is None:
            raise Skipped("Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
        server = self._start()
        try:
            self._sql(f"ld_dir('{self._generated.folder}', 'quads-%.nq', 'urn:none');")
            loaders = [self._begin("rdf_loader_run();") for _ in range(_LOADERS)]
            for loader in loaders:
                loader.wait()
            self._sql("checkpoint;")
            server.reconnect()
            (row,) = server.ask("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
            if int(row["n"]["value"]) < self._generated.quads * 0.99:
                raise Skipped(f"Virtuoso loaded {row['n']['value']} statements only")
        finally:
            self._stop(server)

    def _start(self) -> Server:
        # 8 KB each; about what the graph takes on disk
        buffers = min(max(self._generated.quads // 50, 100_000), 680_000)
        settings = _SETTINGS.format(
            folder=self._folder, data=self._generated.folder, port=self._port,
            sql_port=self._sql_port, buffers=buffers, dirty=buffers * 3 // 4, remap=buffers // 4,
        )  # fmt: skip
        file = self._folder / "virtuoso.ini"
        file.write_text(settings, encoding="utf-8")
        command = ["virtuoso-t", "+foreground", "+configfile", str(file)]
        return Server(command, self._port, "/sparql?")

    def _begin(self, sql: str) -> subprocess.Popen[bytes]:
        at = f"127.0.0.1:{self._sql_port}"
        return subprocess.Popen(
            ["isql-vt", at, "dba", "dba", f"exec={sql}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _sql(self, sql: str) -> None:
        if self._begin(sql).wait():
            raise Skipped(f"Virtuoso refused: {sql}")

    def _stop(self, server: Server) -> None:
        self._begin("shutdown;").wait()
        server.stop()

    def open(self) -> None:
        self._server = self._start()

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
        self._stop(self._server)
