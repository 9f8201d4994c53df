"""What ISA means in PROV-O: the mapping set on the cases, and its agreement with the ontology."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from isa.running import CASES, FOLDER, documents
from pyoxigraph import RdfFormat, parse
from support import CASE_BASE, REPOSITORY

from ingest.findings import Findings
from kg_service.align.engine import Aligned, Alignment
from kg_service.align.sssom import read_sssom

ISA = "https://w3id.org/kg-service/isa#"
PREFIXES = {
    "http://www.w3.org/ns/prov#": "prov:",
    "https://w3id.org/kg-service/terms#": "kg:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    CASE_BASE: "",
}
Facts = set[tuple[str, str, str]]


def short(text: str) -> str:
    for iri, prefix in PREFIXES.items():
        text = text.replace(iri, prefix)
    return text.strip("<>").replace("%20", " ")


@pytest.fixture
def align(alignment: Alignment) -> Callable[[str], list[Aligned]]:
    def make(case: str) -> list[Aligned]:
        folder = FOLDER / case / "input"
        folders = sorted(p for p in folder.rglob("*") if p.is_dir()) or [folder]
        return [
            alignment.align(list(d.triples(CASE_BASE, Findings())), Findings())
            for f in folders
            for d in documents(f)
        ]

    return make


@pytest.fixture
def facts(align: Callable[[str], list[Aligned]]) -> Callable[[str], Facts]:
    def make(case: str) -> Facts:
        (aligned,) = align(case)
        return {
            (short(str(t.subject)), short(str(t.predicate)), short(str(t.object)))
            for t in aligned.triples
        }

    return make


def test_a_chain_from_specimen_to_result(facts: Callable[[str], Facts]) -> None:
    found = facts("chain")
    assay = "study/S1/assay/a_assay.txt"
    assembly = f"{assay}/process/assembly/assembly 1"
    sequencing = f"{assay}/process/sequencing/run 1"
    assert {
        ("study/S1/source/plant 1", "rdf:type", "kg:Specimen"),
        ("study/S1/sample/root 1", "rdf:type", "kg:Sample"),
        (f"{assay}/extract/root 1.e", "rdf:type", "kg:Sample"),
        ("file/contigs.fasta", "rdf:type", "kg:File"),
        ("file/contigs.fasta", "prov:wasGeneratedBy", assembly),
        (assembly, "rdf:type", "kg:LabProcess"),
        (assembly, "prov:used", "file/run1.fastq.gz"),
        (assembly, "rdfs:label", '"assembly 1"'),
        (assembly, "kg:hadPlan", "study/S1/protocol/assembly"),
        (assembly, "kg:partOf", assay),
        (assay, "kg:partOf", "study/S1"),
        ("study/S1", "kg:partOf", "investigation"),
        ("file/run1.fastq.gz", "prov:wasGeneratedBy", sequencing),
        ("file/run1.fastq.gz", "kg:md5", '"0123456789abcdef0123456789abcdef"'),
        (sequencing, "prov:used", f"{assay}/extract/root 1.e"),
        ("study/S1/protocol/assembly", "rdf:type", "kg:Protocol"),
        ("person/Ada Field", "rdf:type", "prov:Person"),
    } <= found
    growth = next(s for s, p, o in found if p == "prov:used" and o == "study/S1/source/plant 1")
    assert ("study/S1/sample/root 1", "prov:wasGeneratedBy", growth) in found
    assert (growth, "rdfs:label", '"growth"') in found
    assert (growth, "prov:wasAssociatedWith", "person/Ada Field") in found
    started = [o for s, p, o in found if s == growth and p == "prov:startedAtTime"]
    assert len(started) == 1
    assert started[0].startswith('"2024-05-02"')


def test_processes_without_a_node_between_inform_each_other(facts: Callable[[str], Facts]) -> None:
    informed = [(s, o) for s, p, o in facts("chained-protocols") if p == "prov:wasInformedBy"]
    assert len(informed) == 2
    assert len({s for s, _o in informed}) == 1


def test_accessions_are_identifiers(facts: Callable[[str], Facts]) -> None:
    found = {(s, o) for s, p, o in facts("accessions") if p == "dcterms:identifier"}
    assert {
        ("study/S1/source/plant 1", '"SAMEA0000001"'),
        ("study/S1/sample/root 1", '"igsn:XYZ0001"'),
        ("study/S1/sample/SAMN00000003", '"SAMN00000003"'),
        ("file/r2.fastq", '"https://www.ebi.ac.uk/ena/browser/view/ERR000002"'),
    } <= found
    assert not any("SAMEA7777777" in o for _s, o in found)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_nothing_is_unmapped_and_all_activities_have_labels(
    case: Path, align: Callable[[str], list[Aligned]]
) -> None:
    if (case / "error.txt").exists():
        pytest.skip("a case that is refused")
    for aligned in align(case.name):
        assert not aligned.unmapped
        labelled = {t.subject for t in aligned.triples if t.predicate.value.endswith("#label")}
        kinds = ("Activity", "Entity", "Person", "Study", "Assay", "Investigation")
        shown = {
            t.subject for t in aligned.triples if str(t.object).rpartition("#")[2][:-1] in kinds
        }
        assert shown <= labelled


def terms_of_ontology() -> set[str]:
    path = REPOSITORY / "ontologies" / "isa.ttl"
    quads = list(parse(path=str(path), format=RdfFormat.TURTLE))
    terms = {q.subject.value for q in quads if q.subject.value.startswith(ISA)}
    for word in ("label", "comment"):
        described = {q.subject.value for q in quads if q.predicate.value.endswith(f"#{word}")}
        assert terms <= described
    return terms


def test_ontology_and_mapping_set_have_the_same_terms() -> None:
    rows = read_sssom(REPOSITORY / "mappings" / "isa.sssom.tsv", bool).rows
    assert {row.source for row in rows} == terms_of_ontology()


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_all_terms_that_are_written_are_in_the_ontology(case: Path) -> None:
    if (case / "error.txt").exists():
        pytest.skip("a case that is refused")
    text = (case / "expected.nt").read_text(encoding="utf-8")
    used = {part.split(">")[0] for part in text.split(f"<{ISA}")[1:]}
    assert {ISA + name for name in used} <= terms_of_ontology()
