"""FAIR Signposting: Link headers (RFC 8288) and link sets (RFC 9264) of pages and descriptions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from service.changing import LICENCE, ORCID, ChangingStore, field_entities, field_root
from support import BASE

from kg_service.service.typed_links import (
    HEADER_BYTES,
    TypedLink,
    link_header,
    linkset_json,
    linkset_text,
)

SCAN = f"{BASE}/source/field/data/scan.csv"
HTML = {"accept": "text/html"}
_LINK = re.compile(r'<([^<>"]*)>((?:; ?[a-z]+="[^"]*")*)')


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    store = ChangingStore(tmp_path_factory.mktemp("signposting"))
    store.ingest("field", *field_entities(), **field_root())
    return store.client()


def links_of(header: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """A Link header by relation; what is not parsed is an error."""
    assert not _LINK.sub("", header).replace(",", "").strip()
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for target, parameters in _LINK.findall(header):
        told = dict(re.findall(r'([a-z]+)="([^"]*)"', parameters))
        found.setdefault(told.pop("rel"), []).append((target, told))
    return found


def test_a_page_has_the_links_of_level_1(client: TestClient) -> None:
    answer = client.get("/source/field/data/scan.csv", headers=HTML)
    links = links_of(answer.headers["link"])
    assert links["cite-as"] == [("https://doi.org/10.5072/scan.1", {})]
    assert [t for t, _ in links["type"]] == [
        "https://schema.org/AboutPage", "https://schema.org/MediaObject",
    ]  # fmt: skip
    assert links["license"] == [(LICENCE, {})]
    assert links["author"] == [(ORCID, {})]
    assert links["item"] == [("https://data.example.org/scan.csv", {"type": "text/csv"})]
    assert links["collection"] == [("/sources/field", {"type": "text/html"})]
    assert {"application/ld+json", "text/turtle"} <= {m["type"] for _, m in links["describedby"]}


def test_descriptions_are_where_the_links_say_and_lead_back(client: TestClient) -> None:
    page = client.get("/source/field/data/scan.csv", headers=HTML)
    for target, told in links_of(page.headers["link"])["describedby"]:
        answer = client.get(target)
        assert answer.status_code == 200, target
        assert answer.headers["content-type"].partition(";")[0] == told["type"]
        describes = links_of(answer.headers["link"])["describes"]
        assert describes == [("/source/field/data/scan.csv", {"type": "text/html"})]


def test_a_source_has_them_too(client: TestClient) -> None:
    links = links_of(client.get("/sources/field", headers=HTML).headers["link"])
    assert links["cite-as"] == [(f"{BASE}/source/field", {})]
    assert links["license"] == [(LICENCE, {})]
    assert links["author"] == [(ORCID, {})]
    assert links["item"] == [("/source/field/", {"type": "text/html"})]
    for target, told in links["describedby"]:
        answer = client.get(target)
        assert answer.headers["content-type"].partition(";")[0] == told["type"]


@pytest.mark.parametrize("id_", [SCAN, f"{BASE}/source/field", f"{BASE}/source/field/#measuring"])
def test_the_link_set_says_the_same_and_more(client: TestClient, id_: str) -> None:
    answer = client.get("/linkset", params={"id": id_})
    assert answer.headers["content-type"] == "application/linkset+json"
    contexts = answer.json()["linkset"]
    page = contexts[0]
    assert len(page["describedby"]) == 6
    anchors = {context["anchor"] for context in contexts}
    for described in page["describedby"]:
        assert described["href"] in anchors
    for context in contexts[1:]:
        for relation in ("describes", "collection"):
            assert all(t["href"] == page["anchor"] for t in context.get(relation, []))
    text = client.get("/linkset", params={"id": id_, "format": "text"})
    assert text.headers["content-type"] == "application/linkset"
    told = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="[^"]*")?; anchor="([^"]*)"', text.text)
    assert {(anchor, rel, href) for href, rel, anchor in told} == {
        (c["anchor"], rel, t["href"])
        for c in contexts
        for rel, targets in c.items()
        if rel != "anchor"
        for t in targets
    }


def test_a_thing_with_a_fragment_has_a_page_elsewhere(client: TestClient) -> None:
    run = f"{BASE}/source/field/#measuring"
    page = client.get("/entity", params={"id": run}, headers=HTML)
    links = links_of(page.headers["link"])
    assert links["cite-as"] == [(run, {})]
    (target, _), *_ = links["describedby"]
    assert client.get(target).json()["id"] == run


def test_a_page_embeds_schema_org_and_prov(client: TestClient) -> None:
    page = client.get("/source/field/data/scan.csv", headers=HTML).text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    told = json.loads(script)
    assert told["@context"]["@vocab"] == "https://schema.org/"
    assert told["@id"] == SCAN
    assert told["name"] == "scan </script><b>1</b>"
    assert {"MediaObject", "prov:Entity", "kg:File"} <= set(told["@type"])
    assert told["prov:wasGeneratedBy"] == {"@id": f"{BASE}/source/field/#measuring"}
    assert told["contentUrl"] == {"@id": "https://data.example.org/scan.csv"}
    assert told["sameAs"] == {"@id": "https://doi.org/10.5072/scan.1"}


def test_an_activity_is_an_action(client: TestClient) -> None:
    run = client.get("/entity", params={"id": f"{BASE}/source/field/#measuring"}, headers=HTML)
    (script,) = re.findall(r'ld\+json">(.*?)</script>', run.text, re.DOTALL)
    told = json.loads(script)
    assert "Action" in told["@type"]
    assert told["object"] == told["prov:used"] == {"@id": f"{BASE}/source/field/plant-1"}
    assert told["endTime"].startswith("2026-03-01T12:00:00")


def test_under_a_path_links_start_with_it(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path, base="https://kg.test/graph")
    store.ingest("field", *field_entities(), **field_root())
    client = TestClient(store.client().app, root_path="/graph", follow_redirects=False)
    links = links_of(client.get("/source/field/data/scan.csv", headers=HTML).headers["link"])
    assert links["collection"] == [("/graph/sources/field", {"type": "text/html"})]
    assert all(target.startswith("/graph/entity?") for target, _ in links["describedby"])


IRIS = st.from_regex(r"https://[a-z]{1,8}\.test/[\w.~:é日-]{0,20}", fullmatch=True)
LINKS = st.builds(TypedLink, IRIS, st.sampled_from(["item", "author"]), IRIS, st.none())


@given(st.lists(LINKS, max_size=200))
def test_headers_are_ascii_bounded_and_whole(links: list[TypedLink]) -> None:
    header = link_header(links)
    assert header.isascii()
    assert len(header) <= HEADER_BYTES
    assert sum(map(len, links_of(header).values())) <= len(links)
    assert linkset_text(links).decode("ascii").count('; anchor="') == len(links)
    told = json.loads(linkset_json(links))["linkset"]
    assert sum(len(t) for c in told for r, t in c.items() if r != "anchor") == len(links)
