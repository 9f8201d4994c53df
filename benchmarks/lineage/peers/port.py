"""What the benchmark asks of ours and of each peer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.lineage.generated import Start
from kg_service.terms import PROV_NS

STEP_PATH = "|".join(
    f"<{PROV_NS}{n}>" for n in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy")
)


class Skipped(Exception):
    """A peer can not be measured here; the message says why."""


class Peer(Protocol):
    """All that is upstream of a node, the node included.

    A peer is made with the graph and a folder of its own, which outlives it; ``prepare`` fills
    that once, ``open`` is called before each use.
    """

    def prepare(self) -> None:
        """Load the graph. Raises Skipped."""
        ...

    def open(self) -> None: ...

    def count(self, start: Start) -> int:
        """How many nodes there are."""
        ...

    def iris(self, start: Start) -> Sequence[str]:
        """Their IRIs."""
        ...

    def memory_mb(self) -> float:
        """Peak resident memory of the process that answers."""
        ...

    def close(self) -> None: ...


def own_peak_mb() -> float:
    """Peak resident memory of this process, without that of the one which started it."""
    return peak_mb_of(os.getpid())


def peak_mb_of(process: int) -> float:
    """Peak resident memory of another process; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    lines = [x.split() for x in status.splitlines() if x.startswith("VmHWM:")]
    return int(lines[0][1]) / 1000 if lines else 0.0


def path_queries(start: str) -> tuple[str, str]:
    """The closure as SPARQL property paths: counted, and listed."""
    where = f"WHERE {{ <{start}> ({STEP_PATH})* ?node }}"
    return f"SELECT (COUNT(DISTINCT ?node) AS ?n) {where}", f"SELECT DISTINCT ?node {where}"
