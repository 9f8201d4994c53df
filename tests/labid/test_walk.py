"""End to end: a LabID export is walked from specimen to results, and on into a log of runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from support import EXAMPLE

from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Request

EXPORT = EXAMPLE.parent / "labid" / "export.json"


def test_from_specimen_to_results_and_back(knowledge: Callable[..., KnowledgeGraph]) -> None:
    graph = knowledge(EXPORT)
    fish = graph.resolve("Fish 2")
    results = {thing.label for thing in graph.results(fish).things}
    assert {"Gene counts", "genes.tsv", "Reads", "reads_1.fastq.gz"} <= results
    specimens = graph.specimens_of(graph.resolve("genes.tsv"))
    assert {thing.label for thing in specimens.things} == {"Fish 1", "Fish 2"}
    assert specimens.complete


def test_a_log_of_runs_and_an_object_go_on_where_data_are_the_same(
    knowledge: Callable[..., KnowledgeGraph], tmp_path: Path
) -> None:
    """Three formats, one chain: joined by the address of the data alone."""
    reads, table = "s3://lab/reads.fq", "s3://lab/table.tsv"
    export = {
        "format": "kg-labid",
        "version": "1.0",
        "name": "x",
        "specimens": [{"id": "#fish", "name": "the fish"}],
        "assays": [{"id": "#assay", "name": "assay", "samples": "#fish"}],
        "datasets": [{"id": reads, "name": "reads", "assay": "#assay"}],
    }
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2024-05-01T10:00:00Z",
        "run": {"runId": "01890a5d-ac96-774b-bcce-000000000001"},
        "job": {"namespace": "n", "name": "count"},
        "inputs": [{"namespace": "s3a://lab", "name": "/reads.fq"}],
        "outputs": [{"namespace": "s3://lab", "name": "table.tsv"}],
    }
    document = {
        "object_id": "https://bco.example.org/BCO_1",
        "provenance_domain": {"name": "report"},
        "io_domain": {
            "input_subdomain": [{"uri": {"uri": table}}],
            "output_subdomain": [{"uri": {"uri": "s3://lab/report.pdf"}}],
        },
    }
    paths = []
    for name, content in (("lab", export), ("log", event), ("bco", document)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        paths.append(path)
    graph = knowledge(*paths)
    results = [thing.label for thing in graph.results(graph.resolve("the fish")).things]
    assert results == ["reads", "table.tsv", "report.pdf"]
    upstream = graph.lineage(Request(graph.resolve("report.pdf"), Direction.UP))
    assert upstream.complete
    assert len(upstream.edges) == 6
