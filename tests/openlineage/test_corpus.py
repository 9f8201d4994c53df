"""Every file of events of the corpus is taken; facets on their own and dbt's results are not."""

from __future__ import annotations

from pathlib import Path

from golden_files import bundle_of, recognised
from support import CASE_BASE

from ingest.findings import FindingKind, Findings
from ingest.openlineage import read
from ingest.openlineage.facets import NAMESPACE
from kg_service.align.engine import Alignment

# what the specification's own examples, and tests of producers, make up
MADE_UP = {NAMESPACE + n for n in ("additionalPropExample", "example", "expected")}


def test_every_file_of_events_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = 0
    for path in sorted((corpus / "other").rglob("*.json")):
        found = recognised(path)
        if found is None or found.name != "openlineage":
            continue
        taken += 1
        assert path.relative_to(corpus / "other").parts[0].startswith(("openlineage", "marquez"))
        findings = Findings()
        aligned = alignment.align(read(bundle_of(path)).triples(CASE_BASE, findings), Findings())
        assert set(aligned.unmapped) <= MADE_UP, path
        lost = {f.code for f in findings.of(FindingKind.LOSS)}
        # a test of flink's leaves the job's name out
        assert lost <= ({"no-job"} if "flink2" in path.parts else set()), path
    assert taken == 55
