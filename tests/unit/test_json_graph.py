"""JSON as statements: what is one thing and what is not, and how deep it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyoxigraph import NamedNode

from ingest import json_text
from ingest.errors import UnreadableSource
from ingest.findings import FindingKind, Findings
from ingest.json_graph import JsonGraph, address_node, is_global
from ingest.json_text import MAX_DEPTH

BASE = "http://example.org/source/x/"
GRAPH = JsonGraph("http://example.org/terms#", BASE)
NODE = NamedNode("http://example.org/a")


def said(value: Any) -> list[str]:
    return [str(t) for t in GRAPH.field(NODE, "f", value)]


@pytest.mark.parametrize("value", [None, {}, [], [None], [{}], [[]]])
def test_nothing_makes_no_statement(value: Any) -> None:
    assert not said(value)


def test_objects_in_a_list_keep_their_order() -> None:
    assert sum("terms#index" in s for s in said([{"a": 1}, {"a": 1}])) == 2
    assert not any("terms#index" in s for s in said([{"a": 1}]))


@pytest.mark.parametrize(
    "local", ["file:///x", "http://localhost/x", "hdfs:///x", "C:\\x", "a b: c"]
)
def test_what_is_of_one_machine_is_not_global(local: str) -> None:
    assert not is_global(local)
    assert address_node(local, BASE, "data").value.startswith(f"{BASE}data/")


def test_an_address_is_its_own_node() -> None:
    assert address_node("s3://bucket/a", BASE, "data").value == "s3://bucket/a"
    assert address_node("https://x.org/a b", BASE, "data").value == "https://x.org/a%20b"


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def test_what_is_not_too_deep_can_be_written() -> None:
    deepest = json_text.parse(json.dumps(nested(MAX_DEPTH - 1)).encode(), "x.json")
    assert len(said(deepest)) == MAX_DEPTH
    with pytest.raises(UnreadableSource, match=f"nested more than {MAX_DEPTH} levels deep"):
        json_text.parse(json.dumps(nested(MAX_DEPTH + 1)).encode(), "x.json")


def test_halves_of_surrogate_pairs_are_counted() -> None:
    findings = Findings()
    text = json.dumps({"a\ud800": ["\udfff", 1]}).encode()
    assert json_text.parse(text, "x.json", findings) == {"a\ufffd": ["\ufffd", 1]}
    assert findings.total(FindingKind.REPAIR) == 2
