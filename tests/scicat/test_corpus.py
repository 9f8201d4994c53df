"""Every genuine SciCat export of the corpus is taken; nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

from support import CASE_BASE

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.document import Visibility
from ingest.findings import FindingKind, Findings
from ingest.scicat import is_scicat_export, mains, read
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment

SEED = "facility/scicatlive-seed/services/backend/services/mongodb/config/seed"
GENUINE = {
    f"{SEED}/{name}.json"
    for name in (
        "Dataset",
        "Instrument",
        "Job",
        "OrigDatablock",
        "Proposal",
        "PublishedData",
        "Sample",
    )
} | {
    "facility/scicat-backend-derived/TestData.json",
    "facility/scicat-frontend/scripts/datablock.json",
    "facility/scicat-frontend/scripts/datablock_two.json",
    "facility/scicat-frontend/scripts/raw_dataset.json",
}


def test_every_export_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = set()
    for folder in ("facility", "copyleft/facility"):
        for path in sorted((corpus / folder).rglob("*.json")):
            bundle = Bundle(SingleFile(path), only=path.name)
            if not is_scicat_export(Sniff(bundle, path.name)):
                continue
            taken.add(path.relative_to(corpus).as_posix())
            findings = Findings()
            triples = list(read(bundle).triples(CASE_BASE, findings))
            # the test data hold queries and patches beside the records
            assert {f.code for f in findings.of(FindingKind.LOSS)} <= {"no-record"}
            assert not alignment.align(triples, Findings()).unmapped, path
    assert taken == GENUINE


def test_the_seed_is_one_source(corpus: Path) -> None:
    folders = {p.parent for p in (corpus / "facility").rglob("*.json")}
    claimed = {}
    for folder in folders:
        names = sorted(p.name for p in folder.iterdir() if p.is_file())
        if found := mains(Bundle(FolderFiles(folder)), names):
            claimed[folder.relative_to(corpus).as_posix()] = found
    assert claimed == {SEED: ["Dataset.json"]}


def test_the_seed_loses_nothing(corpus: Path) -> None:
    findings = Findings()
    bundle = Bundle(FolderFiles(corpus / SEED), main="Dataset.json")
    triples = set(read(bundle).triples(CASE_BASE, findings))
    assert findings.total(FindingKind.LOSS) == 0
    assert len(triples) == 1823


def test_the_seed_is_seen_by_the_group_that_sees_all_of_it(corpus: Path) -> None:
    bundle = Bundle(FolderFiles(corpus / SEED), main="Dataset.json")
    told, findings = read(bundle), Findings()
    list(told.triples(CASE_BASE, findings))
    assert (told.description.visibility, told.description.groups) == (
        Visibility.RESTRICTED,
        ("group1",),
    )
    (noted,) = (f for f in findings if f.code == "visibility")
    assert "Proposal.json" in noted.examples[0].where
