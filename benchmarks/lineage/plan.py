"""What a graph of a size is made of: how many studies, chains and nodes of each shape."""

from __future__ import annotations

from dataclasses import dataclass

SEED = 20260101
# files by step above a result; with the run that made each, 1,632 nodes are upstream of it
LEVELS = (1, 2, 4, 8, 16, 32, 64, 110, 134, 145, 150, 150)
RESULTS_OF_STUDY = 10
CHAIN_STEPS = 10_000


@dataclass(frozen=True)
class Plan:
    """The shapes of one graph; real crates are multiplied until ``quads`` are reached."""

    name: str
    quads: int
    studies: int
    chains: int
    giant_nodes: int

    @property
    def disk_bytes(self) -> int:
        """What generating, loading and all peers take on disk, generously."""
        return self.quads * 1_000


def plan_of(size: str) -> Plan:
    """The plan for a size as it is written: ``1.2M``, ``12M``, ``60M``, ``100k``.

    Raises ValueError where it is no size.
    """
    number, unit = size[:-1], size[-1:].upper()
    quads = int(float(number) * {"K": 1_000, "M": 1_000_000}[unit]) if unit in "KM" else int(size)
    if quads < 100_000:
        raise ValueError(f"{size}: a graph needs 100k quads at least")
    giant = 1_000_000 if quads >= 10_000_000 else quads // 24 // 2 * 2
    return Plan(
        name=size,
        quads=quads,
        studies=min(max(quads // 60_000, 2), 1_000),
        chains=0 if quads < 500_000 else 2 if quads < 50_000_000 else 10,
        giant_nodes=giant,
    )
