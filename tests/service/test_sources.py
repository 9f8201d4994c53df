"""/sources: the versions of a source, and what is said of one that there is not."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from service.changing import ChangingStore, field_entities


def test_all_earlier_versions_are_listed(tmp_path: Path) -> None:
    """Also where the source went back to one of them, which then revises several."""
    store = ChangingStore(tmp_path)
    paths = []
    for name in ("a", "b", "c"):
        store.ingest("field", *field_entities(), name=name)
        paths.append(max(tmp_path.glob("crate-*")))
    client = store.client()
    told = client.get("/sources/field").json()
    earlier = [version["version"] for version in told["earlierVersions"]]
    assert len(earlier) == len(set(earlier)) == 2
    times = [version["ingested"] for version in told["earlierVersions"]]
    assert times == sorted(times, reverse=True)
    store.ingest_path(paths[0], "field")
    told = client.get("/sources/field").json()
    assert told["title"] == "a"
    versions = {version["version"] for version in told["earlierVersions"]}
    assert len(versions) == 2
    assert told["version"] not in versions
    for version in told["earlierVersions"]:
        assert client.get(version["iri"].removeprefix(store.base)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/sources/feild",
        "/links?source=feild",
        "/search?text=x&source=feild",
        "/lineage?id=plant-1&source=feild",
    ],
)
def test_a_near_id_is_suggested(tmp_path: Path, path: str) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    answer = store.client().get(path)
    assert answer.status_code == 404
    assert "did you mean field?" in answer.json()["error"]["message"]


def test_what_was_withdrawn_is_gone_for_filters_too(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    store.ingest("other", *field_entities()[:1])
    store.withdraw("other")
    for path in ("/links?source=other", "/search?text=x&source=other"):
        assert store.client().get(path).status_code == 410, path


def test_crawlers_are_led_to_the_sources(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    client = store.client()
    robots = client.get("/robots.txt").text
    assert "Disallow: /sparql" in robots
    assert f"Sitemap: {store.base}/sitemap.xml" in robots
    pages = fromstring(client.get("/sitemap.xml").text)
    (page,) = [node.text for node in pages.iter() if node.tag.endswith("loc")]
    assert page == f"{store.base}/sources/field"
    assert client.get("/sources/field").status_code == 200


def test_a_sources_page_leads_to_its_things_and_versions(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), name="first")
    store.ingest("field", *field_entities(), name="second")
    store.ingest("other", {"@id": "x.csv", "@type": "File", "name": "only in the other"})
    client = store.client()
    page = client.get("/sources/field", headers={"accept": "text/html"}).text
    assert "only in the other" not in page
    links = re.findall(r'href="(/(?:source|entity|version)[/?][^"]*)"', page)
    assert any(link.startswith("/source/field/plant-1") for link in links)
    assert sum(link.startswith("/version/field/") for link in links) == 2
    for link in links:
        answer = client.get(unescape(link), headers={"accept": "text/html"})
        assert answer.status_code == 200, link
