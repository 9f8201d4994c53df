"""ESRF's techniques by name and by IRI, and its definitions in the vocabulary graph."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import FindingKind, Findings
from ingest.icat.techniques import techniques_in
from kg_service.esrf_terms import PARAMETERS, esrf_triples
from kg_service.terms import RDFS_LABEL, dcterms, kg

ESRFET = "https://w3id.org/PaN/ESRFET#"


@pytest.mark.parametrize(
    ("parameter", "text", "expected", "unknown"),
    [
        ("definition", "XRF", {("XRF", "XRF")}, 0),
        ("definition", "xrf  PTYCHO", {("XRF", "xrf"), ("PTYCHO", "PTYCHO")}, 0),
        ("definition", "XRF;PTYCHO", {("XRF", "XRF"), ("PTYCHO", "PTYCHO")}, 0),
        ("definition", "UNKNOWN", set(), 0),
        ("definition", "", set(), 0),
        ("definition", "NOSUCH XRF", {("XRF", "XRF")}, 1),
        ("technique_pid", f"{ESRFET}XRF {ESRFET}NEW", {("XRF", None), ("NEW", None)}, 0),
        ("technique_pid", "XRF", set(), 1),
        ("scan_definition", "XRF", set(), 0),
    ],
)
def test_techniques(
    parameter: str, text: str, expected: set[tuple[str, str | None]], unknown: int
) -> None:
    findings = Findings()
    found = list(techniques_in(parameter, text, "x", findings))
    assert {(t.node.value.removeprefix(ESRFET), t.name) for t in found} == expected
    assert findings.total(FindingKind.WARNING) == unknown


def test_what_a_parameter_means() -> None:
    triples = set(esrf_triples())
    node = NamedNode(PARAMETERS + "InstrumentMonochromator_energy")
    path = NamedNode("https://w3id.org/kg-service/icat#nexusPath")
    assert Triple(node, kg("unit"), Literal("keV")) in triples
    assert Triple(node, path, Literal("/entry/instrument/monochromator/energy")) in triples
    assert any(t.subject == node and t.predicate == dcterms("description") for t in triples)


def test_what_a_technique_is_called() -> None:
    triples = set(esrf_triples())
    assert Triple(NamedNode(ESRFET + "XRF"), RDFS_LABEL, Literal("XRF")) in triples
    close = NamedNode("http://www.w3.org/2004/02/skos/core#closeMatch")
    pairs = [(t.subject, t.object) for t in triples if t.predicate == close]
    assert pairs
    assert all(str(a).startswith(f"<{ESRFET}") and "PaNET" in str(b) for a, b in pairs)
