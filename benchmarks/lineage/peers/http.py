"""SPARQL over HTTP, on a connection that is kept, to a server that the benchmark starts."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from benchmarks.lineage.peers.port import peak_mb_of

_LONGEST_START = 120.0


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Server:
    """A server process with a SPARQL endpoint at a local port. Raises OSError if it is mute."""

    def __init__(self, command: Sequence[str], port: int, path: str) -> None:
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.address = f"http://127.0.0.1:{port}{path}"
        self._path = path
        self._connection = HTTPConnection("127.0.0.1", port, timeout=3600)
        self._wait()

    def _wait(self) -> None:
        began = time.monotonic()
        while True:
            try:
                self.ask("SELECT * WHERE { ?s ?p ?o } LIMIT 1")
                return
            except (OSError, HTTPException) as error:
                self._connection.close()
                gone = self.process.poll() is not None
                if gone or time.monotonic() - began > _LONGEST_START:
                    self.stop()
                    raise OSError(f"the server does not answer: {error}") from error
                time.sleep(0.1)

    def ask(self, sparql: str) -> list[dict[str, dict[str, str]]]:
        """The rows of an answer."""
        self._connection.request(
            "GET",
            f"{self._path}query={quote(sparql)}",
            headers={"Accept": "application/sparql-results+json"},
        )
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise OSError(body.decode("utf-8", "replace").strip().splitlines()[0][:200])
        rows: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
        return rows

    def reconnect(self) -> None:
        """Begin a new connection, where the server may have ended an idle one."""
        self._connection.close()

    def peak_mb(self) -> float:
        return peak_mb_of(self.process.pid)

    def stop(self) -> None:
        self._connection.close()
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
