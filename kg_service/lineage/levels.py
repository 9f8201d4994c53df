"""Run levels: a workflow run and its steps are two records of one happening.

At step level, an edge of the enclosing run is left out where a step says the same more
finely. At run level, what steps used and generated counts as the run's, and what the run
itself generated inside does not count as used by it. Both are properties of edges, the same
from whichever side they are met, so upstream and downstream stay inverse.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.model import Edge


class PassedOn:
    """An edge source that passes everything on from another; what is over it overrides some."""

    def __init__(self, source: EdgeSource) -> None:
        self._source = source

    def is_activity(self, node: NamedNode) -> bool:
        return self._source.is_activity(node)

    def generations_of(self, entity: NamedNode) -> list[Edge]:
        return self._source.generations_of(entity)

    def generated_by(self, activity: NamedNode) -> list[Edge]:
        return self._source.generated_by(activity)

    def uses_of(self, entity: NamedNode) -> list[Edge]:
        return self._source.uses_of(entity)

    def used_by(self, activity: NamedNode) -> list[Edge]:
        return self._source.used_by(activity)

    def origins_of(self, entity: NamedNode) -> list[Edge]:
        return self._source.origins_of(entity)

    def derived_from(self, entity: NamedNode) -> list[Edge]:
        return self._source.derived_from(entity)

    def informers_of(self, activity: NamedNode) -> list[Edge]:
        return self._source.informers_of(activity)

    def informed_by(self, activity: NamedNode) -> list[Edge]:
        return self._source.informed_by(activity)

    def members_of(self, collection: NamedNode) -> list[Edge]:
        return self._source.members_of(collection)

    def collections_of(self, entity: NamedNode) -> list[Edge]:
        return self._source.collections_of(entity)

    def same_as(self, entity: NamedNode) -> list[Edge]:
        return self._source.same_as(entity)

    def runs_of(self, activity: NamedNode) -> list[NamedNode]:
        return self._source.runs_of(activity)

    def parts_of(self, run: NamedNode) -> list[NamedNode]:
        return self._source.parts_of(run)


class FinestLevel(PassedOn):
    """The finest level recorded: see ``EdgeSource``.

    A run that is asked for itself, as ``start``, is shown with all that it generated.
    """

    def __init__(self, source: EdgeSource, start: NamedNode | None = None) -> None:
        super().__init__(source)
        self._start = start
        self._whole: dict[NamedNode, bool] = {}

    def generations_of(self, entity: NamedNode) -> list[Edge]:
        edges = self._source.generations_of(entity)
        if len(edges) < 2:
            return edges
        finer = [e.earlier for e in edges if self._source.used_by(e.earlier)]
        covered = {
            run
            for step in finer
            for run in self._source.runs_of(step)
            if step not in self._source.runs_of(run)  # each inside the other: neither is finer
        }
        return [e for e in edges if e.earlier not in covered]

    def generated_by(self, activity: NamedNode) -> list[Edge]:
        edges = self._source.generated_by(activity)
        return edges if activity == self._start else self._not_told_by_steps(activity, edges)

    def uses_of(self, entity: NamedNode) -> list[Edge]:
        edges = self._source.uses_of(entity)
        return [e for e in edges if not self.told_by_steps(e.later)]

    def told_by_steps(self, activity: NamedNode) -> bool:
        """Whether steps tell all that this run led to, so that its own edges add nothing."""
        if activity not in self._whole:
            outputs = self._source.generated_by(activity)
            untold = self._not_told_by_steps(activity, outputs)
            told = bool(outputs) and not untold
            self._whole[activity] = told and not self._source.informed_by(activity)
        return self._whole[activity]

    def _not_told_by_steps(self, activity: NamedNode, outputs: list[Edge]) -> list[Edge]:
        if not outputs or not self._source.parts_of(activity):
            return outputs
        return [
            e for e in outputs if any(g.earlier == activity for g in self.generations_of(e.later))
        ]


class RunLevel(PassedOn):
    """Steps collapsed into their outermost run: see ``EdgeSource``.

    Where a run itself says what its steps say, its own edge is shown.
    """

    def __init__(self, source: EdgeSource) -> None:
        super().__init__(source)
        self._outer: dict[NamedNode, NamedNode] = {}

    def generations_of(self, entity: NamedNode) -> list[Edge]:
        edges = self._source.generations_of(entity)
        return _once(edges, (e._replace(earlier=self._outermost(e.earlier)) for e in edges))

    def generated_by(self, activity: NamedNode) -> list[Edge]:
        edges = [e for part in self._whole(activity) for e in self._source.generated_by(part)]
        return _once(edges, (e._replace(earlier=activity) for e in edges))

    def uses_of(self, entity: NamedNode) -> list[Edge]:
        inside = {g.earlier for g in self.generations_of(entity)}
        edges = self._source.uses_of(entity)
        lifted = _once(edges, (e._replace(later=self._outermost(e.later)) for e in edges))
        return [e for e in lifted if e.later not in inside]

    def used_by(self, activity: NamedNode) -> list[Edge]:
        made = {e.later for e in self.generated_by(activity)}
        edges = [e for part in self._whole(activity) for e in self._source.used_by(part)]
        lifted = _once(edges, (e._replace(later=activity) for e in edges))
        return [e for e in lifted if e.earlier not in made]

    def informers_of(self, activity: NamedNode) -> list[Edge]:
        edges = [e for part in self._whole(activity) for e in self._source.informers_of(part)]
        return self._between_runs(edges)

    def informed_by(self, activity: NamedNode) -> list[Edge]:
        edges = [e for part in self._whole(activity) for e in self._source.informed_by(part)]
        return self._between_runs(edges)

    def _between_runs(self, edges: list[Edge]) -> list[Edge]:
        lifted = _once(
            edges,
            (
                e._replace(earlier=self._outermost(e.earlier), later=self._outermost(e.later))
                for e in edges
            ),
        )
        return [e for e in lifted if e.earlier != e.later]

    def _whole(self, activity: NamedNode) -> list[NamedNode]:
        """A run and the parts that it stands for; nothing for an activity inside a run."""
        if self._outermost(activity) != activity:
            return []
        parts = self._source.parts_of(activity)
        return [activity, *(part for part in parts if self._outermost(part) == activity)]

    def _outermost(self, activity: NamedNode) -> NamedNode:
        if activity not in self._outer:
            self._outer[activity] = outermost_run(self._source, activity) or activity
        return self._outer[activity]


def outermost_run(edges: EdgeSource, activity: NamedNode) -> NamedNode | None:
    """The run around all runs that an activity is a part of; None if it is a part of none.

    Where sources tell several such runs, or runs that are parts of each other, the first in
    text order, whichever was read first.
    """
    runs = edges.runs_of(activity)
    if not runs:
        return None
    # of runs in a circle, each is around each, so all of them are outermost
    outermost = [
        run
        for run in (activity, *runs)
        if all(run in (around, *edges.runs_of(around)) for around in edges.runs_of(run))
    ]
    first = min(outermost, key=lambda run: run.value)
    return None if first == activity else first


def _once(stated: Iterable[Edge], lifted: Iterable[Edge]) -> list[Edge]:
    """One edge for each pair of nodes: as stated of these themselves, else by the first part.

    Several sources may state the same of the nodes themselves; each of these edges is kept.
    """
    own = set(stated)
    found: dict[tuple[NamedNode, NamedNode], list[Edge]] = {}
    for edge in sorted(set(lifted), key=_in_text_order):
        edges = found.setdefault((edge.earlier, edge.later), [])
        if not edges:
            edges.append(edge)
        elif edge in own:
            edges[:] = [*(e for e in edges if e in own), edge]
    return [edge for edges in found.values() for edge in edges]


def _in_text_order(edge: Edge) -> tuple[str, ...]:
    return (edge.graph.value, *(term.value for term in edge.statement))
