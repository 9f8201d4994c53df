"""A Virtuoso 7 server for tests: a process of its own over a new folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from service.servers import free_port

START_TIMEOUT_S = 60
_SETTINGS = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
LockFile = {folder}/virtuoso.lck
MaxCheckpointRemap = 2000
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 12
[SPARQL]
ResultSetMaxRows = {most_rows}
MaxQueryExecutionTime = {most_s}
MaxQueryCostEstimationTime = 0
"""


class Virtuoso:
    """A running server."""

    def __init__(self, folder: Path, most_rows: int, most_s: int) -> None:
        self._folder, self.port = folder, free_port()
        (folder / "virtuoso.ini").write_text(
            _SETTINGS.format(
                folder=folder, port=self.port, sql_port=free_port(), most_rows=most_rows,
                most_s=most_s,
            )
        )  # fmt: skip
        self.start()

    @property
    def address(self) -> str:
        """Its address as a store's; it finds out by itself which engine that is."""
        return f"sparql+http://dba:dba@127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["virtuoso-t", "+foreground", "+configfile", str(self._folder / "virtuoso.ini")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self._folder / "virtuoso.log").read_text()[-2000:]
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/sparql", params={"query": "ASK {}"})
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("Virtuoso did not start")

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        (self._folder / "virtuoso.lck").unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all that tests wrote."""
        auth = httpx.DigestAuth("dba", "dba")
        root = f"http://127.0.0.1:{self.port}"
        with httpx.Client(base_url=root, auth=auth, timeout=30) as client:
            form = {"query": "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"}
            answer = client.post("/sparql-auth", data=form, headers={"Accept": "text/csv"})
            for line in answer.text.splitlines()[1:]:
                graph = line.strip('"')
                if "openlinksw" not in graph and "localuriqa" not in graph and "/ldp#" not in graph:
                    client.post("/sparql-auth", data={"query": f"CLEAR GRAPH <{graph}>"})


@contextmanager
def virtuoso(folder: Path, *, most_rows: int = 1_000_000, most_s: int = 60) -> Iterator[Virtuoso]:
    """A server over a folder, which ends with the block; skips the test where there is none."""
    if shutil.which("virtuoso-t") is None:
        pytest.skip("needs Virtuoso 7 (virtuoso-opensource-7-bin), which is not installed")
    server = Virtuoso(folder, most_rows, most_s)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()
