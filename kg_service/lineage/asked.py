"""The lineage that a request asks for: a walk over the store's edges, at the level asked."""

from __future__ import annotations

from dataclasses import replace

from kg_service.lineage.model import Lineage, Request
from kg_service.lineage.scope import edges_looked_at, only_kinds, start_looked_at
from kg_service.lineage.walk import walk
from kg_service.store.port import GraphReader


def lineage_asked(request: Request, reader: GraphReader) -> Lineage:
    """The answer, read from one state of a store.

    With runs for steps, a walk from a step starts at its run, and the answer's request says so.
    """
    asked = replace(request, start=start_looked_at(request, reader))
    return only_kinds(walk(asked, edges_looked_at(asked, reader)), reader)
