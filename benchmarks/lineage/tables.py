"""The figures of lineage as tables."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.lineage.run import COMPARED, PeerFigures
from benchmarks.results import Table

Figures = Mapping[str, Any]

NAMES = {
    "ours": "ours, the whole answer",
    "ours-closure": "ours, nodes only",
    "ours-store": "ours, without the index",
    "oxigraph": "property path, Oxigraph embedded",
    "oxigraph-server": "property path, Oxigraph server",
    "virtuoso": "property path, Virtuoso 7",
    "rdflib": "property path, rdflib",
    "sqlite": "recursive CTE, SQLite",
    "duckdb": "recursive CTE, DuckDB",
    "numpy": "bare NumPy walk",
}
ENGINES = ("oxigraph", "oxigraph-server", "virtuoso", "rdflib")
_SQL = ("sqlite", "duckdb")
_FEW = 100  # fewer queries than this have a largest time, and no 99th percentile


def summary(figures: PeerFigures) -> dict[str, Any]:
    """A peer's figures to keep: of the times of each question median, 99th percentile, number."""
    told = asdict(figures)
    times = told.pop("times")
    told["times"] = {question: _spread(seconds) for question, seconds in times.items()}
    told["nodes"] = {
        question.partition(":")[0]: answers[0]
        for question, answers in told.pop("answers").items()
        if question.endswith(":count")
    }
    return told


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": statistics.median(ordered),
        "p99": ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)],
        "queries": len(ordered),
    }


def tables(figures: Figures) -> list[Table]:
    """All tables of one size."""
    return [_merge(figures), _large(figures), _crates(figures), _costs(figures), _index(figures)]


def _merge(figures: Figures) -> Table:
    floor = median(figures, "numpy", "merge:count")
    engine = best(figures, ENGINES, "merge:count")
    rows = []
    for peer in _asked(figures):
        count = peer["times"].get("merge:count")
        rows.append(
            [
                NAMES[peer["name"]],
                *_cells(peer, "merge:count"),
                *_cells(peer, "merge:iris"),
                f"{engine / count['median']:.1f}" if engine and count else "-",
                f"{count['median'] / floor:.1f}" if floor and count else "-",
                str(count["queries"]) if count else "-",
            ]
        )
    head = (
        f"{figures['size']} quads: {figures_nodes(figures, 'merge'):,} nodes upstream",
        "counted ms", "p99", "as IRIs ms", "p99",
        "times as fast as the best engine", "times the bare walk", "queries",
    )  # fmt: skip
    return Table(
        "Wide merges", head, rows, "p99 of fewer than 100 queries is the largest, marked ≤."
    )


def _large(figures: Figures) -> Table:
    shapes = [s for s in COMPARED[1:] if figures_nodes(figures, s)]
    head = [f"{figures['size']} quads"]
    for shape in shapes:
        what = "chain of 10,000 steps" if shape == "chain" else "one closure"
        head += [f"{what}, {figures_nodes(figures, shape):,} nodes, counted ms", "as IRIs ms"]
    rows = [
        [
            NAMES[peer["name"]],
            *(_cells(peer, f"{shape}:{form}")[0] for shape in shapes for form in ("count", "iris")),
        ]
        for peer in _asked(figures)
    ]
    return Table("Deep chains and large closures", head, rows)


def _crates(figures: Figures) -> Table:
    rows = [
        [
            NAMES[peer["name"]],
            f"{peer['nodes'].get('crates', 0):,}",
            *_cells(peer, "crates:count"),
            *_cells(peer, "crates:iris"),
        ]
        for peer in _asked(figures)
    ]
    head = (f"{figures['size']} quads", "nodes", "counted ms", "p99", "as IRIs ms", "p99")
    return Table(
        "Real crates multiplied", head, rows,
        "Ours goes from source to source by identifiers, checksums and membership, with all checks "
        "of docs/identity.md; the peers see the statements of the result's own source only.",
    )  # fmt: skip


def _costs(figures: Figures) -> Table:
    store = figures["store"]
    rows = [["store, loaded in bulk", f"{store['seconds']:.1f}", _mb(store["bytes"]), "-", "-"]]
    for peer in figures["peers"]:
        name = NAMES[peer["name"]]
        if peer["skipped"]:
            rows.append([name, peer["skipped"], "-", "-", "-"])
            continue
        own = peer["load"] if peer["disk"] else 0
        rows.append(
            [
                name,
                f"{own:.1f}" if own else "the store's",
                _mb(peer["disk"]) if own else "the store's",
                f"{peer['opened']:.1f}",
                f"{peer['memory_mb']:,.0f}",
            ]
        )
    head = (f"{figures['size']} quads", "load s", "disk MB", "opened in s", "peak MB when asked")
    note = "The SQL tables and the bare walk hold steps and IRIs only, the stores everything."
    return Table("Loading and memory", head, rows, note)


