"""ISA-JSON's ``derivesFrom``, left out where the processes say it: ISA-Tab has no such thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.isa.model import Node, NodeRef, Table


def without_implied(
    nodes: tuple[Node, ...], table: Table, others: Sequence[Table]
) -> tuple[Node, ...]:
    """The nodes, each with only those origins that no chain of processes leads back to."""
    graph: dict[object, set[object]] = defaultdict(set)
    for number, part in enumerate((table, *others)):
        for i, process in enumerate(part.processes):
            this = (number, i)
            graph[this].update(process.inputs)
            graph[this].update((number, p) for p in process.previous)
            for ref in process.outputs:
                graph[ref].add(this)
    return tuple(
        replace(n, derives_from=_unreached(n, graph)) if n.derives_from else n for n in nodes
    )


def _unreached(node: Node, graph: dict[object, set[object]]) -> tuple[NodeRef, ...]:
    wanted = set(node.derives_from)
    seen: set[object] = {node.ref}
    pending: list[object] = [node.ref]
    while pending and not wanted <= seen:
        for before in graph.get(pending.pop(), ()):
            if before not in seen:
                seen.add(before)
                pending.append(before)
    return tuple(origin for origin in node.derives_from if origin not in seen)
