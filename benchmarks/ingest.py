"""What ingest costs, beside the engine's own bulk load and beside rdflib: medians of one run.

    python -m benchmarks.ingest                 # 1k, 20k and 200k entities, and 10,000 crates
    python -m benchmarks.ingest --quick         # without 200k entities, and 1,000 crates
    python -m benchmarks.ingest --long          # rdflib with 200k entities too: ten minutes

Each measurement is a process of its own, so that its peak memory is its own. The peer is what
one would write with rdflib: parse the JSON-LD, then the same alignment as CONSTRUCT queries: the
rows of the crate's mapping set, its rules, and the types that PROV's properties imply. It is
checked that both make the same statements.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import Table, save
from benchmarks.run import chain_crate

BASE = "http://bench.test"
ROUNDS = 3
_PEER_UP_TO = 20_000


def whole(path: Path, folder: Path) -> dict[str, float]:
    """Reading, aligning and writing one source."""
    from kg_service.intake import Intake
    from kg_service.opening import load_alignment
    from kg_service.store.disk import DiskStore

    alignment = load_alignment()
    store = DiskStore(folder / "store", BASE)
    began = time.perf_counter()
    (report,) = (r for r in Intake(store, alignment, BASE).take_path(path) if r is not None)
    took = time.perf_counter() - began
    store.publish()
    assert report.error is None, report.error
    quads = report.asserted + report.aligned + report.derived.identity
    return {"seconds": took, "quads": quads}


def reading(path: Path, folder: Path) -> dict[str, float]:
    """Reading and aligning without a store: what the rdflib peer does."""
    from ingest.discover import Found, discover
    from ingest.findings import Findings
    from kg_service.opening import load_alignment
    from kg_service.store.statements import Statements

    alignment = load_alignment()
    began = time.perf_counter()
    (found,) = discover(path)
    assert isinstance(found, Found)
    statements = Statements.of(found.read().triples(BASE + "/", Findings()))
    aligned = alignment.align(statements, Findings())
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "quads": len(set(aligned.statements.lines()))}


def bulk(path: Path, folder: Path) -> dict[str, float]:
    """The engine's own bulk load of the quads that an ingest wrote."""
    from pyoxigraph import RdfFormat, Store

    whole(path, folder)
    dump = folder / "all.nq"
    Store.read_only(str(folder / "store" / "live")).dump(str(dump), format=RdfFormat.N_QUADS)
    store = Store(str(folder / "fresh"))
    began = time.perf_counter()
    store.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
    return {"seconds": time.perf_counter() - began, "quads": 0}


def peer(path: Path, folder: Path) -> dict[str, float]:
    """rdflib: parse, then the crate's mapping set as CONSTRUCTs, prepared beforehand."""
    import rdflib
    from rdflib.plugins.sparql import prepareQuery

    from benchmarks.constructs import of_implied_types, of_rows
    from ingest.rocrate.terms import core_context
    from kg_service.opening import load_alignment

    alignment = load_alignment()
    (mapping,) = (m for m in alignment.sets if m.name == "run-crate")
    document = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps({**document, "@context": core_context("1.2")})
    rows = [prepareQuery(query) for query in of_rows(alignment, mapping)]
    rules = [prepareQuery(rule.text) for rule in mapping.rules]
    implied = [prepareQuery(query) for query in of_implied_types()]
    began = time.perf_counter()
    graph = rdflib.Graph().parse(data=text, format="json-ld", base=BASE + "/")
    made = rdflib.Graph()
    for query in (*rows, *rules):
        made += graph.query(query).graph or ()
    types = rdflib.Graph()
    for query in implied:
        types += made.query(query).graph or ()
    made += types
    return {"seconds": time.perf_counter() - began, "quads": len(made)}


