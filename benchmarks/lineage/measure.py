"""One peer over one generated graph, in a process of its own: it tells each figure as a JSON line.

    python -m benchmarks.lineage.measure prepare PEER FOLDER
    python -m benchmarks.lineage.measure ask PEER FOLDER QUESTION ...

A question is ``SHAPE:count`` or ``SHAPE:iris``. Each is asked from different starts, after some
that are not counted.
"""

from __future__ import annotations

import json
import sys
import time
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import Peer, Skipped
from benchmarks.lineage.store import size_of

PEERS = {
    "ours": "ours:Ours",
    "ours-closure": "ours:OurClosure",
    "ours-store": "ours:OursWithoutIndex",
    "oxigraph": "oxigraph:OxigraphEmbedded",
    "oxigraph-server": "oxigraph:OxigraphServer",
    "virtuoso": "virtuoso:Virtuoso",
    "rdflib": "rdflib_graph:RdflibGraph",
    "sqlite": "sql:SqliteTable",
    "duckdb": "sql:DuckdbTable",
    "numpy": "bare:BareWalk",
}
"""The peers by name, each imported only in its own process, as memory is measured."""
SHAPES = ("merge", "chain", "giant", "crates")
_BUDGET = 8.0  # seconds of one question's measured queries
_ONCE_ABOVE = 1.5
_FEWEST = 3
_LEAST_QUERIES = 200


def made(name: str, generated: Generated, folder: Path) -> Peer:
    """A peer by its name, with a folder of its own."""
    module, _, kind = PEERS[name].partition(":")
    peer: Peer = getattr(import_module(f"benchmarks.lineage.peers.{module}"), kind)(
        generated, folder
    )
    return peer


def prepare(peer: Peer, folder: Path) -> dict[str, Any]:
    """Load. Seconds, and bytes of the peer's own files."""
    began = time.perf_counter()
    peer.prepare()
    return {"seconds": time.perf_counter() - began, "bytes": size_of(folder)}


def ask(peer: Peer, question: str, starts: tuple[Start, ...]) -> dict[str, Any]:
    """One question from each start, and again until there are enough: seconds of each query."""
    shape, _, form = question.partition(":")
    work = peer.count if form == "count" else peer.iris
    first = starts[0]
    began = time.perf_counter()
    work(first)
    cold = time.perf_counter() - began
    times: list[float] = []
    if cold < _ONCE_ABOVE:
        for start in starts[:20]:
            work(start)
            if time.perf_counter() - began > _BUDGET / 3:
                break
    enough = _LEAST_QUERIES if len(starts) > 1 and shape != "chain" else 20
    wanted = max(len(starts), enough)
    since = time.perf_counter()
    while len(times) < wanted:
        start = starts[len(times) % len(starts)]
        began = time.perf_counter()
        work(start)
        times.append(time.perf_counter() - began)
        spent = time.perf_counter() - since
        if (spent > _BUDGET and len(times) >= _FEWEST) or cold > _ONCE_ABOVE:
            break
    return {"times": times, "cold": cold, "answers": _answers(peer, form, starts)}


def _answers(peer: Peer, form: str, starts: tuple[Start, ...]) -> list[str | int]:
    """What a peer finds from the first starts, to be compared with the others' answers."""
    compared = starts[:3] if len(starts) > 2 else starts[:1]
    if form == "count":
        return [peer.count(start) for start in compared]
    found = (sorted(peer.iris(start)) for start in compared)
    return [sha256("\n".join(iris).encode()).hexdigest()[:16] for iris in found]


def main(what: str, name: str, folder: Path, questions: list[str]) -> None:
    generated = Generated.of(folder)
    own = folder / "peers" / name
    own.mkdir(parents=True, exist_ok=True)
    peer = made(name, generated, own)
    if what == "prepare":
        try:
            _tell(prepare(peer, own))
        except Skipped as why:
            _tell({"skipped": str(why)})
        return
    began = time.perf_counter()
    peer.open()
    _tell({"opened": time.perf_counter() - began})
    for question in questions:
        starts = generated.starts[question.partition(":")[0]]
        try:
            _tell({"question": question, **ask(peer, question, starts)})
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
            said = str(error).strip().splitlines() or [""]
            _tell({"question": question, "failed": f"{type(error).__name__}: {said[0][:120]}"})
        _tell({"memory_mb": peer.memory_mb()})
    peer.close()


def _tell(figures: dict[str, Any]) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
