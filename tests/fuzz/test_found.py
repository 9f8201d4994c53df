"""What the fuzzer once found: each of these made something else come out than an error of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fuzz.fuzzing import take

from kg_service.align.engine import Alignment

_PROV = {"prefix": {"ex": "http://x.example/"}}
_JSONLD = "https://openprovenance.org/prov-jsonld/context.jsonld"
FOUND: dict[str, tuple[str, Any]] = {
    "icat answer with a code that is no text": ("a.json", {"code": {}, "message": "x"}),
    "icat name with half a surrogate pair": (
        "a.json",
        '[{"Dataset": {"id": 1, "name": "d\\ud800", "\\ud800x": "y", "complete": true}}]',
    ),
    "panosc isPublic that is an object": (
        "a.json",
        [{"pid": "10.1/x", "title": "t", "isPublic": {}, "creationDate": "2024-01-01T00:00:00Z",
          "techniques": [], "documentId": "d", "size": 1}],
    ),
    "scicat date that is no date": (
        "a.json",
        [{"pid": "1/x", "type": "raw", "creationTime": {"$date": {"$numberLong": {}}},
          "ownerGroup": "g", "sourceFolder": "/x", "datasetName": "n"}],
    ),
    "prov-json type that is a list": (
        "a.json", {**_PROV, "entity": {"ex:a": {"ex:p": {"$": "v", "type": ["xsd:int"]}}}},
    ),
    "prov-json language that is a list": (
        "a.json", {**_PROV, "entity": {"ex:a": {"ex:p": {"$": "v", "lang": ["en"]}}}},
    ),
    "prov-jsonld type that is a list": (
        "a.jsonld",
        {"@context": [{"ex": "http://x.example/"}, _JSONLD],
         "@graph": [{"@type": ["prov:Entity", ["x"]], "@id": "ex:a"}]},
    ),
    "prov-jsonld graph that is a number": ("a.jsonld", {"@context": [_JSONLD], "@graph": 5}),
    "prov-o datatype that is no IRI": (
        "a.ttl",
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        '<a> a prov:Entity ; prov:value "1"^^<http://x.example/a b> ; prov:label "x"@a-b-c .',
    ),
    "a huge value in a message": ("a.provn", "document\n" + "x" * 70_000 + "\nendDocument"),
}  # fmt: skip


@pytest.mark.parametrize("what", FOUND)
def test_found(what: str, tmp_path: Path, alignment: Alignment) -> None:
    name, content = FOUND[what]
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / name).write_text(text, encoding="utf-8")
    take(tmp_path / name, alignment)


@pytest.mark.parametrize("name", ["\udcff.provn", "s_\udcff.txt", "\udcff.json"])
def test_a_file_whose_name_is_no_text(name: str, tmp_path: Path, alignment: Alignment) -> None:
    said = "prefix ex <http://x.example/>\n entity(ex:a)\n wasGeneratedBy(ex:a, ex:b, -)"
    try:
        (tmp_path / name).write_text(f"document\n{said}\nendDocument")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert take(tmp_path / name, alignment) == 1
