"""/queries: the questions, on pages, in formats, and their errors."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient
from service.conftest import PLANT, RUN, TABLE

from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.service.query_pages import names_of_format

QUESTIONS = load_questions(resource_folder("queries"))
FREE = [q.id for q in QUESTIONS if not any(p.required for p in q.parameters)]


def test_the_list(client: TestClient) -> None:
    listed = client.get("/queries").json()
    assert [q["id"] for q in listed] == [q.id for q in QUESTIONS]
    assert all(q["summary"] and q["columns"] for q in listed)
    for question in listed:
        answer = client.get(question["address"])
        needed = [p["name"] for p in question["parameters"] if p["required"]]
        assert answer.status_code == (400 if needed else 200), answer.text


@pytest.mark.parametrize("question", FREE)
def test_an_answer_has_the_columns_that_it_says(client: TestClient, question: str) -> None:
    told = next(q for q in QUESTIONS if q.id == question)
    answer = client.get(f"/queries/{question}").json()
    assert answer["head"]["vars"] == [c.name for c in told.columns]


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("application/json", '{"head"'),
        ("application/sparql-results+json", '{"head"'),
        ("text/csv", "run,"),
        ("text/tab-separated-values", "?run\t"),
        ("application/sparql-results+xml", "<?xml"),
        ("*/*", '{"head"'),
    ],
)
def test_formats_by_accept(client: TestClient, accept: str, start: str) -> None:
    answer = client.get("/queries/cq7", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.text.startswith(start)


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_formats_by_name(client: TestClient, name: str) -> None:
    answer = client.get("/queries/cq7", params={"format": name}, headers={"accept": "text/html"})
    assert name in answer.headers["content-type"].replace("tab-separated-values", "tsv")


def test_parameters_are_bound(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/queries/cq7?format=csv").text)))
    assert {row["source"] for row in rows} == {"field", "analysis"}
    one = client.get("/queries/cq7", params={"source": "analysis", "format": "csv"}).text
    (row,) = csv.DictReader(io.StringIO(one))
    assert (row["run"], row["status"]) == (RUN, "completed")


def test_an_iri_may_be_written_as_a_name(client: TestClient) -> None:
    for written in (PLANT, "plant-1", "doi:10.5072/kg-plant-1"):
        answer = client.get(
            "/queries/results-of-specimen", params={"specimen": written, "format": "csv"}
        )
        assert TABLE in {row["result"] for row in csv.DictReader(io.StringIO(answer.text))}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queries/cq77", 404, "did you mean cq7"),
        ("/queries/results-of-specimen", 400, "needs the parameter specimen"),
        ("/queries/results-of-specimen?specimen=plant-9", 404, "'plant-9' is not known"),
        ("/queries/cq7?sauce=x", 400, "has no parameter 'sauce'"),
        ("/queries/cq7?source=a&source=b", 400, "given twice"),
        ("/queries/cq7?format=yaml", 400, "json"),
    ],
)
def test_errors(client: TestClient, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_no_such_format(client: TestClient) -> None:
    assert client.get("/queries/cq7", headers={"accept": "image/png"}).status_code == 406


def test_a_page_asks_for_what_it_needs(client: TestClient) -> None:
    page = client.get("/queries/results-of-specimen", headers={"accept": "text/html"}).text
    assert "Fill in specimen" in page
    asked = client.get(
        "/queries/results-of-specimen?specimen=plant-1", headers={"accept": "text/html"}
    ).text
    assert "table.csv" in asked
    assert 'value="plant-1"' in asked


def test_a_question_may_have_a_parameter_called_format(client: TestClient) -> None:
    (question,) = (q for q in QUESTIONS if "format" in {p.name for p in q.parameters})
    path = f"/queries/{question.id}"
    both = client.get(path, params={"format": "ro-crate", "output": "csv"})
    assert len(both.text.splitlines()) == 3
    none = client.get(path, params={"format": "csv"}).json()
    assert none["results"]["bindings"] == []
    page = client.get(path, headers={"accept": "text/html"}).text
    assert f"{path}?output=csv" in page


def test_a_format_can_always_be_named() -> None:
    for question in QUESTIONS:
        assert names_of_format(question)
