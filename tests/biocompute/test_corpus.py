"""Every BioCompute Object of the corpus is taken, or refused with the place; nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import bundle_of, recognised
from support import CASE_BASE

from ingest.biocompute import read
from ingest.errors import UnreadableSource
from ingest.findings import FindingKind, Findings
from kg_service.align.engine import Alignment
from kg_service.terms import RDF_TYPE, kg

OBJECTS = {
    "bco-api/config/fixtures/test_portal.json": 15,
    "bco-api/tests/fixtures/bco_dump.json": 14,
    "bco-api/tests/fixtures/old_test_data.json": 14,
    "bco-api/tests/fixtures/test_data.json": 15,
    "bco-spec/examples/HCV1a.json": 1,
    "bco-spec/examples/HIVE_metagenomics.json": 1,
}
BROKEN = "bco-wgs-varscan/bco.json"


def test_every_object_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = {}
    for path in sorted((corpus / "other").rglob("*.json")):
        found = recognised(path)
        name = path.relative_to(corpus / "other").as_posix()
        if "biocompute" not in found or name == BROKEN:
            continue
        findings = Findings()
        aligned = alignment.align(read(bundle_of(path)).triples(CASE_BASE, findings), Findings())
        assert not aligned.unmapped, path
        # a server's dump holds accounts and sessions beside the objects
        assert {f.code for f in findings.of(FindingKind.LOSS)} <= {"no-object"}
        runs = {
            t.subject
            for t in aligned.triples
            if t.predicate == RDF_TYPE and t.object == kg("WorkflowRun")
        }
        taken[name] = len(runs)
    assert taken == OBJECTS


def test_a_broken_object_is_refused_with_its_place(corpus: Path) -> None:
    path = corpus / "other" / BROKEN
    assert recognised(path) == ["biocompute"]
    with pytest.raises(UnreadableSource, match="line 146, column 6"):
        read(bundle_of(path))
