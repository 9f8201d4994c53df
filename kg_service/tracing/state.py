"""What questions over lineage are asked of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg_service.align.engine import Alignment
from kg_service.describe import Describer
from kg_service.lineage.model import Lineage, Request
from kg_service.store.port import GraphReader


@dataclass(frozen=True)
class State:
    """One state of the graph: its statements, the mapping sets that explain them, and its lineage.

    ``lineage`` answers requests about this state, by an index where there is one; ``describer``
    tells what nodes are.
    """

    reader: GraphReader
    alignment: Alignment
    lineage: Callable[[Request], Lineage]
    describer: Describer
