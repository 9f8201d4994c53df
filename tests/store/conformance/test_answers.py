"""The same sources give the same answers, whatever store they are kept in.

Ingest, questions, lineage, searches and exports of the examples, over a store in memory and over
each kind; a later version and a withdrawal too. And two services over one server, each with
files of its own, see what a third process ingests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QueryTriples
from service.servers import free_port, running
from store.conformance.conftest import BASE, Place
from support import REPOSITORY, crate

from kg_service.export.formats import format_named
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Direction, Request
from kg_service.opening import open_graph, open_writer
from kg_service.questions import ask, load_questions
from kg_service.resources import resource_folder
from kg_service.settings import Settings
from kg_service.withdraw import withdraw

EXAMPLES = REPOSITORY / "examples"
BEGUN = datetime.now(UTC).isoformat()[:19]
KG = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]


def filled(settings: Settings, tmp_path: Path, alignment: Any) -> KnowledgeGraph:
    store = open_writer(settings)
    try:
        intake = Intake(store, alignment, BASE)
        for path in (EXAMPLES / "barley-roots", EXAMPLES / "labid"):
            for report in intake.take_path(path):
                assert report is None or report.error is None
        store.publish()
        passing = crate(tmp_path / "passing", {"@id": "a.txt", "@type": "File"})
        for report in intake.take_path(passing, "to-be-withdrawn"):
            assert report is None or report.error is None
        withdraw(store, BASE, "to-be-withdrawn", "it was a test", "a tester")
        store.publish()
    finally:
        store.close()
    return open_graph(settings)


def passing(term: str) -> str:
    """A term, but for times after this test began, and the folder that it wrote to."""
    if term.endswith('/passing/ro-crate-metadata.json"') or term.endswith('/passing"'):
        return "a folder"
    return "just now" if "#dateTime" in term and term[1:20] >= BEGUN else term


def asked(graph: KnowledgeGraph) -> dict[str, Any]:
    """What the service answers from a graph, by what was asked."""
    sources = [(s.id, s.version, s.asserted, s.aligned) for s in graph.sources()]
    told: dict[str, Any] = {"sources": sources}
    for start in ("barley-plant-01", "traits.csv"):
        request = Request(graph.resolve(start), direction=Direction.BOTH)
        lineage = graph.view(graph.lineage(request)).as_json()
        told[start] = {
            "nodes": sorted(json.dumps(n, sort_keys=True) for n in lineage["nodes"]),
            "edges": sorted(json.dumps(e, sort_keys=True) for e in lineage["edges"]),
            "complete": lineage["complete"],
        }
    form = format_named("prov-json")
    export = graph.export(Request(graph.resolve("traits.csv")), form)
    told["export"] = json.loads(export.content)
    for question in load_questions(resource_folder("queries")):
        answer = graph.reader.frozen().query(question.text)
        assert not isinstance(answer, QueryTriples)
        told[question.id] = sorted(str([passing(str(term)) for term in row]) for row in answer)  # type: ignore[union-attr]
        if question.required or "source" not in {p.name for p in question.parameters}:
            continue
        for id_, *_ in sources:
            rows = ask(graph.reader, question, {"source": id_}).rows
            told[f"{question.id} of {id_}"] = [[passing(str(term)) for term in row] for row in rows]
    return told


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory, alignment: Any) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("expected")
    return asked(filled(Settings(str(folder / "store"), BASE), folder, alignment))


def settings_of(place: Place, folder: Path) -> Settings:
    return Settings(place.address, BASE, data=str(folder / "data"))


def test_answers_are_the_same(
    place: Place, tmp_path: Path, alignment: Any, expected: dict[str, Any]
) -> None:
    if place.kind in ("memory", "disk"):
        pytest.skip("this is what the others are compared with")
    told = asked(filled(settings_of(place, tmp_path), tmp_path, alignment))
    different = [name for name, answer in expected.items() if told[name] != answer]
    assert not different


def get(address: str, path: str, **query: str) -> Any:
    url = f"{address}{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def test_services_over_one_server_see_what_another_process_ingests(
    place: Place, tmp_path: Path
) -> None:
    if not place.is_remote:
        pytest.skip("tests/service reads and writes one folder")
    clean = {name: told for name, told in os.environ.items() if not name.startswith("KG_")}
    shared = {**clean, "PYTHONPATH": str(REPOSITORY), "KG_STORE": place.address}

    def ingest(path: Path) -> None:
        env = {**shared, "KG_DATA": str(tmp_path / "writer")}
        subprocess.run([*KG, "ingest", str(path)], env=env, check=True, capture_output=True)

    ingest(EXAMPLES / "labid")
    ports = [free_port(), free_port()]
    one, other = (
        running(
            [*KG, "serve", "--port", str(port)], port,
            env={**shared, "KG_DATA": str(tmp_path / f"service-{port}")},
        )
        for port in ports
    )  # fmt: skip
    with one, other:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s a kg:WorkflowRun } }"
        for address in addresses:
            before = len(get(address, "/sources"))
            assert not get(address, "/search", text="barley")["things"]
        ingest(EXAMPLES / "barley-roots")
        for address in addresses:
            assert len(get(address, "/sources")) > before
            assert get(address, "/search", text="barley")["things"]
            lineage = get(address, "/lineage", id="traits.csv", direction="up")
            assert lineage["complete"]
            assert "barley-plant-01" in {node["label"] for node in lineage["nodes"]}
            rows = get(
                address,
                "/sparql",
                query=f"PREFIX kg: <https://w3id.org/kg-service/terms#> {count}",
                format="json",
            )
            assert int(rows["results"]["bindings"][0]["n"]["value"]) > 0
            assert get(address, "/ready")["status"] == "ready"
