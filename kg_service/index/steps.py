"""Run levels in bulk: which steps to and from whole runs are told more finely by their parts.

Only rows of a run that has parts can be; these few are judged by the rules of
``kg_service.lineage.levels``, and the judgement is remembered for a view.
"""

from __future__ import annotations

import numpy as np

from kg_service.index.relations import Relation
from kg_service.index.segment import WHOLE
from kg_service.index.view import Found, IndexView, Mask
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.levels import FinestLevel


class FinestSteps:
    """Leaves out what ``FinestLevel`` leaves out."""

    def __init__(self, view: IndexView, edges: EdgeSource) -> None:
        self._view = view
        self._level = FinestLevel(edges)
        self._generators: dict[int, frozenset[int]] = {}
        self._told: dict[int, bool] = {}

    def generations(self, found: Found) -> Found:
        """Of generations of entities, those that no part of the run tells more finely."""
        flags = self._view.flags[found.others]
        if not np.bitwise_or.reduce(flags) & WHOLE:
            return found
        suspect = (flags & WHOLE != 0) & (found.codes == Relation.GENERATED)
        keep = ~suspect
        for at in np.flatnonzero(suspect).tolist():
            entity = int(found.origins[at])
            keep[at] = int(found.others[at]) in self._finest_generators(entity)
        return found.where(keep)

    def uses(self, found: Found) -> Found:
        """Of the uses of entities, those by runs of which the parts do not tell all."""
        flags = self._view.flags[found.others]
        if not np.bitwise_or.reduce(flags) & WHOLE:
            return found
        suspect = (flags & WHOLE != 0) & (found.codes == Relation.USED)
        keep = ~suspect
        for at in np.flatnonzero(suspect).tolist():
            keep[at] = not self._told_by_steps(int(found.others[at]))
        return found.where(keep)

    def outputs(self, found: Found, whole: int | None) -> Found:
        """Of what activities generated, what no part tells; of the run ``whole``, all."""
        runs = found.origins
        flags = self._view.flags[runs]
        if not np.bitwise_or.reduce(flags) & WHOLE:
            return found
        suspect = (flags & WHOLE != 0) & (found.codes == Relation.GENERATED)
        if whole is not None:
            suspect &= runs != whole
        keep: Mask = ~suspect
        for at in np.flatnonzero(suspect).tolist():
            keep[at] = int(runs[at]) in self._finest_generators(int(found.others[at]))
        return found.where(keep)

    def _finest_generators(self, entity: int) -> frozenset[int]:
        known = self._generators.get(entity)
        if known is None:
            edges = self._level.generations_of(self._view.node(entity))
            numbers = (self._view.number_of(edge.earlier) for edge in edges)
            known = self._generators[entity] = frozenset(n for n in numbers if n is not None)
        return known

    def _told_by_steps(self, run: int) -> bool:
        known = self._told.get(run)
        if known is None:
            known = self._told[run] = self._level.told_by_steps(self._view.node(run))
        return known
