"""Lineage through provenance documents: over bundles, organisations, research objects, crates."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from support import BASE, crate, ref, take_all

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, Granularity, Request
from kg_service.store.embedded import OxigraphStore

CASES = Path(__file__).parent / "cases"
HOSPITAL, LABORATORY = "http://hospital.example/", "http://lab.example/"
Make = Callable[..., KnowledgeGraph]


def reached(
    graph: KnowledgeGraph,
    start: str,
    direction: Direction,
    *,
    granularity: Granularity = Granularity.STEP,
    policy: Policy = Policy.DEFAULT,
) -> set[str]:
    """All nodes of a lineage."""
    request = Request(NamedNode(start), direction, granularity=granularity, policy=policy)
    return {node.value for node in graph.lineage(request).nodes}


@pytest.fixture
def organisations(knowledge: Make) -> KnowledgeGraph:
    folder = CASES / "two-organisations" / "input"
    return knowledge(folder / "hospital.provn", folder / "laboratory.json")


@pytest.mark.parametrize("policy", [Policy.STRICT, Policy.DEFAULT])
def test_from_the_specimen_of_one_organisation_to_the_result_of_another(
    organisations: KnowledgeGraph, policy: Policy
) -> None:
    down = reached(organisations, HOSPITAL + "specimen", Direction.DOWN, policy=policy)
    assert {HOSPITAL + "tube", LABORATORY + "sample", LABORATORY + "reads"} <= down
    # a connector with the same external identifier, but of a bundle that is no partner
    assert LABORATORY + "other" not in down


def test_from_the_result_back_to_the_specimen(organisations: KnowledgeGraph) -> None:
    up = reached(organisations, LABORATORY + "reads", Direction.UP)
    assert {LABORATORY + "run5", HOSPITAL + "freezing", HOSPITAL + "specimen"} <= up


def test_bundles_are_graphs_of_their_source(organisations: KnowledgeGraph) -> None:
    main = NamedNode(HOSPITAL + "biobanking")
    graphs = {str(q.graph_name) for q in organisations.reader.quads(main)}
    assert len(graphs) == 2
    assert all("biobanking-v2" in graph for graph in graphs)


def test_steps_of_a_nested_workflow_belong_to_the_outer_run(knowledge: Make) -> None:
    graph = knowledge(CASES / "cwlprov" / "input")
    run = "urn:uuid:11111111-2222-3333-4444-555555555555"
    source = f"urn:hash::sha1:{'1' * 40}"
    result = "urn:uuid:00000000-0000-0000-0000-0000000000f1"
    tool = "urn:uuid:00000000-0000-0000-0000-000000000002"
    assert reached(graph, result, Direction.UP) == {
        result,
        tool,
        source,
        f"urn:hash::sha1:{'2' * 40}",
    }
    by_run = reached(graph, result, Direction.UP, granularity=Granularity.RUN)
    assert by_run == {result, run, source, f"urn:hash::sha1:{'2' * 40}"}


def test_files_of_a_research_object_are_those_of_a_crate(knowledge: Make, tmp_path: Path) -> None:
    file = {"@id": "out.txt", "@type": "File", "name": "the same", "sha1": "2" * 40}
    other = crate(
        tmp_path / "crate",
        file,
        context="https://w3id.org/ro/crate/1.2/context",
        hasPart=ref("out.txt"),
    )
    graph = knowledge(CASES / "cwlprov" / "input", other)
    up = reached(graph, str(graph.resolve("the same").value), Direction.UP)
    assert f"urn:hash::sha1:{'1' * 40}" in up


@pytest.fixture
def crate_with_provenance(tmp_path: Path) -> Path:
    folder = crate(
        tmp_path / "crate",
        {"@id": "data/reads.txt", "@type": "File", "name": "reads"},
        {"@id": "prov/run.ttl", "@type": "File"},
        hasPart=ref("data/reads.txt", "prov/run.ttl"),
    )
    prov = "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
    (folder / "prov").mkdir()
    (folder / "prov" / "run.ttl").write_text(
        prov + "<../data/reads.txt> prov:wasGeneratedBy <#run> . <#run> prov:used <tube> .\n"
    )
    (folder / "prov" / "note.provn").write_text(
        "document\nprefix ex <http://example.org/>\nwasDerivedFrom(ex:b, ex:a)\nendDocument\n"
    )
    (folder / "data").mkdir()
    (folder / "data" / "broken.provn").write_text("document\n  nothing that PROV-N knows\n")
    (folder / "data" / "table.json").write_text(json.dumps({"entity": ["a table of things"]}))
    (folder / "data" / "terms.ttl").write_text(
        prov
        + "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<x> a owl:Ontology ; prov:used <y> ."
    )
    return folder


def test_provenance_in_a_crate_is_a_source_nested_in_it(
    alignment: Alignment, crate_with_provenance: Path
) -> None:
    reports = take_all(OxigraphStore(), alignment, crate_with_provenance)
    outer, *nested = reports
    taken = {
        r.source_id.removeprefix(f"{outer.source_id}/"): r.format for r in nested if not r.error
    }
    assert taken == {"prov/run.ttl": "prov-o", "prov/note.provn": "prov-n"}
    assert [Path(r.location).name for r in nested if r.error] == ["broken.provn"]


def test_relative_identifiers_are_those_of_the_crate(
    knowledge: Make, crate_with_provenance: Path
) -> None:
    (crate_with_provenance / "data" / "broken.provn").unlink()
    graph = knowledge(crate_with_provenance)
    reads = graph.resolve("reads").value
    assert reads.startswith(BASE)
    assert reads.endswith("/data/reads.txt")
    up = reached(graph, reads, Direction.UP)
    folder = reads.removesuffix("data/reads.txt")
    assert {f"{folder}prov/run.ttl#run", f"{folder}prov/tube"} <= up