def crates(path: Path, folder: Path) -> dict[str, float]:
    """Many small crates into one store: crates a second, early and late, and memory."""
    from kg_service.intake import Intake
    from kg_service.opening import load_alignment
    from kg_service.store.disk import DiskStore

    store = DiskStore(folder / "store", BASE)
    intake = Intake(store, load_alignment(), BASE)
    times: list[float] = []
    memory: list[int] = []
    began = time.perf_counter()
    last = time.process_time()
    for report in intake.take_path(path):
        assert report is None or report.error is None
        now = time.process_time()  # the machine may have other things to do
        times.append(now - last)
        last = now
        memory.append(_resident_mb())
    took = time.perf_counter() - began
    window = max(len(times) // 100, 20)
    early = statistics.median(times[window : 2 * window])
    return {
        "seconds": took,
        "quads": len(times),
        "early_ms": early * 1000,
        "late_ms": statistics.median(times[-window:]) * 1000,
        "early_mb": memory[2 * window],
        "late_mb": memory[-1],
    }


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000


PARTS = {"whole": whole, "reading": reading, "bulk": bulk, "peer": peer, "crates": crates}


def measure(part: str, path: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """A part's figures, each the median of some processes."""
    figures: list[dict[str, float]] = []
    for _ in range(rounds):
        folder = tempfile.mkdtemp()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.ingest", "--part", part, str(path), folder],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            figures.append(json.loads(done.stdout))
        finally:
            shutil.rmtree(folder)
    return {name: statistics.median(f[name] for f in figures) for name in figures[0]}


def write_crates(folder: Path, number: int) -> None:
    """Small crates of one run each."""
    for n in range(number):
        crate = chain_crate(8)
        crate["@graph"][1]["identifier"] = f"crate-{n}"
        (folder / f"{n:05d}").mkdir(parents=True)
        (folder / f"{n:05d}" / "ro-crate-metadata.json").write_text(json.dumps(crate))


def tables(quick: bool, long: bool) -> None:
    """Print the tables in Markdown, and keep them."""
    sizes = (1_000, 20_000) if quick else (1_000, 20_000, 200_000, 400_000)
    largest_for_rdflib = 200_000 if long else _PEER_UP_TO
    head = (
        "entities", "quads", "whole ingest s", "bulk load s", "ingest / bulk load", "peak MB",
        "read and align s", "rdflib s", "rdflib / read and align", "ingest ms an entity",
    )  # fmt: skip
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for entities in sizes:
            path = Path(temporary) / "chain.json"
            path.write_text(json.dumps(chain_crate(entities)), encoding="utf-8")
            rounds = ROUNDS if entities <= _PEER_UP_TO else 1
            all_ = measure("whole", path, rounds)
            load = measure("bulk", path, rounds)
            read = measure("reading", path, rounds)
            rdflib = measure("peer", path, 1) if entities <= largest_for_rdflib else None
            assert rdflib is None or rdflib["quads"] == read["quads"], "rdflib makes other ones"
            rows.append(
                (
                    f"{entities:,}", f"{all_['quads']:,.0f}", f"{all_['seconds']:.2f}",
                    f"{load['seconds']:.2f}", f"{all_['seconds'] / load['seconds']:.1f}",
                    f"{all_['peak_mb']:.0f}", f"{read['seconds']:.2f}",
                    f"{rdflib['seconds']:.1f}" if rdflib else "-",
                    f"{rdflib['seconds'] / read['seconds']:.0f}x" if rdflib else "-",
                    f"{all_['seconds'] / entities * 1000:.3f}",
                )
            )  # fmt: skip
            print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
        number = 1_000 if quick else 10_000
        folder = Path(temporary) / "crates"
        write_crates(folder, number)
        many = measure("crates", folder, 1)
    note = (
        f"{number:,} crates of 10 entities: {number / many['seconds']:.0f} a second; "
        f"processor time of an early one (median of a hundredth) {many['early_ms']:.1f} ms and "
        f"{many['early_mb']:.0f} MB resident, of a late one {many['late_ms']:.1f} ms and "
        f"{many['late_mb']:.0f} MB"
    )
    table = Table("One crate, of a size", head, rows, note)
    print(table.markdown())
    save("ingest", [table])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true", help="rdflib on the large crate too")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("where", nargs="*", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is None:
        tables(options.quick, options.long)
        return
    path, folder = options.where
    figures = PARTS[options.part](path, folder)
    # kilobytes on Linux
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
