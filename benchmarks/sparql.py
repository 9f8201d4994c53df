"""The SPARQL endpoint: what HTTP adds, a large answer, and many clients at once.

    python -m benchmarks.sparql --size 12M               # 12 GB of disk, 10 minutes
    python -m benchmarks.sparql --size 200k --seconds 5  # a try

Beside ``oxigraph serve`` over the same files, and Virtuoso with the same statements. Clients are
threads of this process; each server has a process of its own (ours also its workers).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

from pyoxigraph import QueryResultsFormat

from benchmarks.lineage.generated import Generated, generate
from benchmarks.lineage.peers.http import Server, free_port
from benchmarks.lineage.peers.oxigraph import OxigraphServer
from benchmarks.lineage.peers.port import STEP_PATH, Skipped, peak_mb_of
from benchmarks.lineage.peers.virtuoso import Virtuoso
from benchmarks.lineage.plan import plan_of
from benchmarks.lineage.store import load
from benchmarks.results import Table, save
from kg_service.store.snapshots import SnapshotReader
from kg_service.terms import PROV_NS

ROUNDS = 200
LARGE_ROWS = 1_000_000
CLIENTS = 64
AIM_RATIO, AIM_MS = 1.3, 3.0
LARGE_AIM = 1.5
JSON = "application/sparql-results+json"
NAMES = {"ours": "kg serve", "oxigraph": "Oxigraph server", "virtuoso": "Virtuoso 7"}


def questions(node: str) -> dict[str, str]:
    """What is asked of a node, and of all."""
    made, used = f"<{PROV_NS}wasGeneratedBy>", f"<{PROV_NS}used>"
    return {
        "all of a node": f"SELECT ?p ?o WHERE {{ <{node}> ?p ?o }}",
        "its graphs": (
            f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ <{node}> ?p ?o }} }} GROUP BY ?g"
        ),
        "what it was made of": (
            f"SELECT DISTINCT ?x WHERE {{ <{node}> {made} ?a . ?a {used} ?x }}"
        ),
        "three steps up": (
            f"SELECT DISTINCT ?x WHERE {{ <{node}> {made} ?a . ?a {used} ?b . "
            f"?b {made} ?c . ?c {used} ?d . ?d {made} ?e . ?e {used} ?x }}"
        ),
        "all upstream, counted": (
            f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ <{node}> ({STEP_PATH})* ?x }}"
        ),
        "1,000 rows": f"SELECT ?s ?a WHERE {{ ?s {made} ?a }} LIMIT 1000",
    }


class Client:
    """One kept connection to an endpoint, at ``http://host:port/path?``."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._path = address.partition(parts.netloc)[2]
        self._connection = HTTPConnection(parts.netloc, timeout=600)

    def ask(self, sparql: str) -> int:
        """Bytes of the answer. Raises OSError or HTTPException where it is not a whole one."""
        target = f"{self._path}query={quote(sparql)}"
        self._connection.request("GET", target, headers={"Accept": JSON})
        answer = self._connection.getresponse()
        size = 0
        while piece := answer.read(1 << 18):
            size += len(piece)
        if answer.status != 200:
            raise OSError(f"status {answer.status}")
        return size

    def close(self) -> None:
        self._connection.close()


@contextmanager
def ours(store: Path) -> Iterator[Server]:
    """``kg serve`` over a store, without limits of one caller."""
    port = free_port()
    kg = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
    os.environ |= {"KG_QUERY_PER_CALLER": "1000", "KG_QUERY_TIMEOUT_S": "600"}
    server = Server([*kg, "serve", "--store", str(store), "--port", str(port)], port, "/sparql?")
    try:
        yield server
    finally:
        server.stop()


def memory_mb(server: Server) -> float:
    """Peak resident memory of a server and the processes that it started, one by one."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    children = [pid for pid, parent in rows if parent == server.process.pid]
    return server.peak_mb() + sum(map(peak_mb_of, children))


def median_ms(measured: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some rounds, the first of which do not count."""
    took = []
    for _ in range(rounds + 10):
        began = time.perf_counter()
        measured()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[10:])


def overhead(store: Path, server: Server, node: str) -> Table:
    """The same questions in process, to JSON, and over HTTP."""
    reader = SnapshotReader(store)
    client = Client(server.address)
    rows = []
    for name, query in {"ASK {}": "ASK {}", **questions(node)}.items():
        rounds = 20 if "upstream" in name else ROUNDS

        def inside(query: str = query) -> object:
            return reader.query(query).serialize(format=QueryResultsFormat.JSON)

        within = median_ms(inside, rounds)
        over = median_ms(lambda query=query: client.ask(query), rounds)  # type: ignore[misc]
        allowed = AIM_RATIO * within + AIM_MS
        rows.append(
            (name, f"{within:.2f}", f"{over:.2f}", f"{over - within:.2f}", f"{over / allowed:.2f}")
        )
    client.close()
    note = f"Aim: at most {AIM_RATIO} times + {AIM_MS:g} ms; the last column is to be 1 or less."
    head = ("ms, median", "in process", "over HTTP", "added", "share of what is allowed")
    return Table("What HTTP adds", head, rows, note)


