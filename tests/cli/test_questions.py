"""``kg ask`` and ``kg check``: lists of questions, pages, and what a source can answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import EXAMPLE
from typer.testing import CliRunner

from kg_service.cli.main import app
from kg_service.questions import load_questions
from kg_service.resources import resource_folder

QUESTIONS = load_questions(resource_folder("queries"))
SOURCE = "BARLEY-ROOTS-2026"
# what sib-swiss/sparql-editor asks an endpoint for its examples
EDITOR = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query
WHERE {
  ?sq a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("questions") / "store"
    taken = CliRunner().invoke(app, ["ingest", str(EXAMPLE), "--store", str(store)])
    assert taken.exit_code == 0, taken.output
    return store


def kg(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_lists_by_family_and_tag() -> None:
    facility = json.loads(kg("ask", "--list", "--family", "facility", "--json"))
    assert {q["family"] for q in facility} == {"facility"}
    people = kg("ask", "--list", "--tag", "people")
    assert "people-behind-result" in people
    assert "workflows" not in people


def test_what_a_source_can_answer(store: Path) -> None:
    told = json.loads(kg("ask", "--list", "--source", SOURCE, "--json", "--store", str(store)))
    assert [one["id"] for one in told] == [q.id for q in QUESTIONS]
    by_id = {one["id"]: one for one in told}
    assert by_id["protocols"]["answerable"]
    assert by_id["engines"]["missing"] == ["kg:engine"]
    shown = kg("ask", "--list", "--source", SOURCE, "--store", str(store))
    can = sum(one["answerable"] for one in told)
    assert f"{can} of {len(told)} questions can be answered" in shown
    (checked,) = json.loads(kg("check", SOURCE, "--json", "--store", str(store)))
    assert checked["questions"] == told
    assert f"Questions that it can answer: {can} of {len(told)}" in kg(
        "check", SOURCE, "--store", str(store)
    )


def test_pages(store: Path) -> None:
    arguments = ("ask", "contents", "--source", SOURCE, "--format", "csv", "--store", str(store))
    whole = kg(*arguments).splitlines()
    first = kg(*arguments, "--limit", "4").splitlines()
    second = kg(*arguments, "--limit", "4", "--offset", "4").splitlines()
    assert first == whole[:5]
    assert second == [whole[0], *whole[5:9]]


def test_an_empty_answer_says_what_it_means(store: Path) -> None:
    assert "That is to say: no file is empty." in kg("ask", "empty-files", "--store", str(store))


def test_the_store_holds_the_examples_of_the_endpoint(store: Path) -> None:
    table = json.loads(kg("query", EDITOR, "--format", "json", "--store", str(store)))
    rows = table["results"]["bindings"]
    assert {row["sq"]["value"].rpartition("/")[2] for row in rows} == {q.id for q in QUESTIONS}
    again = CliRunner().invoke(app, ["ingest", str(EXAMPLE), "--store", str(store)])
    assert again.exit_code == 0
    assert json.loads(kg("query", EDITOR, "--format", "json", "--store", str(store))) == table
