"""Every genuine DataCite JSON file of the corpus is taken; nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

from golden import bundle_of, recognised
from support import CASE_BASE

from ingest.datacite import read
from ingest.findings import FindingKind, Findings
from kg_service.align.engine import Alignment

GENUINE = {
    f"other/datacite-bolognese/{name}.json"
    for name in (
        "crosscite",
        "datacite",
        "datacite_software",
        "datacite_software_overlapping_keys",
        "datacite_software_version",
        "datacite_with_container",
        "datacite_with_container_and_seriesinformation",
        "datacite_with_container_and_seriesinformation_and_relateditem",
    )
}


def test_every_record_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = set()
    for folder in ("other", "facility", "copyleft/facility"):
        for path in sorted((corpus / folder).rglob("*.json")):
            if "datacite" not in (found := recognised(path)):
                continue
            assert found == ["datacite"], path
            taken.add(path.relative_to(corpus).as_posix())
            findings = Findings()
            document = read(bundle_of(path))
            triples = list(document.triples(CASE_BASE, findings))
            assert findings.total(FindingKind.LOSS) == 0
            assert not alignment.align(triples, Findings()).unmapped, path
            assert document.description.identifier, path
    assert taken == GENUINE
