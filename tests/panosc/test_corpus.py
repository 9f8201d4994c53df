"""The data file of the PaN search API's reference implementation is taken, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from golden import bundle_of, recognised
from pyoxigraph import NamedNode
from support import BASE, CASE_BASE

from ingest.findings import FindingKind, Findings
from ingest.panosc import read
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph

DATA = "facility/panosc-search-api/data/db.json"


def test_the_data_file_is_taken_and_nothing_else(corpus: Path) -> None:
    taken = {
        path.relative_to(corpus).as_posix()
        for folder in ("other", "facility", "copyleft/facility")
        for path in sorted((corpus / folder).rglob("*.json"))
        if "panosc" in recognised(path)
    }
    assert taken == {DATA}


def test_the_data_file_loses_nothing(corpus: Path, alignment: Alignment) -> None:
    findings = Findings()
    triples = list(read(bundle_of(corpus / DATA)).triples(CASE_BASE, findings))
    assert findings.total(FindingKind.LOSS) == 0
    assert not alignment.align(triples, Findings()).unmapped


def test_its_sample_leads_to_its_datasets(
    corpus: Path, knowledge: Callable[..., KnowledgeGraph]
) -> None:
    graph = knowledge(corpus / DATA)
    (source,) = graph.sources()
    sample = NamedNode(f"{BASE}/source/{source.id}/samples/20.500.12269%2Fpanosc-sample1")
    ends = graph.results(sample)
    assert {thing.label for thing in ends.things} == {
        name
        for number in range(1, 5)
        for name in (f"PaNOSC Test Dataset {number}", f"panosc-file{number}.hdf")
    }
    assert ends.complete
