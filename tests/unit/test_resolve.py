"""What a person writes, and the node it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import BASE, crate, ref

from kg_service.errors import Ambiguous, NotKnown
from kg_service.graph import KnowledgeGraph


@pytest.fixture
def graph(knowledge: Callable[..., KnowledgeGraph], tmp_path: Path) -> KnowledgeGraph:
    one = crate(
        tmp_path / "one",
        {"@id": "out/a.txt", "@type": "File", "name": "a table", "identifier": "10.5072/A"},
        {"@id": "#r", "@type": "CreateAction", "name": "both", "result": ref("out/a.txt")},
        {"@id": "#p", "@type": "FormalParameter", "name": "both"},
        {"@id": "b.txt", "@type": "File", "name": "twice"},
        identifier="one",
    )
    two = crate(
        tmp_path / "two",
        {"@id": "b.txt", "@type": "File", "name": "twice"},
        {"@id": "https://doi.org/10.5072/a", "@type": "File", "name": "a table"},
        identifier="two",
    )
    return knowledge(one, two)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"{BASE}/source/one/out/a.txt", f"{BASE}/source/one/out/a.txt"),
        (f"<{BASE}/source/one/out/a.txt>", f"{BASE}/source/one/out/a.txt"),
        ("out/a.txt", f"{BASE}/source/one/out/a.txt"),
        ("./out/a.txt", f"{BASE}/source/one/out/a.txt"),
        ("doi:10.5072/A", f"{BASE}/source/one/out/a.txt"),
        ("a table", f"{BASE}/source/one/out/a.txt"),
        ("both", f"{BASE}/source/one/#r"),
        ("https://doi.org/10.5072/a", "https://doi.org/10.5072/a"),
    ],
)
def test_what_is_meant(graph: KnowledgeGraph, written: str, meant: str) -> None:
    assert graph.resolve(written).value == meant


def test_a_name_of_two_different_things_is_ambiguous(graph: KnowledgeGraph) -> None:
    with pytest.raises(Ambiguous) as caught:
        graph.resolve("twice")
    assert f"{BASE}/source/one/b.txt" in str(caught.value)
    assert f"{BASE}/source/two/b.txt" in str(caught.value)


@pytest.mark.parametrize("written", ["", "  ", "nothing", "http://x.example/y", "10.5072/none"])
def test_what_is_not_known(graph: KnowledgeGraph, written: str) -> None:
    with pytest.raises(NotKnown):
        graph.resolve(written)
