"""From raw to processed in all five shapes, in every form that tells it: the same lineage.

A case is a shape: 1-1, 1-1-1, 1-N, N-1, N-N-1. ``lineage.txt`` says for each dataset (r raw,
p and q processed) and each sample (s) what is earlier, ``<-``, and what is later, ``->``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, NodeKind, Request
from kg_service.terms import RDF_TYPE, RDFS_LABEL, kg, prov

SHAPES = sorted((Path(__file__).parent / "shapes").iterdir())
FORMS = [
    pytest.param(shape, path, id=f"{shape.name}/{path.name}")
    for shape in SHAPES
    for path in sorted((shape / "input").iterdir())
]


def kinds(graph: KnowledgeGraph, node: NamedNode) -> set[NamedNode]:
    found = graph.reader.quads(node, RDF_TYPE, None, None)
    return {q.object for q in found if isinstance(q.object, NamedNode)}


def named(graph: KnowledgeGraph) -> dict[str, NamedNode]:
    """The samples and datasets of a source by their labels."""
    made = {}
    for quad in graph.reader.quads(None, RDFS_LABEL, None, None):
        assert isinstance(quad.subject, NamedNode)
        if kinds(graph, quad.subject) & {kg("Dataset"), kg("Sample")}:
            made[quad.object.value] = quad.subject
    return made


@pytest.mark.parametrize(("shape", "path"), FORMS)
def test_lineage_both_ways(
    knowledge: Callable[..., KnowledgeGraph], shape: Path, path: Path
) -> None:
    graph = knowledge(path)
    nodes = named(graph)
    labels = {node: label for label, node in nodes.items()}
    lines = (shape / "lineage.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        start, arrow, *expected = line.split()
        direction = Direction.UP if arrow == "<-" else Direction.DOWN
        lineage = graph.lineage(Request(nodes[start], direction))
        found = {labels[n] for n in lineage.nodes if n in labels} - {start}
        assert found == set(expected), line
    assert {line.split()[0] for line in lines} == set(nodes)


@pytest.mark.parametrize(("shape", "path"), FORMS)
def test_each_processing_counts_once(
    knowledge: Callable[..., KnowledgeGraph], shape: Path, path: Path
) -> None:
    graph = knowledge(path)
    for label, node in named(graph).items():
        makers = list(graph.reader.quads(node, prov("wasGeneratedBy"), None, None))
        assert len(makers) == (0 if label.startswith("s") else 1), label
        if makers:
            lineage = graph.lineage(Request(node, Direction.UP, depth=1))
            activities = [n for n in lineage.nodes.values() if n.kind is NodeKind.ACTIVITY]
            assert len(activities) == 1, label


def test_all_shapes_are_there_in_all_forms() -> None:
    assert [s.name for s in SHAPES] == ["1-1", "1-1-1", "1-N", "N-1", "N-N-1"]
    forms = {s.name: sorted(p.name for p in (s / "input").iterdir()) for s in SHAPES}
    assert set(map(tuple, forms.values())) == {
        ("dump-ids.yaml", "dump-jobs.yaml", "plus-ids.json", "plus-jobs.ndjson", "rest-jobs.json")
    }
