"""``kg query`` and the endpoint give the same answers, in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from service.conftest import PLANT
from support import REPOSITORY

from kg_service.querying.limits import Limits
from kg_service.querying.workers import Engines
from kg_service.service.app import ServiceContext, create_app

QUERIES = {
    "rows": "SELECT ?s ?label { ?s rdfs:label ?label } ORDER BY ?s ?label",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "no rows": "SELECT ?s { ?s a <urn:nothing> }",
    "unbound": "SELECT ?s ?none { ?s a kg:Specimen OPTIONAL { ?s <urn:none> ?none } }",
    "one graph": "SELECT ?s FROM kg:nothing { ?s ?p ?o }",
    "odd values": 'SELECT ?x { VALUES ?x { "a\\nb" "<\\"é\\t,;" "x"@en 1.5 true <urn:a> } }',
    "yes": "ASK { ?s a kg:Specimen }",
    "no": "ASK { ?s a <urn:nothing> }",
    "construct": "CONSTRUCT { ?s prov:wasDerivedFrom ?o } { ?s prov:wasDerivedFrom ?o }",
    "blank nodes": "CONSTRUCT { ?s <urn:x> [ <urn:y> ?label ] } { ?s rdfs:label ?label }",
    "describe": f"DESCRIBE <{PLANT}>",
}
SOLUTIONS = ["csv", "tsv", "json", "xml"]
GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "json-ld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
    "n3": RdfFormat.N3,
}
IS_GRAPH = ("construct", "blank nodes", "describe")
CASES = [
    (name, format_) for name in QUERIES for format_ in (GRAPHS if name in IS_GRAPH else SOLUTIONS)
]


@pytest.fixture(scope="module")
def asked(store: Path, context: ServiceContext) -> Iterator[TestClient]:
    engines = Engines(Limits(workers=1))
    engine = engines.engine_for(store)
    served = ServiceContext(context.graph, (), context.base, engine=engine, engines=engines)
    yield TestClient(create_app(served))
    engines.close()


@pytest.fixture(scope="module")
def by_command(store: Path) -> dict[tuple[str, str], bytes]:
    """What the command prints for each case, all from one process."""
    script = (
        "import io, json, sys\n"
        "from typer.testing import CliRunner\n"
        "from kg_service.cli.main import app\n"
        "told = {}\n"
        "for name, query, format_ in json.load(sys.stdin):\n"
        "    run = CliRunner().invoke(app, ['query', query, '--format', format_, '--store', "
        f"{str(store)!r}])\n"
        "    assert run.exit_code == 0, run.output\n"
        "    told[f'{name}|{format_}'] = run.stdout_bytes.decode()\n"
        "json.dump(told, sys.stdout)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([(name, QUERIES[name], format_) for name, format_ in CASES]).encode(),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    return {case: told["|".join(case)].encode() for case in CASES}


@pytest.mark.parametrize(("name", "format_"), CASES)
def test_the_same_answer(
    asked: TestClient, by_command: dict[tuple[str, str], bytes], name: str, format_: str
) -> None:
    answer = asked.post("/sparql", data={"query": QUERIES[name], "format": format_})
    assert answer.status_code == 200
    assert meaning(answer.content, format_) == meaning(by_command[name, format_], format_)


def meaning(body: bytes, format_: str) -> object:
    """What a document says, apart from blank lines at its end and the names of blank nodes."""
    if format_ in GRAPHS:
        graph = Dataset(parse(body, GRAPHS[format_]))
        graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return set(graph)
    if format_ == "json":
        told = json.loads(body)
        bindings = told.get("results", {}).get("bindings", [])
        return (
            told.get("boolean"),
            told["head"].get("vars"),
            [sorted(b.items(), key=str) for b in bindings],
        )
    if format_ == "xml":
        root = ElementTree.fromstring(body)
        return [sorted(ElementTree.tostring(part) for part in row) for row in root.iter()]
    if format_ == "csv":
        return list(csv.reader(io.StringIO(body.decode().rstrip("\r\n"))))
    return body.decode().rstrip("\n").splitlines()
