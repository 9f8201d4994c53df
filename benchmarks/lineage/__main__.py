"""Lineage side by side, each size in one run; prints Markdown and leaves the figures as JSON.

    python -m benchmarks.lineage --sizes 1.2M,12M        # 10 minutes and 12 GB of disk for 12M
    python -m benchmarks.lineage --quick                 # 200k quads, without Virtuoso

Then ``python -m benchmarks.report`` renews docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.lineage import store
from benchmarks.lineage.generated import Generated, generate
from benchmarks.lineage.measure import PEERS
from benchmarks.lineage.plan import plan_of
from benchmarks.lineage.run import PeerFigures, disagreements, run_peer
from benchmarks.lineage.tables import summary, tables
from benchmarks.results import save

_QUICK = "200k"
_SLOW = ("virtuoso",)


def measure(size: str, folder: Path, peers: list[str], allowed: float) -> dict[str, Any]:
    """All figures of one size; what is generated is removed."""
    plan = plan_of(size)
    free = shutil.disk_usage(folder).free
    if free < plan.disk_bytes:
        sys.exit(f"{folder}: {plan.disk_bytes / 1e9:.0f} GB wanted, {free / 1e9:.0f} GB are free")
    made = folder / f"lineage-{size}"
    made.mkdir()
    try:
        began = time.perf_counter()
        generated = generate(plan, made)
        _say(size, f"{generated.quads:,} quads generated in {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        _apart("load", made)
        loaded = {"seconds": time.perf_counter() - began, "bytes": store.size_of(made / "store")}
        _say(size, f"loaded in {loaded['seconds']:.0f} s")
        built = _apart("build", made)
        _say(size, f"index built in {built['seconds']:.0f} s")
        found = [_measured(name, generated, allowed, size) for name in peers]
        updated = _apart("update", made)
    finally:
        shutil.rmtree(made)
    if wrong := disagreements(found):
        sys.exit("not the same nodes:\n" + "\n".join(wrong))
    told = asdict(generated)
    return {
        **{name: told[name] for name in ("size", "quads", "nodes", "steps", "sources")},
        "giant": plan.giant_nodes,
        "store": loaded,
        "index": built,
        "update": updated,
        "peers": [summary(figures) for figures in found],
    }


def _measured(name: str, generated: Generated, allowed: float, size: str) -> PeerFigures:
    began = time.perf_counter()
    figures = run_peer(name, generated, allowed, load_allowed=max(600, generated.quads / 20_000))
    _say(size, f"{name}: {figures.skipped or f'{time.perf_counter() - began:.0f} s'}")
    return figures


def _apart(work: str, folder: Path) -> dict[str, Any]:
    """A part of the work in a process of its own, whose memory goes with it."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.lineage.upkeep", work, str(folder)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _say(size: str, text: str) -> None:
    print(f"[{size}] {text}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1.2M,12M", help="sizes in quads, such as 1.2M,12M,60M")
    parser.add_argument("--quick", action="store_true", help="a small graph, without slow peers")
    parser.add_argument("--peers", help="only these, such as ours,oxigraph,numpy")
    parser.add_argument("--allowed", type=float, default=60, help="seconds for a question")
    parser.add_argument("--folder", type=Path, help="where to generate; a temporary one if none")
    parser.add_argument("--report", type=Path, help="write the tables to this file too")
    options = parser.parse_args()
    peers = [name for name in PEERS if not (options.quick and name in _SLOW)]
    if options.peers:
        peers = options.peers.split(",")
        if "numpy" not in peers:
            peers.append("numpy")  # what the answers are compared with
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    texts = []
    for size in [_QUICK] if options.quick else options.sizes.split(","):
        with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
            figures = measure(size, Path(temporary), peers, options.allowed)
        save(f"lineage-{size}", figures=figures)
        texts += [table.markdown() for table in tables(figures)]
        print("\n".join(texts[-len(tables(figures)) :]), flush=True)
    if options.report:
        options.report.write_text("\n".join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
