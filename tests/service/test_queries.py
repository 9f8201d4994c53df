"""/queries: the questions, on pages, in formats, and their errors."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from rdflib import Graph
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
        ("/queries/cq7?source=feild", 404, "there is no source 'feild'; did you mean field?"),
        ("/queries/cq7?limit=0", 400, "limit must be a whole number, 1 or more"),
        ("/queries/cq7?limit=x", 400, "limit must be a whole number"),
        ("/queries/cq7?limit=1000000", 400, "at most 10000"),
        ("/queries/cq7?offset=-1", 400, "offset must be a whole number, 0 or more"),
        ("/queries/cq7?page=1&offset=3", 400, "give one of them"),
        ("/queries/cq7?page=1&page=2", 400, "given twice"),
        ("/queries/workflow-interface?direction=up", 400, "one of input, output"),
        ("/queries?family=cooking", 404, "there is no family 'cooking'"),
        ("/queries?tag=cooking", 404, "there is no tag 'cooking'"),
        ("/queries?source=nowhere", 404, "there is no source 'nowhere'"),
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
    named = [q.id for q in QUESTIONS if "format" in {p.name for p in q.parameters}]
    assert "sources" in named
    path = "/queries/sources"
    both = client.get(path, params={"format": "ro-crate", "output": "csv"})
    assert len(both.text.splitlines()) == 3
    none = client.get(path, params={"format": "csv"}).json()
    assert none["results"]["bindings"] == []
    page = client.get(path, headers={"accept": "text/html"}).text
    assert f"{path}?output=csv" in page


def test_a_format_can_always_be_named() -> None:
    for question in QUESTIONS:
        assert names_of_format(question)


def test_families_and_tags(client: TestClient) -> None:
    facility = client.get("/queries", params={"family": "facility"}).json()
    assert {q["family"] for q in facility} == {"facility"}
    people = client.get("/queries", params={"tag": "people"}).json()
    assert all("people" in q["tags"] for q in people)
    assert {q["family"] for q in people} > {"FAIR"}


def test_what_a_source_can_answer(client: TestClient) -> None:
    told = {q["id"]: q for q in client.get("/queries", params={"source": "field"}).json()}
    assert set(told) == {q.id for q in QUESTIONS}
    assert told["sources"] | {"answerable": True, "missing": []} == told["sources"]
    lacking = next(q for q in told.values() if q["missing"])
    assert not lacking["answerable"]
    assert set(lacking["missing"]) <= set(lacking["needs"])
    rows = client.get(f"/queries/{lacking['id']}?source=field").json()["results"]["bindings"]
    assert rows == []
    page = client.get("/queries?source=field", headers={"accept": "text/html"}).text
    assert "The source lacks" in page


def links(answer: Response) -> dict[str, str]:
    return {relation: link["url"] for relation, link in answer.links.items() if relation}


def test_pages_make_the_whole(client: TestClient) -> None:
    whole = client.get("/queries/contents").json()["results"]["bindings"]
    path: str | None = "/queries/contents?limit=7"
    together, seen = [], []
    while path is not None:
        answer = client.get(path)
        assert answer.headers["x-total-count"] == str(len(whole))
        together += answer.json()["results"]["bindings"]
        seen.append(links(answer))
        path = seen[-1].get("next")
    assert together == whole
    assert "prev" not in seen[0]
    assert all(page["first"] == seen[0]["first"] for page in seen)
    assert {page["last"] for page in seen} == {seen[-2]["next"]}
    assert [page["prev"] for page in seen[1:-1]] == [seen[0]["first"]] + [
        page["next"] for page in seen[:-3]
    ]


def test_pages_are_counted_from_one(client: TestClient) -> None:
    first = client.get("/queries/contents", params={"page": 1, "limit": 5})
    second = client.get(links(first)["next"])
    assert second.url.params["page"] == "2"
    offset = client.get("/queries/contents", params={"offset": 5, "limit": 5})
    assert second.text == offset.text
    assert "page" not in links(offset)["next"]
    beyond = client.get("/queries/contents", params={"page": 999})
    assert beyond.json()["results"]["bindings"] == []
    assert "next" not in links(beyond)
    assert links(beyond)["prev"] == links(beyond)["last"]


def test_links_keep_what_was_asked(client: TestClient) -> None:
    answer = client.get(
        "/queries/contents", params={"limit": 1, "source": "field", "format": "csv"}
    )
    assert answer.headers["content-type"].startswith("text/csv")
    following = client.get(links(answer)["next"])
    assert following.headers["content-type"].startswith("text/csv")
    assert following.url.params["source"] == "field"


def test_a_whole_answer_has_no_pages(client: TestClient) -> None:
    answer = client.get("/queries/contents")
    assert "link" not in answer.headers
    assert "x-total-count" not in answer.headers


def test_an_empty_answer_says_what_it_means(client: TestClient) -> None:
    page = client.get("/queries/empty-files", headers={"accept": "text/html"}).text
    assert "No rows: no file is empty." in page


def test_examples_of_the_endpoint(client: TestClient) -> None:
    turtle = client.get("/sparql-examples", headers={"accept": "text/turtle"})
    graph = Graph().parse(data=turtle.text, format="turtle")
    # what sib-swiss/sparql-editor asks an endpoint
    found = graph.query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?sq ?comment ?query
        WHERE {
          ?sq a sh:SPARQLExecutable ;
            rdfs:comment ?comment ;
            sh:select|sh:ask|sh:construct|sh:describe ?query .
        } ORDER BY ?sq"""
    )
    told = {str(row[0]).rpartition("/")[2]: row for row in found}  # type: ignore[index]
    assert set(told) == {q.id for q in QUESTIONS}
    for id_, (_node, comment, text) in told.items():  # type: ignore[misc]
        assert str(comment).endswith("?")
        answer = client.get("/sparql", params={"query": str(text), "ac": "1"})
        assert answer.status_code == 200, (id_, answer.text)
    prefixes = graph.query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix }
        ORDER BY ?prefix"""
    )
    assert ("kg", "https://w3id.org/kg-service/terms#") in {(str(p), str(n)) for p, n in prefixes}  # type: ignore[misc]
    json_ld = client.get("/sparql-examples?format=json-ld")
    assert json_ld.headers["content-type"] == "application/ld+json"
    assert len(Graph().parse(data=json_ld.text, format="json-ld")) == len(graph)


def test_the_service_description_leads_to_the_examples(client: TestClient) -> None:
    described = client.get("/sparql", headers={"accept": "application/n-triples"}).text
    assert "/sparql-examples>" in described
