"""Run crates aligned: golden cases, each a small crate and the PROV statements it must yield."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal
from support import CASE_BASE, crate, ref

from ingest.bundle import Bundle, FolderFiles
from ingest.findings import FindingKind, Findings
from ingest.rocrate import read
from kg_service.align.engine import Aligned, Alignment
from kg_service.terms import shorten

CASES = Path(__file__).parent / "cases"


def align(alignment: Alignment, folder: Path) -> tuple[Aligned, Findings]:
    findings = Findings()
    document = read(Bundle(FolderFiles(folder), main="ro-crate-metadata.json"))
    return alignment.align(document.triples(CASE_BASE, findings), findings), findings


def short(aligned: Aligned) -> set[str]:
    """The aligned statements in a form that is easy to read in a test."""

    agents = {
        t.subject.value: f"agent:{t.object.value}"
        for t in aligned.triples
        if t.subject.value.startswith("urn:kg:agent:") and isinstance(t.object, Literal)
    }

    def name(term: Any) -> str:
        if isinstance(term, Literal):
            return json.dumps(term.value)
        if term.value == CASE_BASE:
            return "./"
        if term.value in agents:
            return agents[term.value]
        return shorten(term.value.replace(CASE_BASE, "").replace("urn:kg:association:", "assoc:"))

    return {f"{name(t.subject)} {name(t.predicate)} {name(t.object)}" for t in aligned.triples}


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda c: c.name)
def test_golden(alignment: Alignment, case: Path) -> None:
    """``expected.txt``: lines that must be there; lines that begin with ``!`` must not be."""
    aligned, _ = align(alignment, case / "input")
    made = short(aligned)
    for line in (case / "expected.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            assert line[1:].strip() not in made, f"must not be there: {line[1:]}"
        elif line.strip() and not line.startswith("//"):
            assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))


SPELLINGS = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/crate/1.2/context",
    "https://w3id.org/ro/crate/1.3/context",
    ["https://w3id.org/ro/crate/1.3/context", "https://w3id.org/ro/terms/workflow-run/context"],
    {"@vocab": "https://schema.org/", "File": "https://schema.org/MediaObject",
     "ComputationalWorkflow": "https://bioschemas.org/terms/ComputationalWorkflow",
     "FormalParameter": "https://bioschemas.org/terms/FormalParameter",
     "input": "https://bioschemas.org/terms/input",
     "sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]  # fmt: skip


def test_all_spellings_of_terms_align_alike(alignment: Alignment, tmp_path: Path) -> None:
    entities: list[dict[str, Any]] = [
        {"@id": "wf", "@type": "ComputationalWorkflow", "input": ref("#p")},
        {"@id": "#p", "@type": "FormalParameter", "name": "p"},
        {"@id": "#run", "@type": "CreateAction", "instrument": ref("wf"), "object": ref("in.txt"),
         "result": ref("out.txt"), "startTime": "2026-01-01T00:00:00Z"},
        {"@id": "in.txt", "@type": "File", "sha256": "a" * 64, "exampleOfWork": ref("#p")},
        {"@id": "out.txt", "@type": "File"},
    ]  # fmt: skip
    graphs = []
    for index, context in enumerate(SPELLINGS):
        folder = crate(tmp_path / f"c{index}" / "crate", *entities, context=context)
        made = short(align(alignment, folder)[0])
        graphs.append({line for line in made if "ro-crate-metadata" not in line})
    assert "#run prov:used in.txt" in graphs[0]
    assert f'in.txt kg:sha256 "{"a" * 64}"' in graphs[0]
    for other in graphs[1:]:
        assert other == graphs[0]


def test_odd_times_are_kept_and_told(alignment: Alignment, tmp_path: Path) -> None:
    folder = crate(
        tmp_path / "c",
        {"@id": "#a", "@type": "CreateAction", "startTime": "yesterday"},
        {"@id": "#b", "@type": "CreateAction", "startTime": "2026-01-02T00:00:00",
         "endTime": "2026-01-01T00:00:00"},
    )  # fmt: skip
    aligned, findings = align(alignment, folder)
    assert '#a prov:startedAtTime "yesterday"' in short(aligned)
    assert {f.code for f in findings.of(FindingKind.WARNING)} == {"time", "time-order"}


def test_terms_without_a_mapping_are_counted(alignment: Alignment, tmp_path: Path) -> None:
    folder = crate(tmp_path / "c", {"@id": "#x", "@type": "Volcano", "jobTitle": ["a", "b"]})
    aligned, _ = align(alignment, folder)
    assert aligned.unmapped == {"http://schema.org/Volcano": 1, "http://schema.org/jobTitle": 2}
