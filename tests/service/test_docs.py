"""The examples in docs/http.md and docs/graphql.md, run as they stand against what they ask."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service.servers import serving
from support import EXAMPLE, REPOSITORY

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.embedded import OxigraphStore

ADDRESS = "http://127.0.0.1:8000"
PAGES = ("http.md", "graphql.md", "fair.md", "sparql.md")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language in the pages."""
    texts = [(REPOSITORY / "docs" / page).read_text("utf-8") for page in PAGES]
    return [
        block
        for text in texts
        for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.fixture(scope="module")
def example(alignment: Alignment) -> ServiceContext:
    store = OxigraphStore()
    for report in Intake(store, alignment, ADDRESS).take_path(EXAMPLE):
        assert report is None or report.error is None, report.error
    questions = load_questions(resource_folder("queries"))
    return ServiceContext(KnowledgeGraph(store, alignment), questions, ADDRESS)


@pytest.fixture(scope="module")
def address(example: ServiceContext) -> Iterator[str]:
    with serving(create_app(example)) as address:
        yield address


@pytest.mark.parametrize("command", blocks("sh"))
def test_commands(address: str, command: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl, which is not installed")
    words = shlex.split(command.replace("\\\n", " ").replace(ADDRESS, address))
    assert words[0] == "curl"
    done = subprocess.run(
        [*words, "--silent", "--show-error", "--fail-with-body"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = done.stdout.decode()
    assert len(answer.splitlines()) > 1 or len(json.loads(answer)) > 0


@pytest.mark.parametrize("query", blocks("graphql"))
def test_graphql(example: ServiceContext, query: str) -> None:
    answer = TestClient(create_app(example)).post("/graphql", json={"query": query}).json()
    assert "errors" not in answer
    (found,) = answer["data"].values()
    if isinstance(found, dict):
        names = ("things", "nodes", "rows")
        found = next((found[name] for name in names if name in found), found)
    assert found


def test_there_are_examples() -> None:
    assert len(blocks("sh")) >= 8
    assert len(blocks("graphql")) >= 4


def test_every_path_is_in_the_page(example: ServiceContext) -> None:
    page = (REPOSITORY / "docs" / "http.md").read_text("utf-8")
    for path in create_app(example).openapi()["paths"]:
        door = "/" + path.split("/")[1]
        assert door in page or path == "/schema.graphql", path


def test_every_operation_is_described_with_an_example(example: ServiceContext) -> None:
    described = create_app(example).openapi()["paths"]
    assert {
        "/sparql",
        "/queries/{question_id}",
        "/sources",
        "/lineage",
        "/health",
    } <= described.keys()
    for path, operations in described.items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert len(operation["description"]) > 20, where
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    assert parameter["description"], where
            if path not in ("/graphql", "/schema.graphql"):
                contents = operation["responses"]["200"]["content"].values()
                assert any("example" in content for content in contents), where


def test_the_pages_name_no_machine() -> None:
    for page in PAGES:
        assert str(Path.home()) not in (REPOSITORY / "docs" / page).read_text("utf-8")


@pytest.mark.parametrize("program", blocks("python"))
def test_python(address: str, program: str) -> None:
    told: dict[str, object] = {}
    exec(program.replace(ADDRESS, address), told)  # noqa: S102 - the page's own example
    found = told["found"]
    assert isinstance(found, dict)
    assert found["search"]["nodes"]
