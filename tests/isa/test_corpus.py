"""The readers on real ISA files, where the corpus is present."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support import CASE_BASE, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.discover import Found, Refused, discover
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.isa import read_json, read_tab
from ingest.isa.document import IsaDocument

NAME = "https://w3id.org/kg-service/isa#"
# folders of tables that no investigation file comes with
REFUSED = {
    "isa/bio-parser-isatab/t/misc-test-files",
    "isa/metabolights-utils/tests/test-data/isa-table-files",
    "isa/metabolights-utils/tests/test-data/test-data-01",
    "copyleft/isa/linkedISA/ISAtab-Datasets/BGI-SOAPdenovo2",
    "copyleft/isa/linkedISA/ISAtab-Datasets/MTBLS2",
    "copyleft/isa/linkedISA/linkedISA-core/src/test/resources/ISAtab-Datasets/MTBLS2",
}


@pytest.mark.parametrize("part", ["isa", "copyleft/isa"])
def test_every_source_is_taken_or_refused_with_a_reason(corpus: Path, part: str) -> None:
    taken: Counter[str] = Counter()
    refused = set()
    for discovery in discover(corpus / part):
        if isinstance(discovery, Refused):
            assert isinstance(discovery.error, InvalidSource)
            refused.add(str(Path(discovery.location).relative_to(corpus)))
        elif isinstance(discovery, Found):
            graph = list(discovery.read().triples(CASE_BASE, Findings()))
            assert graph
            assert len(set(graph)) == len(graph), discovery.location
            taken[discovery.format.name] += 1
    assert refused == {r for r in REFUSED if r.startswith(part)}
    assert (
        taken
        == {
            "isa": Counter({"isa-tab": 15, "isa-json": 6, "isa-xlsx": 10}),
            "copyleft/isa": Counter({"isa-tab": 41, "isa-json": 7}),
        }[part]
    )


def tab(path: Path) -> IsaDocument:
    return read_tab(Bundle(FolderFiles(path.parent), main=path.name))


@pytest.mark.parametrize("name", ["BII-S-3.json", "BII-S-3-2.json"])
def test_isatools_json_of_a_study_is_the_graph_of_its_tab(corpus: Path, name: str) -> None:
    isa = corpus / "copyleft" / "isa"
    of_tab = lines(tab(isa / "isa-api-tab/BII-S-3/i_gilbert.txt").triples(CASE_BASE, Findings()))
    path = isa / "isa-api-json/isa-cookbook/content/notebooks/json/BII-S-3" / name
    of_json = lines(read_json(Bundle(SingleFile(path), only=name)).triples(CASE_BASE, Findings()))
    missing = set(of_tab) - set(of_json)
    assert not missing
    # one of the two files repeats comments on processes as well
    added = set(of_json) - set(of_tab)
    assert all(f"<{NAME}comments>" in line for line in added)
    assert bool(added) is (name == "BII-S-3-2.json")


@pytest.mark.parametrize(
    ("path", "sources", "samples", "files", "processes"),
    [
        ("copyleft/isa/isa-api-tab/BII-S-3/i_gilbert.txt", 4, 4, 30, 58),
        ("copyleft/isa/isa-api-tab/BII-I-1/i_investigation.txt", 19, 166, 182, 488),
        ("isa/metabolights-large/MTBLS66/i_Investigation.txt", 105, 3571, 3952, 29601),
    ],
)
def test_known_numbers(
    corpus: Path, path: str, sources: int, samples: int, files: int, processes: int
) -> None:
    whole = tab(corpus / path).investigation
    kinds = Counter(n.ref.kind for s in whole.studies for n in s.table.nodes)
    made = sum(
        len(t.processes) for s in whole.studies for t in (s.table, *(a.table for a in s.assays))
    )
    assert (kinds["source"], kinds["sample"], len(whole.files), made) == (
        sources,
        samples,
        files,
        processes,
    )
