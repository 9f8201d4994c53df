"""Every file of events of the corpus is taken; facets on their own and dbt's results are not."""

from __future__ import annotations

import json
from pathlib import Path

from golden import bundle_of, recognised
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
        if "openlineage" not in found:
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


def test_every_facet_of_the_specification_is_known(
    corpus: Path, alignment: Alignment, tmp_path: Path
) -> None:
    """The specification's own examples of facets, each in an event: all terms are mapped."""
    examples = sorted((corpus / "other" / "openlineage-spec" / "spec" / "tests").glob("*/*.json"))
    for example in examples:
        facets = json.loads(example.read_text(encoding="utf-8"))
        event = {
            "eventType": "COMPLETE",
            "run": {"runId": "r", "facets": facets},
            "job": {"namespace": "n", "name": "j", "facets": facets},
            "outputs": [{"namespace": "n", "name": "d", "facets": facets}],
        }
        path = tmp_path / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        findings = Findings()
        made = list(read(bundle_of(path)).triples(CASE_BASE, findings))
        assert not any(t.predicate.value == f"{NAMESPACE}customFacet" for t in made), example
        assert not findings.of(FindingKind.LOSS)
        assert not alignment.align(made, Findings()).unmapped, example
    assert len(examples) > 30
