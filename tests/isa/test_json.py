"""Recognising and reading ISA-JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import CASE_BASE

from ingest.bundle import Bundle, SingleFile
from ingest.errors import InvalidSource, UnreadableSource
from ingest.findings import Findings
from ingest.isa import is_isa_json, read_json
from ingest.isa.document import IsaDocument
from ingest.sniff import Sniff

BARE: dict[str, Any] = {"materials": {"sources": []}, "processSequence": []}


def bundle(folder: Path, content: Any) -> Bundle:
    path = folder / "study.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Bundle(SingleFile(path), only=path.name)


def read(folder: Path, **study: Any) -> IsaDocument:
    return read_json(bundle(folder, {"identifier": "I", "studies": [{"identifier": "S", **study}]}))


def told(document: IsaDocument) -> list[tuple[str, str]]:
    findings = Findings()
    list(document.triples(CASE_BASE, findings))
    return [(f.kind.value, f.code) for f in findings]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"studies": [{"identifier": "S", "processSequence": []}]}, True),
        ({"studies": [{"identifier": "S", "assays": []}], "@context": "x"}, True),
        ({"studies": [], "ontologySourceReferences": []}, True),
        (BARE, True),
        ({"studies": []}, False),
        ({"studies": [{"id": 1}]}, False),
        ({"studies": ["S"]}, False),
        (
            {"studies": {"type": "array"}, "$schema": "http://json-schema.org/draft-04/schema"},
            False,
        ),
        ({"@graph": [], "studies": [{"identifier": "S", "assays": []}]}, False),
        ({"name": "a design", "design": {"arms": []}}, False),
        ({"materials": {"samples": []}, "processSequence": [], "dataFiles": []}, False),
        ([], False),
        ("text", False),
    ],
)
def test_recognition(tmp_path: Path, content: Any, expected: bool) -> None:
    made = bundle(tmp_path, json.dumps(content))
    assert is_isa_json(Sniff(made, "study.json")) is expected


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="line 1"):
        read_json(bundle(tmp_path, "{nothing"))


@pytest.mark.parametrize("content", [[], {}, {"studies": 1}])
def test_what_is_no_isa_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(InvalidSource, match="check that it is ISA-JSON"):
        read_json(bundle(tmp_path, content))


def test_a_bare_study_has_no_investigation(tmp_path: Path) -> None:
    document = read_json(bundle(tmp_path, {"identifier": "S", **BARE}))
    assert document.description.identifier == "S"
    types = [
        t.object for t in document.triples(CASE_BASE, Findings()) if "type" in str(t.predicate)
    ]
    assert [str(t).rpartition("#")[2] for t in types] == ["Study>"]


def test_unknown_keys_are_lost_and_told(tmp_path: Path) -> None:
    document = read(tmp_path, mood="good", processSequence=[{"@id": "#1", "@type": "P", "x": 1}])
    losses = [e.where for f in document.noticed if f.kind == "loss" for e in f.examples]
    assert losses == ["$.studies[0].processSequence[0].x", "$.studies[0].mood"]


def test_a_node_described_in_place_is_taken(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        processSequence=[
            {
                "@id": "#1",
                "inputs": [{"@id": "#Source_p", "name": "p", "characteristics": [{"value": "x"}]}],
                "outputs": [{"@id": "a/b.raw", "name": "a/b.raw", "type": "Raw Data File"}],
            }
        ],
    )
    study = document.investigation.studies[0]
    assert [(n.ref.kind, n.ref.name) for n in study.table.nodes] == [("source", "p")]
    assert [n.types for n in document.investigation.files] == [("Raw Data File",)]


def test_references_to_nothing_are_told(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        processSequence=[
            {
                "@id": "#1",
                "inputs": [{"@id": "#nobody"}],
                "executesProtocol": {"@id": "#none"},
                "previousProcess": {"@id": "#9"},
                "parameterValues": [{"category": {"@id": "#parameter/scan_rate"}, "value": 3}],
            }
        ],
    )
    (process,) = document.investigation.studies[0].table.processes
    assert process.parameter_values[0].category == "scan rate"
    assert set(told(document)) == {
        ("repair", "unknown-category"),
        ("loss", "unknown-reference"),
        ("loss", "process-link"),
    }


def test_the_prefixes_of_older_isatools_are_taken_off(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        materials={
            "sources": [{"@id": "#source/source-p 1", "name": "source-p 1"}],
            "samples": [{"@id": "#sample/7", "name": "sample-of-mine"}],
        },
    )
    nodes = document.investigation.studies[0].table.nodes
    assert [n.ref.name for n in nodes] == ["p 1", "sample-of-mine"]
    assert told(document) == [("repair", "name-prefix")]


def test_the_protocol_unknown_of_isatools_is_none(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        protocols=[{"@id": "#protocol/unknown", "name": "unknown"}],
        processSequence=[{"@id": "#1", "executesProtocol": {"@id": "#protocol/unknown"}}],
    )
    study = document.investigation.studies[0]
    assert study.protocols == ()
    assert told(document) == [("warning", "missing-protocol")]


def test_what_processes_say_is_not_said_again_by_derives_from(tmp_path: Path) -> None:
    sources = [{"@id": "#a", "name": "a"}, {"@id": "#b", "name": "b"}]
    samples = [{"@id": "#s", "name": "s", "derivesFrom": [{"@id": "#a"}, {"@id": "#b"}]}]
    document = read(
        tmp_path,
        materials={"sources": sources, "samples": samples},
        processSequence=[
            {"@id": "#1", "inputs": [{"@id": "#a"}], "nextProcess": {"@id": "#2"}},
            {"@id": "#2", "outputs": [{"@id": "#s"}]},
        ],
    )
    sample = document.investigation.studies[0].table.nodes[-1]
    assert [origin.name for origin in sample.derives_from] == ["b"]


def test_processes_that_json_tells_apart_stay_apart(tmp_path: Path) -> None:
    samples = [{"@id": f"#{n}", "name": n} for n in "abc"]
    step = {"executesProtocol": {"@id": "#p", "name": "grow"}, "inputs": [{"@id": "#a"}]}
    document = read(
        tmp_path,
        materials={"samples": samples},
        processSequence=[
            {"@id": "#1", **step, "outputs": [{"@id": "#b"}]},
            {"@id": "#2", **step, "outputs": [{"@id": "#c"}]},
        ],
    )
    graph = {str(t) for t in document.triples(CASE_BASE, Findings())}
    assert sum("#processSequence" in t for t in graph) == 2


def test_addresses_as_ids_are_kept(tmp_path: Path) -> None:
    person = {"@id": "https://orcid.org/0000-0002-1825-0097", "firstName": "Ada", "lastName": "F"}
    document = read(tmp_path, people=[person], processSequence=[])
    ids = [t for t in document.triples(CASE_BASE, Findings()) if str(t.predicate).endswith("#id>")]
    assert [str(t.object) for t in ids] == ["<https://orcid.org/0000-0002-1825-0097>"]


def test_characters_that_rdf_can_not_hold_are_left_out_and_told(tmp_path: Path) -> None:
    text = '{"studies": [{"identifier": "S\\ud800", "title": "a\\u0000b", "assays": []}]}'
    document = read_json(bundle(tmp_path, text))
    study = document.investigation.studies[0]
    assert (study.identifier, study.title) == ("S\ufffd", "ab")
    assert sorted(told(document)) == [("repair", "control-character"), ("repair", "lone-surrogate")]
