"""The lineage that a request asks for: a walk over the store's edges, at the level asked."""

from __future__ import annotations

from dataclasses import replace

from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.levels import FinestLevel, RunLevel, outermost_run
from kg_service.lineage.model import Granularity, Lineage, Request
from kg_service.lineage.walk import walk
from kg_service.store.port import GraphReader


def lineage_asked(request: Request, reader: GraphReader) -> Lineage:
    """The answer, read from one state of a store.

    With runs for steps, a walk from a step starts at its run, and the answer's request says so.
    """
    edges = StoreEdges(reader, request.policy)
    if request.granularity is Granularity.STEP:
        return walk(request, FinestLevel(edges, request.start))
    start = outermost_run(edges, request.start) or request.start
    return walk(replace(request, start=start), RunLevel(edges))