def large(servers: dict[str, Server], rows: int) -> Table:
    """One large answer, streamed to its end."""
    query = f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {rows}"
    found: dict[str, tuple[float, int, float]] = {}
    for name, server in servers.items():
        client = Client(server.address)
        client.ask("SELECT * WHERE { ?s ?p ?o } LIMIT 1")
        before = memory_mb(server)
        took = []
        for _ in range(3):
            began = time.perf_counter()
            size = client.ask(query)
            took.append(time.perf_counter() - began)
        found[name] = statistics.median(took), size, memory_mb(server) - before
        client.close()
    peer = found["oxigraph"][0]
    lines = [
        (NAMES[name], f"{took:.2f}", f"{size / 1e6:.0f}", f"{took / peer:.2f}", f"{grown:.0f}")
        for name, (took, size, grown) in found.items()
    ]
    head = (f"{rows:,} rows as JSON", "s, median of 3", "MB", "ratio", "memory grew by, MB")
    return Table("A large answer", head, lines, f"Aim: at most {LARGE_AIM} times Oxigraph's time.")


@dataclass
class Load:
    """What clients found while they asked."""

    took: list[float] = field(default_factory=list)
    failed: int = 0


def many(servers: dict[str, Server], nodes: Sequence[str], seconds: float) -> Table:
    """Many clients, each asking one question after another."""
    lines = []
    for name, server in servers.items():
        loads = [Load() for _ in range(CLIENTS)]
        until = time.perf_counter() + seconds
        threads = [
            threading.Thread(target=_ask_on, args=(server, nodes, n, until, loads[n]))
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = sorted(ms for load_ in loads for ms in load_.took)
        lines.append(
            (
                NAMES[name],
                f"{len(took) / seconds:.0f}",
                f"{took[len(took) // 2]:.1f}",
                f"{took[int(len(took) * 0.99)]:.1f}",
                f"{took[-1]:.0f}",
                str(sum(load_.failed for load_ in loads)),
            )
        )
    head = (f"{CLIENTS} clients, {seconds:g} s", "answers/s", "median, ms", "p99", "most", "failed")
    return Table("Many clients, mixed questions", head, lines)


def _ask_on(server: Server, nodes: Sequence[str], number: int, until: float, load_: Load) -> None:
    choose = random.Random(number)
    client = Client(server.address)
    while time.perf_counter() < until:
        query = choose.choice(list(questions(choose.choice(nodes)).values()))
        began = time.perf_counter()
        try:
            client.ask(query)
        except (OSError, HTTPException):
            load_.failed += 1
            client.close()
            continue
        load_.took.append((time.perf_counter() - began) * 1000)
    client.close()


def measure(generated: Generated, rows: int, seconds: float) -> list[Table]:
    """The three tables over one graph, whose store is made."""
    folder = generated.folder
    starts = [
        start.iri for shape in ("merge", "crates") for start in generated.starts.get(shape, ())
    ]
    nodes = starts or [start.iri for some in generated.starts.values() for start in some]
    oxigraph = OxigraphServer(generated, folder / "oxigraph")
    peers: dict[str, OxigraphServer | Virtuoso] = {"oxigraph": oxigraph}
    try:
        (folder / "virtuoso").mkdir()
        virtuoso = Virtuoso(generated, folder / "virtuoso")
        virtuoso.prepare()
        peers["virtuoso"] = virtuoso
    except Skipped as why:
        print(why, file=sys.stderr)
    with ours(folder / "store") as own:
        opened = []
        try:
            for peer in peers.values():
                peer.open()
                opened.append(peer)
            servers = {"ours": own, **{name: peer.server for name, peer in peers.items()}}
            first = overhead(folder / "store", own, nodes[0])
            streamed = large({name: servers[name] for name in ("ours", "oxigraph")}, rows)
            return [first, streamed, many(servers, nodes, seconds)]
        finally:
            for peer in opened:
                peer.close()


def main() -> None:
    """Generate, measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="12M", help="quads of the graph")
    parser.add_argument("--rows", type=int, default=LARGE_ROWS, help="rows of the large answer")
    parser.add_argument("--seconds", type=float, default=30, help="how long many clients ask")
    parser.add_argument("--folder", type=Path, help="where to generate; a temporary one else")
    given = parser.parse_args()
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="kg-sparql-", dir=given.folder))
    try:
        generated = generate(plan_of(given.size), made)
        print(f"{generated.quads:,} quads generated", file=sys.stderr)
        load(generated)
        tables = measure(generated, given.rows, given.seconds)
    finally:
        shutil.rmtree(made)
    for table in tables:
        print(table.markdown())
    save("sparql", tables, {"size": given.size, "quads": generated.quads})


if __name__ == "__main__":
    main()
