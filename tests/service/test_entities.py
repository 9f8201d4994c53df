"""Entities at their own addresses and by any id, in every format."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, parse
from service.conftest import PLANT, RUN, SPECTRUM
from support import BASE

ADDRESS = PLANT.removeprefix(BASE)


def test_json_ld_by_default(client: TestClient) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    plant = answer.json()
    assert plant["id"] == PLANT
    assert plant["label"] == "plant-1"
    assert "kg:Sample" in plant["type"]
    assert plant["@reverse"]["prov:used"]["id"] == f"{BASE}/source/field/#measuring"


def test_json_ld_needs_no_other_context(client: TestClient) -> None:
    def no_loading(url: str, _options: object) -> None:
        raise AssertionError(url)

    expanded = jsonld.expand(client.get(ADDRESS).json(), {"documentLoader": no_loading})
    assert expanded[0]["@id"] == PLANT
    assert expanded[0]["http://schema.org/name"] == [{"@value": "plant-1"}]


@pytest.mark.parametrize(
    ("accept", "written"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/trig", RdfFormat.TRIG),
        ("application/n-quads", RdfFormat.N_QUADS),
    ],
)
def test_rdf_by_accept(client: TestClient, accept: str, written: RdfFormat) -> None:
    answer = client.get(ADDRESS, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    quads = list(parse(answer.content, written))
    assert {q.subject for q in quads} == {NamedNode(PLANT)}
    graphs = {str(q.graph_name) for q in quads}
    if written in (RdfFormat.TRIG, RdfFormat.N_QUADS):
        assert any("/aligned" in g for g in graphs)
        assert any("/asserted" in g for g in graphs)
    else:
        assert graphs == {"DEFAULT"}


def test_a_page_for_browsers_says_who_says_so(client: TestClient) -> None:
    page = client.get(ADDRESS, headers={"accept": "text/html"}).text
    assert "<h1>plant-1</h1>" in page
    assert "field (asserted)" in page
    assert "field (aligned)" in page


def test_a_page_names_the_things_that_it_leads_to(client: TestClient) -> None:
    id_ = f"{BASE}/source/field/#measuring"
    page = client.get("/entity", params={"id": id_}, headers={"accept": "text/html"}).text
    assert f'<a href="{ADDRESS}">plant-1</a>' in page
    assert ">the &lt;spectrum&gt;</a>" in page
    # a class by its prefix, and what no source describes by its IRI
    assert ">prov:Activity</a>" in page


def test_a_page_escapes_names(client: TestClient) -> None:
    page = client.get("/entity", params={"id": SPECTRUM}, headers={"accept": "text/html"}).text
    assert "the &lt;spectrum&gt;" in page
    assert "<spectrum>" not in page


@pytest.mark.parametrize("path", ["/source/field/spectrum%20%C3%A9.csv", "/source/field/"])
def test_addresses_with_odd_letters_and_roots(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_by_any_id(client: TestClient) -> None:
    for written in (PLANT, "plant-1", "doi:10.5072/kg-plant-1", "samples/plant-1"):
        assert client.get("/entity", params={"id": written}).json()["id"] == PLANT


def test_a_fragment_is_found_by_id(client: TestClient) -> None:
    assert client.get("/entity", params={"id": RUN}).json()["label"] == "averaging"


def test_a_sources_address_leads_to_its_record(client: TestClient) -> None:
    answer = client.get("/source/field")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sources/field"


@pytest.mark.parametrize(
    "path",
    [
        "/source/field/nothing",
        "/source/nothing/",
        "/source/%00",
        "/entity?id=plant-9",
        "/entity?id=",
    ],
)
def test_what_is_not_known(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not-known"


def test_a_name_of_several_things(client: TestClient) -> None:
    answer = client.get("/entity", params={"id": "ro-crate-metadata.json"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ambiguous"
    assert f"{BASE}/source/field/ro-crate-metadata.json" in answer.json()["error"]["message"]


def test_no_id_and_no_format(client: TestClient) -> None:
    assert client.get("/entity").status_code == 400
    answer = client.get(ADDRESS, headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "application/ld+json" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("html", "text/html"),
        ("json", "application/json"),
        ("json-ld", "application/ld+json"),
        ("ttl", "text/turtle"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
        ("trig", "application/trig"),
        ("nq", "application/n-quads"),
    ],
)
def test_a_form_by_its_name(client: TestClient, name: str, media_type: str) -> None:
    for path in (f"/entity?id={PLANT}", "/sources/field?", "/.well-known/void?"):
        answer = client.get(f"{path}&format={name}", headers={"accept": "image/png"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
    unknown = client.get(f"/entity?id={PLANT}&format=docx")
    assert unknown.status_code == 400
    assert "turtle" in unknown.json()["error"]["message"]


def test_a_hub_is_told_within_bounds(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of it is bounded, and the answer says that there is more."""
    whole = client.get(ADDRESS, headers={"accept": "application/n-quads"})
    assert "kg-complete" not in whole.headers
    monkeypatch.setattr("kg_service.service.entity_forms.MOST_TOLD", 2)
    part = client.get(ADDRESS, headers={"accept": "application/n-quads"})
    assert part.headers["kg-complete"] == "false"
    assert 0 < len(part.content.splitlines()) <= 2 < len(whole.content.splitlines())