def _index(figures: Figures) -> Table:
    index, update = figures["index"], figures["update"]
    fed = index["fed"]
    rows = [
        ["edges and keys", f"{index['rows']:,}"],
        ["bytes an edge, with the names of all nodes", f"{index['bytes'] / index['rows']:.0f}"],
        ["bytes an edge, the adjacency alone", f"{index['bytes_of_rows'] / index['rows']:.0f}"],
        ["rebuilt from the store, edges a second", f"{index['rows'] / index['seconds']:,.0f}"],
        ["fed at ingest, edges a second", f"{fed['rows'] / fed['seconds']:,.0f}"],
        [
            f"a new source of {update['nodes']} nodes written and shown, ms",
            f"{update['with_index_ms']:.0f}",
        ],
        ["the same without the index, ms", f"{update['without_index_ms']:.0f}"],
        ["first answer of a reader after that, ms", f"{update['first_answer_ms']:.0f}"],
    ]
    return Table("The index", (f"{figures['size']} quads", ""), rows)


def across(all_figures: Sequence[Figures]) -> Table:
    """Whether a fixed-size answer takes longer in a larger store, beside the smallest one."""
    ordered = sorted(all_figures, key=lambda figures: figures["quads"])
    rows = []
    for name in NAMES:
        times = [median(figures, name, "merge:count") for figures in ordered]
        if not times[0] or not any(times[1:]):
            continue
        ratios = [f"{t / times[0]:.2f}" if t else "-" for t in times[1:]]
        rows.append([NAMES[name], *(f"{t * 1000:.2f}" if t else "-" for t in times), *ratios])
    sizes = [figures["size"] for figures in ordered]
    head = ["1,632 nodes counted", *(f"ms at {s}" for s in sizes)]
    head += [f"{s} / {sizes[0]}" for s in sizes[1:]]
    return Table("A fixed-size answer in larger stores", head, rows)


def aims(all_figures: Sequence[Figures]) -> Table:
    """What was aimed at, and what was measured at each size."""
    ordered = sorted(all_figures, key=lambda figures: figures["quads"])
    rows = [
        ["1,632 nodes: times as fast as the best SPARQL engine", "20", *_ratios(ordered, ENGINES)],
        ["the same beside the best SQL table", "20", *_ratios(ordered, _SQL)],
        ["1,632 nodes: times the bare walk", "3", *(_of_floor(f) for f in ordered)],
        ["1,632 nodes: p99, nodes only, ms", "10", *(_p99(f, "ours-closure") for f in ordered)],
        ["1,632 nodes: p99, the whole answer, ms", "10", *(_p99(f, "ours") for f in ordered)],
        ["closure of 1,000,000 nodes, s", "1", *(_whole(f) for f in ordered)],
    ]
    head = ("aim", "wanted", *(figures["size"] for figures in ordered))
    return Table("Aims", head, rows)


def _ratios(ordered: Sequence[Figures], peers: Sequence[str]) -> list[str]:
    found = []
    for figures in ordered:
        ours = median(figures, "ours-closure", "merge:count")
        peer = best(figures, peers, "merge:count")
        found.append(f"{peer / ours:.1f}" if ours and peer else "-")
    return found


def _of_floor(figures: Figures) -> str:
    ours, floor = (median(figures, n, "merge:count") for n in ("ours-closure", "numpy"))
    return f"{ours / floor:.1f}" if ours and floor else "-"


def _p99(figures: Figures, name: str) -> str:
    return _cells(_peer(figures, name), "merge:count")[1]


def _whole(figures: Figures) -> str:
    ours = median(figures, "ours-closure", "giant:count")
    return f"{ours:.2f}" if ours and figures["giant"] >= 1_000_000 else "-"


def median(figures: Figures, name: str, question: str) -> float | None:
    """A peer's median in seconds; None where it was not asked, or did not answer."""
    told = _peer(figures, name).get("times", {}).get(question)
    return float(told["median"]) if told else None


def best(figures: Figures, names: Sequence[str], question: str) -> float | None:
    """The best median of some peers."""
    times = [t for name in names if (t := median(figures, name, question)) is not None]
    return min(times, default=None)


def figures_nodes(figures: Figures, shape: str) -> int:
    """How many nodes a shape's answer has."""
    return int(_peer(figures, "numpy")["nodes"].get(shape, 0))


def _peer(figures: Figures, name: str) -> Figures:
    return next((p for p in figures["peers"] if p["name"] == name), {})


def _asked(figures: Figures) -> list[Figures]:
    return [peer for peer in figures["peers"] if not peer["skipped"]]


def _cells(peer: Figures, question: str) -> list[str]:
    """Median and 99th percentile in milliseconds, or why there is none."""
    told = peer.get("times", {}).get(question)
    if told is None:
        return [peer.get("failed", {}).get(question, "-").partition(":")[0], "-"]
    at_most = "≤" if told["queries"] < _FEW else ""
    return [_ms(told["median"]), at_most + _ms(told["p99"])]


def _ms(seconds: float) -> str:
    shown = seconds * 1000
    return f"{shown:,.0f}" if shown >= 100 else f"{shown:.1f}" if shown >= 10 else f"{shown:.2f}"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f}"
