"""What is exported, ingested into an empty store, gives the same lineage: nodes and edges."""

from __future__ import annotations

from pathlib import Path

import pytest
from export.conftest import AREA, TRAITS, told
from support import ingest_into_memory

from kg_service.align.engine import Alignment
from kg_service.export.formats import ExportFormat, format_named
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, EdgeKind, Granularity, Lineage, Request

_FILES = {
    "prov-json": "export.json",
    "prov-n": "export.provn",
    "prov-xml": "export.xml",
    "turtle": "export.ttl",
    "trig": "export.trig",
    "json-ld": "export.jsonld",
    "ro-crate": "crate/ro-crate-metadata.json",
    "ro-crate-zip": "crate.zip",
}
formats = pytest.mark.parametrize(
    "form", list(map(format_named, _FILES)), ids=lambda form: form.name
)


def reread(
    form: ExportFormat, graph: KnowledgeGraph, request: Request, folder: Path, alignment: Alignment
) -> KnowledgeGraph:
    """An empty store into which an export was ingested."""
    path = folder / _FILES[form.name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(form.write(told(graph, request)))
    return ingest_into_memory(alignment, path.parent if form.in_folder else path)


def shape(lineage: Lineage) -> tuple[set[object], set[object]]:
    """Nodes and edges, whoever says so."""
    nodes = {(iri.value, node.kind) for iri, node in lineage.nodes.items()}
    edges = {
        (edge.kind, *(sorted(ends) if edge.kind is EdgeKind.IDENTITY else ends))
        for edge in lineage.edges
        for ends in [(edge.earlier.value, edge.later.value)]
    }
    return nodes, edges


@formats
@pytest.mark.parametrize("direction", list(Direction))
def test_the_small_lineage_comes_back(
    form: ExportFormat,
    direction: Direction,
    small: KnowledgeGraph,
    tmp_path: Path,
    alignment: Alignment,
) -> None:
    start = AREA if direction is not Direction.DOWN else small.resolve("end")
    request = Request(start, direction)
    again = reread(form, small, request, tmp_path, alignment)
    assert shape(again.lineage(request)) == shape(small.lineage(request))


@formats
@pytest.mark.parametrize("granularity", list(Granularity))
def test_the_example_comes_back(
    form: ExportFormat,
    granularity: Granularity,
    example: KnowledgeGraph,
    tmp_path: Path,
    alignment: Alignment,
) -> None:
    request = Request(example.resolve(TRAITS), granularity=granularity)
    again = reread(form, example, request, tmp_path, alignment)
    before = example.lineage(request)
    assert len(before.nodes) > 20
    assert shape(again.lineage(request)) == shape(before)


@formats
def test_things_keep_their_names_kinds_and_identifiers(
    form: ExportFormat, small: KnowledgeGraph, tmp_path: Path, alignment: Alignment
) -> None:
    request = Request(AREA)
    again = reread(form, small, request, tmp_path, alignment)
    for node in small.lineage(request).nodes:
        before, after = small.thing(node), again.thing(node)
        assert (after.label, after.kind) == (before.label, before.kind)
        assert set(before.identifiers) <= set(after.identifiers)


@formats
def test_a_cut_lineage_says_so(
    form: ExportFormat, example: KnowledgeGraph, tmp_path: Path, alignment: Alignment
) -> None:
    request = Request(example.resolve(TRAITS), Direction.UP, depth=1)
    again = reread(form, example, request, tmp_path, alignment)
    stopped = {
        row["thing"].value
        for row in again.reader.query("SELECT DISTINCT ?thing { ?thing kg:stopped 'depth' }")
    }
    cut = {i.value for i, n in example.lineage(request).nodes.items() if n.stops}
    assert stopped == cut != set()


@pytest.mark.parametrize("name", ["prov-json", "prov-n", "prov-xml", "trig"])
def test_bundles_keep_who_says_so(
    name: str, small: KnowledgeGraph, tmp_path: Path, alignment: Alignment
) -> None:
    request = Request(AREA)
    again = reread(format_named(name), small, request, tmp_path, alignment)
    (source,) = again.sources()
    assert len(source.aligned_graphs) == 3  # what joins them, and one for each source
    by_graph: dict[str, set[str]] = {}
    for edge in again.lineage(request).edges:
        if edge.kind is not EdgeKind.IDENTITY:
            by_graph.setdefault(edge.graph.value, set()).add(edge.earlier.value.split("/")[2])
    assert sorted(map(sorted, by_graph.values())) == [["kg.test"], ["lab.example"]]


@formats
def test_likeness_of_content_comes_back_as_that(
    form: ExportFormat, service_crates: KnowledgeGraph, tmp_path: Path, alignment: Alignment
) -> None:
    request = Request(service_crates.resolve("table.csv"))
    before = service_crates.lineage(request)
    assert any(edge.kind is EdgeKind.IDENTITY for edge in before.edges)
    again = reread(form, service_crates, request, tmp_path, alignment)
    after = again.lineage(request)
    assert shape(after) == shape(before)
    said = {e.statement[1].value for e in after.edges if e.kind is EdgeKind.IDENTITY}
    assert said == {"https://w3id.org/kg-service/terms#hasContentKey"}
