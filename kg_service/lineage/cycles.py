"""Which nodes of a walk lie on a cycle: strongly connected components (Tarjan 1972)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from pyoxigraph import NamedNode

from kg_service.lineage.model import Edge, EdgeKind

T = TypeVar("T", bound=Hashable)
# a file and its collection, or two names of one thing, are no cycle of events
_IN_TIME = {EdgeKind.USED, EdgeKind.GENERATED, EdgeKind.DERIVED, EdgeKind.INFORMED}


def in_time(edges: Iterable[Edge]) -> Iterator[tuple[NamedNode, NamedNode]]:
    """What came before what, in pairs; a file and its collection are no events."""
    return ((edge.earlier, edge.later) for edge in edges if edge.kind in _IN_TIME)


def nodes_on_cycles(pairs: Iterable[tuple[T, T]]) -> set[T]:
    """The nodes from which, going only forwards, one comes back to the same node."""
    following: dict[T, list[T]] = defaultdict(list)
    coming = Counter[T]()
    for earlier, later in pairs:
        following[earlier].append(later)
        coming[later] += 1
    # most graphs have no cycle: what nothing comes before is on none, and so on from there
    ready = [node for node in following if not coming[node]]
    while ready:
        for later in following.pop(ready.pop(), ()):
            coming[later] -= 1
            if not coming[later]:
                ready.append(later)
    cyclic: set[T] = set()
    for component in strongly_connected(following):
        if len(component) > 1 or component[0] in following.get(component[0], ()):
            cyclic.update(component)
    return cyclic


def strongly_connected(following: Mapping[T, Iterable[T]]) -> Iterator[list[T]]:
    """The sets of things from each of which one can get to each other, by what follows on what."""
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
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
