"""A DOI joins its DataCite record to crates and catalogues that name it in any spelling."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import crate, ref

from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Request


def relation(identifier: str, kind: str, name: str) -> dict[str, str]:
    return {
        "relatedIdentifier": identifier,
        "relatedIdentifierType": kind,
        "relationType": name,
    }


def record(doi: str, title: str, general: str, *related: dict[str, str]) -> dict[str, Any]:
    return {
        "doi": doi,
        "titles": [{"title": title}],
        "creators": [{"name": "Vega, Ana"}],
        "publisher": "Light Archive",
        "types": {"resourceTypeGeneral": general},
        "relatedIdentifiers": list(related),
    }


RECORDS = [
    record(
        "10.5072/Light.1", "Raw", "Dataset", relation("10273/IELIGHT1", "IGSN", "IsDerivedFrom")
    ),
    record("10.58052/IELIGHT1", "Rod", "PhysicalObject"),
]


@pytest.mark.parametrize(
    "spelling",
    ["https://doi.org/10.5072/light.1", "http://dx.doi.org/10.5072/LIGHT.1", "doi:10.5072/Light.1"],
)
def test_a_run_on_a_published_dataset_goes_back_to_its_specimen(
    tmp_path: Path, knowledge: Callable[..., KnowledgeGraph], spelling: str
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    run = crate(
        tmp_path / "run",
        {"@id": "#run", "@type": "CreateAction", "object": ref(spelling), "result": ref("out.csv")},
        {"@id": spelling, "@type": "Dataset", "name": "input"},
        {"@id": "out.csv", "@type": "File", "name": "out.csv"},
    )
    graph = knowledge(tmp_path / "record.json", run)
    found = graph.specimens_of(graph.resolve("out.csv"))
    assert [thing.label for thing in found.things] == ["Rod"]
    lineage = graph.lineage(Request(graph.resolve("igsn:IELIGHT1"), Direction.DOWN))
    assert graph.resolve("out.csv") in lineage.nodes


def test_a_catalogue_and_the_registry_tell_of_one_dataset(
    tmp_path: Path, knowledge: Callable[..., KnowledgeGraph]
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    derived = {
        "pid": "20.500.99999/derived",
        "type": "derived",
        "owner": "Vega",
        "sourceFolder": "/data",
        "datasetName": "reduced",
        "inputDatasets": ["10.5072/light.1"],
    }
    (tmp_path / "datasets.json").write_text(json.dumps([derived]), encoding="utf-8")
    graph = knowledge(tmp_path / "record.json", tmp_path / "datasets.json")
    found = graph.specimens_of(graph.resolve("20.500.99999/derived"))
    assert [thing.label for thing in found.things] == ["Rod"]
