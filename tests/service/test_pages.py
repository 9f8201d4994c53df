"""The pages: they name every door, load nothing from elsewhere, and can be used by everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from service.conftest import PLANT

from kg_service.service import html
from kg_service.service.app import ServiceContext
from kg_service.service.offline_docs import graphiql_folder

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/",
    "/sparql",
    "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 3",
    "/graphql",
    "/docs",
    "/redoc",
    "/queries",
    "/queries/cq7",
    "/sources",
    "/sources/field",
    f"/entity?id={PLANT}",
)
OWN_PAGES = tuple(p for p in PAGES if p not in ("/docs", "/redoc"))
# where an HTML attribute makes a browser load something
LOADS = {
    "script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src",
    "audio": "src", "video": "src", "object": "data", "embed": "src",
}  # fmt: skip


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(client: TestClient, path: str) -> str:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def loaded(text: str) -> list[str]:
    """The addresses that a page makes a browser load, in elements, styles and inline scripts."""
    found = [
        attributes[LOADS[tag]] or ""
        for tag, attributes in Elements(text).found
        if tag in LOADS and LOADS[tag] in attributes
    ]
    found += re.findall(r"""(?:url\(|@import|import)\s*["']?((?:https?:)?//[^"')\s]+)""", text)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere(client: TestClient, path: str) -> None:
    for address in loaded(page(client, path)):
        assert address.startswith("/") or address.startswith("data:"), address
        assert not address.startswith("//")


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_loads_is_there(client: TestClient, path: str) -> None:
    addresses = [a for a in loaded(page(client, path)) if a.startswith("/")]
    for address in addresses:
        assert client.get(address, headers=BROWSER).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_forbids_loading_from_elsewhere(client: TestClient, path: str) -> None:
    policy = client.get(path, headers=BROWSER).headers["content-security-policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "http" not in policy


def test_static_files_load_nothing_by_themselves(client: TestClient) -> None:
    styles = [
        *graphiql_folder().glob("graphiql*.css"),
        *Path(html.__file__).parent.glob("**/*.css"),
    ]
    assert styles
    for style in styles:
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", style.read_text("utf-8"))


@pytest.mark.parametrize("path", OWN_PAGES)
def test_a_page_has_language_title_and_one_first_heading(client: TestClient, path: str) -> None:
    text = page(client, path)
    elements = Elements(text)
    assert elements.all("html")[0]["lang"] == "en"
    assert elements.all("meta")[0]["charset"] == "utf-8"
    assert re.search(r"<title>[^<]{4,}</title>", text)
    assert len(elements.all("h1")) == 1
    assert len(elements.all("main")) == 1


@pytest.mark.parametrize("path", OWN_PAGES)
def test_every_input_has_a_label(client: TestClient, path: str) -> None:
    elements = Elements(page(client, path))
    labelled = {attributes.get("for") for attributes in elements.all("label")}
    for tag in ("input", "textarea", "select"):
        for attributes in elements.all(tag):
            assert attributes.get("type") == "hidden" or attributes.get("id") in labelled


@pytest.mark.parametrize("path", OWN_PAGES)
def test_tables_have_captions_and_headers(client: TestClient, path: str) -> None:
    elements = Elements(page(client, path))
    assert len(elements.all("caption")) == len(elements.all("table"))
    assert all(attributes.get("scope") == "col" for attributes in elements.all("th"))


def contrast(first: str, second: str) -> float:
    """WCAG 2.2: the contrast ratio of two colours written as #rrggbb or #rgb."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_has_enough_contrast(client: TestClient) -> None:
    style = page(client, "/").partition("<style>")[2].partition("</style>")[0]
    light, _, dark = style.partition("@media")
    for part, background in ((light, "#fff"), (dark, "#16181b")):
        assert f"background: {background}" in part
        colours = re.findall(r"[{;]\s*color: (#\w+)", part)
        assert len(colours) >= 3
        for colour in colours:
            assert contrast(colour, background) >= 4.5, colour


def test_the_start_page_names_every_door(client: TestClient, app: FastAPI) -> None:
    text = page(client, "/")
    links = {attributes.get("href") for attributes in Elements(text).all("a")}
    for door in (
        "/sparql", "/graphql", "/queries", "/sources", "/links", "/mappings", "/health", "/docs",
        "/redoc", "/openapi.json",
    ):  # fmt: skip
        assert door in links
        assert client.get(door, headers=BROWSER).status_code == 200


def test_the_start_page_counts(client: TestClient) -> None:
    text = page(client, "/")
    numbers = dict(re.findall(r"<tr><td>([^<]+)</td><td[^>]*>([\d,]+)</td></tr>", text))
    assert numbers["sources"] == "2"
    assert numbers["specimens and samples"] == "1"
    assert numbers["runs of workflows and tools"] == "2"
    assert int(numbers["statements, as their sources make them"].replace(",", "")) > 20


def test_the_first_queries_have_answers(client: TestClient) -> None:
    links = [a.get("href") or "" for a in Elements(page(client, "/")).all("a")]
    (query,) = (link for link in links if link.startswith("/sparql?query="))
    rows = client.get(query).json()["results"]["bindings"]
    assert {row["activity"]["value"] for row in rows} == {"measuring", "averaging"}
    from kg_service.service.pages import FIRST_GRAPHQL

    answer = client.post("/graphql", json={"query": FIRST_GRAPHQL}).json()
    assert [s["label"] for s in answer["data"]["specimens"]] == ["plant-1"]


def test_counts_are_kept_until_the_store_changes(context: ServiceContext) -> None:
    made = []

    def make(_graph: object) -> int:
        made.append(1)
        return len(made)

    assert [context.keep("test", make) for _ in range(3)] == [1, 1, 1]
