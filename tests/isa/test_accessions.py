"""Which texts are identifiers of the nodes that bear them."""

from __future__ import annotations

import pytest

from ingest.findings import Findings
from ingest.isa.accessions import (
    Bearer,
    assign,
    checksums,
    of_node,
    of_person,
    of_process,
    of_study,
)
from ingest.isa.model import Annotation, Comment, Kind, Node, NodeRef, Person, Value


def sample(name: str = "s", **comments: str) -> Node:
    made = tuple(Comment(n.replace("_", " "), v) for n, v in comments.items())
    return Node(NodeRef(Kind.SAMPLE, name), comments=made)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BioSample", "SAMEA1234567", "SAMEA1234567"),
        ("link", "https://www.ebi.ac.uk/biosamples/samples/SAMN0001", None),
        ("link", "https://identifiers.org/biosample:SAMN0001", None),
        ("anything", "ERS000123", "ERS000123"),
        ("GEO", "GSM12345", "GSM12345"),
        ("IGSN", "IEABC0001", "igsn:IEABC0001"),
        ("IGSN", "igsn:10273/ABC", "igsn:10273/ABC"),
        ("RRID", "CVCL_0030", "RRID:CVCL_0030"),
        ("identifier", "https://doi.org/10.1234/sample.1", "https://doi.org/10.1234/sample.1"),
        ("identifier", "ark:/12345/abc", "ark:/12345/abc"),
    ],
)
def test_identifiers_of_materials(name: str, value: str, expected: str | None) -> None:
    node = Node(NodeRef(Kind.SAMPLE, "s"), comments=(Comment(name, value),))
    assert of_node(node) == ((expected or value),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("note", "see SAMEA1234567"),
        ("derived from", "SAMEA1234567"),
        ("publication DOI", "10.1234/paper"),
        ("barcode", "12345"),
        ("run", "ERR000123"),
    ],
)
def test_what_is_no_identifier_of_the_material(name: str, value: str) -> None:
    assert of_node(Node(NodeRef(Kind.SAMPLE, "s"), comments=(Comment(name, value),))) == ()


def test_names_and_characteristics_count_too() -> None:
    value = Value("accession", Annotation("SAMEA2"))
    node = Node(NodeRef(Kind.SOURCE, "SAMEA1"), characteristics=(value,))
    assert of_node(node) == ("SAMEA1", "SAMEA2")


def test_files_processes_studies_and_persons() -> None:
    run = (Comment("run", "ERR000123"),)
    assert of_node(Node(NodeRef(Kind.FILE, "x"), comments=run)) == ("ERR000123",)
    assert of_process([Comment("experiment", "SRX000123")]) == ("SRX000123",)
    assert of_study([Comment("project", "PRJEB123"), Comment("mood", "good")]) == ("PRJEB123",)
    orcid = Comment("Study Person ORCID", "0000-0002-1825-0097")
    assert of_person(Person(comments=(orcid, Comment("ROR", "https://ror.org/0abcdef12")))) == (
        "0000-0002-1825-0097",
    )


def test_an_identifier_names_one_thing() -> None:
    findings = Findings()
    assigned = assign(
        [
            Bearer("source", Kind.SOURCE, ("SAMEA1", "SAMEA2")),
            Bearer("sample", Kind.SAMPLE, ("SAMEA1",)),
            Bearer("a", Kind.EXTRACT, ("SAMEA3",)),
            Bearer("b", Kind.EXTRACT, ("SAMEA3",)),
            Bearer("process", None, ("SRX000001",)),
        ],
        "i.txt",
        findings,
    )
    assert assigned == {"sample": ["SAMEA1"], "source": ["SAMEA2"], "process": ["SRX000001"]}
    assert [f.code for f in findings] == ["shared-accession"]


def test_checksums_and_sizes() -> None:
    comments = [
        Comment("MD5 checksum", "A" * 32),
        Comment("SHA-1", "too short"),
        Comment("file size", "12"),
        Comment("size", "1.5 GB"),
    ]
    assert list(checksums(comments)) == [("md5", "a" * 32), ("size", 12)]
