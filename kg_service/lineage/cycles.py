"""Which nodes of a walk lie on a cycle: strongly connected components (Tarjan 1972)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from pyoxigraph import NamedNode

from kg_service.lineage.model import Edge, EdgeKind

# a file and its collection, or two names of one thing, are no cycle of events
_IN_TIME = {EdgeKind.USED, EdgeKind.GENERATED, EdgeKind.DERIVED, EdgeKind.INFORMED}


Item = TypeVar("Item", bound=Hashable)


def nodes_on_cycles(edges: Iterable[Edge]) -> set[NamedNode]:
    """The nodes from which, going only forwards in time, one comes back to the same node."""
    following: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for edge in edges:
        if edge.kind in _IN_TIME:
            following[edge.earlier].append(edge.later)
    cyclic: set[NamedNode] = set()
    for component in strongly_connected(following):
        if len(component) > 1 or component[0] in following.get(component[0], ()):
            cyclic.update(component)
    return cyclic


def strongly_connected(following: Mapping[Item, Iterable[Item]]) -> Iterator[list[Item]]:
    """The sets of items from each of which one can get to each other, by what follows on what."""
    index: dict[Item, int] = {}
    low: dict[Item, int] = {}
    stack: list[Item] = []
    on_stack: set[Item] = set()
    for root in list(following):
        if root in index:
            continue
        work = [(root, iter(following[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for child in rest:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(following.get(child, ()))))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    yield component
